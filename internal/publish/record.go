package publish

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// State is where a publication stands.
type State string

// The states; words under "publish.state."+state.
const (
	Draft     State = "draft"
	Published State = "published"
	Ended     State = "ended" // its days are over
	Withdrawn State = "withdrawn"
	Refused   State = "refused" // given up or refused before it was public
	Lapsed    State = "lapsed"  // nobody approved it in time
)

// DraftDays is how long a list waits for its second person before it is
// destroyed.
const DraftDays = 7

// Publication is one public notice: what stays of it when the list is gone
// (S3-50: who published what, by which article, from when to when).
type Publication struct {
	ID          id.Publication
	Institution id.Institution
	Title       string
	Occasion    Occasion
	Article     string
	Audience    Audience
	Days        int
	Ages        Ages
	People      Population
	State       State
	By          id.Staff
	At          time.Time
	Approver    id.Staff
	From, Until time.Time // zero before it is public
	EndedAt     time.Time
	Rows        int
	Least       int // how many people each row that was shown fits at least
	Hash        [32]byte
	Locks       []Lock // of a Story

	parts   int
	body    []byte
	numbers []byte
}

// HasNumbers reports whether the sheet of notice numbers waits to be taken.
func (p Publication) HasNumbers() bool { return len(p.numbers) > 0 }

// notice is what the desk judges, without the list.
func (p Publication) notice() Notice {
	return Notice{Title: p.Title, Occasion: p.Occasion, Article: p.Article, Audience: p.Audience, Days: p.Days, Ages: p.Ages, People: p.People}
}

// LockKind is one of the four things without which a story about a child in
// difficulty stays unpublished. Source: 困境儿童个人信息保护工作办法 art. 12 (S2-21†).
type LockKind string

// The four locks; words under "publish.lock."+kind.
const (
	Necessity LockKind = "notice"   // child and guardian were told why, and what it does to their rights
	OwnLeave  LockKind = "child"    // the child agreed
	Guardian  LockKind = "guardian" // the guardian agreed
	Treated   LockKind = "media"    // face, voice and place cannot be recognised
)

// LockKinds are all of them, in the order of a form.
var LockKinds = []LockKind{Necessity, OwnLeave, Guardian, Treated}

// Lock says that one of the four is there, and where its paper lies.
type Lock struct {
	Kind      LockKind
	Reference string // number of the paper in the institution's own files
	On        civil.Date
	By        id.Staff
	EndedAt   time.Time // withdrawn; zero while it counts
}

// Open reports which of the four are missing or withdrawn.
func (p Publication) Open() (missing []LockKind) {
	if p.Occasion != Story {
		return nil
	}
	for _, k := range LockKinds {
		if !slices.ContainsFunc(p.Locks, func(l Lock) bool { return l.Kind == k && l.EndedAt.IsZero() }) {
			missing = append(missing, k)
		}
	}
	return missing
}

// require says which state an act needs.
func (p Publication) require(states ...State) error {
	if slices.Contains(states, p.State) {
		return nil
	}
	code := "publish.state." + string(p.State)
	return fault.New(fault.Conflict, code)
}
