package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
)

const (
	batch    = 16               // messages claimed at a time
	lease    = time.Minute      // how long a claim holds; a worker that dies frees them after it
	patience = 15 * time.Second // for one delivery
	attempts = 8                // before a message is dead
	pause    = 2 * time.Second  // before the second attempt; four times as long each time
	longest  = 10 * time.Minute
	patrol   = time.Second // how often to look for retries and for other nodes' messages
)

// Run delivers the messages of the institutions that list names, until ctx is
// done. A message is on its way as soon as its transaction is durable. Several
// nodes may run it on one base. failed, which may be nil, hears of a base that
// does not answer; Run goes on.
func (o *Outbox) Run(ctx context.Context, list func(context.Context) ([]id.Institution, error), failed func(error)) {
	if failed == nil {
		failed = func(error) {}
	}
	tick := time.NewTicker(patrol)
	defer tick.Stop()
	rung := o.wake.listen()
	for {
		var rounds []id.Institution
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			all, err := list(ctx)
			if err != nil {
				failed(err)
				continue
			}
			rounds = all
		case <-rung:
			rounds = o.wake.take()
		}
		for _, inst := range rounds {
			if err := o.Deliver(ctx, inst); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}

// Deliver sends what is due in one institution now and returns when all of it has
// been tried once.
func (o *Outbox) Deliver(ctx context.Context, inst id.Institution) error {
	for {
		due, err := o.anyDue(ctx, inst)
		if err != nil || !due {
			return err
		}
		list, err := o.claim(ctx, inst)
		if err != nil || len(list) == 0 {
			return err
		}
		var wg sync.WaitGroup
		results := make([]error, len(list))
		for i, c := range list {
			wg.Go(func() { results[i] = o.attempt(ctx, c) })
		}
		wg.Wait()
		if err := errors.Join(results...); err != nil {
			return err
		}
	}
}

// claimed is a message that this worker may send until its lease ends.
type claimed struct {
	Message
	by       []byte
	attempts int
	err      error // it cannot be opened
}

func (o *Outbox) anyDue(ctx context.Context, inst id.Institution) (due bool, err error) {
	err = o.DB.View(ctx, inst, func(tx *db.Tx) error {
		now := tx.Now().UnixMilli()
		rows, err := tx.Query(`SELECT message_id FROM message WHERE institution_id = $1 AND state = 'due'
			AND due_at <= $2 AND lease_until < $2 LIMIT 1`, inst, now)
		due = err == nil && rows.Next()
		return err
	})
	return due, err
}

// claim leases due messages. The condition is repeated outside the subquery: two
// workers that read the same rows must not both have them.
func (o *Outbox) claim(ctx context.Context, inst id.Institution) (list []claimed, err error) {
	by := make([]byte, 16)
	if _, err := io.ReadFull(o.random(), by); err != nil {
		return nil, fmt.Errorf("notify: read randomness: %w", err)
	}
	err = o.DB.Update(ctx, inst, func(tx *db.Tx) error {
		now := tx.Now()
		list, err = db.List(tx, func(c *claimed, scan db.Scan) error {
			var sealed []byte
			if err := scan(&c.ID, &c.Template, &c.Language, &sealed, &c.attempts, &c.Expires); err != nil {
				return err
			}
			c.Institution, c.by = inst, by
			c.err = o.fill(tx, &c.Message, sealed)
			return nil
		}, `UPDATE message SET lease_until = $1, lease_by = $2, attempts = attempts + 1
			WHERE institution_id = $3 AND message_id IN (SELECT message_id FROM message WHERE institution_id = $3
			AND state = 'due' AND due_at <= $4 AND lease_until < $4 ORDER BY due_at, message_id LIMIT $5)
			AND state = 'due' AND lease_until < $4 RETURNING message_id, template, language, sealed, attempts, expires_at`,
			now.Add(lease), by, inst, now, batch)
		return err
	})
	return list, err
}

// fill opens a message and writes its words.
func (o *Outbox) fill(tx *db.Tx, m *Message, sealed []byte) error {
	c, err := o.open(tx, m.Institution, m.ID, sealed)
	if err != nil {
		return err
	}
	m.To, m.Args = c.to, c.args
	var name string
	if err := tx.QueryRow(`SELECT name FROM institution WHERE institution_id = $1`, m.Institution).Scan(&name); err != nil {
		return err
	}
	words := []any{name}
	for _, a := range c.args {
		words = append(words, a.Expose())
	}
	m.Text = secret.NewText(lang.For(m.Language).T("notify."+m.Template, words...))
	return nil
}

// attempt delivers one message and records how it went. The outcome is recorded
// even when ctx ends meanwhile: what was sent must not be sent again.
func (o *Outbox) attempt(ctx context.Context, c claimed) error {
	err := c.err
	if err == nil {
		late, cancel := context.WithTimeout(ctx, patience)
		err = o.Gateway.Deliver(late, c.Message)
		cancel()
	}
	return o.DB.Update(context.WithoutCancel(ctx), c.Institution, func(tx *db.Tx) error {
		now := tx.Now()
		if err == nil {
			return end(tx, c, "sent", "", now)
		}
		next := now.Add(o.backoff(c.attempts, err))
		if errors.Is(err, fault.Invalid) || c.attempts >= attempts || !next.Before(c.Expires) {
			return end(tx, c, "dead", reason(err), now)
		}
		_, err := tx.Exec(`UPDATE message SET due_at = $1, lease_until = 0, reason = $2
			WHERE institution_id = $3 AND message_id = $4 AND lease_by = $5 AND state = 'due'`,
			next.UnixMilli(), reason(err), c.Institution, c.ID, c.by)
		return err
	})
}

// end closes a message and forgets what it said and to whom.
func end(tx *db.Tx, c claimed, state, why string, now time.Time) error {
	_, err := tx.Exec(`UPDATE message SET state = $1, reason = $2, ended_at = $3, sealed = NULL, lease_until = 0
		WHERE institution_id = $4 AND message_id = $5 AND lease_by = $6 AND state = 'due'`,
		state, why, now.UnixMilli(), c.Institution, c.ID, c.by)
	return err
}

// reason is what may be kept of a failure: a code, never a gateway's own words,
// which may quote the message.
func reason(err error) string {
	if code := fault.CodeOf(err); code != "" {
		return code
	}
	return "notify.failed"
}

// backoff grows fourfold and is spread by half either way, so that messages that
// failed together do not come back together. A gateway's own wish comes first.
func (o *Outbox) backoff(tried int, err error) time.Duration {
	if w, ok := errors.AsType[*wait](err); ok {
		return min(max(w.after, pause), longest)
	}
	d := pause << (2 * min(tried-1, 10))
	d = min(d, longest)
	return d/2 + time.Duration(rand.Int64N(int64(d)))
}

// wait is a gateway's wish to be left alone for a while.
type wait struct{ after time.Duration }

func (w *wait) Error() string { return "notify: asked to wait" }

// bell tells the worker which institutions have new messages.
type bell struct {
	mu    sync.Mutex
	new   map[id.Institution]bool
	sound chan struct{}
}

// listen returns the channel that sounds when there is something to take.
func (b *bell) listen() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.channel()
}

func (b *bell) channel() chan struct{} {
	if b.sound == nil {
		b.sound, b.new = make(chan struct{}, 1), make(map[id.Institution]bool)
	}
	return b.sound
}

func (b *bell) ring(inst id.Institution) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sound := b.channel()
	b.new[inst] = true
	select {
	case sound <- struct{}{}:
	default: // it sounds already
	}
}

func (b *bell) take() (list []id.Institution) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for inst := range b.new {
		list = append(list, inst)
	}
	clear(b.new)
	return list
}
