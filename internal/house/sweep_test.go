package house_test

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/subject"
)

// at moves the fixture's clock to ten in the morning of a day in China.
func at(f *housetest.Fixture, year int, month time.Month, day int) {
	f.Advance(time.Date(year, month, day, 10, 0, 0, 0, civil.Zone).Sub(f.Now()))
}

// B1, I6, S2-16, S2-17, fixture of Part 6: born 2012-06, enrolled by the
// guardian. To 2026-05-31 the guardian's consent counts, and in June, for the
// day is not known; from 2026-07-01 the child alone decides.
func TestAuthorityPassesToTheChildAtFourteen(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	at(f, 2026, time.May, 20)
	r := f.Enrol(1, "2012-06")
	younger := f.Enrol(2, "2016-03")
	f.Grant(actor.Clerk, "contact.class", subject.GuardianPhone)
	state := func() (st consent.State, rec subject.State) {
		f.View(func(tx *db.Tx) (err error) {
			if st, err = consent.Live(tx, f.Institution, r.Child, "contact.class"); err != nil {
				return err
			}
			row, err := subject.Load(tx, f.Institution, r.Child)
			rec = row.State
			return err
		})
		return st, rec
	}
	sweep := func() {
		t.Helper()
		if err := f.Sweep(ctx, f.Institution); err != nil {
			t.Fatal(err)
		}
	}
	for _, day := range []civil.Date{civil.MustDate(2026, 5, 31), civil.MustDate(2026, 6, 1), civil.MustDate(2026, 6, 30)} {
		at(f, day.Year(), day.Month(), day.Day())
		sweep()
		if st, rec := state(); st != consent.StateLive || rec != subject.Live {
			t.Errorf("on %s: %s, %s", day, st, rec)
		}
	}
	if _, sent := f.Post.Last("+86" + housetest.Phone(1)); !sent {
		t.Fatal("no code was ever sent")
	}
	at(f, 2026, time.July, 1)
	sweep()
	if st, rec := state(); st != consent.StateExpired || rec != subject.Restricted {
		t.Errorf("on 2026-07-01: %s, %s", st, rec)
	}
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class"); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("after the handover the phone opens: %v", err)
	}
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), younger.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
		t.Errorf("a younger child's does not: %v", err)
	}
	if err := f.Outbox.Deliver(ctx, f.Institution); err != nil {
		t.Fatal(err)
	}
	if m, _ := f.Post.Last("+86" + housetest.Phone(1)); m.Template != "handover" {
		t.Errorf("the guardian was told %q", m.Template)
	}
	looks, err := f.Family.Looks(ctx, f.Guardian(r.Guardian), r.Child, 0)
	if err != nil || len(looks.Entries) == 0 || looks.Entries[0].Type != "consent.expired" {
		t.Errorf("the family does not find the handover: %d entries, %v", len(looks.Entries), err)
	}

	link, err := f.House.Enrol.OwnLink(ctx, f.Guardian(r.Guardian), r.Child)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.House.Enrol.ConfirmChild(ctx, link, enrol.Answer{Agree: true, Language: "zh-CN", Screen: sha256.Sum256([]byte("screen"))})
	if err != nil || again.State != enrol.Enrolled {
		t.Fatalf("%s, %v", again.State, err)
	}
	at(f, 2026, time.July, 2)
	sweep()
	if st, rec := state(); st != consent.StateLive || rec != subject.Live {
		t.Errorf("after the child's own word: %s, %s", st, rec)
	}
}

// B1: on a day that no sweep has reached, a guardian's consent of an earlier
// month opens nothing; the sweep of that day makes up for it.
func TestAnUnsweptDayTrustsNoGuardian(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	reveal := func() error {
		_, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
		return err
	}
	if err := reveal(); err != nil {
		t.Fatalf("in the month of the consent: %v", err)
	}
	at(f, 2026, time.December, 1)
	if err := reveal(); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("in the next month, unswept: %v", err)
	}
	if err := f.Sweep(ctx, f.Institution); err != nil {
		t.Fatal(err)
	}
	if err := reveal(); err != nil {
		t.Errorf("in the next month, swept: %v", err)
	}
	at(f, 2027, time.January, 1)
	if err := reveal(); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("what is remembered outlives its day: %v", err)
	}
}
