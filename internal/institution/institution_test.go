package institution_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
)

func TestStoresAreListedAsPeopleCount(t *testing.T) {
	d, inst := dbtest.Open(t), id.Make[id.Institution](time.Now())
	want := []string{"一号店", "示例9店", "示例09店乙", "示例10店", "示例10店2层", "示例11店"}
	err := d.Update(context.Background(), inst, func(tx *db.Tx) error {
		if err := institution.Insert(tx, institution.Institution{ID: inst, Name: "示例培训", Kind: institution.Training, Suite: "intl"}); err != nil {
			return err
		}
		for _, name := range slices.Backward(want) {
			if err := institution.AddStore(tx, inst, institution.Store{ID: id.Make[id.Store](time.Now()), Name: name}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.View(context.Background(), inst, func(tx *db.Tx) error {
		list, err := institution.Stores(tx, inst)
		for i, s := range list {
			if s.Name != want[i] {
				t.Errorf("store %d is %s, want %s", i, s.Name, want[i])
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestInstitutionsAndStoresReadBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst, store := id.Make[id.Institution](time.Now()), id.Make[id.Store](time.Now())
		err := d.Update(context.Background(), inst, func(tx *db.Tx) error {
			if err := institution.Insert(tx, institution.Institution{ID: inst, Name: "示例培训", Kind: institution.Training, Suite: "intl"}); err != nil {
				return err
			}
			return institution.AddStore(tx, inst, institution.Store{ID: store, Name: "示例一店", Address: "示例路1号"})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(context.Background(), inst, func(tx *db.Tx) error {
			i, err := institution.Load(tx, inst)
			if err != nil || i.Name != "示例培训" || i.Kind != institution.Training || i.Suite != "intl" {
				t.Errorf("Load = %+v, %v", i, err)
			}
			list, err := institution.Stores(tx, inst)
			if err != nil || len(list) != 1 || list[0].ID != store || list[0].Name != "示例一店" {
				t.Errorf("Stores = %+v, %v", list, err)
			}
			all, err := institution.All(tx)
			if err != nil || len(all) != 1 {
				t.Errorf("All = %+v, %v", all, err)
			}
			_, err = institution.StoreOf(tx, inst, id.Make[id.Store](time.Now()))
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("an unknown store is %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
