// Package law_test accepts the requirements at the house: a real database, real
// keys, the same rooms as the binary. One file per source of law; each test
// names the rows it proves. Everybody in it is invented.
package law_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// month of birth of a child who is ten in the fixture's year, and of one who
// turned fourteen.
const (
	ten      = "2016-03"
	fourteen = "2012-03"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// take takes the inventory of the fixture's institution.
func take(t *testing.T, f *housetest.Fixture) (r inventory.Report) {
	t.Helper()
	f.View(func(tx *db.Tx) (err error) {
		r, err = inventory.Take(tx, f.Catalogue, f.Institution)
		return err
	})
	return r
}

func codes(r inventory.Report) (out []string) {
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	return out
}

// S0-01, S0-02, S3-09: a clean store holds exactly the four items, every one of
// them admitted by the signed schema, and every record is in order.
func TestACleanStoreHoldsFourFieldsAndIsInOrder(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, ten)
	f.Enrol(2, fourteen) // waits for the child
	f.Advance(time.Minute)
	_, err := f.Desk.Reveal(t.Context(), f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	must(t, err)
	rep := take(t, f)
	var fields []string
	for _, h := range rep.Fields {
		fields = append(fields, h.Field)
		if diff := cmp.Diff([]string{"enrolment.minimal"}, h.Schemas); diff != "" || h.Records != 2 {
			t.Errorf("%s: %d records, %s", h.Field, h.Records, diff)
		}
	}
	want := []string{"guardian.name", "guardian.phone", "learner.birth_month", "learner.name"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Error(diff)
	}
	if len(rep.Findings) != 0 || rep.Records != 4 || inventory.Refuse(rep.Findings) != nil {
		t.Errorf("%d records, findings %v", rep.Records, rep.Findings)
	}
}

// S0-01, I7: a field that came in past the program, by the database itself, is
// found.
func TestAFieldOutsideTheBudgetIsFound(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, ten)
	f.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO sealed_field (institution_id, subject_id, field, version, ciphertext, token)
			VALUES ($1, $2, $3, $4, $5, $6)`, f.Institution, r.Child, "learner.school", 1, []byte("any"), nil)
		return err
	})
	rep := take(t, f)
	if diff := cmp.Diff([]string{"outside"}, codes(rep)); diff != "" {
		t.Error(diff)
	}
	if inventory.Refuse(rep.Findings) == nil {
		t.Error("a finding is no fault")
	}
}

// S3-09, S0-05: a field that nobody used for 180 days is named; a use, but not
// the family's own look, clears it.
func TestAFieldUnreadFor180DaysIsNamed(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, ten)
	idle := func() (out []string) {
		f.View(func(tx *db.Tx) error {
			held, err := inventory.Fields(tx, f.Catalogue, f.Institution)
			if err != nil {
				return err
			}
			held, err = inventory.Unread(tx, held)
			for _, h := range held {
				out = append(out, h.Field)
			}
			return err
		})
		return out
	}
	f.Advance(179 * 24 * time.Hour)
	if got := idle(); len(got) != 0 {
		t.Errorf("after 179 days %v", got)
	}
	f.Advance(2 * 24 * time.Hour)
	_, err := f.Family.Child(t.Context(), f.Guardian(r.Guardian), r.Child)
	must(t, err)
	want := []string{"guardian.name", "guardian.phone", "learner.birth_month", "learner.name"}
	if diff := cmp.Diff(want, idle()); diff != "" {
		t.Errorf("after 181 days: %s", diff)
	}
	must(t, f.Sweep(t.Context(), f.Institution)) // looks at the month of birth, for the handover at 14
	f.Grant(actor.Clerk, "contact.class", subject.GuardianPhone, subject.GuardianName, subject.LearnerName)
	_, err = f.Desk.Reveal(t.Context(), f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	must(t, err)
	if diff := cmp.Diff([]string{"guardian.name", "learner.name"}, idle()); diff != "" {
		t.Errorf("after a use: %s", diff)
	}
}

// S0-02, S3-13, I6: each way in which a record can be out of order is found,
// whoever brought it about, since the ledger's times decide.
func TestARecordOutOfOrderMakesTheVerifierFail(t *testing.T) {
	for _, c := range []struct {
		name, want string // what is found, in order
		spoil      func(f *housetest.Fixture, tx *db.Tx, child, waiting id.Subject) error
	}{
		{"a learner dated before the enrolment event", "before_wish before_consent",
			func(f *housetest.Fixture, tx *db.Tx, child, _ id.Subject) error {
				_, err := tx.Exec(`UPDATE subject SET created_at = created_at - 60000
					WHERE institution_id = $1 AND subject_id = $2`, f.Institution, child)
				return err
			}},
		{"a learner whom no enrolment declared", "no_declaration",
			func(f *housetest.Fixture, tx *db.Tx, child, _ id.Subject) error {
				_, err := tx.Exec(`UPDATE subject SET source = $1 WHERE institution_id = $2 AND subject_id = $3`,
					"enr_00000000000000000000000000", f.Institution, child)
				return err
			}},
		{"a learner from nowhere (S1-01)", "no_source",
			func(f *housetest.Fixture, tx *db.Tx, child, _ id.Subject) error {
				_, err := tx.Exec(`UPDATE subject SET source = $1 WHERE institution_id = $2 AND subject_id = $3`,
					"a friend", f.Institution, child)
				return err
			}},
		{"a learner to whom nobody agreed", "no_consent",
			func(f *housetest.Fixture, tx *db.Tx, child, _ id.Subject) error {
				_, err := tx.Exec(`UPDATE enrolment SET child_id = $1 WHERE institution_id = $2 AND child_id = $3`,
					f.Store, f.Institution, child)
				if err == nil { // a copy of the row under another identifier has no consent behind it
					_, err = tx.Exec(`UPDATE subject SET subject_id = $1 WHERE institution_id = $2 AND subject_id = $3`,
						f.Store, f.Institution, child)
				}
				return err
			}},
		{"a child that has not agreed yet, opened by the database's owner", "read_first",
			func(f *housetest.Fixture, tx *db.Tx, _, waiting id.Subject) error {
				event := id.Make[id.Event](f.Now())
				sum, err := f.Vault.Commitment(tx, f.Institution, waiting, event)
				ledger.Append(tx, ledger.Event{ID: event, Type: ledger.Reveal, Op: ledger.Use, Allow: true,
					Actor: f.Staff[actor.Clerk].ID.String(), Role: actor.Clerk, HandledBy: "clerk", InCharge: "officer",
					Purpose: "contact.class", Subject: waiting, Commitment: sum})
				return err
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := housetest.New(t)
			r, waiting := f.Enrol(1, ten), f.Enrol(2, fourteen)
			f.Update(func(tx *db.Tx) error { return c.spoil(f, tx, r.Child, waiting.Child) })
			if got := strings.Join(codes(take(t, f)), " "); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// S1-04: four records for each enrolment are a sign of bought data.
func TestMoreThanThreeRecordsForEachEnrolmentAreASign(t *testing.T) {
	for _, c := range []struct {
		v    inventory.Volume
		want bool
	}{
		{inventory.Volume{Children: 100_000, Enrolled: 2_000}, true},
		{inventory.Volume{Children: 6_000, Enrolled: 2_000}, false},
		{inventory.Volume{Children: 6_001, Enrolled: 2_000}, true},
		{inventory.Volume{Children: 1, Enrolled: 0}, false}, // one child who has not agreed yet
	} {
		if c.v.Suspicious() != c.want {
			t.Errorf("%+v", c.v)
		}
	}
}
