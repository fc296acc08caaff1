// Package enrol takes a child from an enquiry to an enrolment.
//
//	started → opened → declared → enrolled
//	   ↘         ↘         ↘ waiting (the child must agree too) → enrolled
//	    expired / declined at any point before enrolled
//
// A clerk starts an enrolment and shows its link as a QR code. On the parent's
// own phone the notice is read (reading has no effect: robots fetch links), the
// phone is proved by a code, and that proof declares the wish to enrol. Until
// then no learner's information is accepted (S0-02, S0-03); until the last
// confirmation none of it is stored at all: the pages carry it. A trial lesson
// before any enrolment goes the same way on a notice of its own, and what it
// leaves is erased after thirty days. Confirmation is
// one transaction that records the consents, seals the promised fields and
// writes the audit entries (I6, I7).
//
// A link is good for fifteen minutes and for the first browser that continues;
// a second one is told so and so is the clerk. Repeating a confirmation gives
// the same receipt again.
package enrol

import (
	"crypto/sha256"
	"encoding/base32"
	"io"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// State is where an enrolment stands.
type State string

// The states of an enrolment.
const (
	Started  State = "started"  // the link exists; nobody has continued
	Opened   State = "opened"   // one browser continued past the notice
	Declared State = "declared" // the phone is proved: a clear wish to enrol
	Waiting  State = "waiting"  // recorded and restricted until everybody has agreed who must
	Enrolled State = "enrolled"
	Trial    State = "trial" // a trial lesson on a receipt of its own: erased after 30 days (S0-03)
	Declined State = "declined"
	Expired  State = "expired"
)

// LinkLife is how long a link can be used before it must be shown again.
const LinkLife = 15 * time.Minute

// ChildLinkLife is how long a child's own link stays good.
const ChildLinkLife = 7 * 24 * time.Hour

// Enrolment is one enrolment. It holds no personal information.
type Enrolment struct {
	Institution id.Institution
	ID          id.Enrolment
	Store       id.Store
	Clerk       id.Staff
	Course      string // code of the course, from the institution's own list
	State       State
	Notice      id.Notice
	PhoneToken  []byte   // blind index of the proved phone
	PhoneTail   string   // last two digits of the proved phone, to tell two openers apart
	Browser     [32]byte // hash of the cookie of the browser that continued
	Child       id.Subject
	Guardian    id.Subject
	Receipt     string // receipt number, once enrolled or waiting
	Opens       int    // browsers beyond the first that tried
	CreatedAt   time.Time
	ExpiresAt   time.Time
	ChangedAt   time.Time

	fresh bool // came whole: it has no row yet, and no link
}

// At returns the state at a moment: an unfinished enrolment past its time is
// expired whatever the row says.
func (e Enrolment) At(now time.Time) State {
	switch e.State {
	case Started, Opened, Declared:
		if !now.Before(e.ExpiresAt) {
			return Expired
		}
	}
	return e.State
}

// require returns nil if the enrolment is in one of the wanted states.
func (e Enrolment) require(now time.Time, want ...State) error {
	have := e.At(now)
	for _, w := range want {
		if have == w {
			return nil
		}
	}
	switch have {
	case Expired:
		return fault.New(fault.Conflict, "enrol.expired")
	case Declined:
		return fault.New(fault.Conflict, "enrol.declined")
	case Enrolled, Waiting, Trial:
		return fault.New(fault.Conflict, "enrol.done")
	}
	return fault.New(fault.Conflict, "enrol.enquiry")
}

// sameBrowser returns nil if the secret belongs to the browser that continued.
func (e Enrolment) sameBrowser(b account.Browser) error {
	if e.Browser != browserHash(b) {
		return fault.New(fault.Conflict, "enrol.taken", e.PhoneTail)
	}
	return nil
}

// browserHash is what the database keeps of the browser that continued.
func browserHash(b account.Browser) [32]byte {
	return sha256.Sum256([]byte("wardfold/browser/1" + b.Expose()))
}

// Token is the secret part of a link: 128 random bits behind the printed id of
// the institution, since every row is found through its institution.
type Token struct {
	Institution id.Institution
	secret      string
}

var tokenEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewToken returns a fresh token with randomness from r.
func NewToken(inst id.Institution, r io.Reader) (Token, error) {
	var b [16]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return Token{}, err
	}
	return Token{inst, tokenEncoding.EncodeToString(b[:])}, nil
}

// String is the form that stands in the link.
func (t Token) String() string {
	return strings.TrimPrefix(t.Institution.String(), "ins_") + t.secret
}

// Hash is what the database keeps of the token.
func (t Token) Hash() []byte {
	h := sha256.Sum256([]byte("wardfold/link/1" + t.String()))
	return h[:16]
}

// ParseToken reads the form of a link. Anything else is fault.NotFound.
func ParseToken(s string) (Token, error) {
	if len(s) == 52 {
		inst, err := id.Parse[id.Institution]("ins_" + s[:26])
		var b [16]byte
		if _, derr := tokenEncoding.Decode(b[:], []byte(s[26:])); err == nil && derr == nil {
			return Token{inst, s[26:]}, nil
		}
	}
	return Token{}, fault.New(fault.NotFound, "enrol.link")
}

// receiptAlphabet leaves out what people confuse when they read it aloud.
const receiptAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// newReceipt returns a receipt number such as "2611-22K7-7KQM-X4TD": year and
// month, day, two characters for the time of day, then eight random ones (39
// bits), so that numbers cannot be guessed. Numbers given out together begin
// alike, which keeps their index small and quick.
func newReceipt(at time.Time, r io.Reader) (string, error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = receiptAlphabet[int(b[i])%len(receiptAlphabet)]
	}
	at = at.In(civil.Zone)
	slot := (at.Hour()*60 + at.Minute()) / 2
	const n = len(receiptAlphabet)
	return at.Format("0601-02") + string([]byte{receiptAlphabet[slot/n], receiptAlphabet[slot%n]}) +
		"-" + string(b[:4]) + "-" + string(b[4:]), nil
}
