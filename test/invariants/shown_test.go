package invariants_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/faultfs"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// onFaults is a house whose disk the test can break, and the path of its file.
func onFaults(t *testing.T) (*housetest.Fixture, *faultfs.FS, string) {
	t.Helper()
	fs := faultfs.New()
	path := filepath.Join(t.TempDir(), "wardfold.db")
	return housetest.NewOn(t, house.Config{DSN: "sqlite:" + path, VFS: fs.Name}), fs, path
}

// reveal opens the phone of a guardian as the clerk does every day.
func reveal(f *housetest.Fixture, who subject.Subject) (desk.Revealed, error) {
	return f.Desk.Reveal(context.Background(), f.As(actor.Clerk), who.ID, subject.GuardianPhone, "contact.class")
}

// I1: when the entry cannot be made durable, the value is not returned, whatever
// the disk says; nor afterwards, until the database has been opened again.
func TestAValueWhoseEntryIsNotDurableIsNotReturnedI1(t *testing.T) {
	for name, broken := range map[string]faultfs.Fault{
		"the fsync fails":    func(op faultfs.Op) int { return only(op, faultfs.Sync, faultfs.IOErrSync) },
		"the write fails":    func(op faultfs.Op) int { return only(op, faultfs.Write, faultfs.IOErrWrite) },
		"the write is torn":  func(op faultfs.Op) int { return only(op, faultfs.Write, faultfs.Tear) },
		"the disk is full":   func(op faultfs.Op) int { return only(op, faultfs.Write, faultfs.Full) },
		"the reading breaks": func(op faultfs.Op) int { return only(op, faultfs.Sync, faultfs.IOErrRead) },
	} {
		t.Run(name, func(t *testing.T) {
			f, fs, _ := onFaults(t)
			r := f.Enrol(1, "2016-03")
			before := entries(t, f)
			fs.Break(broken)
			rev, err := reveal(f, subject.Subject{ID: r.Guardian})
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("Reveal says %v, not that it is unavailable", err)
			}
			if !rev.Value.Empty() || rev.Entry != nil {
				t.Error("the value was returned without its entry")
			}
			if n := entries(t, f); n != before {
				t.Errorf("%d entries where none was acknowledged", n-before)
			}
			fs.Break(nil)
			if _, err := reveal(f, subject.Subject{ID: r.Guardian}); (err == nil) != (name == "the disk is full") {
				t.Errorf("with the disk mended but not read again: %v", err)
			}
		})
	}
}

func only(op faultfs.Op, kind faultfs.Kind, code int) int {
	if op.Kind == kind {
		return code
	}
	return faultfs.OK
}

// I1: a slow disk makes the answer late, never early.
func TestAValueWaitsForASlowDiskI1(t *testing.T) {
	f, fs, _ := onFaults(t)
	r := f.Enrol(1, "2016-03")
	const slow = 150 * time.Millisecond
	var synced atomic.Int64
	fs.Break(func(op faultfs.Op) int {
		if op.Kind == faultfs.Sync {
			time.Sleep(slow)
			synced.Add(1)
		}
		return faultfs.OK
	})
	begun := time.Now()
	rev, err := reveal(f, subject.Subject{ID: r.Guardian})
	if err != nil || rev.Value.Empty() {
		t.Fatal(err)
	}
	if took := time.Since(begun); took < slow || synced.Load() == 0 {
		t.Errorf("shown after %v and %d fsyncs", took, synced.Load())
	}
	f.View(func(tx *db.Tx) error {
		e, err := ledger.At(tx, rev.Index())
		if err != nil || e.Event.ID != rev.Event || e.Purpose != "contact.class" || e.Actor != f.As(actor.Clerk).ID() {
			t.Errorf("the entry at %d is not that of the look: %v", rev.Index(), err)
		}
		return nil
	})
}

// I1: denials are entries too, whoever is denied.
func TestEveryRefusalIsAnEntryI1(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2016-03")
	for role := range f.Staff {
		before := entries(t, f)
		if _, err := f.Desk.Reveal(context.Background(), f.As(role), r.Guardian, subject.GuardianPhone, "survey"); err == nil {
			t.Errorf("%s is not refused", role)
		}
		if n := entries(t, f); n != before+1 {
			t.Errorf("%s: %d entries for a refusal", role, n-before)
		}
	}
}

// I2: nothing opens without the gate's permit, with one that has ended, or with
// that of another transaction. (That nobody else mints one is proved by
// arch_test.go, and the permit itself by package seal.)
func TestNothingOpensButThroughTheGateI2(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2016-03")
	ctx := context.Background()
	open := func(tx *db.Tx, p seal.Permit) error {
		v, err := subject.Open(tx, f.Vault, p, f.Institution, r.Guardian, subject.GuardianPhone)
		if !v.Empty() {
			t.Error("a value came out")
		}
		return err
	}
	var kept seal.Permit
	for name, err := range map[string]error{
		"without a permit": f.DB.View(ctx, f.Institution, func(tx *db.Tx) error { return open(tx, seal.Permit{}) }),
		"after the act": func() error {
			req := gate.Request{Actor: f.As(actor.Clerk), Act: policy.AuditVerify}
			_, err := f.Gate.Do(ctx, req, nil, func(_ *db.Tx, p seal.Permit, _ *gate.Case) error { kept = p; return nil })
			return errors.Join(err, f.DB.View(ctx, f.Institution, func(tx *db.Tx) error { return open(tx, kept) }))
		}(),
	} {
		if fault.CodeOf(err) != "seal.no_permit" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// I2, I1: what a body opened does not survive a refusal of its own transaction.
func TestAFailedActShowsNothingI2(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2016-03")
	f.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE subject SET state = 'damaged' WHERE institution_id = $1`, f.Institution)
		return err
	})
	rev, err := reveal(f, subject.Subject{ID: r.Guardian})
	if fault.KindOf(err) != fault.Unavailable || !rev.Value.Empty() {
		t.Errorf("a record in a state that nobody knows: %v", err)
	}
	cards, err := f.Desk.Find(context.Background(), f.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(1))}, "contact.class")
	if err != nil || len(cards) != 0 {
		t.Errorf("a record in a state that nobody knows is found: %d, %v", len(cards), err)
	}
}

func entries(t *testing.T, f *housetest.Fixture) (n int) {
	t.Helper()
	f.View(func(tx *db.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM event`).Scan(&n) })
	return n
}
