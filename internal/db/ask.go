package db

import (
	"bytes"
	"reflect"

	"github.com/wardfold/wardfold/internal/db/row"
)

// Question is a query that a function is going to ask.
type Question struct {
	Query string
	Args  []any
}

// answer is what came of it.
type answer struct {
	Question
	set row.Set
}

// An asker is a connection that answers many questions in one round trip, into
// sets[i] each. SQLite has no round trips and is none.
type asker interface {
	ask(questions []Question, sets []row.Set) error
}

// ask puts the questions of a whole batch at once, inside its transaction, so that
// its functions need not wait for the server one after the other.
func (l *lane) ask(batch []*job) error {
	w, ok := l.w.(asker)
	if !ok || len(batch) == 1 {
		return nil
	}
	var all []Question
	for _, j := range batch {
		all = append(all, j.ahead...)
	}
	if len(all) == 0 {
		return nil
	}
	sets := make([]row.Set, len(all))
	if err := w.ask(all, sets); err != nil {
		return err
	}
	for _, j := range batch {
		for _, q := range j.ahead {
			j.known = append(j.known, answer{q, sets[0]})
			sets = sets[1:]
		}
	}
	return nil
}

// recall finds the answer to a question that was asked with the batch.
func recall(known []answer, query string, args []any) *Rows {
	for i := range known {
		if a := &known[i]; a.Query == query && sameArgs(a.Args, args) {
			return &Rows{set: a.set, at: -1}
		}
	}
	return nil
}

func sameArgs(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !sameArg(a[i], b[i]) {
			return false
		}
	}
	return true
}

func sameArg(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	t := reflect.TypeOf(a)
	return t == nil && b == nil || t != nil && t == reflect.TypeOf(b) && t.Comparable() && t.Kind() != reflect.Pointer && a == b
}
