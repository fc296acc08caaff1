package consent

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/id"
)

// State is where the consent for one subject and purpose stands.
type State string

// The states. Only StateLive allows anything.
const (
	StateNone       State = ""
	StatePending    State = "pending" // not everybody has spoken, or the guardian is not informed yet
	StateLive       State = "live"    // given by whom it needs
	StateRefused    State = "refused"
	StateWithdrawn  State = "withdrawn"
	StateExpired    State = "expired"    // handed over: given by the guardian alone, and the child is 14 now
	StateRestricted State = "restricted" // disputed: only storage and security until it is settled
)

// Stopped reports whether somebody said no, or what they said has ended or is
// disputed. What nobody has said yet is not stopped, and allows nothing either.
func (s State) Stopped() bool {
	return s == StateRefused || s == StateWithdrawn || s == StateExpired || s == StateRestricted
}

// And is where the consent stands for two children at once, whose record is one:
// what is stopped for one is stopped, else what is live for one is live.
func (s State) And(t State) State {
	switch {
	case s.Stopped() || !t.Stopped() && s == StateLive || t == StateNone:
		return s
	default:
		return t
	}
}

// Standing is the result of a fold for one purpose.
type Standing struct {
	Purpose  string
	State    State
	Consent  id.Consent // the consent that decides; zero if StateNone
	Since    time.Time  // when the state was reached
	Have     Parts
	Needs    Parts
	Objected bool // a guardian without a veto objected; a person should look at it
}

// Missing returns what a pending consent waits for.
func (s Standing) Missing() Parts {
	var m Parts
	for _, p := range []Parts{ByGuardian, ByChild, Informed} {
		if s.Needs&p != 0 && !s.Have.Has(p) {
			m |= p
		}
	}
	return m
}

// severity orders events of the same moment: what protects more comes later and
// so wins.
var severity = map[Kind]int{
	Released: 0, Given: 1, Told: 2, Objected: 3, Reviewed: 4, HandedOver: 5, Refused: 6, Withdrawn: 7, Restricted: 8,
}

// Fold returns where every purpose stands after a subject's events, in order of
// purpose. The order of the events in the slice does not matter.
func Fold(events []Event) []Standing {
	sorted := slices.Clone(events)
	slices.SortFunc(sorted, func(a, b Event) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(severity[a.Kind], severity[b.Kind]),
			bytes.Compare(a.ID.Bytes(), b.ID.Bytes()))
	})
	var purposes []string
	for _, e := range sorted {
		purposes = append(purposes, e.Purposes...)
	}
	slices.Sort(purposes)
	purposes = slices.Compact(purposes)
	out := make([]Standing, 0, len(purposes))
	for _, p := range purposes {
		f := folding{Standing: Standing{Purpose: p}, dead: map[id.Consent]bool{}}
		for _, e := range sorted {
			if e.concerns(p) {
				f.apply(e)
			}
		}
		out = append(out, f.result())
	}
	return out
}

// folding is the state of one purpose on the way.
type folding struct {
	Standing
	dead map[id.Consent]bool // every consent so far; true if it ended, and then nothing revives it
	held time.Time           // restricted since; zero if not
}

func (f *folding) apply(e Event) {
	switch e.Kind {
	case Given:
		f.give(e)
	case Told:
		if f.open() && e.root() == f.Consent {
			f.have(Informed, e.At)
		}
	case Objected:
		f.Objected = true
	case HandedOver:
		if f.open() && f.Have&ByChild == 0 {
			f.end(StateExpired, e)
		} else if f.open() {
			f.Needs = ByChild | Informed
			f.have(0, e.At)
		}
	case Reviewed:
		if f.open() {
			f.Needs = e.Needs
			f.have(0, e.At)
		}
	case Refused:
		f.end(StateRefused, e)
	case Withdrawn:
		f.end(StateWithdrawn, e)
	case Restricted:
		if f.held.IsZero() {
			f.held = e.At
		}
	case Released:
		f.held = time.Time{}
	}
}

func (f *folding) open() bool { return f.State == StatePending || f.State == StateLive }

// give adds a part to the consent in hand or starts another one. A dead consent
// takes no more parts, so a late answer cannot undo a withdrawal.
func (f *folding) give(e Event) {
	if f.dead[e.root()] {
		return
	}
	if !f.open() || f.Consent != e.root() {
		f.Consent, f.Have, f.State, f.Objected = e.root(), 0, StateNone, false
	}
	f.dead[e.root()] = false
	f.Needs = e.Needs
	part := ByGuardian
	if e.Party == PartyChild {
		part = ByChild
	}
	f.have(part, e.At)
}

func (f *folding) have(part Parts, at time.Time) {
	f.Have |= part
	state := StatePending
	if f.Have.Has(f.Needs) {
		state = StateLive
	}
	if state != f.State {
		f.State, f.Since = state, at
	}
}

// end stops the consent in hand and every one before it. Without any there is
// still a refusal to remember.
func (f *folding) end(s State, e Event) {
	f.dead[e.root()] = true
	for c := range f.dead {
		f.dead[c] = true
	}
	if s == StateWithdrawn && f.State == StateNone {
		return // nothing to withdraw
	}
	if f.Consent.IsZero() {
		f.Consent = e.root()
	}
	f.State, f.Since = s, e.At
}

func (f *folding) result() Standing {
	if f.open() && !f.held.IsZero() {
		f.State, f.Since = StateRestricted, f.held
	}
	return f.Standing
}
