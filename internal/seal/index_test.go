package seal_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

func (h house) index(field, text string) (sum []byte) {
	h.t.Helper()
	h.update(func(tx *db.Tx) (err error) {
		sum, err = h.v.Index(tx, h.inst, field, secret.NewText(text))
		return err
	})
	return sum
}

func TestEqualValuesMeetAndOthersDoNot(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		elsewhere := h
		elsewhere.inst = newInstitution(t, h.v, h.d)
		phone := h.index("guardian.phone", "+8613800001234")
		if len(phone) != seal.IndexSize {
			t.Errorf("an index has %d bytes", len(phone))
		}
		if !bytes.Equal(phone, h.index("guardian.phone", "+8613800001234")) {
			t.Error("the same phone has two indexes")
		}
		for name, other := range map[string][]byte{
			"another phone":       h.index("guardian.phone", "+8613800001235"),
			"another field":       h.index("learner.phone", "+8613800001234"),
			"another institution": elsewhere.index("guardian.phone", "+8613800001234"),
		} {
			if bytes.Equal(phone, other) {
				t.Errorf("%s has the same index", name)
			}
		}
		p, err := h.v.Prepare(t.Context(), h.d, h.inst, newSubject())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Index("guardian.phone", secret.NewText("+8613800001234")); err != nil || !bytes.Equal(got, phone) {
			t.Errorf("a sealer indexes differently: %v", err)
		}
		if _, err := h.v.Rotate(t.Context(), h.d, h.inst, nil); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(phone, h.index("guardian.phone", "+8613800001234")) {
			t.Error("rotation changed the index: nobody would be found any more")
		}
	})
}

// A birth month alone has a few hundred values: an index of it is a list.
func TestFieldsOfFewValuesAreNotIndexed(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.Intl)
	for i, c := range []struct{ field, text, code string }{
		{"learner.birth_month", "2016-03", "seal.index_refused"},
		{"learner.sex", "f", "seal.index_refused"},
		{"", "x", "seal.index_refused"},
		{"guardian.phone", "", "seal.index_empty"},
	} {
		err := h.d.View(t.Context(), h.inst, func(tx *db.Tx) error {
			_, err := h.v.Index(tx, h.inst, c.field, secret.NewText(c.text))
			return err
		})
		if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != c.code {
			t.Errorf("case %d: %v", i, err)
		}
	}
}

// I3: a leaf holds a commitment that no other leaf repeats and that a receipt
// can prove.
func TestACommitmentBindsOneSubjectToOneEvent(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		a, b := h.subject(), h.subject()
		seen := make(map[[32]byte]string)
		for i := range 50 {
			event := id.Make[id.Event](time.Now())
			h.update(func(tx *db.Tx) error {
				for _, s := range []id.Subject{a, b} {
					c, err := h.v.Commitment(tx, h.inst, s, event)
					if err != nil {
						return err
					}
					if was, twice := seen[c]; twice {
						t.Errorf("event %d of %v has the commitment of %s", i, s, was)
					}
					seen[c] = fmt.Sprint(s, " in event ", i)
					salt, err := h.v.EventSalt(tx, h.inst, s, event)
					if err != nil {
						return err
					}
					if seal.Commit(salt, s) != c {
						t.Error("the event salt of a receipt does not prove the commitment")
					}
					if seal.Commit(salt, newSubject()) == c {
						t.Error("it proves it for anybody")
					}
				}
				return nil
			})
		}
	})
}
