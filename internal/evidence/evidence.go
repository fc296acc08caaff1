// Package evidence makes the one file with which an institution carries its
// burden of proof (PIPL art. 69): entries of its log with their proofs, heads
// that witnesses signed at the time, and the papers that the entries are about,
// such as notices exactly as they were shown. A procuratorate verifies the file
// offline, without this program (verify.Evidence, wardcheck evidence); behaviour
// B15.
//
// A pack never holds what a sealed field holds. One about a person holds the
// openings of that person's entries, so that the reader can see that they are
// about the person of the receipt, and the record of that person's consents.
//
// Making a pack is itself an entry, and that entry seals it: nothing can be
// taken out or put in afterwards without the log showing it.
package evidence

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/verify"
)

// Most is how many entries one pack holds: what a person can still be asked to
// read, and some six megabytes.
const Most = 5000

// mostHeads bounds the earlier heads of a pack; they are spread over its period.
const mostHeads = 62

// Shelf is where a room keeps papers. It returns those that the pack's entries
// are about. The log should have a paper's SHA-256 in one of them; a paper that
// no entry knows is stated with the pack and proves no more than that.
type Shelf func(tx *db.Tx, inst id.Institution, exhibits []ledger.Entry) ([]verify.Paper, error)

// Service makes packs.
type Service struct {
	Gate      *gate.Gate
	Facts     *facts.Gatherer
	Catalogue *catalogue.Catalogue
	Log       *ledger.Log
	Shelves   []Shelf

	// Sign brings the signed head up to date; nil where another process does.
	Sign func(context.Context, id.Institution) error
	// Wait is how long a head may take; 0 means ten seconds.
	Wait time.Duration
}

// Request says what a pack is to prove.
type Request struct {
	From, To time.Time // entries in [From, To); zero To means now
	Receipt  string    // also everything about the person of this receipt number; may be empty

	// Of, if set, makes a pack about one matter, and nothing else is in it: From is
	// the matter's. It reads within the transaction and may be called again.
	Of func(tx *db.Tx) (Matter, error)
}

// Matter is what one matter's pack holds.
type Matter struct {
	Ref     string // of the object that it is about; the sealing entry has it
	From    time.Time
	Entries []ledger.Entry
	Papers  []verify.Paper // beside those of the shelves
}

// Make makes a pack. The act is one of the gate: the entry that seals the pack
// is durable before the pack exists.
//
// Errors: what the gate refuses; NotFound, enrol.receipt; Invalid,
// evidence.period when the period is empty, evidence.too_many when it has more
// than Most entries; Unavailable, ledger.unsigned, when no head came in time.
func (s *Service) Make(ctx context.Context, a actor.Actor, r Request) (verify.Evidence, gate.Outcome, error) {
	if r.To.IsZero() {
		r.To = s.Gate.Now()
	}
	if r.Of == nil && !r.From.Before(r.To) {
		return verify.Evidence{}, gate.Outcome{}, fault.At("to", "evidence.period")
	}
	var c collection
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		c = collection{s: s, inst: a.Institution, ask: r}
		if !s.Gate.Policy.MayEver(a.Role, policy.EvidenceExport) {
			return nil // the gate says so, and writes it down
		}
		return c.gather(tx)
	})
	if err != nil {
		return verify.Evidence{}, gate.Outcome{}, err
	}
	var pack verify.Evidence
	req := gate.Request{Actor: a, Act: policy.EvidenceExport}
	out, err := s.Gate.Do(ctx, req, s.who, func(tx *db.Tx, p seal.Permit, gc *gate.Case) (err error) {
		if pack, err = c.pack(tx, p); err != nil {
			return err
		}
		gc.Hash, gc.Count, gc.Ref = sha256.Sum256([]byte(pack.Manifest)), len(pack.Exhibits), c.ref
		return nil
	})
	if err != nil {
		return verify.Evidence{}, gate.Outcome{}, err
	}
	err = s.prove(ctx, a.Institution, out.Index(), &pack)
	return pack, out, err
}

// who gathers the facts about the actor.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// prove waits for a head over the sealing entry and fills in all proofs.
func (s *Service) prove(ctx context.Context, inst id.Institution, index int64, e *verify.Evidence) error {
	wait := s.Wait
	if wait <= 0 {
		wait = 10 * time.Second
	}
	late := time.NewTimer(wait) // what is read or signed at the end of it is not broken off
	defer late.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if s.Sign != nil {
			if err := s.Sign(ctx, inst); err != nil {
				return err
			}
		}
		err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error { return s.Log.Prove(tx, index, e) })
		if fault.CodeOf(err) != "ledger.unsigned" {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return err
		case <-tick.C:
		}
	}
}
