package api

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
)

// Remembered is how long an answer is told again under its key.
const Remembered = 24 * time.Hour

const longestKey = 200 // bytes

// kept is what the answer to a POST can be told from again: identifiers, never a
// value. It is written in the transaction of the act, so there is no moment at
// which the act is durable and its memory is not, and none the other way round.
// Acts on accounts do not pass the gate; their memory is written right after,
// and a crash in between leaves an act whose repetition is refused by its state
// (login taken, key collected already).
type kept struct {
	Ref   string   `json:"ref,omitempty"`
	Event id.Event `json:"event,omitzero"`
}

// idempotencyKey returns the request's key. Every POST needs one.
func idempotencyKey(r *http.Request) (string, error) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return "", fault.At("Idempotency-Key", "idempotency.missing")
	}
	for i := range len(key) {
		if key[i] < '!' || key[i] > '~' {
			return "", fault.At("Idempotency-Key", "idempotency.key", longestKey)
		}
	}
	if len(key) > longestKey {
		return "", fault.At("Idempotency-Key", "idempotency.key", longestKey)
	}
	return key, nil
}

// slot is where an answer is remembered. Two askers with the same key have two.
type slot struct {
	inst id.Institution
	key  [32]byte
	want [32]byte // of the request
}

func (c *call) slot() slot {
	who := sha256.New()
	for _, part := range [][]byte{c.actor.Staff.Bytes(), c.actor.Key.Bytes(), c.actor.Subject.Bytes(), []byte(c.key)} {
		who.Write(part)
	}
	what := sha256.New()
	for _, part := range [][]byte{[]byte(c.operation), {0}, []byte(c.path), {0}, c.body} {
		what.Write(part)
	}
	return slot{c.actor.Institution, [32]byte(who.Sum(nil)), [32]byte(what.Sum(nil))}
}

var (
	errMismatch = fault.At("Idempotency-Key", "idempotency.mismatch")
	errRunning  = fault.New(fault.Conflict, "idempotency.running")
	errShown    = fault.New(fault.Conflict, "idempotency.shown")
)

// once carries out do at most once for a key, and tells the same answer again.
func once[I, O any](ctx context.Context, s *API, c *call, in *I,
	do func(context.Context, actor.Actor, *I, *kept) (*O, error), again func(context.Context, actor.Actor, kept) (*O, error),
) (*O, error) {
	at := c.slot()
	if !s.flight.enter(at) {
		return nil, errRunning
	}
	defer s.flight.leave(at)
	k, found, err := s.recall(ctx, at)
	switch {
	case err != nil:
		return nil, err
	case found && again == nil:
		return nil, errShown
	case found:
		return again(ctx, c.actor, k)
	}
	written := false
	ctx = gate.Along(ctx, func(tx *db.Tx, d gate.Done) error {
		k, written = kept{d.Ref, d.Event}, true
		return remember(tx, at, k)
	})
	out, err := do(ctx, c.actor, in, &k)
	if err != nil || written {
		return out, err
	}
	return out, s.house.DB.Update(ctx, at.inst, func(tx *db.Tx) error { return remember(tx, at, k) })
}

// recall reads what was remembered within the last day.
func (s *API) recall(ctx context.Context, at slot) (k kept, found bool, err error) {
	err = s.house.DB.View(ctx, at.inst, func(tx *db.Tx) error {
		k, found = kept{}, false
		var request []byte
		var body string
		var made int64
		err := tx.QueryRow(`SELECT request_hash, body, created_at FROM idempotency
			WHERE institution_id = $1 AND key_hash = $2`, at.inst, at.key[:]).Scan(&request, &body, &made)
		switch {
		case errors.Is(err, sql.ErrNoRows), err == nil && made < oldest(tx):
			return nil
		case err != nil:
			return err
		case [32]byte(request) != at.want:
			return errMismatch
		}
		found = true
		return json.Unmarshal([]byte(body), &k)
	})
	return k, found, err
}

// remember writes a slot. One that another node has filled meanwhile undoes the
// act: its asker is told to ask again, and then gets the other's answer.
func remember(tx *db.Tx, at slot, k kept) error {
	body, err := json.Marshal(k)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO idempotency (institution_id, key_hash, request_hash, body, created_at)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (institution_id, key_hash) DO UPDATE SET request_hash = excluded.request_hash,
			body = excluded.body, created_at = excluded.created_at
		WHERE idempotency.created_at < $6`,
		at.inst, at.key[:], at.want[:], string(body), tx.Now().UnixMilli(), oldest(tx))
	if err == nil && n == 0 {
		return errRunning
	}
	return err
}

func oldest(tx *db.Tx) int64 { return tx.Now().Add(-Remembered).UnixMilli() }

// forgotten is how many answers one transaction forgets: no one holds the writer
// for long.
const forgotten = 2000

// Sweep forgets the answers of an institution that are older than a day. Nothing
// depends on it but the size of the base.
func (s *API) Sweep(ctx context.Context, inst id.Institution) error {
	for n := int64(forgotten); n == forgotten; {
		err := s.house.DB.Update(ctx, inst, func(tx *db.Tx) (err error) {
			n, err = tx.Exec(`DELETE FROM idempotency WHERE institution_id = $1 AND key_hash IN (SELECT key_hash FROM idempotency
				WHERE institution_id = $1 AND created_at < $2 ORDER BY created_at LIMIT $3)`, inst, oldest(tx), forgotten)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// flight knows the slots that this process is working on, so that an impatient
// second request is told so at once.
type flight struct {
	mu   sync.Mutex
	busy map[[32]byte]bool
}

func (f *flight) enter(at slot) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy[at.key] {
		return false
	}
	if f.busy == nil {
		f.busy = make(map[[32]byte]bool)
	}
	f.busy[at.key] = true
	return true
}

func (f *flight) leave(at slot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.busy, at.key)
}
