package subject

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// Change is a change to a family's record that staff ask for at the family's
// word, and that counts once a second person has looked at it. What is to be
// changed stands in the sealed body alone, padded to one length: no row of the
// base says of a child that it was assessed rather than that its name was
// misspelt (S2-01).
type Change struct {
	ID      id.Change
	Child   id.Subject // under whose key the body is sealed, and with whom it goes
	Store   id.Store
	Ref     string // number of the family's request: a paper form or the receipt
	AskedBy id.Staff
	AskedAt time.Time
	State   ChangeState
	Decided id.Staff
	At      time.Time // of the decision

	version uint32
	sealed  []byte
}

// ChangeState is where a change stands.
type ChangeState string

// The states of a change.
const (
	ChangeWaiting ChangeState = "waiting"
	ChangeDone    ChangeState = "done"
	ChangeRefused ChangeState = "refused"
)

// bodySize is the length to which every body is padded, in bytes; a longer one
// is fault.Invalid, subject.change_long.
const bodySize = 768

// AskChange records a change that waits for a second person. It returns c with
// its identifier.
func AskChange(tx *db.Tx, v *seal.Vault, inst id.Institution, c Change, body Values) (Change, error) {
	c.ID, c.AskedAt, c.State, c.version = id.Make[id.Change](tx.Now()), tx.Now(), ChangeWaiting, 1
	var err error
	if c.sealed, err = c.seal(tx, v, inst, body); err != nil {
		return c, err
	}
	return c, insertChange(tx, inst, c)
}

// Open returns what is to be changed.
func (c Change) Open(tx *db.Tx, v *seal.Vault, p seal.Permit, inst id.Institution) (Values, error) {
	text, err := v.Open(tx, p, c.place(inst), c.sealed)
	if err != nil {
		return nil, err
	}
	var plain map[string]string
	if err := json.Unmarshal([]byte(text.Expose()), &plain); err != nil {
		return nil, fault.New(fault.Unavailable, "seal.damaged")
	}
	body := Values{}
	for k, x := range plain {
		body[k] = secret.NewText(x)
	}
	return body, nil
}

// DecideChange ends the waiting. Of the body only what keep has stays, sealed
// anew: a corrected value is in the record now, and a refused one nowhere.
// Conflict subject.change_decided if it does not wait.
func DecideChange(tx *db.Tx, v *seal.Vault, inst id.Institution, c Change, by id.Staff, to ChangeState, keep Values) error {
	if c.State != ChangeWaiting {
		return fault.New(fault.Conflict, "subject.change_decided")
	}
	c.State, c.Decided, c.At, c.version = to, by, tx.Now(), c.version+1
	var err error
	if c.sealed, err = c.seal(tx, v, inst, keep); err != nil {
		return err
	}
	return updateChange(tx, inst, c)
}

func (c Change) seal(tx *db.Tx, v *seal.Vault, inst id.Institution, body Values) ([]byte, error) {
	plain := map[string]string{}
	for k, x := range body {
		plain[k] = x.Expose()
	}
	b, err := json.Marshal(plain)
	if err != nil {
		return nil, err
	}
	if len(b) > bodySize {
		return nil, fault.New(fault.Invalid, "subject.change_long")
	}
	return v.Seal(tx, c.place(inst), secret.NewText(string(b)+strings.Repeat(" ", bodySize-len(b))))
}

// place is where the body is sealed; each decision is a new version, so that an
// old body put back into the row does not open.
func (c Change) place(inst id.Institution) seal.Place {
	return seal.Place{Institution: inst, Subject: c.Child, Field: "change." + strings.TrimPrefix(c.ID.String(), "chg_"), Version: c.version}
}
