package consent

import (
	"strings"
	"unicode"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// assessmentLife is how long an assessment counts before it must be renewed.
var assessmentLife = civil.Period{N: 12, Unit: civil.Months}

// Assessment is the finding that changes who speaks for somebody of 14 or more
// (S2-20†). It is health information: it is kept as the sealed body of a
// subject.Change, which two members of staff have to agree on, and nothing
// outside that body says that anybody was assessed (S2-01).
type Assessment struct {
	Capacity Capacity
	By       string // who assessed: an office or a role, and its reference
	Basis    string // on what grounds: the number of a certificate or decision
	On       civil.Date
	Until    civil.Date // review date; zero, or later than twelve months after On, is twelve months after On
}

// maxWords bounds By and Basis, in characters.
const maxWords = 60

// Check returns nil if the assessment is complete: who, on what grounds, when.
// Saying that somebody is able again takes the same. Invalid: consent.assessment.
func (a Assessment) Check() error {
	known := a.Capacity == Able || a.Capacity == Assisted || a.Capacity == Unable
	if !known || !words(a.By) || !words(a.Basis) || a.On.IsZero() || !a.Until.IsZero() && a.Until.Before(a.On) {
		return fault.New(fault.Invalid, "consent.assessment")
	}
	return nil
}

func words(s string) bool {
	n := 0
	for _, r := range s {
		if n++; !unicode.IsPrint(r) {
			return false
		}
	}
	return strings.TrimSpace(s) != "" && n <= maxWords
}

// Last returns the last day on which the assessment counts.
func (a Assessment) Last() (civil.Date, error) {
	year, err := civil.After(a.On, assessmentLife, nil)
	if err == nil && !a.Until.IsZero() && a.Until.Before(year.Due) {
		return a.Until, nil
	}
	return year.Due, err
}

// Current returns the capacity that counts on a day. An assessment without
// assessor, basis or date is fault.Invalid (consent.assessment); one that is
// older than twelve months, past its review date, or lies in the future is
// fault.Conflict (consent.assessment_stale): it must be renewed before anybody
// relies on it. The zero Assessment is that of nobody, who is Able.
func (a Assessment) Current(on civil.Date) (Capacity, error) {
	if a.Capacity == Able {
		return Able, nil
	}
	if err := a.Check(); err != nil {
		return Able, err
	}
	last, err := a.Last()
	if err != nil {
		return Able, err
	}
	if on.Before(a.On) || on.After(last) {
		return Able, fault.New(fault.Conflict, "consent.assessment_stale", last)
	}
	return a.Capacity, nil
}

// Keys of an assessment in the body of a change.
const (
	keyCapacity = "capacity"
	keyBy       = "by"
	keyBasis    = "basis"
	keyOn       = "on"
	keyUntil    = "until"
)

// Body returns the assessment as the body of a change.
func (a Assessment) Body() subject.Values {
	word := string(a.Capacity)
	if a.Capacity == Able {
		word = "able"
	}
	body := subject.Values{keyCapacity: secret.NewText(word), keyBy: secret.NewText(a.By),
		keyBasis: secret.NewText(a.Basis), keyOn: secret.NewText(a.On.String())}
	if !a.Until.IsZero() {
		body[keyUntil] = secret.NewText(a.Until.String())
	}
	return body
}

// ReadAssessment returns the assessment in the body of a change; ok is false for
// a change of another kind.
func ReadAssessment(body subject.Values) (a Assessment, ok bool, err error) {
	if _, ok = body[keyCapacity]; !ok {
		return a, false, nil
	}
	a = Assessment{Capacity: Capacity(body[keyCapacity].Expose()), By: body[keyBy].Expose(), Basis: body[keyBasis].Expose()}
	if a.Capacity == "able" {
		a.Capacity = Able
	}
	if a.On, err = civil.ParseDate(body[keyOn].Expose()); err != nil {
		return a, true, err
	}
	if until, has := body[keyUntil]; has {
		a.Until, err = civil.ParseDate(until.Expose())
	}
	return a, true, err
}

// Finding is the capacity of one child today and the assessment behind it.
type Finding struct {
	Capacity Capacity  // Able unless a current assessment says otherwise
	ID       id.Change // of the assessment that counts; zero without one
}

// Ref is the printed identifier of the assessment that a consent stands on, for
// its evidence and its receipt; "" without one.
func (f Finding) Ref() string {
	if f.ID.IsZero() {
		return ""
	}
	return f.ID.String()
}

// CapacityOf finds the newest assessment of a child that two people agreed on,
// and what it says today. One that is stale says nothing: authority is as if
// there were none, until it is renewed.
func CapacityOf(tx *db.Tx, v *seal.Vault, p seal.Permit, inst id.Institution, child id.Subject) (Finding, error) {
	done, err := subject.DoneChanges(tx, inst, child)
	if err != nil {
		return Finding{}, err
	}
	for _, c := range done {
		body, err := c.Open(tx, v, p, inst)
		if err != nil {
			return Finding{}, err
		}
		a, ok, err := ReadAssessment(body)
		if err != nil {
			return Finding{}, err
		}
		if !ok {
			continue
		}
		now, err := a.Current(civil.DateOf(tx.Now()))
		if fault.KindOf(err) == fault.Conflict {
			return Finding{}, nil
		}
		if err != nil || now == Able {
			return Finding{}, err
		}
		return Finding{now, c.ID}, nil
	}
	return Finding{}, nil
}

// Reassess brings what is agreed to into line with a finding that has just been
// made, and returns the purposes whose consent ended by it. What the child alone
// had agreed to waits for the guardian if the guardian's consent is needed now;
// what the guardian alone had agreed to ends if authority is the child's again.
func Reassess(tx *db.Tx, inst id.Institution, subj id.Subject, birth civil.Birth, c Capacity) ([]string, error) {
	needs := Needs(birth, civil.DateOf(tx.Now()), c)
	if needs&ByGuardian == 0 {
		return HandOver(tx, inst, subj, birth, c)
	}
	past, err := Events(tx, inst, subj)
	if err != nil {
		return nil, err
	}
	for _, s := range Fold(past) {
		if (s.State == StateLive || s.State == StatePending || s.State == StateRestricted) && s.Needs != needs {
			_, err := add(tx, inst, past, Event{Subject: subj, Kind: Reviewed, Party: PartyInstitution, Needs: needs})
			return nil, err
		}
	}
	return nil, nil
}
