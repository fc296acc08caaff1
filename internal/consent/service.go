package consent

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// The functions of this file are bodies of the gate's acts: whether the actor
// may do this, and the audit entry, are the gate's business. Each appends to the
// ledger and derives the state again, in the caller's transaction.

// Decide records what a family decided and returns the identifier of the
// consent. It fails like Decision.Check, and with fault.Conflict
// (consent.not_open) if it would complete a consent that is not pending.
func Decide(tx *db.Tx, inst id.Institution, d Decision) (id.Consent, error) {
	if err := d.Check(); err != nil {
		return id.Consent{}, err
	}
	past, err := Events(tx, inst, d.Subject)
	if err != nil {
		return id.Consent{}, err
	}
	if !d.Joins.IsZero() && !pendingIn(past, d.Joins, d.Give) {
		return id.Consent{}, fault.New(fault.Conflict, "consent.not_open")
	}
	first, err := add(tx, inst, past, d.events()...)
	if !d.Joins.IsZero() {
		first = d.Joins
	}
	return first, err
}

// events returns what is recorded: one event for what is agreed to, one for what
// is refused. The evidence is kept with the first; the second refers to it.
func (d Decision) events() []Event {
	e := Event{Subject: d.Subject, Party: d.Party, By: d.By, Of: d.Joins, Evidence: d.Evidence}
	var out []Event
	if len(d.Give) > 0 {
		given := e
		given.Kind, given.Purposes, given.Needs = Given, d.Give, d.Needs
		out = append(out, given)
		e.Evidence = Evidence{}
	}
	if len(d.Refuse) > 0 {
		e.Kind, e.Purposes = Refused, d.Refuse
		out = append(out, e)
	}
	return out
}

// pendingIn reports whether each purpose waits for more parts of the consent.
func pendingIn(past []Event, joins id.Consent, purposes []string) bool {
	waiting := map[string]bool{}
	for _, s := range Fold(past) {
		waiting[s.Purpose] = s.State == StatePending && s.Consent == joins
	}
	return !slices.ContainsFunc(purposes, func(p string) bool { return !waiting[p] })
}

// Withdrawal is one act of a family that stops purposes. It needs no notice, no
// reason and no more proof than agreeing did (PIPL art. 15).
type Withdrawal struct {
	Subject  id.Subject
	Party    Party
	By       id.Subject
	Purposes []string
	Proof    Proof
}

// Withdraw stops purposes at once. Stopping what was never agreed to, or was
// stopped already, changes nothing and succeeds. It fails with fault.Invalid
// (consent.party, consent.nothing, consent.proof).
func Withdraw(tx *db.Tx, inst id.Institution, w Withdrawal) error {
	if err := w.check(); err != nil {
		return err
	}
	return addTo(tx, inst, Event{
		Subject: w.Subject, Kind: Withdrawn, Party: w.Party, By: w.By, Purposes: w.Purposes,
		Evidence: Evidence{Proof: w.Proof},
	})
}

func (w Withdrawal) check() error {
	switch {
	case w.Subject.IsZero(), w.By.IsZero(), w.Party != PartyGuardian && w.Party != PartyChild:
		return fault.New(fault.Invalid, "consent.party")
	case len(w.Purposes) == 0:
		return fault.New(fault.Invalid, "consent.nothing")
	case !slices.Contains(familyProofs, w.Proof):
		return fault.New(fault.Invalid, "consent.proof")
	}
	return nil
}

// Oppose records that a family refuses a purpose which stands without its consent,
// such as information that is public already: from then on it is refused, and the
// purpose may not be used for this subject any more (PIPL art. 13(6); S3-18). It
// fails like Withdraw.
func Oppose(tx *db.Tx, inst id.Institution, w Withdrawal) error {
	if err := w.check(); err != nil {
		return err
	}
	return addTo(tx, inst, Event{
		Subject: w.Subject, Kind: Refused, Party: w.Party, By: w.By, Purposes: w.Purposes, Evidence: Evidence{Proof: w.Proof},
	})
}

