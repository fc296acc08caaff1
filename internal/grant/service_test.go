package grant_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
)

// house is one institution with a clock that the test moves.
type house struct {
	*grant.Register
	db      *db.DB
	clock   *atomic.Int64
	pledged map[id.Staff]bool
}

func each(t *testing.T, test func(*testing.T, *house)) {
	rules, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	cfg := db.Config{Flush: ledger.Flush, Now: func() time.Time { return time.UnixMilli(clock.Load()) }}
	dbtest.EachWith(t, cfg, func(t *testing.T, d *db.DB) {
		clock.Store(noon.UnixMilli())
		h := &house{db: d, clock: &clock, pledged: map[id.Staff]bool{clerk: true}}
		h.Register = &grant.Register{
			Gate: &gate.Gate{DB: d, Policy: rules},
			Pledged: func(_ *db.Tx, _ id.Institution, s id.Staff) (bool, error) {
				return h.pledged[s], nil
			},
		}
		test(t, h)
	})
}

func (h *house) wait(d time.Duration) { h.clock.Add(d.Milliseconds()) }

// as is a person at the shop who proved themselves just now.
func (h *house) as(who id.Staff, role actor.Role) actor.Actor {
	return actor.Actor{Institution: inst, Store: shop, Staff: who, Role: role,
		ProvedAt: time.UnixMilli(h.clock.Load())}
}

func (h *house) find(t *testing.T, change func(*grant.Use)) grant.Cover {
	t.Helper()
	var c grant.Cover
	err := h.db.View(t.Context(), inst, func(tx *db.Tx) (err error) {
		u := use()
		u.At = tx.Now()
		if change != nil {
			change(&u)
		}
		c, err = h.Find(tx, inst, u)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) grant(t *testing.T, app grant.Application) grant.Grant {
	t.Helper()
	g, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), app)
	if err != nil {
		t.Fatal(err)
	}
	if g, err = h.Approve(t.Context(), h.as(boss, actor.Manager), g.ID); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestTheLifeOfAGrant: asked, approved by another, used, ended (S0-10, S3-11, B3).
func TestTheLifeOfAGrant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if h.find(t, nil).Live {
			t.Fatal("live before it was asked for")
		}
		asked, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), application())
		if err != nil {
			t.Fatal(err)
		}
		if h.find(t, nil).Live {
			t.Error("live before approval")
		}
		g, err := h.Approve(t.Context(), h.as(boss, actor.Manager), asked.ID)
		if err != nil {
			t.Fatal(err)
		}
		if c := h.find(t, nil); !c.Whole() || c.Grant.ID != g.ID || c.Grant.Decider != boss || c.Own() {
			t.Errorf("after approval: %+v", c)
		}
		if c := h.find(t, func(u *grant.Use) { u.Purpose = "learner.manage" }); !c.Live || c.Purpose {
			t.Errorf("another purpose: %+v", c)
		}
		if _, err := h.End(t.Context(), h.as(boss, actor.Manager), g.ID); err != nil {
			t.Fatal(err)
		}
		if h.find(t, nil).Live {
			t.Error("live after its end")
		}
		if _, err := h.End(t.Context(), h.as(boss, actor.Manager), g.ID); !errors.Is(err, fault.Conflict) {
			t.Errorf("ended twice: %v", err)
		}
	})
}

func TestAGrantRunsOutByItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		app := application()
		app.Until = noon.Add(time.Hour)
		h.grant(t, app)
		h.wait(time.Hour - time.Millisecond)
		if !h.find(t, nil).Live {
			t.Error("gone before its end")
		}
		h.wait(time.Millisecond)
		if h.find(t, nil).Live {
			t.Error("live at its end, from memory")
		}
	})
}

// TestNobodyApprovesTheirOwnRequest is invariant I8: not the applicant, not the
// one it is for, not the maker of the account.
func TestNobodyApprovesTheirOwnRequest(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.pledged[boss] = true
		app := application()
		app.Who, app.Role = boss, actor.Manager
		own, err := h.Ask(t.Context(), h.as(boss, actor.Manager), app)
		if err != nil {
			t.Fatal(err)
		}
		forBoss, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), app)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range []grant.Grant{own, forBoss} {
			if _, err := h.Approve(t.Context(), h.as(boss, actor.Manager), g.ID); !errors.Is(err, fault.Denied) {
				t.Errorf("approved by %s: %v", boss, err)
			}
		}
		asked, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), application())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Approve(t.Context(), h.as(clerk, actor.Clerk), asked.ID); !errors.Is(err, fault.Denied) {
			t.Errorf("approved by a clerk: %v", err)
		}
		h.MadeBy = func(*db.Tx, id.Institution, id.Staff) (id.Staff, error) { return boss, nil }
		if _, err := h.Approve(t.Context(), h.as(boss, actor.Manager), asked.ID); !errors.Is(err, fault.Denied) {
			t.Errorf("approved by the maker of the account: %v", err)
		}
		if h.find(t, nil).Live {
			t.Error("live all the same")
		}
	})
}

