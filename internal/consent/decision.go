package consent

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// coolingOff is how long the institution does not put a question again that was
// refused or withdrawn (NDR art. 22(5): no frequent asking). The family may
// change its mind at any time.
var coolingOff = civil.Period{N: 30, Unit: civil.Days}

// askAfter returns the first moment after the cooling-off; zero if there is none.
func (s Standing) askAfter() (time.Time, error) {
	if s.State != StateRefused && s.State != StateWithdrawn {
		return time.Time{}, nil
	}
	d, err := civil.After(civil.DateOf(s.Since), coolingOff, nil)
	if err != nil {
		return time.Time{}, err
	}
	return d.Due.End(), nil
}

// Decision is one act of a family: some purposes agreed to, some refused, on one
// notice.
type Decision struct {
	Subject id.Subject // the child, or the adult concerned
	Party   Party
	By      id.Subject // who spoke: the guardian's or the child's record
	Joins   id.Consent // the pending consent that this completes; zero starts a new one
	Give    []string
	Refuse  []string
	Needs   Parts // by func Needs, at the moment of the decision
	Notice  catalogue.Notice
	Evidence
}

// Check returns nil if the decision may be recorded. It fails with fault.Denied
// if the party may not speak today (consent.not_authorised for a child before
// its 14th birthday, S2-16; consent.guardian_informed_only for a guardian after
// it, S2-17), and with fault.Invalid: consent.party, nothing, both_ways,
// not_asked (a purpose that the notice does not ask for), bundled (a tick of the
// notice answered only in part), notice (the hash is not that of the notice),
// screen or proof.
func (d Decision) Check() error {
	switch {
	case d.Subject.IsZero(), d.By.IsZero(), d.Party != PartyGuardian && d.Party != PartyChild, d.Needs == 0:
		return fault.New(fault.Invalid, "consent.party")
	case d.Party == PartyChild && d.Needs&ByChild == 0:
		return fault.New(fault.Denied, "consent.not_authorised")
	case d.Party == PartyGuardian && d.Needs&ByGuardian == 0:
		return fault.New(fault.Denied, "consent.guardian_informed_only")
	case len(d.Give)+len(d.Refuse) == 0:
		return fault.New(fault.Invalid, "consent.nothing")
	}
	asked := d.Notice.Purposes()
	for _, p := range slices.Concat(d.Give, d.Refuse) {
		if !slices.Contains(asked, p) {
			return fault.New(fault.Invalid, "consent.not_asked", p)
		}
		if slices.Contains(d.Give, p) && slices.Contains(d.Refuse, p) {
			return fault.New(fault.Invalid, "consent.both_ways", p)
		}
	}
	for _, ask := range d.Notice.Asks {
		given := slices.ContainsFunc(ask.Purposes, func(p string) bool { return slices.Contains(d.Give, p) })
		if given && slices.ContainsFunc(ask.Purposes, func(p string) bool { return !slices.Contains(d.Give, p) }) {
			return fault.New(fault.Invalid, "consent.bundled")
		}
	}
	return d.checkEvidence()
}

func (d Decision) checkEvidence() error {
	shown := d.Notice.Hash(d.Language)
	switch {
	case d.Evidence.Notice != d.Notice.ID, shown == [32]byte{}, d.Hash != shown:
		return fault.New(fault.Invalid, "consent.notice")
	case d.Screen == [32]byte{}:
		return fault.New(fault.Invalid, "consent.screen")
	case !slices.Contains(familyProofs, d.Proof):
		return fault.New(fault.Invalid, "consent.proof")
	}
	return nil
}