// Object records that a guardian whose consent is not what counts does not
// agree. It stops nothing and opens a review (S2-17).
func Object(tx *db.Tx, inst id.Institution, subj, guardian id.Subject, purposes []string) error {
	if guardian.IsZero() {
		return fault.New(fault.Invalid, "consent.party")
	}
	return addTo(tx, inst, Event{Subject: subj, Kind: Objected, Party: PartyGuardian, By: guardian, Purposes: purposes})
}

// Inform records that the guardian was clearly told of a consent; ref is the
// number of the message or letter. With the child's consent this makes it live
// (S2-17).
func Inform(tx *db.Tx, inst id.Institution, subj id.Subject, c id.Consent, ref string) error {
	if ref == "" {
		return fault.New(fault.Invalid, "consent.inform_ref")
	}
	return addTo(tx, inst, Event{
		Subject: subj, Of: c, Kind: Told, Party: PartyInstitution, Evidence: Evidence{Ref: ref},
	})
}

// Restrict holds every purpose of a subject while a dispute about it is open:
// in doubt the most protective state. Release ends that. ref is the number of
// the case.
func Restrict(tx *db.Tx, inst id.Institution, subj id.Subject, ref string) error {
	return addTo(tx, inst, Event{Subject: subj, Kind: Restricted, Party: PartyInstitution, Evidence: Evidence{Ref: ref}})
}

// Release ends what Restrict began.
func Release(tx *db.Tx, inst id.Institution, subj id.Subject, ref string) error {
	return addTo(tx, inst, Event{Subject: subj, Kind: Released, Party: PartyInstitution, Evidence: Evidence{Ref: ref}})
}

// MayAsk returns nil if the institution may put a question to a family. After a
// refusal or a withdrawal it fails with fault.Limited (consent.cooling_off, the
// day from which it may) for thirty days.
func MayAsk(tx *db.Tx, inst id.Institution, subj id.Subject, purpose string) error {
	s, err := derived(tx, inst, subj, purpose)
	if err != nil {
		return err
	}
	after, err := s.askAfter()
	if err == nil && tx.Now().Before(after) {
		return fault.New(fault.Limited, "consent.cooling_off", after)
	}
	return err
}

// Forget drops the derived state of an erased subject; nothing is live for it
// any more. The events stay as evidence without a person.
func Forget(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	return deleteStandings(tx, inst, subj)
}

// Rebuild derives the state of a subject from its events anew.
func Rebuild(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	past, err := Events(tx, inst, subj)
	if err != nil {
		return err
	}
	if err := deleteStandings(tx, inst, subj); err != nil {
		return err
	}
	return saveStandings(tx, inst, subj, Fold(past))
}

func addTo(tx *db.Tx, inst id.Institution, e Event) error {
	past, err := Events(tx, inst, e.Subject)
	if err != nil {
		return err
	}
	_, err = add(tx, inst, past, e)
	return err
}

// add appends events of one act, which belong together, and derives the state.
// It returns the identifier of the first.
func add(tx *db.Tx, inst id.Institution, past []Event, fresh ...Event) (id.Consent, error) {
	at := notBefore(tx.Now(), past)
	for i := range fresh {
		// Identifiers a millisecond apart keep the order within the act.
		fresh[i].ID, fresh[i].At = id.Make[id.Consent](at.Add(time.Duration(i)*time.Millisecond)), at
		if i > 0 && fresh[i].Of.IsZero() {
			fresh[i].Of = fresh[0].ID
		}
		if err := insertEvent(tx, inst, fresh[i]); err != nil {
			return id.Consent{}, err
		}
	}
	all := append(past, fresh...)
	return fresh[0].ID, saveStandings(tx, inst, fresh[0].Subject, Fold(all))
}

// notBefore returns now, or the moment just after the last event if the clock
// went back: what is decided later must not sort earlier.
func notBefore(now time.Time, past []Event) time.Time {
	for _, e := range past {
		if !now.After(e.At) {
			now = e.At.Add(time.Millisecond)
		}
	}
	return now
}
