// Package password keeps passwords as slow hashes in PHC string form and says
// which passwords may be chosen.
//
// Suite intl hashes with Argon2id (RFC 9106), suite gm with PBKDF2-HMAC-SM3
// (RFC 8018, GM/T 0091). The string names its own algorithm and cost, so old
// hashes stay readable and are renewed at the next sign-in.
//
// One evaluation takes a quarter of a second and 64 MiB by intent. A Hasher
// therefore runs few at a time and turns the rest away instead of queueing
// without bound, and it does the same work for a name that does not exist as for
// one that does (CVE-2025-6011 told the two apart by time).
package password

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Suite is the algorithm for new hashes.
type Suite string

// The suites, named as in package seal.
const (
	Intl Suite = "intl" // Argon2id
	GM   Suite = "gm"   // PBKDF2-HMAC-SM3
)

// Cost is the work of one evaluation.
type Cost struct {
	Passes  uint32 // Argon2id: passes over memory
	Memory  uint32 // Argon2id: KiB
	Lanes   uint8  // Argon2id: parallel lanes
	Rounds  int    // PBKDF2: iterations
	Workers int    // evaluations at a time in this process
	Queue   int    // callers that may wait for one; the rest are refused
}

// DefaultCost is Argon2id with 3 passes over 64 MiB (RFC 9106 §4, second
// recommended option) and 600,000 rounds of PBKDF2, two at a time: at most
// 128 MiB.
var DefaultCost = Cost{Passes: 3, Memory: 64 << 10, Lanes: 4, Rounds: 600_000, Workers: 2, Queue: 64}

const (
	saltSize = 16 // bytes. Source: RFC 9106 §3.1
	tagSize  = 32 // bytes
)

// Hasher makes and checks hashes. It is safe for concurrent use.
type Hasher struct {
	suite   Suite
	cost    Cost
	rand    io.Reader
	dummy   string
	slots   chan struct{}
	waiting atomic.Int64
	done    atomic.Int64
}

// NewHasher returns a hasher that makes new hashes with the suite at the cost.
func NewHasher(suite Suite, cost Cost) *Hasher {
	h := &Hasher{suite: suite, cost: cost, rand: rand.Reader, slots: make(chan struct{}, max(1, cost.Workers))}
	// No password has this hash: the tag is as good as random.
	h.dummy = h.print(make([]byte, saltSize), make([]byte, tagSize))
	return h
}

// Evaluations returns how many slow evaluations were done so far: the tests
// compare work, not noisy clocks, and doctor shows it.
func (h *Hasher) Evaluations() int64 { return h.done.Load() }

// Hash returns the PHC string of a password. It waits for a free worker and
// fails with fault.Limited "signin.busy" when too many already wait.
func (h *Hasher) Hash(ctx context.Context, pw secret.Text) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("password: read randomness: %w", err)
	}
	own, err := parse(h.print(salt, make([]byte, tagSize)))
	if err != nil {
		return "", err
	}
	tag, err := h.evaluate(ctx, own, pw)
	if err != nil {
		return "", err
	}
	return h.print(salt, tag), nil
}

// Check reports whether pw belongs to the hash, and whether the hash should be
// renewed because the suite or the cost has changed. An empty hash stands for a
// name that does not exist or has no password: it costs one full evaluation and
// never matches. It fails like Hash; a hash that cannot be read is an error.
func (h *Hasher) Check(ctx context.Context, hash string, pw secret.Text) (ok, renew bool, err error) {
	against := hash
	if against == "" {
		against = h.dummy
	}
	p, err := parse(against)
	if err != nil {
		return false, false, err
	}
	tag, err := h.evaluate(ctx, p, pw)
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(tag, p.tag) == 1
	ok = same && hash != ""
	return ok, ok && !h.current(p), nil
}

func (h *Hasher) evaluate(ctx context.Context, p phc, pw secret.Text) ([]byte, error) {
	if h.waiting.Add(1) > int64(h.cost.Queue+cap(h.slots)) {
		h.waiting.Add(-1)
		return nil, fault.New(fault.Limited, "signin.busy")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	defer h.done.Add(1)
	in := []byte(canonical(pw.Expose()))
	defer clear(in)
	if p.suite == GM {
		return pbkdf2.Key(sm3.New, string(in), p.salt, p.rounds, tagSize)
	}
	return argon2.IDKey(in, p.salt, p.passes, p.memory, p.lanes, tagSize), nil
}

// canonical makes the same password out of what different keyboards send.
// Source: NIST SP 800-63B-4 §3.1.1.2 (Unicode normalisation before hashing).
func canonical(pw string) string { return norm.NFKC.String(pw) }

type phc struct {
	suite          Suite
	passes, memory uint32
	lanes          uint8
	rounds         int
	salt, tag      []byte
}

func (h *Hasher) current(p phc) bool {
	if p.suite != h.suite {
		return false
	}
	if p.suite == GM {
		return p.rounds == h.cost.Rounds
	}
	return p.passes == h.cost.Passes && p.memory == h.cost.Memory && p.lanes == h.cost.Lanes
}

var b64 = base64.RawStdEncoding

func (h *Hasher) print(salt, tag []byte) string {
	if h.suite == GM {
		return fmt.Sprintf("$pbkdf2-sm3$i=%d$%s$%s", h.cost.Rounds, b64.EncodeToString(salt), b64.EncodeToString(tag))
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.Memory, h.cost.Passes, h.cost.Lanes, b64.EncodeToString(salt), b64.EncodeToString(tag))
}

var errHash = errors.New("password: stored hash is damaged or of an unknown kind")

// parse reads a PHC string and bounds its cost, so that a changed row in the
// base cannot stop the machine.
func parse(s string) (phc, error) {
	var p phc
	var err error
	f := strings.Split(s, "$")
	switch {
	case len(f) == 6 && f[0] == "" && f[1] == "argon2id" && f[2] == fmt.Sprintf("v=%d", argon2.Version):
		p.suite = Intl
		_, err = fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes)
		if p.memory < 8 || p.memory > 1<<20 || p.passes < 1 || p.passes > 16 || p.lanes < 1 || p.lanes > 16 {
			return phc{}, errHash
		}
	case len(f) == 5 && f[0] == "" && f[1] == "pbkdf2-sm3":
		p.suite = GM
		_, err = fmt.Sscanf(f[2], "i=%d", &p.rounds)
		if p.rounds < 1 || p.rounds > 10_000_000 {
			return phc{}, errHash
		}
	default:
		return phc{}, errHash
	}
	if err != nil {
		return phc{}, errHash
	}
	salt, err1 := b64.DecodeString(f[len(f)-2])
	tag, err2 := b64.DecodeString(f[len(f)-1])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(tag) != tagSize {
		return phc{}, errHash
	}
	p.salt, p.tag = salt, tag
	return p, nil
}
