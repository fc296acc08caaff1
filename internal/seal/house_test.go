package seal_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/secret"
)

// house is an institution with a vault and a database.
type house struct {
	t    testing.TB
	d    *db.DB
	v    *seal.Vault
	inst id.Institution
}

var bothSuites = []seal.Suite{seal.Intl, seal.GM}

func newHouse(t testing.TB, d *db.DB, s seal.Suite) house {
	t.Helper()
	v := sealtest.Vault(t)
	return house{t, d, v, sealtest.Institution(t, v, d, s)}
}

// eachHouse runs fn for both suites on both databases.
func eachHouse(t *testing.T, fn func(t *testing.T, h house)) {
	for _, s := range bothSuites {
		t.Run(s.String(), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newHouse(t, d, s)) })
		})
	}
}

func (h house) update(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.d.Update(h.t.Context(), h.inst, fn); err != nil {
		h.t.Fatal(err)
	}
}

func newSubject() id.Subject { return id.Make[id.Subject](time.Now()) }

func (h house) subject() id.Subject {
	h.t.Helper()
	s := newSubject()
	h.update(func(tx *db.Tx) error { return h.v.Create(tx, h.inst, s) })
	return s
}

func (h house) place(s id.Subject, field string, version uint32) seal.Place {
	return seal.Place{Institution: h.inst, Subject: s, Field: field, Version: version}
}

func (h house) seal(p seal.Place, text string) (sealed []byte) {
	h.t.Helper()
	h.update(func(tx *db.Tx) (err error) {
		sealed, err = h.v.Seal(tx, p, secret.NewText(text))
		return err
	})
	return sealed
}

// open opens with a permit, as the gate would.
func (h house) open(p seal.Place, sealed []byte) (text string, err error) {
	h.t.Helper()
	err = h.d.View(h.t.Context(), h.inst, func(tx *db.Tx) error {
		permit := seal.Mint()
		defer permit.Revoke()
		got, err := h.v.Open(tx, permit, p, sealed)
		text = got.Expose()
		return err
	})
	return text, err
}

// wrapped reads the wrapped key of a subject; nil if there is none.
func (h house) wrapped(s id.Subject) []byte { return h.column("wrapped", s) }

// salt reads the ledger salt of a subject; nil if there is none.
func (h house) salt(s id.Subject) []byte { return h.column("salt", s) }

func (h house) column(name string, s id.Subject) (b []byte) {
	h.t.Helper()
	err := h.d.View(h.t.Context(), h.inst, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT `+name+` FROM subject_key WHERE institution_id = $1 AND subject_id = $2`, h.inst, s)
		if err != nil || !rows.Next() {
			return err
		}
		return rows.Scan(&b)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func kekOf(t testing.TB) seal.KEK { return sealtest.KEK(t, "shared") }

func newInstitution(t testing.TB, v *seal.Vault, d *db.DB) id.Institution {
	return sealtest.Institution(t, v, d, seal.Intl)
}
