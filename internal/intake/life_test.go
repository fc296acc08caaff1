package intake_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
)

// S3-31, I6, B1: an import is not a consent. What came from a former system is
// kept and nothing more: nobody opens it or calls, until the family confirms.
func TestAnImportIsNoConsent(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	f.apply(f.take(intake.Migration, document, []byte(head+learner(0, "2016-03")+learner(1, "2010-01"))))
	guardian, child := f.family(0)
	for role := range f.Staff {
		if _, err := f.Desk.Reveal(ctx, f.As(role), guardian, subject.GuardianPhone, "contact.class"); err == nil {
			t.Errorf("%s opens the phone", role)
		}
		if _, err := f.Desk.Reveal(ctx, f.As(role), child, subject.LearnerName, "contact.class"); err == nil {
			t.Errorf("%s opens the name", role)
		}
		if _, err := f.Desk.Message(ctx, f.As(role), guardian, "call", "contact.class"); err == nil {
			t.Errorf("%s sends a message", role)
		}
	}
	answer := intake.Answer{Language: "zh-CN", Screen: sha256.Sum256([]byte("screen"))}
	other, _ := f.family(1)
	_, err := f.Intake.Confirm(ctx, f.Guardian(other), child, answer)
	want(t, err, fault.NotFound, "")
	st, err := f.Intake.Confirm(ctx, f.Guardian(guardian), child, answer)
	if err != nil || st != enrol.Enrolled {
		t.Fatalf("%s, %v", st, err)
	}
	rev, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), guardian, subject.GuardianPhone, "contact.class")
	if err != nil || rev.Value.Expose() != phone(0).Expose() {
		t.Errorf("a confirmed record does not open: %v", err)
	}
	_, err = f.Intake.Confirm(ctx, f.Guardian(guardian), child, answer)
	want(t, err, fault.Conflict, "intake.confirmed")
}

// S2-17, I6: from 14 on the guardian cannot confirm; the child does, by a link
// that its guardian passes on.
func TestAChildOfFourteenConfirmsItself(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	f.apply(f.take(intake.Migration, document, []byte(head+learner(0, "2010-01"))))
	guardian, child := f.family(0)
	screen := sha256.Sum256([]byte("screen"))
	_, err := f.Intake.Confirm(ctx, f.Guardian(guardian), child, intake.Answer{Language: "zh-CN", Screen: screen})
	want(t, err, fault.Denied, "")
	link, err := f.House.Enrol.OwnLink(ctx, f.Guardian(guardian), child)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.House.Enrol.ConfirmChild(ctx, link, enrol.Answer{Agree: true, Language: "zh-CN", Screen: screen})
	if err != nil || r.State != enrol.Enrolled {
		t.Fatalf("%s, %v", r.State, err)
	}
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), guardian, subject.GuardianPhone, "contact.class"); err != nil {
		t.Error(err)
	}
}

// I9: an import that is broken off goes on where it stopped, by another process
// too, and no line is taken twice. Its entries say how many records were made.
func TestABrokenImportGoesOn(t *testing.T) {
	f := open(t)
	const lines = 1300
	b := f.take(intake.PaperConsent, document, roster(lines))
	if _, err := f.Intake.Release(context.Background(), f.As(actor.Manager), b.ID); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	at, err := f.Intake.Apply(ctx, f.As(actor.Officer), b.ID, func(done, total int) {
		if total != lines {
			t.Errorf("progress counts %d lines", total)
		}
		stop()
	})
	if !errors.Is(err, context.Canceled) || at.State != intake.Applying || at.Done == 0 || at.Done == lines {
		t.Fatalf("stopped at %d, %s, %v", at.Done, at.State, err)
	}
	if n := f.children(); n != at.Done {
		t.Errorf("%d records for %d lines", n, at.Done)
	}
	if b = f.apply(b); b.Done != lines || b.Made != lines || b.Known != 0 || f.children() != lines {
		t.Errorf("%d done, %d made, %d known, %d held", b.Done, b.Made, b.Known, f.children())
	}
	if n := f.count(`SELECT COUNT(*) FROM enrolment WHERE institution_id = $1 AND state = 'enrolled'`); n != lines {
		t.Errorf("%d enrolments", n)
	}
	if report, err := f.Log.VerifyAll(context.Background(), f.Institution, nil); err != nil {
		t.Errorf("the log does not verify: %+v, %v", report, err)
	}
}

// Two who apply the same batch at once do not both write it (I9).
func TestTwoAtOnceDoNotDouble(t *testing.T) {
	f := open(t)
	b := f.take(intake.PaperConsent, document, roster(400))
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := f.Intake.Apply(context.Background(), f.As(actor.Officer), b.ID, nil)
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil && fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
	}
	if f.children() != 400 {
		t.Errorf("%d records", f.children())
	}
}

