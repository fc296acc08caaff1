package notify

import (
	"context"
	"slices"
	"sync"
	"time"
)

// shelf is how many messages a Phone keeps.
const shelf = 200

// Phone is the gateway of the demonstration: it keeps what would have been sent,
// in memory, for a page that shows it. No real installation has one.
type Phone struct {
	Now func() time.Time // nil is time.Now

	mu   sync.Mutex
	kept []Received
}

// Received is a message as it arrived on the demonstration's phone.
type Received struct {
	Message
	At time.Time
}

// Deliver keeps the message, once.
func (p *Phone) Deliver(_ context.Context, m Message) error {
	now := time.Now
	if p.Now != nil {
		now = p.Now
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.kept, func(r Received) bool { return r.ID == m.ID }) {
		return nil
	}
	p.kept = append(p.kept, Received{m, now()})
	if len(p.kept) > shelf {
		p.kept = slices.Clone(p.kept[len(p.kept)-shelf:])
	}
	return nil
}

// Messages returns what was received, the latest first.
func (p *Phone) Messages() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.Clone(p.kept)
	slices.Reverse(list)
	return list
}