// TestWithoutAPledgeThereIsNoGrant is S3-42; for outsiders, whose way is an
// application, see there (S3-43).
func TestWithoutAPledgeThereIsNoGrant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fresh := id.Make[id.Staff](noon)
		app := application()
		app.Who = fresh
		g, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), app)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Approve(t.Context(), h.as(boss, actor.Manager), g.ID); fault.CodeOf(err) != "grant.unpledged" {
			t.Errorf("approved: %v", err)
		}
		h.pledged[fresh] = true
		if _, err := h.Approve(t.Context(), h.as(boss, actor.Manager), g.ID); err != nil {
			t.Errorf("with a pledge: %v", err)
		}
	})
}

func TestBannedPurposesAreNotEvenAskedFor(t *testing.T) { // I4, S2-03
	each(t, func(t *testing.T, h *house) {
		app := application()
		app.Purpose = "fundraising"
		if _, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), app); !errors.Is(err, fault.Denied) {
			t.Errorf("asked: %v", err)
		}
	})
}

func TestAManagerDecidesForTheirOwnStoreOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		g, err := h.Ask(t.Context(), h.as(clerk, actor.Clerk), application())
		if err != nil {
			t.Fatal(err)
		}
		stranger := h.as(boss, actor.Manager)
		stranger.Store = other
		if _, err := h.Approve(t.Context(), stranger, g.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("approved from another store: %v", err)
		}
		if _, err := h.Refuse(t.Context(), h.as(boss, actor.Manager), g.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Approve(t.Context(), h.as(boss, actor.Manager), g.ID); !errors.Is(err, fault.Conflict) {
			t.Errorf("approved after refusal: %v", err)
		}
	})
}

func TestWhatWasWrittenIsReadBack(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		app := application()
		app.Subjects, app.PerDay = []id.Subject{kid, id.Make[id.Subject](noon)}, 7
		app.Emergency, app.Until, app.Reason = true, noon.Add(72*time.Hour), "emergency"
		want := h.grant(t, app)
		err := h.db.View(t.Context(), inst, func(tx *db.Tx) error {
			got, err := grant.Load(tx, inst, want.ID)
			if err != nil {
				return err
			}
			if len(got.Subjects) != 2 || got.Subjects[1] != app.Subjects[1] || got.Quota() != 7 || !got.Emergency ||
				!got.Until.Equal(app.Until) || got.State != grant.Approved || got.Fields[1] != "learner.name" {
				t.Errorf("read back %+v", got)
			}
			if _, err := grant.Load(tx, inst, id.Make[id.Grant](noon)); !errors.Is(err, fault.NotFound) {
				t.Errorf("an unknown grant: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestAnUntoldEmergencyAlarms is S3-16.
func TestAnUntoldEmergencyAlarms(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		app := application()
		app.Emergency, app.Until = true, noon.Add(time.Hour)
		g := h.grant(t, app)
		untold := func() (n int) {
			err := h.db.View(t.Context(), inst, func(tx *db.Tx) error {
				all, err := grant.Untold(tx, inst, tx.Now())
				n = len(all)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		h.wait(72 * time.Hour)
		if untold() != 0 {
			t.Error("alarm at 72 hours")
		}
		h.wait(time.Millisecond)
		if untold() != 1 {
			t.Error("no alarm after 72 hours")
		}
		if _, err := h.Told(t.Context(), h.as(clerk, actor.Clerk), g.ID); err != nil {
			t.Fatal(err)
		}
		if untold() != 0 {
			t.Error("alarm though told")
		}
	})
}

func TestRemovingAPersonEndsEveryGrant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.grant(t, application())
		if !h.find(t, nil).Live {
			t.Fatal("not live")
		}
		err := h.db.Update(t.Context(), inst, func(tx *db.Tx) error { return h.EndAll(tx, inst, clerk) })
		if err != nil {
			t.Fatal(err)
		}
		if h.find(t, nil).Live {
			t.Error("live after removal")
		}
	})
}

// TestARolledBackChangeIsNotRemembered: a grant that was never committed opens
// nothing, not even for the second that reads are believed.
func TestARolledBackChangeIsNotRemembered(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.grant(t, application())
		back := errors.New("back")
		err := h.db.Update(t.Context(), inst, func(tx *db.Tx) error {
			if err := h.EndAll(tx, inst, clerk); err != nil {
				return err
			}
			u := use()
			if c, err := h.Find(tx, inst, u); err != nil || c.Live {
				t.Errorf("inside: %+v %v", c, err)
			}
			return back
		})
		if !errors.Is(err, back) {
			t.Fatal(err)
		}
		if !h.find(t, nil).Live {
			t.Error("what was rolled back is remembered")
		}
	})
}

func TestTheSnapshotReadsWhatRuns(t *testing.T) { // S0-10
	each(t, func(t *testing.T, h *house) {
		empty := h.snapshot(t)
		h.grant(t, application())
		if h.snapshot(t).Hash() == empty.Hash() {
			t.Error("a new grant does not show")
		}
	})
}

func (h *house) snapshot(t *testing.T) (m grant.Matrix) {
	t.Helper()
	err := h.db.View(t.Context(), inst, func(tx *db.Tx) (err error) {
		m, err = h.Snapshot(tx, inst, tx.Now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func BenchmarkFindFromMemory(b *testing.B) {
	d := dbtest.OpenWith(b, db.Config{Flush: ledger.Flush, Now: func() time.Time { return noon }})
	r := &grant.Register{}
	b.ReportAllocs()
	err := d.View(b.Context(), inst, func(tx *db.Tx) error {
		u := use()
		for b.Loop() {
			if _, err := r.Find(tx, inst, u); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
