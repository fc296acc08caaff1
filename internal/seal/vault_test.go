package seal_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/secret"
)

// S0-06, S3-12, S3-38: personal information is stored encrypted and comes back
// whole, whatever is in it.
func TestWhatWasSealedOpensInItsPlace(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		s := h.subject()
		for i, text := range []string{"欧阳明明", "", "+8613800001234", "𠮷野家・😀", strings.Repeat("长", 300_000)} {
			p := h.place(s, "learner.name", uint32(i))
			sealed := h.seal(p, text)
			if !bytes.HasPrefix(sealed, []byte("v1:")) {
				t.Errorf("text %d: sealed data begins with %q", i, sealed[:3])
			}
			if len(text) > 3 && bytes.Contains(sealed, []byte(text)) {
				t.Errorf("text %d is stored in clear", i)
			}
			if got, err := h.open(p, sealed); err != nil || got != text {
				t.Errorf("text %d came back different (%v)", i, err)
			}
			if again := h.seal(p, text); bytes.Equal(sealed, again) {
				t.Errorf("text %d seals to the same bytes twice: equal values would show", i)
			}
		}
	})
}

func TestASealedFieldCosts32BytesAndASubjectKeyAbout100(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.Intl)
	s := h.subject()
	if got := len(h.seal(h.place(s, "guardian.phone", 1), "+8613800001234")) - len("+8613800001234"); got != 32 {
		t.Errorf("a sealed field adds %d bytes", got)
	}
	if got := len(h.wrapped(s)); got != 64 {
		t.Errorf("a wrapped subject key has %d bytes", got)
	}
}

func TestAnImpossiblePlaceAndATooLongTextAreInvalid(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.Intl)
	s := h.subject()
	for name, c := range map[string]struct {
		place seal.Place
		text  string
		code  string
	}{
		"no field":          {h.place(s, "", 1), "x", "seal.place"},
		"a spaced field":    {h.place(s, "learner name", 1), "x", "seal.place"},
		"an upper field":    {h.place(s, "Learner", 1), "x", "seal.place"},
		"a very long field": {h.place(s, strings.Repeat("f", 65), 1), "x", "seal.place"},
		"ten megabytes":     {h.place(s, "learner.name", 1), strings.Repeat("x", 10<<20), "seal.too_long"},
	} {
		err := h.d.Update(t.Context(), h.inst, func(tx *db.Tx) error {
			_, err := h.v.Seal(tx, c.place, secret.NewText(c.text))
			return err
		})
		if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	zero := h.place(id.Subject{}, "learner.name", 1)
	if _, err := h.open(zero, []byte("v1:")); err == nil {
		t.Error("the zero subject has a key")
	}
}

func TestAnInstitutionWithoutKeysIsUnavailable(t *testing.T) {
	d := dbtest.Open(t)
	v := sealtest.Vault(t)
	inst := id.Make[id.Institution](time.Now())
	if err := v.Load(t.Context(), d, inst); fault.CodeOf(err) != "seal.no_keys" {
		t.Errorf("load: %v", err)
	}
	err := d.Update(t.Context(), inst, func(tx *db.Tx) error { return v.Create(tx, inst, newSubject()) })
	if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "seal.no_keys" {
		t.Errorf("create: %v", err)
	}
}

func TestASubjectAndAnInstitutionGetTheirKeysOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d, seal.GM)
		s := h.subject()
		before := h.wrapped(s)
		err := d.Update(t.Context(), h.inst, func(tx *db.Tx) error { return h.v.Create(tx, h.inst, s) })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("second subject key: %v", err)
		}
		err = d.Update(t.Context(), h.inst, func(tx *db.Tx) error { return h.v.Provision(tx, h.inst, seal.Intl) })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("second provisioning: %v", err)
		}
		if !bytes.Equal(before, h.wrapped(s)) {
			t.Error("the first key was replaced")
		}
	})
}

