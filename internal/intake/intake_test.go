package intake_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

func phone(n int) secret.Text { return secret.NewText("+86" + housetest.Phone(500_000+n)) }

// S1-01, B4, I7: a CSV of 1,000 students without a source document is
// quarantined, and no role can read or call the numbers, nor make records of
// them, nor let them out.
func TestARosterWithoutASourceIsReadByNobody(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	b := f.take(intake.Migration, intake.Document{}, roster(1000))
	if b.State != intake.Quarantined || b.Rows != 1000 || b.Good != 1000 || f.children() != 0 {
		t.Fatalf("%s with %d of %d lines, %d records", b.State, b.Good, b.Rows, f.children())
	}
	for _, role := range actor.Roles {
		a := actor.Actor{Institution: f.Institution, Role: role, ProvedAt: f.Now()}
		if s, ok := f.Staff[role]; ok {
			a.Staff = s.ID // of the whole institution: the most that anybody may be
		}
		var out bytes.Buffer
		err := f.Intake.Report(ctx, a, b.ID, &out, lang.For("en"))
		if err == nil || out.Len() > 0 {
			t.Errorf("%s reads the file: %d bytes, %v", role, out.Len(), err)
		}
		var refused *fault.Error // the officer brought it, and is kept out by quarantine alone
		if role == actor.Officer && (!errors.As(err, &refused) || !slices.Equal(refused.Rules, []string{"R-124"})) {
			t.Errorf("it is not quarantine that keeps the officer out: %v", err)
		}
		if _, err := f.Intake.Apply(ctx, a, b.ID, nil); err == nil {
			t.Errorf("%s makes records of it", role)
		}
		if _, err := f.Intake.Release(ctx, a, b.ID); err == nil {
			t.Errorf("%s lets it out", role)
		}
		cards, _ := f.Desk.Find(ctx, a, desk.Query{Phone: secret.NewText(housetest.Phone(500_000))}, "contact.class")
		if len(cards) != 0 {
			t.Errorf("%s finds a number of it", role)
		}
	}
	if f.children() != 0 {
		t.Errorf("%d records were made", f.children())
	}
}

// S1-04, B4, I8: above 500 lines two persons are needed, and the uploader is not
// the second one.
func TestFiveHundredAndOneLinesNeedTwoPersons(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	if b := f.take(intake.PaperConsent, document, roster(500)); b.State != intake.Received {
		t.Errorf("500 lines are %s", b.State)
	}
	b := f.take(intake.PaperConsent, document, roster(501))
	if b.State != intake.Quarantined {
		t.Fatalf("501 lines are %s", b.State)
	}
	_, err := f.Intake.Apply(ctx, f.As(actor.Officer), b.ID, nil)
	want(t, err, fault.ApprovalNeeded, "")
	_, err = f.Intake.Release(ctx, f.As(actor.Officer), b.ID)
	want(t, err, fault.Denied, "")
	_, err = f.Intake.Release(ctx, f.As(actor.Clerk), b.ID)
	want(t, err, fault.Denied, "")
	stale := f.As(actor.Manager)
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	_, err = f.Intake.Release(ctx, stale, b.ID)
	want(t, err, fault.Unauthenticated, "")
	if b, err = f.Intake.Release(ctx, f.As(actor.Manager), b.ID); err != nil || b.State != intake.Released {
		t.Fatalf("%s, %v", b.State, err)
	}
	if b = f.apply(b); b.State != intake.Applied || b.Made != 501 || f.children() != 501 {
		t.Errorf("%s: %d made, %d held", b.State, b.Made, f.children())
	}
	_, err = f.Intake.Apply(ctx, f.As(actor.Officer), b.ID, nil)
	want(t, err, fault.Conflict, "intake.state.applied")
}

// S1-04: far more held than families enrolled raises an alarm: an import does
// not explain itself.
func TestVolumeRaisesAnAlarm(t *testing.T) {
	f := open(t)
	f.Enrol(1, "2016-03")
	b := f.take(intake.Migration, document, roster(600))
	if _, err := f.Intake.Release(context.Background(), f.As(actor.Manager), b.ID); err != nil {
		t.Fatal(err)
	}
	f.apply(b)
	v, err := f.Intake.Volume(context.Background(), f.Institution)
	if err != nil || v != (inventory.Volume{Children: 601, Enrolled: 1}) {
		t.Errorf("%+v, %v", v, err)
	}
	if n := f.count(`SELECT COUNT(*) FROM event WHERE institution_id = $1 AND type = 'alarm'`); n != 1 {
		t.Errorf("%d alarms in the log", n)
	}
}

