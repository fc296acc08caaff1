package crash_test

import (
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// plan is what a child is told on its standard input.
type plan struct {
	Place    place
	Seed     uint64
	Round    int
	Clients  int
	Families []family // alive, as the parent knows them
}

// family is one enrolled child with its guardian. Everybody is invented: the
// values follow from N, and the learner's name also from the corrections so far.
type family struct {
	N       int
	Names   int // corrections made
	Child   id.Subject
	Guard   id.Subject
	Receipt string
}

// The work of a client.
const (
	opReveal  = "reveal"
	opEnrol   = "enrol"
	opStop    = "withdraw"
	opGive    = "give"
	opCorrect = "correct"
	opAsk     = "ask"
	opApprove = "approve"
	opEnd     = "end"
	opErase   = "erase"
	opRotate  = "rotate"
	opReady   = "ready"
)

// line is one message of a child. Without Done it says what is about to happen,
// with Done that the call has returned. Fault is a code if it was refused, and
// Wrong says what should never happen.
type line struct {
	Op      string     `json:"o"`
	Client  int        `json:"c"`
	Seq     int        `json:"s"`
	Done    bool       `json:"d,omitempty"`
	N       int        `json:"n"`
	Names   int        `json:"k,omitempty"`
	Child   id.Subject `json:"h,omitzero"`
	Guard   id.Subject `json:"g,omitzero"`
	Receipt string     `json:"r,omitempty"`
	Field   string     `json:"f,omitempty"`
	Value   string     `json:"v,omitempty"`
	Event   id.Event   `json:"e,omitzero"`
	Index   int64      `json:"i,omitempty"`
	Grant   id.Grant   `json:"t,omitzero"`
	Version uint32     `json:"w,omitempty"`
	Fault   string     `json:"x,omitempty"`
	Wrong   string     `json:"z,omitempty"`
}

// optional is the purpose that clients withdraw and give again.
const optional = "photo.wall"

func han(n int) string { return string(rune(0x4E00 + n%4096)) }

// learnerName is the name of the nth learner after a number of corrections.
func learnerName(n, corrections int) string {
	return "欧阳" + han(n/4096) + han(n) + han(corrections)
}

func guardianName(n int) string { return "司马" + han(n/4096) + han(n) }

func phoneOf(n int) string { return fmt.Sprintf("154%08d", n) }

// value is what a field of a family holds.
func value(f family, field string) string {
	switch field {
	case subject.LearnerName:
		return learnerName(f.N, f.Names)
	case subject.GuardianName:
		return guardianName(f.N)
	case subject.GuardianPhone:
		return "+86" + phoneOf(f.N)
	}
	return birth()
}

// birth is that of a child of about nine, in whatever year the test runs.
func birth() string { return time.Now().AddDate(-9, 0, 0).Format("2006") + "-03" }

func form(n int) enrol.Form {
	return enrol.Form{
		LearnerName: secret.NewText(learnerName(n, 0)), Birth: secret.NewText(birth()),
		GuardianName: secret.NewText(guardianName(n)), Phone: secret.NewText(phoneOf(n)),
		Agree: true, Optional: []string{optional}, Language: "zh-CN", Screen: [32]byte{1},
	}
}
