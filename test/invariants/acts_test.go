package invariants_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// I4: for a banned purpose nobody sees anything, in an emergency either; no
// grant for it can be asked for; and the entry names the ban. S2-01, S2-02,
// S2-03, S2-04. (Every role × act × flag is walked by package policy.)
func TestBannedPurposesAreRefusedToEverybodyAndWrittenDownI4(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	for _, role := range slices.Sorted(maps.Keys(f.Staff)) {
		for _, purpose := range catalogue.Banned {
			_, err := f.Desk.Reveal(ctx, f.As(role), r.Guardian, subject.GuardianPhone, purpose)
			if fault.KindOf(err) != fault.Denied {
				t.Errorf("%s for %s: %v", role, purpose, err)
			}
			f.View(func(tx *db.Tx) error {
				page, err := ledger.List(tx, ledger.Filter{Limit: 1})
				if err != nil || len(page.Entries) != 1 {
					t.Fatalf("no entry: %v", err)
				}
				e := page.Entries[0]
				ban := slices.ContainsFunc(e.Rules, func(x string) bool { return strings.HasPrefix(x, "BAN-") })
				if e.Type != ledger.Denied || !ban || e.Purpose != purpose || e.Actor != f.As(role).ID() {
					t.Errorf("%s for %s: the entry says %s by %v", role, purpose, e.Type, e.Rules)
				}
				return nil
			})
			for _, emergency := range []bool{false, true} {
				app := application(f, role, purpose)
				app.Emergency = emergency
				if g, err := f.Grants.Ask(ctx, f.As(role), app); err == nil {
					if _, err := f.Grants.Approve(ctx, f.As(actor.Manager), g.ID); err == nil {
						t.Errorf("%s has a grant for %s", role, purpose)
					}
				}
			}
		}
	}
}

func application(f *housetest.Fixture, role actor.Role, purpose string) grant.Application {
	return grant.Application{Who: f.Staff[role].ID, Role: role, Purpose: purpose, Fields: []string{subject.GuardianPhone},
		Store: f.Store, From: f.Now(), Until: f.Now().Add(48 * time.Hour), Reason: "emergency"}
}

// I5: a ciphertext that was moved to another field, subject or version in the
// database itself opens nowhere, and never as another's value; nor does a damaged
// one, or one under a key that nobody knows. (Package seal moves 100,000.)
func TestAMovedCiphertextDoesNotOpenI5(t *testing.T) {
	for name, attack := range map[string]func(a, b *row){
		"the value to another family": func(a, b *row) { a.value, b.value = b.value, a.value },
		"value and key to another":    func(a, b *row) { *a, *b = *b, *a },
		"the key to another":          func(a, b *row) { a.key, b.key = b.key, a.key },
		"another field's value":       func(a, b *row) { a.value, b.value = a.name, b.name },
		"a later version":             func(a, b *row) { a.version, b.version = 2, 9 },
		"a flipped bit":               func(a, b *row) { a.value[len(a.value)/2] ^= 1; b.value[len(b.value)-1] ^= 0x80 },
		"a cut value":                 func(a, b *row) { a.value, b.value = a.value[:9], nil },
		"an unknown key version":      func(a, b *row) { a.key, b.key = later(a.key), later(b.key) },
		"an unknown generation":       func(a, b *row) { a.value, b.value = later(a.value), later(b.value) },
		"a cut key":                   func(a, b *row) { a.key, b.key = a.key[:12], b.key[:1] },
	} {
		t.Run(name, func(t *testing.T) {
			f := housetest.New(t)
			all := []subject.Subject{{ID: f.Enrol(1, "2016-03").Guardian}, {ID: f.Enrol(2, "2017-04").Guardian}}
			f.Update(func(tx *db.Tx) error {
				a, b := load(t, tx, f, all[0]), load(t, tx, f, all[1])
				attack(&a, &b)
				return errors.Join(a.save(tx, f, all[0]), b.save(tx, f, all[1]))
			})
			for _, s := range all {
				rev, err := reveal(f, s)
				if err == nil || !rev.Value.Empty() {
					t.Errorf("it opens: %v", err)
				}
				if fault.KindOf(err) != fault.Unavailable {
					t.Errorf("a clear answer is wanted, not %v", err)
				}
			}
		})
	}
}

