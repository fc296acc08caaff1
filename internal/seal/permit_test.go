package seal_test

import (
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/seal"
)

// I2: without the gate's permit nothing opens.
func TestNothingOpensWithoutALivePermit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d, seal.Intl)
		s := h.subject()
		p := h.place(s, "learner.name", 1)
		sealed, wrapped := h.seal(p, "小明"), h.wrapped(s)

		refused := func(name string, permit seal.Permit, tx *db.Tx) {
			t.Helper()
			text, err := h.v.Open(tx, permit, p, sealed)
			with, err2 := h.v.OpenWith(tx, permit, p, wrapped, sealed)
			for _, err := range []error{err, err2} {
				if fault.KindOf(err) != fault.Denied || fault.CodeOf(err) != "seal.no_permit" {
					t.Errorf("%s: %v", name, err)
				}
			}
			if !text.Empty() || !with.Empty() {
				t.Errorf("%s: a value came out", name)
			}
		}
		used := seal.Mint()
		h.update(func(tx *db.Tx) error {
			refused("zero permit", seal.Permit{}, tx)
			revoked := seal.Mint()
			revoked.Revoke()
			revoked.Revoke()
			refused("revoked permit", revoked, tx)
			refused("no transaction", seal.Mint(), nil)
			if got, err := h.v.Open(tx, used, p, sealed); err != nil || got.Expose() != "小明" {
				t.Errorf("a live permit was refused: %v", err)
			}
			return nil
		})
		used.Revoke()
		h.update(func(tx *db.Tx) error {
			refused("permit of an earlier transaction", used, tx)
			return nil
		})
		err := d.View(t.Context(), h.inst, func(tx *db.Tx) error {
			owned := seal.Mint()
			if _, err := h.v.Open(tx, owned, p, sealed); err != nil {
				return err
			}
			return d.View(t.Context(), h.inst, func(other *db.Tx) error {
				refused("permit of another transaction", owned, other)
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
}
