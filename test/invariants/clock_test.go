package invariants_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// jumps are those of the test plan (T06), in both directions, and a leap second.
var jumps = []time.Duration{time.Second, time.Hour, 24 * time.Hour, 10 * 365 * 24 * time.Hour}

// I9, B15: the clock jumps between acts, forward and back. Indexes only grow,
// the last word of a family is the last, the log verifies.
func TestAClockThatJumpsReordersNothing(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2024-03") // young enough to stay under 14 for ten years
	dice := rand.New(rand.NewPCG(1, 20261122))
	last, home := int64(-1), f.Now()
	for i := range 60 {
		d := jumps[dice.IntN(len(jumps))]
		switch {
		case f.Now().After(home.Add(time.Minute)):
			d = home.Sub(f.Now()) - d // back, and beyond where it began
		case dice.IntN(2) == 0:
			d = -d
		}
		f.Advance(d)
		want := consent.StateWithdrawn
		out, err := f.Family.Withdraw(ctx, f.Guardian(r.Guardian), r.Child, "photo.wall")
		if i%2 == 0 {
			want = consent.StateLive
			out, err = f.Family.Give(ctx, f.Guardian(r.Guardian), r.Child, "photo.wall", "zh-CN", [32]byte{1})
		}
		if err != nil {
			continue // in another decade a purpose may have run out, or the child be 14
		}
		if out.Index() <= last {
			t.Fatalf("index %d after %d", out.Index(), last)
		}
		last = out.Index()
		f.View(func(tx *db.Tx) error {
			s, err := consent.Live(tx, f.Institution, r.Child, "photo.wall")
			if err != nil || s != want {
				t.Errorf("after a jump of %v the purpose is %q, %v", d, s, err)
			}
			return nil
		})
	}
	if last < 0 {
		t.Fatal("no act succeeded")
	}
	if report, err := f.House.Log.VerifyAll(ctx, f.Institution, nil); err != nil || !report.OK || report.Waiting > 0 {
		t.Errorf("the log does not verify: %+v, %v", report, err)
	}
}

// R15: what has ended stays ended when the clock goes back: sessions, phone
// codes, links, grants, keys; and a proof of identity from the future proves
// nothing.
func TestAClockThatGoesBackRevivesNothing(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	f.Advance(2 * time.Minute)
	in, err := f.Accounts.SignIn(ctx, f.Institution, account.Attempt{Login: "clerk", Password: secret.NewText(housetest.Password)})
	if err != nil {
		t.Fatal(err)
	}
	link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "示例课程")
	if err != nil {
		t.Fatal(err)
	}
	browser, _ := f.Accounts.NewBrowser()
	if err := f.House.Enrol.Continue(ctx, link.Token, browser); err != nil {
		t.Fatal(err)
	}
	g := f.Grant(actor.Teacher, "contact.class", subject.GuardianPhone)
	if _, err := f.Grants.End(ctx, f.As(actor.Manager), g.ID); err != nil {
		t.Fatal(err)
	}
	number := secret.NewText(housetest.Phone(7))
	if err := f.Accounts.RequestCode(ctx, f.Institution, browser, number, account.ToProve); err != nil {
		t.Fatal(err)
	}
	code := f.Code(7)
	f.Advance(time.Hour)
	late := f.Accounts.ProvePhone(ctx, f.Institution, browser, number, code)
	f.Advance(-time.Hour)
	again := f.Accounts.ProvePhone(ctx, f.Institution, browser, number, code)
	if fault.CodeOf(late) != "code.expired" || fault.CodeOf(again) != "code.expired" {
		t.Errorf("a code that was late is %v, and with the clock back %v", late, again)
	}
	for _, d := range jumps[1:] {
		f.Advance(d)
		if _, err := f.Accounts.Actor(ctx, in.Token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%v later the session is %v", d, err)
		}
		if err := f.House.Enrol.Continue(ctx, link.Token, browser); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v later the link is %v", d, err)
		}
		if err := f.Accounts.Sweep(ctx, f.Institution); err != nil {
			t.Fatal(err)
		}
		f.Advance(-d)
		if _, err := f.Accounts.Actor(ctx, in.Token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%v later and back the session lives again: %v", d, err)
		}
		_, err := f.Desk.Reveal(ctx, f.As(actor.Teacher), r.Guardian, subject.GuardianPhone, "contact.class")
		if fault.KindOf(err) != fault.ApprovalNeeded {
			t.Errorf("%v later and back the grant is %v", d, err)
		}
	}
	proved := f.As(actor.Clerk)
	f.Advance(-time.Hour)
	_, err = f.Desk.Reveal(ctx, proved, r.Guardian, subject.GuardianPhone, "contact.class")
	if fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a proof from the future: %v", err)
	}
}

// R15: no jump of the clock destroys a record: it is there, and opens, when the
// clock is right again.
func TestNoJumpOfTheClockDestroysARecord(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	for _, d := range jumps {
		for _, d := range []time.Duration{d, -d} {
			f.Advance(d)
			_, _ = reveal(f, subject.Subject{ID: r.Guardian}) // whatever it says: the day is wrong
			if err := f.Accounts.Sweep(ctx, f.Institution); err != nil {
				t.Errorf("sweep at %v: %v", d, err)
			}
			f.Advance(-d)
			if _, err := reveal(f, subject.Subject{ID: r.Guardian}); err != nil {
				t.Errorf("after %v and back: %v", d, err)
			}
		}
	}
}