// row is a guardian's phone as it lies in the database.
type row struct {
	value, name, key []byte
	version          int64
}

// later names key version 7 in a sealed value.
func later(b []byte) []byte { return append([]byte("v7:"), b[3:]...) }

func load(t *testing.T, tx *db.Tx, f *housetest.Fixture, s subject.Subject) (r row) {
	t.Helper()
	err := tx.QueryRow(`SELECT p.ciphertext, p.version, n.ciphertext, k.wrapped FROM sealed_field p
		JOIN sealed_field n ON n.institution_id = p.institution_id AND n.subject_id = p.subject_id AND n.field = $1
		JOIN subject_key k ON k.institution_id = p.institution_id AND k.subject_id = p.subject_id
		WHERE p.institution_id = $2 AND p.subject_id = $3 AND p.field = $4`,
		subject.GuardianName, f.Institution, s.ID, subject.GuardianPhone).Scan(&r.value, &r.version, &r.name, &r.key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r row) save(tx *db.Tx, f *housetest.Fixture, s subject.Subject) error {
	value := r.value
	if value == nil {
		value = []byte{}
	}
	_, err1 := tx.Exec(`UPDATE sealed_field SET ciphertext = $1, version = $2
		WHERE institution_id = $3 AND subject_id = $4 AND field = $5`, value, r.version, f.Institution, s.ID, subject.GuardianPhone)
	_, err2 := tx.Exec(`UPDATE subject_key SET wrapped = $1 WHERE institution_id = $2 AND subject_id = $3`, r.key, f.Institution, s.ID)
	return errors.Join(err1, err2)
}

// I6: no consent, no collection; and none by who may not give it today. Before
// 14 the guardian, in the month both, after it the child: until then the record
// is closed to everybody. S2-16, S2-17, B1.
func TestNothingIsUsedBeforeWhoMayConsentHasI6(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	for birth, want := range map[string]bool{"2016-03": true, "2012-11": false, "2011-05": false} {
		n := len(birth) + int(birth[3])
		r := f.Enrol(n, birth)
		_, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Child, subject.LearnerName, "contact.class")
		if k := fault.KindOf(err); (err == nil) != want || !want && k != fault.ConsentNeeded && k != fault.Denied {
			t.Errorf("born %s: %v", birth, err)
		}
		f.Advance(2 * time.Minute)
	}
	before := count(t, f, `SELECT COUNT(*) FROM subject`)
	no := housetest.Form(77, "2016-03")
	no.Agree = false
	key := actor.Actor{Institution: f.Institution, Role: actor.Integrator, Purposes: []string{"learner.manage"},
		Fields: []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}}
	if _, err := f.House.Enrol.Complete(ctx, key, f.Store, no); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("an enrolment without consent: %v", err)
	}
	if n := count(t, f, `SELECT COUNT(*) FROM subject`); n != before {
		t.Errorf("%d records without a consent", n-before)
	}
}

// I6: the 14th birthday passes while the record lies there: nothing has to run
// for the guardian's word to end.
func TestAtThe14thBirthdayTheGuardiansWordEndsByItselfI6(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2012-12") // 14 in the month after the clock's
	parent := f.Guardian(r.Guardian)
	give := func() error {
		who := parent
		who.ProvedAt = f.Now()
		_, err := f.Family.Give(ctx, who, r.Child, "photo.wall", "zh-CN", [32]byte{1})
		return err
	}
	if err := give(); err != nil {
		t.Fatal(err)
	}
	f.Advance(45 * 24 * time.Hour) // January: the child is 14
	if err := give(); err == nil {
		f.View(func(tx *db.Tx) error {
			s, err := consent.Live(tx, f.Institution, r.Child, "photo.wall")
			if err == nil && s == consent.StateLive {
				t.Error("the guardian alone has agreed for a child of 14")
			}
			return err
		})
	}
}

