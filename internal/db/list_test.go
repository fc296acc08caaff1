package db_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
)

type shop struct {
	ID   id.Store
	Name string
}

func (s *shop) scan(scan db.Scan) error { return scan(&s.ID, &s.Name) }

const (
	selectShops = `SELECT store_id, name FROM store WHERE institution_id = $1 ORDER BY name`
	selectNames = `SELECT name FROM store WHERE institution_id = $1 ORDER BY name`
)

// street adds stores and returns them as they come in the order of names.
func street(t *testing.T, d *db.DB, inst id.Institution, names ...string) (all []shop) {
	t.Helper()
	err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
		all = nil
		for _, name := range names {
			s, err := addStore(tx, name)
			if err != nil {
				return err
			}
			all = append(all, shop{s, name})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnAnswerIsCollectedInItsOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		want := street(t, d, inst, "a", "b", "c")
		err := d.View(t.Context(), inst, func(tx *db.Tx) error {
			shops, err := db.List(tx, (*shop).scan, selectShops, inst)
			if err != nil || !slices.Equal(shops, want) {
				t.Errorf("list: got %v, %v", shops, err)
			}
			names, err := db.Column[string](tx, selectNames, inst)
			if err != nil || !slices.Equal(names, []string{"a", "b", "c"}) {
				t.Errorf("column: got %q, %v", names, err)
			}
			byID, err := db.Map[id.Store, string](tx, selectShops, inst)
			if err != nil || len(byID) != 3 || byID[want[1].ID] != "b" {
				t.Errorf("map: got %v, %v", byID, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAnEmptyAnswerIsAnEmptyListOrMap(t *testing.T) {
	d := dbtest.Open(t)
	inst := newInstitution(t, d)
	err := d.View(t.Context(), inst, func(tx *db.Tx) error {
		shops, err := db.List(tx, (*shop).scan, selectShops, inst)
		if shops != nil || err != nil {
			t.Errorf("list: got %v, %v", shops, err)
		}
		byID, err := db.Map[id.Store, string](tx, selectShops, inst)
		if byID == nil || len(byID) > 0 || err != nil {
			t.Errorf("map: got %v, %v", byID, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestADocumentComesBackAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		want := map[string][]int{"课": {1, 2}}
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			var got map[string][]int
			if err := tx.QueryRow(`UPDATE institution SET name = $1 WHERE institution_id = $2 RETURNING name`,
				db.JSON(want), inst).Scan(db.JSON(&got)); err != nil || !slices.Equal(got["课"], want["课"]) {
				t.Errorf("got %v, %v", got, err)
			}
			if err := tx.QueryRow(`SELECT created_at FROM institution WHERE institution_id = $1`, inst).Scan(db.JSON(&got)); err == nil {
				t.Error("a number became a document")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A row that cannot be read is no reason to show those before it.
func TestAListWithAnErrorIsNotShown(t *testing.T) {
	d := dbtest.Open(t)
	inst := newInstitution(t, d)
	street(t, d, inst, "a", "b")
	bad := errors.New("bad row")
	err := d.View(t.Context(), inst, func(tx *db.Tx) error {
		shops, err := db.List(tx, func(s *shop, scan db.Scan) error {
			if err := s.scan(scan); err != nil || s.Name == "a" {
				return err
			}
			return bad
		}, selectShops, inst)
		if shops != nil || !errors.Is(err, bad) {
			t.Errorf("read fails: got %v, %v", shops, err)
		}
		if byID, err := db.Map[id.Store, []int](tx, selectShops, inst); byID != nil || err == nil {
			t.Errorf("a column of another kind: got %v, %v", byID, err)
		}
		if names, err := db.Column[string](tx, selectShops, inst); names != nil || err == nil {
			t.Errorf("two columns for one: got %v, %v", names, err)
		}
		names, err := db.Column[string](tx, `SELECT name FROM nowhere WHERE institution_id = $1`, inst)
		if names != nil || err == nil {
			t.Errorf("no such table: got %v, %v", names, err)
		}
		if byID, err := db.Map[id.Store, string](tx, selectShops, inst); byID != nil || err == nil {
			t.Errorf("after a failed query: got %v, %v", byID, err)
		}
		return nil
	})
	if err == nil {
		t.Error("the transaction forgot that a query had failed")
	}
}
