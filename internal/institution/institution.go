// Package institution knows the bodies that hold children's information and
// their places: a chain and its stores, a university and its campuses, a welfare
// body and its posts. Names of institutions are public; nothing here is personal
// information.
package institution

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Kind says what law binds an institution beyond the common one.
type Kind string

// The kinds.
const (
	Training   Kind = "training"
	School     Kind = "school"
	University Kind = "university"
	Welfare    Kind = "welfare"
)

// Institution is one tenant.
type Institution struct {
	ID        id.Institution
	Name      string
	Kind      Kind
	Suite     string // cipher suite: "intl" or "gm"
	CreatedAt time.Time
}

// Store is one place of an institution.
type Store struct {
	ID        id.Store
	Name      string
	Address   string
	CreatedAt time.Time
}

// Insert records a new institution.
func Insert(tx *db.Tx, i Institution) error {
	_, err := tx.Exec(`INSERT INTO institution (institution_id, name, kind, suite, created_at, epoch)
		VALUES ($1, $2, $3, $4, $5, $6)`, i.ID, i.Name, string(i.Kind), i.Suite, tx.Now(), 0)
	return wrap("insert institution", err)
}

// Load reads an institution; fault.NotFound if there is none.
func Load(tx *db.Tx, inst id.Institution) (Institution, error) {
	i := Institution{ID: inst}
	err := tx.QueryRow(`SELECT name, kind, suite, created_at FROM institution WHERE institution_id = $1`, inst).
		Scan(&i.Name, &i.Kind, &i.Suite, &i.CreatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return i, fault.New(fault.NotFound, "institution.unknown")
	}
	return i, wrap("load institution", err)
}

// All lists the institutions of this installation, oldest first.
func All(tx *db.Tx) ([]Institution, error) {
	all, err := db.List(tx, func(i *Institution, scan db.Scan) error {
		return scan(&i.ID, &i.Name, &i.Kind, &i.Suite, &i.CreatedAt)
	}, `SELECT institution_id, name, kind, suite, created_at FROM institution
		WHERE created_at >= $1 ORDER BY institution_id`, 0)
	return all, wrap("list institutions", err)
}

// AddStore records a new store.
func AddStore(tx *db.Tx, inst id.Institution, s Store) error {
	_, err := tx.Exec(`INSERT INTO store (institution_id, store_id, name, address, created_at)
		VALUES ($1, $2, $3, $4, $5)`, inst, s.ID, s.Name, s.Address, tx.Now())
	return wrap("insert store", err)
}

// StoreOf reads one store; fault.NotFound if there is none.
func StoreOf(tx *db.Tx, inst id.Institution, store id.Store) (Store, error) {
	s := Store{ID: store}
	err := tx.QueryRow(`SELECT name, address, created_at FROM store
		WHERE institution_id = $1 AND store_id = $2`, inst, store).Scan(&s.Name, &s.Address, &s.CreatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.NotFound, "institution.store")
	}
	return s, wrap("load store", err)
}

// Stores lists the open stores of an institution by name, as people count.
func Stores(tx *db.Tx, inst id.Institution) ([]Store, error) {
	all, err := db.List(tx, func(s *Store, scan db.Scan) error {
		return scan(&s.ID, &s.Name, &s.Address, &s.CreatedAt)
	}, `SELECT store_id, name, address, created_at FROM store
		WHERE institution_id = $1 AND closed_at = $2 ORDER BY name, store_id`, inst, 0)
	slices.SortStableFunc(all, func(a, b Store) int { return byName(a.Name, b.Name) })
	return all, wrap("list stores", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