// I7: a field outside the signed schema cannot be written by any use case, nor
// by the function below them. S0-01.
func TestAFieldOutsideTheSchemaCannotBeWrittenI7(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	var budget catalogue.Budget
	f.View(func(tx *db.Tx) (err error) {
		budget, err = f.Catalogue.Budget(tx, f.Institution, catalogue.Minimal)
		return err
	})
	for _, field := range catalogue.Fields {
		if slices.Contains(budget.Fields(), field.Code) {
			continue
		}
		err := f.DB.Update(ctx, f.Institution, func(tx *db.Tx) error {
			return subject.Put(tx, f.Vault, budget, f.Institution, r.Child, field.Code, secret.NewText("x"))
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is written: %v", field.Code, err)
		}
		_, err = subject.Prepare(ctx, f.Vault, f.DB, budget, subject.Subject{Institution: f.Institution, ID: r.Child,
			Kind: subject.Child, Store: f.Store, Source: "x"}, subject.Values{field.Code: secret.NewText("x")})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is prepared: %v", field.Code, err)
		}
		if _, err := f.Family.Correct(ctx, f.Guardian(r.Guardian), r.Child, field.Code, secret.NewText("x")); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is corrected: %v", field.Code, err)
		}
	}
	if n := count(t, f, `SELECT COUNT(*) FROM sealed_field`); n != 4 {
		t.Errorf("%d fields are stored", n)
	}
}

// I8: nobody approves their own request, and no two steps are the same person:
// grants for oneself or asked for by oneself, API keys, appointments.
func TestNoTwoStepsAreTheSamePersonI8(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	for _, role := range []actor.Role{actor.Manager, actor.Officer, actor.Owner} {
		for _, who := range []actor.Role{role, actor.Clerk} { // for oneself; for another
			app := application(f, who, "contact.class")
			g, err := f.Grants.Ask(ctx, f.As(role), app)
			if err != nil {
				continue // the role may not even ask
			}
			if _, err := f.Grants.Approve(ctx, f.As(role), g.ID); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s approves what %s asked for: %v", role, role, err)
			}
		}
		app := application(f, role, "contact.class")
		if g, err := f.Grants.Ask(ctx, f.As(actor.Clerk), app); err == nil {
			if _, err := f.Grants.Approve(ctx, f.As(role), g.ID); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s approves a grant for themselves: %v", role, err)
			}
		}
		key, err := f.Accounts.AskKey(ctx, f.As(role), account.KeyRequest{Label: "示例", Purposes: []string{"contact.class"},
			Fields: []string{subject.GuardianPhone}, QuotaPerDay: 1, Expires: f.Now().Add(time.Hour)})
		if err != nil {
			continue
		}
		if err := f.Accounts.ApproveKey(ctx, f.As(role), key); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s approves their own key: %v", role, err)
		}
		if _, err := f.Accounts.CollectKey(ctx, f.As(role), key); err == nil {
			t.Errorf("%s collects a key that nobody else approved", role)
		}
	}
	newcomer := f.Hire("newcomer", f.Store, actor.Teacher)
	for _, role := range []actor.Role{actor.Manager, actor.Officer, actor.Owner, actor.SysAdmin} {
		if err := f.Accounts.Appoint(ctx, f.As(role), newcomer.ID, actor.Clerk); err != nil {
			continue
		}
		if err := f.Accounts.Confirm(ctx, f.As(role), newcomer.ID, actor.Clerk); fault.KindOf(err) != fault.Denied {
			t.Errorf("%s appoints and confirms: %v", role, err)
		}
	}
	if n := count(t, f, `SELECT COUNT(*) FROM staff_grant WHERE state = 'approved' AND (applicant_id = decider_id OR staff_id = decider_id)`); n > 0 {
		t.Errorf("%d grants were approved by their own people", n)
	}
}

func count(t *testing.T, f *housetest.Fixture, query string) (n int) {
	t.Helper()
	f.View(func(tx *db.Tx) error { return tx.QueryRow(query).Scan(&n) })
	return n
}
