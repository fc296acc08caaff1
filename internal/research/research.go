// Package research lets data go to research that tell of nobody in particular, and
// nothing else.
//
// # The way of a data set
//
// An officer or the data owner brings a list. It lies sealed from the first moment;
// its columns are classified by package detect, and what names a person by itself
// can never be more than a name for counting. They say for whom and what for, what
// an attacker is taken to know, and which conditions the result must satisfy. Then
// the job opens the list, holds some of the people back, makes the rest anonymous
// (package deid/anon), and tries the result:
//
//   - a count that knows nothing of the engine finds every condition fulfilled in
//     what is written (package deid/check);
//   - the risk, for the attacker named, is not above what was called acceptable;
//   - an attacker with nearly all data of some people links no more of them than
//     chance allows, and learns no more about them than about those held back;
//   - together with every earlier release of the same people it singles out nobody.
//
// If one of these fails the data set stays personal information, and the record
// says which (S2-06, S3-47). If all hold, a second person decides. The list is then
// destroyed, so that there is no way back (PIPL art. 73), and the file is handed
// over once, with a certificate that anybody can check with wardcheck. The record
// stays without the data.
//
// # Counts
//
// Counts of a population go out with noise, against a budget of privacy that is
// kept over all releases of a calendar year and was set by another person. The
// budget is spent in the transaction that writes the answer and the entry; the
// same question about the same list gets the same answer and spends nothing.
package research

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Bounds.
const (
	// Largest is the largest list that is taken in, in bytes. Larger ones are for the
	// command, which needs no installation.
	Largest = 32 << 20
	// WaitDays is how long data wait for somebody to go on before they are destroyed.
	WaitDays = 14
	// Strict is the highest risk for a file that leaves the house, Room that for a
	// controlled room. Source: CIHI 2011; El Emam 2013, ch. 16.
	Strict, Room = 0.05, 0.2
)

// State is where a data set stands; words under "research.state."+state.
type State string

// The states.
const (
	Draft     State = "draft"     // sealed, not tried yet
	Failed    State = "failed"    // tried; it stays personal information, and may be tried with other settings
	Passed    State = "passed"    // waits for the second person
	Approved  State = "approved"  // waits to be collected
	Collected State = "collected" // handed over; the record stays
	Refused   State = "refused"   // given up, or not approved
	Lapsed    State = "lapsed"    // nobody went on in time
)

// Role is what a column is in a release; words under "research.role."+role.
type Role string

// The roles.
const (
	Identifier Role = "identifier" // names a person; never leaves, and says who is in which release
	Quasi      Role = "quasi"      // helps to recognise a person; told less exactly
	Sensitive  Role = "sensitive"  // what nobody should learn; kept as it is
	Plain      Role = "plain"      // neither; kept as it is
	Dropped    Role = "dropped"    // left out
)

// Roles lists them in the order of a form.
var Roles = []Role{Identifier, Quasi, Sensitive, Plain, Dropped}

// Column is one column of a list.
type Column struct {
	Name   string         `json:"name"`
	Kind   string         `json:"kind"` // of package detect; "" for what is not personal by itself
	Role   Role           `json:"role"`
	Scale  hierarchy.Kind `json:"scale,omitempty"` // how a Quasi column is told less exactly
	Values int            `json:"values"`          // different ones
	Fixed  bool           `json:"fixed,omitempty"` // it names people, whatever anybody says
}

// Attacker is what the one who tries to find somebody is taken to know; words under
// "research.attacker."+attacker.
type Attacker string

// The attackers.
const (
	Prosecutor Attacker = "prosecutor" // that a certain person is in the data
	Journalist Attacker = "journalist" // the population, and wants to show that anybody can be found
	Marketer   Attacker = "marketer"   // wants as many as possible
)

// Attackers lists them.
var Attackers = []Attacker{Prosecutor, Journalist, Marketer}

// Method is how values are told less exactly; words under "research.method."+method.
type Method string

// The methods.
const (
	Local   Method = "local"   // each class as exactly as it can
	Uniform Method = "uniform" // each column at one level
)

// Methods lists them.
var Methods = []Method{Local, Uniform}

