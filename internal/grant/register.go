package grant

import (
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// trust is how long grants read from the base are believed without looking
// again: what another node has ended lives no longer here. What this process
// changes counts at once.
const trust = time.Second

// cacheSize bounds the memory: a person with two grants takes about a kilobyte.
const cacheSize = 10_000

// Register is the use cases. All fields but the first may be nil, and what they
// would have said is then the strict answer. It is safe for concurrent use.
type Register struct {
	Gate *gate.Gate

	// Pledged reports whether a person's confidentiality pledge or undertaking is
	// on file (S3-42, S3-43).
	Pledged func(tx *db.Tx, inst id.Institution, staff id.Staff) (bool, error)

	// MadeBy returns who made an account, so that nobody approves a grant for an
	// account of their own making (I8).
	MadeBy func(tx *db.Tx, inst id.Institution, staff id.Staff) (id.Staff, error)

	mu    sync.RWMutex
	known map[person]held
	dirty map[person]bool // changed, but not durably yet
	epoch uint64
	spent days
}

// person is one account of one institution.
type person struct {
	inst  id.Institution
	staff id.Staff
}

// held is what was last read of a person.
type held struct {
	grants  []Grant
	checked time.Time
}

// Find returns how far the grants of an actor reach toward a use, and costs no
// statement when they were read within the last second.
func (r *Register) Find(tx *db.Tx, inst id.Institution, u Use) (Cover, error) {
	who := person{inst, u.Staff}
	r.mu.RLock()
	h, ok := r.known[who]
	epoch := r.epoch
	r.mu.RUnlock()
	if age := u.At.Sub(h.checked); ok && age >= 0 && age < trust {
		return Best(h.grants, u), nil
	}
	grants, err := Of(tx, inst, u.Staff, u.At)
	if err != nil {
		return Cover{}, err
	}
	r.remember(epoch, who, held{grants, u.At})
	return Best(grants, u), nil
}

// remember keeps what was read unless something changed meanwhile: then what
// was read may be history already.
func (r *Register) remember(epoch uint64, who person, h held) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.epoch != epoch || r.dirty[who] {
		return
	}
	if r.known == nil || len(r.known) >= cacheSize {
		r.known = make(map[person]held)
	}
	r.known[who] = h
}

// changed forgets a person's grants and keeps nothing read of them until the
// change is durable: what a function of the same batch reads could still be
// rolled back. If it is, that person costs a statement each time until the next
// change, which is slow and safe.
func (r *Register) changed(tx *db.Tx, inst id.Institution, staff id.Staff) {
	who := person{inst, staff}
	r.forget(who, true)
	tx.AfterCommit(func() { r.forget(who, false) })
}

func (r *Register) forget(who person, dirty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.epoch++
	delete(r.known, who)
	if !dirty {
		delete(r.dirty, who)
		return
	}
	if r.dirty == nil {
		r.dirty = make(map[person]bool)
	}
	r.dirty[who] = true
}

// Fill puts what a cover and the day's quota say into the policy's facts.
func (c Cover) Fill(f *policy.Facts) {
	f.GrantLive, f.GrantCoversPurpose, f.GrantCoversFields = c.Live, c.Purpose, c.Fields
	f.GrantCoversSubject, f.GrantApproverIsApplicant = c.Subject, c.Own()
	f.Emergency = c.Live && c.Grant.Emergency
}