func TestKeysOfARolledBackTransactionAreForgotten(t *testing.T) {
	d := dbtest.Open(t)
	v := sealtest.Vault(t)
	inst := id.Make[id.Institution](time.Now())
	s := newSubject()
	stop := fault.New(fault.Conflict, "test.stop")
	err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
		if err := v.Provision(tx, inst, seal.Intl); err != nil {
			return err
		}
		if err := v.Create(tx, inst, s); err != nil {
			return err
		}
		return stop
	})
	if fault.CodeOf(err) != "test.stop" {
		t.Fatal(err)
	}
	h := house{t, d, v, inst}
	sealtest.Provision(t, v, d, inst, seal.Intl)
	h.update(func(tx *db.Tx) error { return v.Create(tx, inst, s) })
	p := h.place(s, "learner.name", 1)
	sealed := h.seal(p, "小明")
	if got, err := h.open(p, sealed); err != nil || got != "小明" {
		t.Errorf("the keys of the transaction that failed were kept: %v", err)
	}
}

func TestAPreparedSubjectIsSavedWithItsFields(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		s := newSubject()
		prepared, err := h.v.Prepare(t.Context(), h.d, h.inst, s)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := prepared.Seal("guardian.name", 1, secret.NewText("李华"))
		if err != nil {
			t.Fatal(err)
		}
		event := id.Make[id.Event](time.Now())
		early, err := prepared.Commitment(event)
		if err != nil {
			t.Fatal(err)
		}
		h.update(prepared.Save)
		if got, err := h.open(h.place(s, "guardian.name", 1), sealed); err != nil || got != "李华" {
			t.Errorf("%v", err)
		}
		h.update(func(tx *db.Tx) error {
			late, err := h.v.Commitment(tx, h.inst, s, event)
			if early != late {
				t.Error("the commitment changed when the subject was saved")
			}
			return err
		})
		h.update(func(tx *db.Tx) error { // an existing subject
			again, err := h.v.Sealer(tx, h.inst, s)
			if err != nil {
				return err
			}
			if sealed, err = again.Seal("guardian.name", 2, secret.NewText("李华华")); err != nil {
				return err
			}
			if err := again.Save(tx); fault.KindOf(err) != fault.Conflict {
				t.Errorf("an existing subject was saved as new: %v", err)
			}
			return nil
		})
		if got, err := h.open(h.place(s, "guardian.name", 2), sealed); err != nil || got != "李华华" {
			t.Errorf("%v", err)
		}
	})
}

// An unknown key version has a clear answer of its own.
func TestAnUnknownKeyVersionIsNamed(t *testing.T) {
	h := newHouse(t, dbtest.Open(t), seal.Intl)
	s := h.subject()
	p := h.place(s, "learner.name", 1)
	sealed := h.seal(p, "小明")
	for name, c := range map[string]struct{ wrapped, sealed []byte }{
		"of the institution": {append([]byte("v9"), h.wrapped(s)[2:]...), sealed},
		"of the subject":     {h.wrapped(s), append([]byte("v9"), sealed[2:]...)},
	} {
		err := h.d.View(t.Context(), h.inst, func(tx *db.Tx) error {
			_, err := h.v.OpenWith(tx, seal.Mint(), p, c.wrapped, c.sealed)
			return err
		})
		if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "seal.key_unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// deaf is a KEK that does not answer.
type deaf struct{ seal.KEK }

func (deaf) Unwrap(context.Context, []byte, []byte) (secret.Key, error) {
	return secret.Key{}, fault.New(fault.Unavailable, "keys.transit_down")
}

func TestAKEKThatIsAwayIsSaidSoAndAskedAgain(t *testing.T) {
	d := dbtest.Open(t)
	kek := sealtest.KEK(t, "root")
	v, err := seal.New(seal.Config{KEK: kek})
	if err != nil {
		t.Fatal(err)
	}
	h := house{t, d, v, sealtest.Institution(t, v, d, seal.Intl)}
	s := h.subject()
	p := h.place(s, "learner.name", 1)
	sealed := h.seal(p, "小明")

	for name, c := range map[string]struct {
		kek  seal.KEK
		code string
	}{
		"out of reach":         {deaf{kek}, "keys.transit_down"},
		"not in ring":          {sealtest.KEK(t, "other"), "seal.kek_unknown"},
		"other key, same name": {sealtest.KEK(t, "root"), "seal.kek_refused"},
	} {
		v, err := seal.New(seal.Config{KEK: c.kek})
		if err != nil {
			t.Fatal(err)
		}
		_, err = house{t, d, v, h.inst}.open(p, sealed)
		if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