// S3-29: who is held already is reported and left as it is; a sister or brother
// joins the same guardian.
func TestWhoIsHeldAlreadyIsNotDoubled(t *testing.T) {
	f := open(t)
	f.apply(f.take(intake.PaperConsent, document, []byte(head+learner(0, "2016-03"))))
	sibling := strings.Replace(learner(0, "2018-05"), name(0), name(99), 1)
	b := f.apply(f.take(intake.PaperConsent, document, []byte(head+learner(0, "2016-04")+sibling+learner(2, "2016-13"))))
	if b.Rows != 3 || b.Made != 1 || b.Known != 1 || b.Faulty() != 1 || f.children() != 2 {
		t.Errorf("%d lines: %d made, %d known, %d faulty; %d held", b.Rows, b.Made, b.Known, b.Faulty(), f.children())
	}
	if n := f.count(`SELECT COUNT(*) FROM subject WHERE institution_id = $1 AND kind = 'guardian'`); n != 1 {
		t.Errorf("%d guardians", n)
	}
	var out bytes.Buffer
	if err := f.Intake.Report(context.Background(), f.As(actor.Officer), b.ID, &out, lang.For("zh-CN")); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	for i, part := range []string{"问题", lang.For("zh-CN").T("fault.intake.known"), "", "出生年月"} {
		if !strings.Contains(lines[i], part) || part == "" && strings.Contains(lines[i], "。") {
			t.Errorf("line %d of the report lacks %q", i+1, part)
		}
	}
	err := f.Intake.Report(context.Background(), f.As(actor.Clerk), b.ID, &out, lang.For("zh-CN"))
	want(t, err, fault.Denied, "")
	stale := f.As(actor.Officer)
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	err = f.Intake.Report(context.Background(), stale, b.ID, &out, lang.For("zh-CN"))
	want(t, err, fault.Unauthenticated, "")
	found, err := f.Intake.Problems(context.Background(), f.As(actor.Officer), b.ID, 10)
	if err != nil || len(found) != 2 || found[0].Row != 2 || found[1].Row != 4 || found[1].Column != "出生年月" {
		t.Errorf("%d problems, %v", len(found), err)
	}
}

// I10, S1-01: discarding destroys the key of a batch; a document that comes
// later ends the quarantine of a short one.
func TestDiscardingDestroysTheKey(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	b := f.take(intake.Migration, intake.Document{}, roster(3))
	if len(b.Lacks()) != 1 || b.Lacks()[0] != "document" {
		t.Errorf("it lacks %v", b.Lacks())
	}
	_, err := f.Intake.Attach(ctx, f.As(actor.Officer), b.ID, intake.Document{Code: "示例", Hash: document.Hash})
	want(t, err, fault.Invalid, "intake.document")
	if b, err = f.Intake.Attach(ctx, f.As(actor.Officer), b.ID, document); err != nil || b.State != intake.Received {
		t.Fatalf("%s, %v", b.State, err)
	}
	keys := f.count(`SELECT COUNT(*) FROM subject_key WHERE institution_id = $1`)
	if b, err = f.Intake.Discard(ctx, f.As(actor.Manager), b.ID); err != nil || b.State != intake.Rejected {
		t.Fatalf("%s, %v", b.State, err)
	}
	if left := f.count(`SELECT COUNT(*) FROM subject_key WHERE institution_id = $1`); left != keys-1 {
		t.Errorf("%d keys of %d are left", left, keys)
	}
	_, err = f.Intake.Apply(ctx, f.As(actor.Officer), b.ID, nil)
	want(t, err, fault.Conflict, "intake.state.rejected")
	if all, err := f.Intake.List(ctx, f.As(actor.Officer), 10); err != nil || len(all) != 1 || all[0].Parts != 0 {
		t.Errorf("%d batches, %v", len(all), err)
	}
}

// A file is kept no longer than its report is needed (S0-06, PIPL art. 19).
func TestFilesDoNotOutliveTheirReport(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	b := f.apply(f.take(intake.PaperConsent, document, roster(3)))
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{6 * 24 * time.Hour, 0}, {2 * 24 * time.Hour, 1}, {time.Hour, 0}} {
		f.Advance(c.after)
		if n, err := f.Intake.Tidy(ctx, f.Institution); err != nil || n != c.want {
			t.Errorf("after %v more: %d files destroyed, %v", c.after, n, err)
		}
	}
	err := f.Intake.Report(ctx, f.As(actor.Officer), b.ID, new(bytes.Buffer), lang.For("en"))
	want(t, err, fault.Erased, "intake.file_gone")
	if b, err = f.Intake.Load(ctx, f.As(actor.Officer), b.ID); err != nil || b.State != intake.Applied {
		t.Errorf("%s, %v", b.State, err)
	}
}

// I3, I7: nothing of a roster is in the database in clear.
func TestNothingOfARosterIsInClear(t *testing.T) {
	f := open(t)
	f.take(intake.Migration, intake.Document{}, roster(5))
	f.View(func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT sealed FROM import_file WHERE institution_id = $1`, f.Institution)
		if err != nil {
			return err
		}
		for rows.Next() {
			var sealed []byte
			if err := rows.Scan(&sealed); err != nil {
				return err
			}
			for _, needle := range []string{housetest.Phone(500_000), name(0), "学员姓名"} {
				if bytes.Contains(sealed, []byte(needle)) {
					t.Error("a value lies in clear")
				}
			}
		}
		return nil
	})
}

// The template can be filled in and comes back as it should (S0-01).
func TestTheTemplateIsTaken(t *testing.T) {
	f := open(t)
	var x bytes.Buffer
	if err := f.Intake.Template(&x, "csv", lang.For("zh-CN")); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(x.String(), "\n")
	if b := f.take(intake.PaperConsent, document, []byte(head+"\n"+learner(1, "2016-03"))); b.Good != 1 {
		t.Errorf("%d good lines", b.Good)
	}
	want(t, f.Intake.Template(&x, "pdf", lang.For("en")), fault.Invalid, "intake.format")
}
