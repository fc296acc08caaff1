package intake_test

import (
	"context"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
)

// settled waits until nobody works on a batch.
func (f fixture) settled(which id.Batch) intake.Batch {
	f.T.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now, failed := f.Intake.Working(which); !now {
			if failed != "" {
				f.T.Fatalf("stopped: %s", failed)
			}
			b, err := f.Intake.Load(context.Background(), f.As(actor.Officer), which)
			if err != nil {
				f.T.Fatal(err)
			}
			return b
		}
	}
	f.T.Fatal("an import does not end")
	return intake.Batch{}
}

// I9: an import goes on when the request that began it is over, and a second one
// of the same batch is refused meanwhile.
func TestAnImportOutlivesTheRequestThatBeganIt(t *testing.T) {
	f := open(t)
	b := f.take(intake.PaperConsent, document, roster(450))
	ctx, leave := context.WithCancel(t.Context())
	begun, err := f.Intake.Launch(ctx, f.As(actor.Officer), b.ID)
	if err != nil || begun.State != intake.Applying {
		t.Fatalf("%s, %v", begun.State, err)
	}
	if now, _ := f.Intake.Working(b.ID); now {
		_, err = f.Intake.Launch(ctx, f.As(actor.Officer), b.ID)
		want(t, err, fault.Conflict, "")
	}
	leave()
	if b = f.settled(b.ID); b.State != intake.Applied || b.Made != 450 || f.children() != 450 {
		t.Errorf("%s, %d made, %d held", b.State, b.Made, f.children())
	}
}

// What may not be applied is refused to the caller, before anything goes behind
// their back (I8).
func TestWhatIsRefusedDoesNotBegin(t *testing.T) {
	f := open(t)
	b := f.take(intake.PaperConsent, document, roster(600))
	_, err := f.Intake.Launch(t.Context(), f.As(actor.Officer), b.ID)
	if err == nil {
		t.Error("601 lines by one person")
	}
	if now, _ := f.Intake.Working(b.ID); now || f.children() != 0 {
		t.Errorf("it works on: %v, %d held", now, f.children())
	}
}

// I9: a house that closes ends the portion in hand and loses nothing; the next
// one goes on.
func TestAHouseThatClosesBreaksAnImportOffCleanly(t *testing.T) {
	f := open(t)
	const lines = 1300
	b := f.take(intake.PaperConsent, document, roster(lines))
	if _, err := f.Intake.Release(t.Context(), f.As(actor.Manager), b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Intake.Launch(t.Context(), f.As(actor.Officer), b.ID); err != nil {
		t.Fatal(err)
	}
	f.Intake.Close()
	if now, _ := f.Intake.Working(b.ID); now {
		t.Error("a closed house works on")
	}
	_, err := f.Intake.Launch(t.Context(), f.As(actor.Officer), b.ID)
	want(t, err, fault.Conflict, "intake.busy")
	if b = f.apply(b); b.Made != lines || f.children() != lines {
		t.Errorf("%d made, %d held", b.Made, f.children())
	}
}
