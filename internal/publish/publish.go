// Package publish is the desk for public notices (公示). It says of a list
// whether it may be shown to the public as it stands, and what the least telling
// list is that still serves the notice.
//
// # The rules
//
//   - Only what a law or regulation expressly wants made public may be, so a
//     notice names its article, its readers and its days (S3-50).
//   - A list shows the smallest combination of columns that serves the notice,
//     never a complete record (S3-51). What identifies or reaches a person
//     directly never stands there, on no list, masked or not.
//   - Lists about aid and need, and lists of children under 14, show notice
//     numbers only: that somebody is on the list is the secret (S2-23†, S3-54).
//   - No word that marks a child as being in difficulty stands beside a name,
//     a masked name included (S2-23†).
//   - Whatever the desk shows fits at least Floor people whom a reader may think
//     of. A masked name in a small class often fits one. Of lists that others made
//     of people of 14 and more, masked as the law asks, this is advice.
//
// Sources are named at the rules, in rules.go. Judge is pure: the same list gets
// the same verdict on the command line of a school and at the desk of an officer.
package publish

import (
	"errors"
	"slices"

	"github.com/wardfold/wardfold/detect"
)

// Floor is the least number of people that each published row must fit.
const Floor = 5

// Occasion is why a list is made public.
type Occasion string

// The occasions.
const (
	Ordinary Occasion = "ordinary" // admission, placement, election
	Honour   Occasion = "honour"   // awards and contests
	Aid      Occasion = "aid"      // grants for need, donations
	Hardship Occasion = "hardship" // being listed itself tells of difficulty

	// Story is no list but a text about a child, which needs four locks (S2-21†);
	// S3-17: reporting is no way round them.
	Story Occasion = "story"
)

// Occasions are all occasions of lists, in the order of a form.
var Occasions = []Occasion{Ordinary, Honour, Aid, Hardship}

// ByNumber reports whether to stand on the list tells of need, so that whoever does
// stands there by a number of the notice.
func (o Occasion) ByNumber() bool { return o == Aid || o == Hardship }

// UnmarshalText reads one of Occasions.
func (o *Occasion) UnmarshalText(text []byte) error {
	if !slices.Contains(Occasions, Occasion(text)) {
		return errors.New("invalid occasion")
	}
	*o = Occasion(text)
	return nil
}

// Ages is how old the people on a list are.
type Ages string

// The ages. Unknown is taken for Young unless the list itself says otherwise.
const (
	Unknown Ages = ""
	Young   Ages = "under_14"
	Older   Ages = "from_14"
)

// Audience is for whom a notice is meant. Whoever reads it thinks of the people of
// that group, so a notice for a class tells more than the same one for a city.
type Audience string

// The audiences. The empty one is Anybody.
const (
	Anybody  Audience = "anybody"
	OfSchool Audience = "school"
	OfGrade  Audience = "grade"
	OfClass  Audience = "class"
)

// Audiences are all of them, in the order of a form.
var Audiences = []Audience{Anybody, OfSchool, OfGrade, OfClass}

// UnmarshalText reads one of Audiences.
func (a *Audience) UnmarshalText(text []byte) error {
	if !slices.Contains(Audiences, Audience(text)) {
		return errors.New("invalid audience")
	}
	*a = Audience(text)
	return nil
}

// Population is how many people a reader may think of. Zero means not known, and
// then the next smaller known number counts.
type Population struct {
	School int // or whatever body publishes
	Grade  int
	Class  int
}

// Usual are the numbers that count where nobody gives others: a school of three
// grades of six classes of 40. They are small on purpose.
var Usual = Population{School: 720, Grade: 240, Class: 40}

// Notice is a list that somebody wants to publish.
type Notice struct {
	Title    string
	Occasion Occasion
	Article  string // the article of law that wants it public, as people cite it
	Audience Audience
	Days     int // how long it stands
	Ages     Ages
	People   Population
	Header   []string
	Rows     [][]string
}

// prose reports whether the notice is running text: one column without a name.
func (n *Notice) prose() bool { return len(n.Header) == 1 && n.Header[0] == "" }

// Treatment is what the desk does with a column.
type Treatment string

// The treatments.
const (
	Keep   Treatment = "keep"
	Mask   Treatment = "mask"
	Number Treatment = "number" // a notice number stands instead, told to the family alone
	Drop   Treatment = "drop"
)

// Column is one column of a list and what becomes of it.
type Column struct {
	Header    string
	Kind      detect.Kind // detect.None for what is not personal by itself
	Masked    bool        // it is masked already
	Treatment Treatment
	Rule      Rule // why; the zero Rule for what is kept
}

// Problem is one reason why a list may not stand as it is. Code has words in
// package lang under "publish.problem."+Code. It holds no value of the list.
type Problem struct {
	Code   string
	Column int // from 1; 0 if it is about the whole list
	Row    int // from 1, the first one that shows it; 0 if it is about the column
	Rows   int // how many rows show it
	Kind   detect.Kind
	Rule   Rule
	Advice bool // it may stand, but better would not: the proposal does without it
}

// Verdict is the answer of the desk.
type Verdict struct {
	Problems []Problem // why the list may not stand as it is; none means it may
	Columns  []Column
	Ages     Ages     // that count: Young unless everybody is known to be older
	Fits     Fits     // of the list as it is
	Proposal Proposal // the least telling list that still serves
}

// Passed reports whether the list may be published as it is.
func (v Verdict) Passed() bool {
	return !slices.ContainsFunc(v.Problems, func(p Problem) bool { return !p.Advice })
}

// Fits is how many people each row fits.
type Fits struct {
	Least int   // of all rows; 0 for a list without rows
	Rows  []int // row by row
	Few   int   // rows below Floor
}

// Proposal is a list that may be published.
type Proposal struct {
	Header []string
	Rows   [][]string
	Fits   Fits
}
