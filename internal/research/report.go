package research

import (
	"crypto/sha256"
	"encoding/json"

	"github.com/wardfold/wardfold/deid/anon"
)

// The tests that a result stands, in their order; words under "research.test."+code.
const (
	Conditions = "conditions" // the engine reached the conditions at all
	Written    = "written"    // they hold in what is written, by another count
	Risk       = "risk"       // for the attacker named
	Linkage    = "linkage"    // the trial: people found again
	Learning   = "learning"   // the trial: secrets guessed
	Membership = "membership" // the trial: who is in it at all
	Together   = "together"   // with earlier releases of the same people
)

// Test is one of them: its figure, and what the figure may be.
type Test struct {
	Code   string  `json:"code"`
	Passed bool    `json:"passed"`
	Figure float64 `json:"figure"`
	Limit  float64 `json:"limit"`
	Why    string  `json:"why,omitempty"` // a fault code, if there is more to say
	Column string  `json:"column,omitempty"`
	Row    int     `json:"row,omitempty"`
}

// Report is what came of a try. It holds names of columns and figures.
type Report struct {
	Tests   []Test             `json:"tests"`
	Models  []string           `json:"models,omitempty"`
	Figures *anon.Report       `json:"figures,omitempty"`
	Held    int                `json:"held,omitempty"`    // people held back for the trial
	Earlier int                `json:"earlier,omitempty"` // releases with people of this one
	Kept    map[string]float64 `json:"kept,omitempty"`    // share of the exactness of each column that is left
	Curve   []anon.Point       `json:"curve,omitempty"`
	Worst   []anon.Combination `json:"worst,omitempty"` // what gave most away before
}

// Passed reports whether every test was made and held.
func (r Report) Passed() bool {
	for _, t := range r.Tests {
		if !t.Passed {
			return false
		}
	}
	return len(r.Tests) >= 6
}

func (r *Report) add(t Test) { r.Tests = append(r.Tests, t) }

// sum is the hash that the ledger keeps of a report.
func (r Report) sum() ([]byte, [32]byte, error) {
	text, err := json.Marshal(r)
	return text, sha256.Sum256(text), err
}
