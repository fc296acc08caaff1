// Package compartment is the sealed compartment: the records of children in a case
// of violence (S2-23†). One officer puts a record in at once, for protection does
// not wait. From then on it is not there for anybody at work: no search, list,
// count, export or call has it, and no page says that it is kept apart. Why it is
// there is nowhere: a reason beside a child would be a label (BAN-01). There is the
// number of the case, sealed under the child's own key, and it goes with the child.
//
// To read one field takes two officers: one asks and names the case, another agrees,
// and the first opens within OpenFor, on a fresh proof of identity. To let the record
// out takes the same two. Every step is an entry that the family finds among who
// looked. The family's own pages stay as they are.
//
// Source: Measures on children in difficulty, clause on education departments and
// schools; UMPL art. 103, by which nobody discloses what tells who such a child is.
package compartment

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Times of a request: how long it waits for the second officer, and how long it
// opens once there is one.
const (
	AgreeWithin = 24 * time.Hour
	OpenFor     = 30 * time.Minute
)

// File is one record in the compartment. Its identifier names nobody.
type File struct {
	ID    id.SealedFile
	By    id.Staff
	At    time.Time
	Ended time.Time // zero while the record is in

	child  id.Subject
	sealed []byte // the number of the case
}

// Kind is what somebody asks for; words under "compartment.kind."+kind.
type Kind string

// The kinds.
const (
	ToOpen   Kind = "open"
	ToLetOut Kind = "release"
)

// Kinds lists them.
var Kinds = []Kind{ToOpen, ToLetOut}

// Request is what one officer asks for and another agrees to.
type Request struct {
	ID     id.Unsealing
	File   id.SealedFile
	Kind   Kind
	Fields []string // to open; none to let out
	By     id.Staff
	At     time.Time
	Second id.Staff
	Agreed time.Time // zero while it waits
	Ended  time.Time // it was carried out and serves no more

	sealed []byte // the number of the case, as it was named
}

// Stage is where a request stands; words under "compartment.stage."+stage.
type Stage string

// The stages.
const (
	Waiting Stage = "waiting" // for the second officer
	Agreed  Stage = "agreed"
	Over    Stage = "over" // carried out, or too late
)

// Stage tells where a request stands at a moment.
func (r Request) Stage(now time.Time) Stage {
	switch {
	case !r.Ended.IsZero():
		return Over
	case r.Agreed.IsZero() && now.Before(r.At.Add(AgreeWithin)):
		return Waiting
	case !r.Agreed.IsZero() && now.Before(r.Until()):
		return Agreed
	}
	return Over
}

// Until is when an agreed request serves no more.
func (r Request) Until() time.Time { return r.Agreed.Add(OpenFor) }

// Ready reports whether a request lets an officer do something now: it is the one
// who asked, and somebody else agreed in time (I8).
func (r Request) Ready(by id.Staff, what Kind, now time.Time) bool {
	two := !r.By.IsZero() && !r.Second.IsZero() && r.By != r.Second
	return two && by == r.By && what == r.Kind && r.Stage(now) == Agreed
}

// Reaches reports whether the request is for a field.
func (r Request) Reaches(field string) bool { return slices.Contains(r.Fields, field) }

// waits returns nil if the request waits for a second officer. Conflict:
// compartment.decided, compartment.lapsed.
func (r Request) waits(now time.Time) error {
	switch {
	case !r.Agreed.IsZero() || !r.Ended.IsZero():
		return fault.New(fault.Conflict, "compartment.decided")
	case r.Stage(now) != Waiting:
		return fault.New(fault.Conflict, "compartment.lapsed")
	}
	return nil
}

// Fields are what can be asked for, in the order of a record.
var Fields = []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}

// checkAsk returns nil if somebody may ask for this. Invalid: compartment.kind,
// compartment.fields.
func checkAsk(k Kind, fields []string) error {
	strange := func(f string) bool { return !slices.Contains(Fields, f) }
	switch {
	case !slices.Contains(Kinds, k):
		return fault.At("kind", "compartment.kind")
	case (k == ToOpen) != (len(fields) > 0), len(fields) > len(Fields), slices.ContainsFunc(fields, strange):
		return fault.At("fields", "compartment.fields")
	}
	return nil
}

// Entry is a file as officers see it: the case and the days, and never who it is.
type Entry struct {
	File
	Case     secret.Text
	Days     int       // since it was put in
	Requests []Request // the newest first
}
