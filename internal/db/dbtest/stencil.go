package dbtest

import (
	"context"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
)

// Stencil makes databases that are filled once in a process, of which every test
// gets a copy of its own. T is what is to be known about the content.
type Stencil[T any] struct {
	mu   sync.Mutex
	made map[[2]string]filled[T] // by engine and kind
}

type filled[T any] struct {
	file []byte // SQLite: the content
	name string // PostgreSQL: the database
	told T
}

// Copy returns the address of a copy of one kind, on the engine that DSN chooses.
// The first to ask fills the database: fill gets the address of a migrated one and
// leaves it closed.
func (s *Stencil[T]) Copy(t testing.TB, kind string, fill func(dsn string) T) (dsn string, told T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	engine := "sqlite"
	if onPostgres() {
		engine = "postgres"
	}
	key := [2]string{engine, kind}
	f, ok := s.made[key]
	if !ok {
		if s.made == nil {
			s.made = map[[2]string]filled[T]{}
		}
		f = newFilled(t, fill)
		s.made[key] = f
	}
	if onPostgres() {
		_, dsn = newPostgres(t, "t", f.name)
		return dsn, f.told
	}
	return written(t, f.file), f.told
}

func newFilled[T any](t testing.TB, fill func(dsn string) T) filled[T] {
	t.Helper()
	if onPostgres() {
		name, dsn := newPostgres(t, "t", "migrated")
		return filled[T]{name: name, told: fill(dsn)}
	}
	dsn := SQLite(t)
	told := fill(dsn)
	file, err := content(dsn, func(context.Context, *db.DB) error { return nil })
	if err != nil {
		t.Fatalf("copy database: %v", err)
	}
	return filled[T]{file: file, told: told}
}
