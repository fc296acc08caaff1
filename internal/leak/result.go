package leak

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/list"
	"github.com/wardfold/wardfold/verify"
)

// Result is what came of a case, as it is kept, handed out and proved. It names
// nobody whose record is held.
type Result struct {
	Format     string    `json:"format"`
	Case       string    `json:"case"`
	At         time.Time `json:"at"`
	File       string    `json:"file_sha256"`
	Alpha      float64   `json:"alpha"` // the chance that any name is wrong, under Assumed
	Seed       uint64    `json:"seed,string"`
	Verdict    Verdict   `json:"verdict"`
	Read       Reading   `json:"read"`
	Outside    float64   `json:"share_from_elsewhere"`
	NotBefore  time.Time `json:"not_before,omitzero"` // the list is not older than this
	Compared   int       `json:"children_compared"`
	Searched   int       `json:"disclosures_searched"`
	Exports    []Finding `json:"exports"`  // that marks name
	Stores     []Finding `json:"stores"`   // of which rows are in the list
	Accounts   []Finding `json:"accounts"` // with a share of the list; named or not
	Among      []Group   `json:"among"`    // of each group one or more gave rows
	Window     []Group   `json:"window"`   // and of each of these disclosures
	MarksFound int       `json:"marks_found"`
	Assumed    []string  `json:"assumed"` // codes; words under "leak.assumed."

	crossed crossing
}

// format names version 1 of the result.
const format = "wardfold-leak/1"

// Reading is how the file could be read, in rows.
type Reading struct {
	Rows      int `json:"rows"`
	Repeated  int `json:"repeated"`
	ByNumber  int `json:"by_number"`
	ByNames   int `json:"by_names"`
	Corrected int `json:"corrected"`
	Ambiguous int `json:"ambiguous"`
	Marked    int `json:"marked"`
	Relayed   int `json:"relay_numbers"`
	Outside   int `json:"match_nobody"`
	Nothing   int `json:"nothing_to_compare"`
	Latin     int `json:"latin_names"`
	Lettered  int `json:"letters_in_numbers"`
	Broken    int `json:"broken_numbers"`
}

// Matched is how many rows are about somebody here.
func (r Reading) Matched() int { return r.ByNumber + r.ByNames + r.Corrected }

// Finding is one name.
type Finding struct {
	ID     string    `json:"id"`
	Share  float64   `json:"share,omitempty"`
	Odds   float64   `json:"log10_e,omitempty"` // of the e-value against it; at least
	Named  bool      `json:"named"`
	Even   bool      `json:"even_past_the_log,omitempty"` // also if rosters had been copied past the log
	Marks  int       `json:"marks,omitempty"`
	Holder string    `json:"account,omitempty"` // of an export
	At     time.Time `json:"at,omitzero"`       // of an export
}

// Grade says how sure a name is: mark, even, logged or lead. The words for people
// are "leak.named."+Grade.
func (f Finding) Grade() string {
	return verify.LeakFinding{Named: f.Named, Even: f.Even, Marks: f.Marks}.Grade()
}

// Group is a set of which one or more gave rows.
type Group struct {
	Store string    `json:"store"`
	IDs   []string  `json:"ids"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// canonical is the form whose SHA-256 is in the log (RFC 8785).
func (r Result) canonical() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

// Parse reads a kept result.
func Parse(b []byte) (r Result, err error) { return r, json.Unmarshal(b, &r) }

func reading(r list.Report) Reading {
	return Reading{r.Rows, r.Repeated, r.Phone, r.Names, r.Corrected, r.Ambiguous, r.Marked, r.Relayed, r.Outside, r.Nothing, r.Latin, r.Lettered, r.Broken}
}

// draw makes the result of a match under two logs: as recorded, and with rosters
// that might have been copied past it.
func (r *Result) draw(logged, open trace.Result, log *trace.Log, marked []trace.Evidence) {
	r.Outside = logged.Background
	for _, s := range logged.Stores {
		r.Stores = append(r.Stores, finding(s, named(open.Stores, s.ID)))
	}
	for _, s := range open.Stores {
		if s.Named && !named(logged.Stores, s.ID) {
			r.Stores = append(r.Stores, finding(s, true))
		}
	}
	for _, a := range logged.Accounts {
		r.Accounts = append(r.Accounts, finding(a, named(open.Accounts, a.ID)))
	}
	r.Among, r.Window = groups(logged.AmongAccounts), groups(logged.AmongDisclosures)
	for _, e := range marked {
		f := Finding{ID: e.Export, Odds: log10(e.LogE), Named: e.Named, Marks: e.Hits}
		if i := slices.IndexFunc(log.Disclosures, func(d trace.Disclosure) bool { return d.ID == e.Export }); i >= 0 {
			f.Holder, f.At = log.Disclosures[i].Account, log.Disclosures[i].From
		}
		r.Exports = append(r.Exports, f)
	}
	r.cross(log)
	r.Verdict = r.judge()
}

func finding(f trace.Finding, even bool) Finding {
	return Finding{ID: f.ID, Share: round(f.Share), Odds: log10(f.LogE), Named: f.Named, Even: even}
}

func named(all []trace.Finding, id string) bool {
	return slices.ContainsFunc(all, func(f trace.Finding) bool { return f.ID == id && f.Named })
}

func groups(all []trace.Group) (out []Group) {
	for _, g := range all {
		out = append(out, Group{g.Store, g.IDs, g.From.UTC(), g.Until.UTC()})
	}
	return out
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// log10 is what a person reads; numbers beyond a hundred digits say no more.
func log10(ln float64) float64 {
	return math.Round(10*min(100, max(-100, cmp.Or(ln, 0)/math.Ln10))) / 10
}

// judge says what the evidence supports, the strongest first.
func (r *Result) judge() Verdict {
	is := func(all []Finding, ok func(Finding) bool) bool { return slices.ContainsFunc(all, ok) }
	switch {
	case is(r.Exports, func(f Finding) bool { return f.Named }):
		return Export
	case r.Read.Matched() == 0 && r.Read.Outside == 0 && r.Read.Marked == 0:
		return Unusable
	case r.Read.Matched() == 0:
		return NoMatch
	case is(r.Accounts, func(f Finding) bool { return f.Named && f.Even }):
		return Account
	case is(r.Accounts, func(f Finding) bool { return f.Named }):
		return Logged
	case len(r.Among) > 0:
		return Among
	case is(r.Stores, func(f Finding) bool { return f.Named }):
		return Place
	case len(r.Stores) > 0:
		return Lead
	}
	return Nothing
}