// S3-30, BAN-07, I4: a list that somebody kept on their own is refused to every
// role, and only those in charge bring one at all (S3-28).
func TestNobodyCollectsOnTheirOwn(t *testing.T) {
	f := open(t)
	file := roster(3)
	for _, role := range actor.Roles {
		a := actor.Actor{Institution: f.Institution, Role: role, ProvedAt: f.Now()}
		if s, ok := f.Staff[role]; ok {
			a = f.As(role)
			a.Staff = s.ID
		}
		_, err := f.Intake.Upload(context.Background(), a, f.source(intake.Private, document), bytes.NewReader(file), int64(len(file)))
		want(t, err, fault.Denied, "")
		if fe, ok := err.(*fault.Error); !ok || len(fe.Rules) == 0 || fe.Rules[0] != "BAN-07" {
			t.Errorf("%s is refused by %v", role, err)
		}
		_, err = f.Intake.Upload(context.Background(), a, f.source(intake.Migration, document), bytes.NewReader(file), int64(len(file)))
		if (err == nil) != (role == actor.Officer) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// I7, S0-01, S3-29: a column beyond the four refuses the file by its name.
func TestAnExtraColumnIsRefusedByName(t *testing.T) {
	f := open(t)
	_, err := f.upload(f.source(intake.PaperConsent, document), []byte("学员姓名,出生年月,家长姓名,联系方式,就读学校\n"+
		"示例甲,2016-03,示例乙,"+housetest.Phone(1)+",示例小学\n"))
	want(t, err, fault.Invalid, "roster.columns")
	if err == nil || !strings.Contains(lang.For("en").T("fault.roster.columns", err.(*fault.Error).Args...), "就读学校") {
		t.Errorf("the column is not named: %v", err)
	}
	if n := f.count(`SELECT COUNT(*) FROM import_batch WHERE institution_id = $1`); n != 0 {
		t.Errorf("%d batches were kept", n)
	}
}

// S3-31, I6: signed forms are the guardians' consent. From 14 on the child's
// own word is needed, and until then the record is restricted.
func TestSignedFormsAreConsents(t *testing.T) {
	f := open(t)
	file := head + learner(0, "2016-03") + learner(1, "2012-11") + learner(2, "2010-01")
	b := f.apply(f.take(intake.PaperConsent, document, []byte(file)))
	if b.Made != 3 {
		t.Fatalf("%d records", b.Made)
	}
	for n, want := range []struct {
		state   subject.State
		consent consent.State
		enrol   enrol.State
	}{
		{subject.Live, consent.StateLive, enrol.Enrolled},
		{subject.Restricted, consent.StatePending, enrol.Waiting},
		{subject.Restricted, consent.StateNone, enrol.Waiting},
	} {
		_, child := f.family(n)
		f.View(func(tx *db.Tx) error {
			s, err := subject.Load(tx, f.Institution, child)
			if err != nil || s.State != want.state || s.Source != b.ID.String() {
				t.Errorf("family %d: %s from %s, %v", n, s.State, s.Source, err)
			}
			c, err := consent.Live(tx, f.Institution, child, "contact.class")
			if err != nil || c != want.consent {
				t.Errorf("family %d: consent %q, %v", n, c, err)
			}
			e, err := enrol.OfChild(tx, f.Institution, child)
			if err != nil || len(e) != 1 || e[0].State != want.enrol || e[0].Receipt == "" {
				t.Errorf("family %d: %d enrolments, %v", n, len(e), err)
			}
			return nil
		})
	}
	guardian, _ := f.family(0)
	rev, err := f.Desk.Reveal(context.Background(), f.As(actor.Clerk), guardian, subject.GuardianPhone, "contact.class")
	if err != nil || rev.Value.Expose() != phone(0).Expose() {
		t.Errorf("a consented record does not open: %v", err)
	}
}
