package account_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// S2-09: staff are out after a quarter of an hour without a request, and twelve hours in all.
func TestASessionIdlesOutAndEndsWhateverHappens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		for range 4 { // used every ten minutes it lives
			h.pass(10 * time.Minute)
			if !h.alive(e.Token) {
				t.Fatal("a used session idled out")
			}
		}
		h.Register = account.New(h.cfg) // a restart knows of the last use, to the minute
		h.pass(14 * time.Minute)
		if !h.alive(e.Token) {
			t.Error("it idled out early")
		}
		h.pass(15*time.Minute + time.Second)
		if h.alive(e.Token) {
			t.Error("it did not idle out")
		}
		e = h.signIn("li.na")
		for range 12 * 6 {
			h.pass(10 * time.Minute)
			h.alive(e.Token)
		}
		if h.alive(e.Token) {
			t.Error("it outlived its twelve hours")
		}
	})
}

func TestATokenIsStoredOnlyAsItsHash(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		if n := h.count(`SELECT count(*) FROM session WHERE length(token_hash) = 32`); n != 2 && n != 1 {
			t.Errorf("%d sessions", n)
		}
		for _, bad := range []string{"", "x", e.Token.Expose() + "A", e.Token.Expose()[:63] + "!", strings.Repeat("A", 64),
			strings.ToUpper(e.Token.Expose())} {
			if h.alive(text(bad)) {
				t.Error("a bent token was accepted")
			}
		}
	})
}

// I8 and design: removed means dead at once here, and within a second elsewhere.
func TestRemovingSomebodyEndsEverySessionWithinASecond(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager := h.staff("manager", actor.Manager)
		one, two := h.staff("li.na", actor.Clerk), h.signIn("li.na")
		other := account.New(h.cfg) // a second node on the same base
		for _, token := range []secret.Text{one.Token, two.Token} {
			if _, err := other.Actor(t.Context(), token); err != nil || !h.alive(token) {
				t.Fatal(err)
			}
		}
		want(t, h.Remove(t.Context(), manager.Actor, one.Actor.Staff), "", "remove")
		if h.alive(one.Token) || h.alive(two.Token) {
			t.Error("a session answers after removal on this node")
		}
		h.pass(time.Second)
		for _, token := range []secret.Text{one.Token, two.Token} {
			_, err := other.Actor(t.Context(), token)
			want(t, err, "session.ended", "on the other node a second later")
		}
		want(t, h.try("li.na", goodPassword, secret.Text{}), "signin.wrong", "signing in again")
		if !h.alive(manager.Token) {
			t.Error("the manager was signed out too")
		}
	})
}

func TestSigningInAgainEndsTheFormerSessionAndNeverAdoptsAToken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.staff("li.na", actor.Clerk)
		planted := h.signIn("li.na")
		e, err := h.SignIn(t.Context(), h.inst, account.Attempt{Login: "li.na", Password: text(goodPassword), Former: planted.Token})
		if err != nil {
			t.Fatal(err)
		}
		if e.Token.Expose() == planted.Token.Expose() || h.alive(planted.Token) {
			t.Error("session fixation: the former token lives")
		}
	})
}

func TestAnOldProofMustBeRenewedAndRenewsTheToken(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		want(t, account.Fresh(e.Actor, h.Now().Add(4*time.Hour)), "", "after four hours")
		want(t, account.Fresh(e.Actor, h.Now().Add(4*time.Hour+1)), "stepup.needed", "after more than four hours")
		want(t, account.Fresh(e.Actor, h.Now().Add(-2*time.Minute)), "stepup.needed", "before it was given")
		want(t, account.Fresh(actor.Actor{}, h.Now()), "stepup.needed", "nobody")
		for range 30 {
			h.pass(10 * time.Minute)
			h.alive(e.Token)
		}
		_, err := h.StepUp(t.Context(), e.Token, text("wrong"), secret.Text{})
		want(t, err, "signin.wrong", "a wrong proof")
		renewed, err := h.StepUp(t.Context(), e.Token, text(goodPassword), secret.Text{})
		want(t, err, "", "a right proof")
		if h.alive(e.Token) || !h.alive(renewed.Token) || renewed.Actor.Session != e.Actor.Session {
			t.Error("the token was not renewed")
		}
		a, err := h.Actor(t.Context(), renewed.Token)
		if err != nil || !a.ProvedAt.Equal(h.Now()) || account.Fresh(a, h.Now()) != nil {
			t.Errorf("proved %v", a.ProvedAt)
		}
		h.pass(7*time.Hour + time.Minute) // idle aside, the twelve hours are not extended
		if h.alive(renewed.Token) {
			t.Error("a step-up extended the session")
		}
	})
}

func TestPeopleSeeAndEndTheirOwnSessionsAndNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, stranger := h.staff("li.na", actor.Clerk), h.staff("wang", actor.Clerk)
		two, three := h.signIn("li.na"), h.signIn("li.na")
		list, err := h.Sessions(t.Context(), one.Actor)
		if err != nil || len(list) != 3 || list[0].Device != "test" {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		want(t, h.EndSession(t.Context(), stranger.Actor, two.Actor.Session), "session.unknown", "a stranger's")
		want(t, h.EndSession(t.Context(), one.Actor, two.Actor.Session), "", "one's own")
		if h.alive(two.Token) || !h.alive(three.Token) {
			t.Error("the wrong session ended")
		}
		n, err := h.EndOthers(t.Context(), one.Actor)
		if err != nil || n != 1 || h.alive(three.Token) || !h.alive(one.Token) || !h.alive(stranger.Token) {
			t.Errorf("ended %d, %v", n, err)
		}
		want(t, h.SignOut(t.Context(), one.Token), "", "sign out")
		want(t, h.SignOut(t.Context(), one.Token), "", "sign out twice")
		if h.alive(one.Token) {
			t.Error("signed out and alive")
		}
	})
}

func TestSweepingRemovesOnlyWhatHasExpired(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		want(t, h.Sweep(t.Context(), h.inst), "", "sweep")
		if !h.alive(e.Token) {
			t.Error("a live session was swept away")
		}
		h.pass(13 * time.Hour)
		want(t, h.Sweep(t.Context(), h.inst), "", "sweep")
		if n := h.count(`SELECT count(*) FROM session`); n != 0 {
			t.Errorf("%d sessions left", n)
		}
	})
}

func TestABaseThatDoesNotAnswerIsNotMistakenForASignOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := h.staff("li.na", actor.Clerk)
		d := dbClosed(t, h)
		_, err := d.Actor(t.Context(), e.Token)
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("got %v", err)
		}
	})
}

// dbClosed returns a register whose base has been closed.
func dbClosed(t *testing.T, h *house) *account.Register {
	t.Helper()
	cfg := h.cfg
	closed, err := db.Open(t.Context(), db.Config{DSN: "sqlite:" + t.TempDir() + "/x.db"})
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.DB = closed
	return account.New(cfg)
}

// The bar is 2 µs for a session that was read within the last second.
func BenchmarkActorCached(b *testing.B) {
	h := benchHouse(b)
	e := h.staff("li.na", actor.Clerk)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Actor(b.Context(), e.Token); err != nil {
			b.Fatal(err)
		}
	}
}
