package scan

import (
	"time"

	"github.com/wardfold/wardfold/detect"
)

// Finding is personal information in one place. Its JSON form is the contract of
// docs/ops/scan.md.
type Finding struct {
	Target   string `json:"target"`
	Location string `json:"location"` // part, and after "#" the unit within it
	Part     string `json:"part"`
	Unit     string `json:"unit,omitempty"`

	Kind    detect.Kind  `json:"kind,omitempty"` // absent of a planted phrase
	Level   detect.Level `json:"level"`
	Start   int64        `json:"start"` // in bytes, see flow.Place
	End     int64        `json:"end"`
	Reasons []string     `json:"reasons"`
	Minor   string       `json:"minor"`             // unknown, under_14, from_14_to_17, adult
	Masked  bool         `json:"masked,omitempty"`  // it is masked where it stands: no leak
	Sample  string       `json:"sample"`            // the value under a mask
	Planted string       `json:"planted,omitempty"` // the name of the plant that it is (S2-10)

	ID       string    `json:"id"` // the same in every scan as long as part, kind and mask are
	Accepted *Accepted `json:"accepted,omitempty"`
}

// Column is what a table holds in one column.
type Column struct {
	Target   string `json:"target"`
	Location string `json:"location"`
	Part     string `json:"part"`
	Column   string `json:"column"` // as spreadsheets name it: A
	Header   string `json:"header,omitempty"`

	Kind    detect.Kind  `json:"kind"`
	Level   detect.Level `json:"level"`
	Reasons []string     `json:"reasons"`
	Rows    int64        `json:"rows"` // that were read
	Filled  int64        `json:"filled"`
	Valid   int64        `json:"valid"`
	Masked  int64        `json:"masked,omitempty"`
	Sample  bool         `json:"sample,omitempty"` // not all rows of the table were read
	Extent  int64        `json:"extent,omitempty"` // about how many it has, if that is known
	Alone   bool         `json:"alone,omitempty"`  // none of its cells was found by itself

	Under14    int64     `json:"under_14"`
	From14To17 int64     `json:"from_14_to_17"`
	ID         string    `json:"id"`
	Accepted   *Accepted `json:"accepted,omitempty"`
}

// Heads are how many different people, and how many of them are minors.
type Heads struct {
	Persons    int64 `json:"persons"`
	Under14    int64 `json:"under_14"`
	From14To17 int64 `json:"from_14_to_17"`
	About      bool  `json:"about,omitempty"` // they are too many to be counted exactly: within five percent nearly always
}

// People are those that a table tells of, in the rows that were read.
type People struct {
	Target   string `json:"target"`
	Location string `json:"location"`
	Heads
	By   detect.Kind `json:"by"` // the surest kind that tells them apart
	Rows int64       `json:"rows"`
}

// Problem is what was not examined, or left out on purpose.
type Problem struct {
	Target   string `json:"target"`
	Location string `json:"location"`
	Code     string `json:"code"` // source.encrypted …
	Skipped  bool   `json:"skipped"`
	Args     []any  `json:"args,omitempty"`
}

// Party is another host that a site involves (S0-17).
type Party struct {
	Target   string `json:"target"`
	Location string `json:"location"`
	Host     string `json:"host"`
	How      string `json:"how"` // form, script, frame, request
	Known    bool   `json:"known"`
}

// Over counts what was found in a part beyond what is listed.
type Over struct {
	Target   string       `json:"target"`
	Location string       `json:"location"`
	Kind     detect.Kind  `json:"kind"`
	Level    detect.Level `json:"level"`
	Count    int64        `json:"count"`
	ID       string       `json:"id"`
	Accepted *Accepted    `json:"accepted,omitempty"`
}

// Count is how often a kind was found, by level. Masked values are counted
// beside, not within.
type Count struct {
	Certain  int64 `json:"certain"`
	Likely   int64 `json:"likely"`
	Possible int64 `json:"possible"`
	Masked   int64 `json:"masked,omitempty"`

	Under14    int64 `json:"under_14"`
	From14To17 int64 `json:"from_14_to_17"`
	Adult      int64 `json:"adult"`
}

// All is how much was found that is not masked.
func (c Count) All() int64 { return c.Certain + c.Likely + c.Possible }

// Done ends the lines of an item.
type Done struct {
	Target string                `json:"target"`
	Name   string                `json:"name"`
	Stamp  string                `json:"stamp,omitempty"`
	Bytes  int64                 `json:"bytes"`
	Counts map[detect.Kind]Count `json:"counts,omitempty"`
	// Minors counts, table by table and text by text, values that belong to
	// minors, by the kind that has most of them: a person whose number and birth
	// date stand in one row counts once.
	Under14    int64 `json:"under_14,omitempty"`
	From14To17 int64 `json:"from_14_to_17,omitempty"`
	Sampled    int64 `json:"sampled,omitempty"` // tables of which not all rows were read
}

// Line is one line of a journal; exactly one field is set.
type Line struct {
	Head    *Head    `json:"head,omitempty"`
	Finding *Finding `json:"finding,omitempty"`
	People  *People  `json:"people,omitempty"`
	Column  *Column  `json:"column,omitempty"`
	Over    *Over    `json:"over,omitempty"`
	Party   *Party   `json:"party,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
	Dropped *Dropped `json:"dropped,omitempty"`
	Done    *Done    `json:"done,omitempty"`
}

// target is what a line belongs to.
func (l Line) target() string {
	switch {
	case l.Head != nil:
		return l.Head.Target
	case l.Finding != nil:
		return l.Finding.Target
	case l.People != nil:
		return l.People.Target
	case l.Column != nil:
		return l.Column.Target
	case l.Over != nil:
		return l.Over.Target
	case l.Party != nil:
		return l.Party.Target
	case l.Problem != nil:
		return l.Problem.Target
	case l.Dropped != nil:
		return l.Dropped.Target
	case l.Done != nil:
		return l.Done.Target
	}
	return ""
}

// Head begins the lines of a target.
type Head struct {
	Version int       `json:"version"`
	Target  string    `json:"target"`
	Kind    string    `json:"kind"` // files, site, database
	Started time.Time `json:"started"`
	On      string    `json:"on"` // the day for which ages are computed
	Options string    `json:"options,omitempty"`
}

// Summary is the whole in figures.
type Summary struct {
	Target     string                `json:"target"`
	Kind       string                `json:"kind"`
	Started    time.Time             `json:"started"`
	Ended      time.Time             `json:"ended"`
	Items      int64                 `json:"items"`
	Bytes      int64                 `json:"bytes"`
	Found      int64                 `json:"found"`    // not masked, not accepted, at or above the level asked for
	Accepted   int64                 `json:"accepted"` // left out by the baseline
	Kinds      map[detect.Kind]Count `json:"kinds"`
	Under14    int64                 `json:"under_14"`
	From14To17 int64                 `json:"from_14_to_17"`
	People     Heads                 `json:"people"` // of all tables, each counted by itself
	Problems   int64                 `json:"problems"`
	Skipped    int64                 `json:"skipped"`
	Parties    int64                 `json:"parties"`           // forms to hosts that are not known
	Planted    int64                 `json:"planted,omitempty"` // plants that turned up (S2-10)
	Sampled    int64                 `json:"sampled,omitempty"` // tables of which not all rows were read
	Stopped    bool                  `json:"stopped,omitempty"`
}

// Complete reports whether everything that should have been examined was.
func (s Summary) Complete() bool { return s.Problems == 0 && !s.Stopped }
