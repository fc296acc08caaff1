// Package ledger is the audit of an institution: an append-only log of typed
// facts, durable together with the acts they record, and a Merkle tree over it
// that lets outsiders verify the whole without seeing a child.
//
// An event is appended in the transaction of its act (Append) and gets its leaf
// index in the same commit (Flush), so an acknowledged act already knows its
// place in the log. Nothing is hashed or signed on that path. Beside it, a Log
// reads committed events in order, hashes them into an RFC 6962 tree, stores
// full tiles (c2sp.org/tlog-tiles), reads back what it stored, and only then
// signs a head (a signed note) at least every second while there is something
// new. Witnesses cosign heads off the hot path and never block anything.
//
// Invariants kept here: I3 (an entry holds no personal information; its format
// has no place for any), I9 (acknowledged is durable, and the log verifies
// after any crash), I11 (append-only in the database).
//
// What it does not do: delete. Entries are kept for ever in this release;
// EarliestPurge computes the floor below which no release may go (S3-44).
package ledger

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Log sequences, signs and serves the logs of all institutions of one database.
// Its methods may be called by any goroutine. Set the fields before the first
// call.
type Log struct {
	DB *db.DB

	// Signer gives the key of an institution's log. It is asked at every step,
	// so it should answer from memory. An error leaves the log unsigned.
	Signer func(id.Institution) (Signer, error)

	// Guard remembers the newest signed head outside the database; nil means
	// that a database set back to an older state is not noticed here.
	Guard Guard

	// Mirror keeps a copy of the entries outside the database; nil means that
	// what a restored backup lacks can only be counted.
	Mirror Mirror

	// Witnesses cosign the heads of every institution.
	Witnesses []Witness

	// Every is the pause between two looks for new events; 0 means 500 ms.
	// WitnessEvery is the pause between two rounds of a witness; 0 means 30 s.
	Every, WitnessEvery time.Duration

	// Logger hears about heads that could not be signed or cosigned; nil is
	// silence.
	Logger *slog.Logger

	mu     sync.Mutex
	status map[id.Institution]Status
}

// Signer is the key of one institution's log.
type Signer struct {
	key  verify.Key
	sign func([]byte) ([]byte, error)
}

// NewSigner names an Ed25519 key as that of the log called origin. The origin
// is a schema-less URL path such as "audit.example.cn/ins_01j…", and a log that
// continues after a restore from backup takes a new one.
func NewSigner(origin string, key crypto.Signer) (Signer, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return Signer{}, errors.New("ledger: a log signs with Ed25519")
	}
	k, err := verify.NewLogKey(origin, public)
	return Signer{k, func(msg []byte) ([]byte, error) { return key.Sign(nil, msg, crypto.Hash(0)) }}, err
}

// Key is the public key that verifies the log.
func (s Signer) Key() verify.Key { return s.key }

// Name, KeyHash and Sign make Signer a note.Signer.
func (s Signer) Name() string                    { return s.key.Name() }
func (s Signer) KeyHash() uint32                 { return s.key.KeyHash() }
func (s Signer) Sign(msg []byte) ([]byte, error) { return s.sign(msg) }

// head signs a checkpoint.
func (s Signer) head(c verify.Checkpoint) ([]byte, error) {
	return note.Sign(&note.Note{Text: c.String()}, s)
}

// Guard keeps the newest signed head of each log on another path than the
// database, another disk if there is one (package guard has one for files).
type Guard interface {
	// Load returns the head last swapped in for the log called origin, as a
	// signed note. It wraps fs.ErrNotExist when there is none.
	Load(origin string) ([]byte, error)
	// Swap replaces old (nil: none) by new and returns once new is durable. If
	// the head is no longer old, it is an error and nothing changes.
	Swap(origin string, old, new []byte) error
}

// Status is how a log is doing, for the doctor, the metrics and the page.
type Status struct {
	Size     int64     // leaves under the newest signed head
	SignedAt time.Time // when that was
	Waiting  int64     // committed entries that no head covers yet, at the last look
	Fault    string    // code of what keeps heads from being signed; empty if nothing

	Witnessed   int64     // leaves under the newest head that a witness cosigned
	WitnessedAt time.Time // when that was
	WitnessFail string    // code of the newest failure of a witness since then
}

// Status returns how the log of an institution is doing, as far as this process
// has seen.
func (l *Log) Status(inst id.Institution) Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status[inst]
}

func (l *Log) update(inst id.Institution, change func(*Status)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.status == nil {
		l.status = make(map[id.Institution]Status)
	}
	s := l.status[inst]
	change(&s)
	l.status[inst] = s
}

// Run sequences and signs until ctx is done; it returns nil then. A failure in
// one institution is logged and tried again, and delays no other.
func (l *Log) Run(ctx context.Context) error {
	every := l.Every
	if every <= 0 {
		every = 500 * time.Millisecond
	}
	if len(l.Witnesses) > 0 {
		var rounds sync.WaitGroup
		defer rounds.Wait()
		for _, w := range l.Witnesses {
			rounds.Go(func() { l.runWitness(ctx, w) })
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		l.StepAll(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// StepAll brings the heads of all institutions up to date once. Failures go to
// the Status and the Logger.
func (l *Log) StepAll(ctx context.Context) {
	behind, err := l.behind(ctx)
	if err != nil && ctx.Err() == nil {
		l.warn("log not read", id.Institution{}, err)
	}
	for _, inst := range behind {
		if err := l.Step(ctx, inst); err != nil && ctx.Err() == nil {
			l.warn("head not signed", inst, err)
		}
	}
}

func (l *Log) warn(msg string, inst id.Institution, err error) {
	if l.Logger != nil {
		l.Logger.Warn(msg, "institution", inst.String(), "error", err)
	}
}

// absent reports that err means "there is none yet".
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
