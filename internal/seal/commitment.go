package seal

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// EventSalt derives the salt of one event from the salt of a subject's row:
// HMAC-SHA256(salt, event id). A receipt carries it, and with it the holder can
// show which subject that one event is about, and no other event.
func EventSalt(salt []byte, event id.Event) [32]byte {
	return hmac256(salt, event.Bytes())
}

// Commit is the value that stands for a subject in a ledger leaf:
// HMAC-SHA256(event salt, subject id). Without the event salt it tells nothing,
// and no two events about one subject look alike (invariant I3).
func Commit(eventSalt [32]byte, subject id.Subject) [32]byte {
	return hmac256(eventSalt[:], subject.Bytes())
}

func hmac256(key, message []byte) (sum [32]byte) {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	h.Sum(sum[:0])
	return sum
}

// EventSalt returns the salt of an event for the receipt of a subject. After
// Erase it is gone: Erased, seal.erased.
func (v *Vault) EventSalt(tx *db.Tx, inst id.Institution, subject id.Subject, event id.Event) ([32]byte, error) {
	salt, err := selectSalt(tx, inst, subject)
	if err != nil {
		return [32]byte{}, err
	}
	return EventSalt(salt, event), nil
}

// Commitment returns what stands for the subject in the leaf of an event. It
// needs no permit: it opens nothing. After Erase it is Erased, seal.erased, and
// what earlier leaves hold can no longer be matched to anybody.
func (v *Vault) Commitment(tx *db.Tx, inst id.Institution, subject id.Subject, event id.Event) ([32]byte, error) {
	salt, err := v.EventSalt(tx, inst, subject, event)
	if err != nil {
		return [32]byte{}, err
	}
	return Commit(salt, subject), nil
}