// Settings are the conditions on a release. What is zero is not asked for.
type Settings struct {
	Method    Method   `json:"method"`
	Attacker  Attacker `json:"attacker"`
	Threshold float64  `json:"threshold"` // highest risk
	K         int      `json:"k"`
	L         int      `json:"l,omitempty"`        // distinct l-diversity of every Sensitive column
	Entropy   float64  `json:"entropy,omitempty"`  // entropy l-diversity
	C         float64  `json:"c,omitempty"`        // recursive (c, CL)-diversity
	CL        int      `json:"cl,omitempty"`       //
	T         float64  `json:"t,omitempty"`        // t-closeness
	Presence  float64  `json:"presence,omitempty"` // δ-presence: the largest share; needs a register of the population
	Limit     float64  `json:"limit,omitempty"`    // share of records that Uniform may leave out
}

// Usual are the settings for a file that leaves the house.
func Usual() Settings {
	return Settings{Method: Local, Attacker: Prosecutor, Threshold: Strict, K: 20, L: 2}
}

func (s Settings) check() error {
	switch {
	case !slices.Contains(Methods, s.Method):
		return fault.At("method", "research.method")
	case !slices.Contains(Attackers, s.Attacker):
		return fault.At("attacker", "research.attacker")
	case !(s.Threshold > 0 && s.Threshold <= Room):
		return fault.At("threshold", "research.threshold", Room)
	case s.K < 2 || s.K > 10_000:
		return fault.At("k", "research.k")
	case s.L < 0 || s.L > 10_000 || !(s.Entropy >= 0 && s.Entropy < 10_000) || !(s.C >= 0 && s.C < 10_000) || s.CL < 0 || s.CL > 10_000:
		return fault.At("l", "research.l")
	case !(s.T >= 0 && s.T <= 1):
		return fault.At("t", "research.t")
	case !(s.Presence >= 0 && s.Presence <= 1):
		return fault.At("presence", "research.presence")
	case !(s.Limit >= 0 && s.Limit <= 0.2):
		return fault.At("limit", "research.limit")
	}
	return nil
}

// models are the conditions as the engine knows them.
func (s Settings) models(sensitive []string) []anon.Model {
	out := []anon.Model{anon.K(s.K)}
	for _, c := range sensitive {
		if s.L > 0 {
			out = append(out, anon.Distinct{Column: c, L: s.L})
		}
		if s.Entropy > 0 {
			out = append(out, anon.Entropy{Column: c, L: s.Entropy})
		}
		if s.C > 0 {
			out = append(out, anon.Recursive{Column: c, C: s.C, L: max(s.CL, 2)})
		}
		if s.T > 0 {
			out = append(out, anon.Close{Column: c, T: s.T})
		}
	}
	if s.Presence > 0 {
		out = append(out, anon.Presence{Max: s.Presence})
	}
	return out
}

// Population is people of whom something is released, and what may be given away
// about each of them in a calendar year.
type Population struct {
	ID     id.Population
	Name   string
	People int
	Total  noise.Epsilon // the budget of a year
	Spent  noise.Epsilon // of this year
	By     id.Staff      // who set it
	At     time.Time
}

// Dataset is what is on record of a data set: figures, and nobody's data.
type Dataset struct {
	ID          id.Dataset
	Institution id.Institution
	Population  id.Population
	Purpose     string
	Recipient   string
	State       State
	By          id.Staff
	At          time.Time
	Approver    id.Staff
	ApprovedAt  time.Time
	CollectedBy id.Staff
	CollectedAt time.Time
	EndedAt     time.Time
	Rows        int
	Columns     []Column
	Settings    Settings
	Report      Report
	Certificate string
	Hash        [32]byte // of the file that is handed over

	tries   int      // how often it was tried
	kinds   []string // by which its people can be found in other releases
	source  int      // sealed parts of the list, 0 when it is destroyed
	people  int      // sealed parts of the register
	result  int      // sealed parts of the result
	holder  id.Subject
	touched time.Time // when somebody last went on with it
	sum     []byte    // of the list, keyed
}

// Live reports whether the list is still there.
func (d Dataset) Live() bool { return d.source > 0 }

// Lapses is when the data will be destroyed unless somebody goes on with them; zero
// for those that are over.
func (d Dataset) Lapses() time.Time {
	switch d.State {
	case Draft, Failed, Passed, Approved:
		return d.touched.AddDate(0, 0, WaitDays)
	}
	return time.Time{}
}

// require says which state an act needs.
func (d Dataset) require(states ...State) error {
	if slices.Contains(states, d.State) {
		return nil
	}
	code := "research.state." + string(d.State)
	return fault.New(fault.Conflict, code)
}

// named lists the columns of some roles.
func named(columns []Column, roles ...Role) (names []string) {
	for _, c := range columns {
		if slices.Contains(roles, c.Role) {
			names = append(names, c.Name)
		}
	}
	return names
}
