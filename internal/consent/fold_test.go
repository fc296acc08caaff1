package consent_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/id"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

var sameID = cmp.Comparer(func(a, b id.Consent) bool { return a == b })

var purposes = []string{"contact.class", "learner.manage", "photo.wall"}

// history draws up to twelve events of one subject within a few milliseconds,
// so that many share a moment.
func history(t *rapid.T) []consent.Event {
	var events []consent.Event
	var roots []id.Consent
	for range rapid.IntRange(1, 12).Draw(t, "n") {
		at := start.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "ms")) * time.Millisecond)
		e := consent.Event{
			ID: id.Make[id.Consent](at), At: at,
			Kind: rapid.SampledFrom([]consent.Kind{
				consent.Given, consent.Given, consent.Given, consent.Refused, consent.Withdrawn,
				consent.Told, consent.Objected, consent.HandedOver, consent.Restricted, consent.Released,
			}).Draw(t, "kind"),
			Party: rapid.SampledFrom([]consent.Party{consent.PartyGuardian, consent.PartyChild}).Draw(t, "party"),
			Needs: rapid.SampledFrom([]consent.Parts{
				consent.ByGuardian, consent.ByGuardian | consent.ByChild, consent.ByChild | consent.Informed, consent.ByChild,
			}).Draw(t, "needs"),
		}
		for _, p := range purposes {
			if rapid.Bool().Draw(t, p) {
				e.Purposes = append(e.Purposes, p)
			}
		}
		if len(roots) > 0 && rapid.Bool().Draw(t, "joins") {
			e.Of = rapid.SampledFrom(roots).Draw(t, "of")
		}
		if e.Kind == consent.Given {
			roots = append(roots, e.ID)
		}
		events = append(events, e)
	}
	return events
}

func state(all []consent.Standing, purpose string) consent.State {
	for _, s := range all {
		if s.Purpose == purpose {
			return s.State
		}
	}
	return consent.StateNone
}

func TestTheFoldDoesNotDependOnTheOrderOfArrival(t *testing.T) { // B15
	rapid.Check(t, func(t *rapid.T) {
		events := history(t)
		want := consent.Fold(events)
		got := consent.Fold(rapid.Permutation(events).Draw(t, "order"))
		if diff := cmp.Diff(want, got, sameID); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Withdrawal dominates: after it, only a new consent given later brings the
// purpose back; no part that arrives late does.
func TestWithdrawalDominates(t *testing.T) { // B6, S0-30
	rapid.Check(t, func(t *rapid.T) {
		events := history(t)
		p := rapid.SampledFrom(purposes).Draw(t, "purpose")
		at := start.Add(6 * time.Millisecond)
		events = append(events, consent.Event{ID: id.Make[id.Consent](at), At: at, Kind: consent.Withdrawn, Purposes: []string{p}})
		late := func(of id.Consent) consent.Event {
			return consent.Event{
				ID: id.Make[id.Consent](at), Of: of, At: at.Add(time.Millisecond), Kind: consent.Given,
				Party: consent.PartyGuardian, Purposes: []string{p}, Needs: consent.ByGuardian,
			}
		}
		for _, e := range events {
			if e.Kind == consent.Given && slices.Contains(e.Purposes, p) {
				root := e.ID
				if !e.Of.IsZero() {
					root = e.Of
				}
				events = append(events, late(root))
				break
			}
		}
		switch s := state(consent.Fold(events), p); s {
		case consent.StateLive, consent.StatePending, consent.StateRestricted:
			t.Fatalf("after the withdrawal the state is %s", s)
		}
		events = append(events, consent.Event{ID: id.Make[id.Consent](at), At: at, Kind: consent.Released}, late(id.Consent{}))
		if s := state(consent.Fold(events), p); s != consent.StateLive && s != consent.StateRestricted {
			t.Fatalf("a new consent given later counts, but the state is %q", s)
		}
	})
}

// Deny wins: of events of one moment the more protective one decides.
func TestInTheSameMomentTheMoreProtectiveEventWins(t *testing.T) { // I4
	give := consent.Event{ID: id.Make[id.Consent](start), At: start, Kind: consent.Given, Party: consent.PartyGuardian,
		Purposes: purposes, Needs: consent.ByGuardian}
	for kind, want := range map[consent.Kind]consent.State{
		consent.Withdrawn: consent.StateWithdrawn, consent.Refused: consent.StateRefused,
		consent.Restricted: consent.StateRestricted, consent.HandedOver: consent.StateExpired,
		consent.Released: consent.StateLive, consent.Told: consent.StateLive, consent.Objected: consent.StateLive,
	} {
		e := consent.Event{ID: id.Make[id.Consent](start), At: start, Kind: kind}
		for _, s := range consent.Fold([]consent.Event{e, give}) {
			if s.State != want {
				t.Errorf("given and %s at once: %s, want %s", kind, s.State, want)
			}
		}
	}
}

// A state is live only if every part that the last giving needed is there.
func TestLiveMeansThatNothingIsMissing(t *testing.T) { // I6
	rapid.Check(t, func(t *rapid.T) {
		for _, s := range consent.Fold(history(t)) {
			switch {
			case s.State == consent.StateLive && s.Missing() != 0:
				t.Fatalf("live although %d is missing", s.Missing())
			case s.State == consent.StatePending && s.Missing() == 0:
				t.Fatal("pending although nothing is missing")
			}
		}
	})
}

// TestWhatIsStoppedForOneOfTwoIsStopped: in either order, and only what is live for
// one of them is live where nothing is stopped.
func TestWhatIsStoppedForOneOfTwoIsStopped(t *testing.T) {
	all := []consent.State{consent.StateNone, consent.StatePending, consent.StateLive, consent.StateRefused,
		consent.StateWithdrawn, consent.StateExpired, consent.StateRestricted}
	for _, a := range all {
		for _, b := range all {
			both := a.And(b)
			stopped := a.Stopped() || b.Stopped()
			live := !stopped && (a == consent.StateLive || b == consent.StateLive)
			if both.Stopped() != stopped || (both == consent.StateLive) != live || both != a && both != b {
				t.Errorf("%q and %q are %q", a, b, both)
			}
		}
	}
}
