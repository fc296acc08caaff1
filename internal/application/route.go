package application

import (
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
)

// Duty is the part that somebody plays in an approval; an institution of each
// kind has its own role for it.
type Duty string

// The duties.
const (
	InCharge  Duty = "manager" // the person in charge of the place
	DataOwner Duty = "owner"   // a department that answers for the information
	Office    Duty = "office"  // the network-information office
	Protector Duty = "officer" // the personal-information protection officer
	Lead      Duty = "leader"  // the leader in charge
)

// Bounds that the rules tell apart.
const (
	// ManySubjects is the number above which the officer decides too.
	ManySubjects = 500
	// BatchSubjects is the number above which a use is a batch, which is assessed
	// first. It is the first alarm of a day's reads.
	BatchSubjects = 50
)

// Platform is the department that answers for what no other does. Source:
// University PI Measures art. 9 (S3-34).
const Platform = "platform"

// Facts is what the rules need to know of an application, found out by the
// program and not claimed by the applicant. The zero value of Under14 is the one
// exception to strictness: the caller sets it unless it knows better.
type Facts struct {
	Kind        institution.Kind
	Store       id.Store // whose records; zero for several stores
	Home        id.Store // where the applicant works
	Clear       bool     // values in clear, not masks
	Outside     bool     // another body is to have it
	Elsewhere   bool     // it will live outside the data centre
	Sensitive   bool     // a field that is sensitive at every age
	Under14     bool     // a subject may be under 14
	Subjects    int      // how many people
	Departments []string // that answer for the fields, each once
}

// Step is one agreement that an application needs.
type Step struct {
	Duty       Duty       `json:"duty"`
	Role       actor.Role `json:"role"`
	Department string     `json:"department,omitempty"` // for a university's owners
	Store      id.Store   `json:"store,omitzero"`       // for who answers for a place
	Stage      int        `json:"stage"`                // opens when every earlier stage has agreed
	Apart      bool       `json:"apart,omitempty"`      // by another unit than the applicant's and the owners'
	Days       int        `json:"days"`                 // working days until it is late
}

// Needs is what an application must bring besides its form.
type Needs struct {
	Assessment bool // an impact assessment that names harms (PIPL art. 55; S3-56)
	Agreement  bool // a confidentiality agreement signed by both sides (S3-49)
	Consent    bool // a purpose that families agree to separately (PIPL art. 23; S3-49, S3-55)
}

// clause is one line of the approval matrix.
type clause struct {
	name  string
	when  func(Facts) bool
	steps func(Facts) []Step
}

// matrix is the approval matrix. Source: University PI Measures art. 11(1) for
// owners and office, 11(6) for the leader, 10(1) for storage elsewhere; PIPL
// art. 52 for the officer.
var matrix = []clause{
	{"inside and masked: who answers for the place", func(f Facts) bool { return !f.Clear && !f.Outside }, inCharge},
	{"clear or outside: every department that owns a field", func(f Facts) bool { return f.Clear || f.Outside }, owners},
	{"clear, outside or kept elsewhere: the office", func(f Facts) bool { return f.Clear || f.Outside || f.Elsewhere }, one(Office, 1, 3, true)},
	{"more than 500: the officer", func(f Facts) bool { return f.Subjects > ManySubjects }, one(Protector, 2, 3, false)},
	{"outside: the leader in charge", func(f Facts) bool { return f.Outside }, one(Lead, 3, 3, false)},
}

// Route returns who must agree, in order. It is a pure function of the facts.
// Two lines that ask the same role of the same place are one step, at the earlier
// stage: an institution whose officer is its office is asked once.
func Route(f Facts) []Step { return route(matrix, f) }

func route(matrix []clause, f Facts) []Step {
	var steps []Step
	for _, c := range matrix {
		if !c.when(f) {
			continue
		}
		for _, s := range c.steps(f) {
			same := func(x Step) bool { return x.Role == s.Role && x.Department == s.Department && x.Store == s.Store }
			if i := slices.IndexFunc(steps, same); i >= 0 {
				steps[i].Apart = steps[i].Apart || s.Apart
				continue
			}
			steps = append(steps, s)
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return a.Stage - b.Stage })
	return steps
}

// NeedsOf returns what must be there before anybody decides.
func NeedsOf(f Facts) Needs {
	return Needs{
		Assessment: f.Sensitive || f.Under14 || f.Subjects > BatchSubjects || f.Outside,
		Agreement:  f.Outside,
		Consent:    f.Outside,
	}
}

// roleOf says which role plays a duty. A university has the offices of its own
// measures (S3-20…S3-22); elsewhere the manager owns the records of the store,
// the officer is the office, and the legal representative is the leader.
func roleOf(kind institution.Kind, d Duty) actor.Role {
	if kind == institution.University {
		return map[Duty]actor.Role{InCharge: actor.Manager, DataOwner: actor.DataOwner, Office: actor.CyberOffice,
			Protector: actor.Officer, Lead: actor.Leader}[d]
	}
	return map[Duty]actor.Role{InCharge: actor.Manager, DataOwner: actor.Manager, Office: actor.Officer,
		Protector: actor.Officer, Lead: actor.Owner}[d]
}

// inCharge asks who answers for the place. Of records of several places, that is
// whoever answers for all of them.
func inCharge(f Facts) []Step {
	s := Step{Duty: InCharge, Role: roleOf(f.Kind, InCharge), Store: f.Store, Days: 1}
	if s.Store.IsZero() {
		s.Role = roleOf(f.Kind, Lead)
		if f.Kind == institution.University {
			s.Role = roleOf(f.Kind, Office)
		}
	}
	return []Step{s}
}

// owners asks every department concerned: where kinds overlap, all of them
// (S3-22). Elsewhere than in a university the place is the department.
func owners(f Facts) []Step {
	if f.Kind != institution.University {
		s := inCharge(f)[0]
		s.Duty, s.Days = DataOwner, 2
		return []Step{s}
	}
	departments := f.Departments
	if len(departments) == 0 {
		departments = []string{Platform}
	}
	steps := make([]Step, len(departments))
	for i, d := range departments {
		steps[i] = Step{Duty: DataOwner, Role: roleOf(f.Kind, DataOwner), Department: d, Days: 2}
	}
	return steps
}

func one(d Duty, stage, days int, apart bool) func(Facts) []Step {
	return func(f Facts) []Step {
		return []Step{{Duty: d, Role: roleOf(f.Kind, d), Stage: stage, Days: days, Apart: apart}}
	}
}
