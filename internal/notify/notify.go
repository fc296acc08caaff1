// Package notify brings messages to people's phones through a gateway that the
// operator names in the configuration.
//
// A message is put into the outbox in the transaction of the act that causes it,
// so that neither exists without the other, and the audit entry of that act is
// durable before the number leaves the process (invariant I1). A worker delivers
// it afterwards, tries again with growing pauses, and gives up when the message
// has lost its point.
//
// The phone and the variable words are sealed while they wait, under a key per
// message that is not in the base, and are removed when the waiting ends. What
// stays says that a message of some kind was sent, and when. Nothing here ever
// logs.
package notify

import (
	"context"
	"crypto/rand"
	"io"
	"strconv"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
)

// Vault is the part of package seal that derives keys.
type Vault interface {
	Index(tx *db.Tx, inst id.Institution, field string, normalised secret.Text) ([]byte, error)
}

// Message is one message on its way out. It is clear text: a Gateway must neither
// keep nor log it.
type Message struct {
	ID          id.Message // the same at every attempt: the gateway drops repetitions by it
	Institution id.Institution
	To          secret.Text // E.164
	Template    string      // code of the words, for gateways that have templates of their own
	Args        []secret.Text
	Text        secret.Text // the words, ready to send
	Language    string
	Expires     time.Time
}

// Gateway delivers. A nil error means that it has taken the message over. An
// error of kind fault.Invalid means that it never will; any other that it may be
// asked again. Deliver must return when ctx is done.
type Gateway interface {
	Deliver(ctx context.Context, m Message) error
}

// Outbox holds messages until they are sent. DB, Vault and Gateway must be set
// before the first use and not changed after it. It is safe for concurrent use.
type Outbox struct {
	DB       *db.DB
	Vault    Vault
	Gateway  Gateway
	Language string        // of the words; "" is the default of package lang
	Life     time.Duration // how long a message keeps its point; 0 is a day (codes have their own)
	Rand     io.Reader     // nil is crypto/rand

	wake bell
}

// SendCode takes a phone code on its way, in the caller's transaction: it is
// account.Sender. If live is false it does the same work and sends nothing.
func (o *Outbox) SendCode(tx *db.Tx, inst id.Institution, phone, code secret.Text, life time.Duration, live bool) error {
	minutes := strconv.Itoa(int(life / time.Minute))
	_, err := o.put(tx, inst, draft{to: phone, template: "code", args: []secret.Text{code, secret.NewText(minutes)}, life: life, void: !live})
	return err
}

// Send takes a message on its way, in the caller's transaction. template is the
// part after "notify." of a key of package lang; args follow the name of the
// institution. Invalid: notify.template.
func (o *Outbox) Send(tx *db.Tx, inst id.Institution, to secret.Text, template string, args ...string) (id.Message, error) {
	d := draft{to: to, template: template, life: o.Life}
	if d.life == 0 {
		d.life = 24 * time.Hour
	}
	for _, a := range args {
		d.args = append(d.args, secret.NewText(a))
	}
	return o.put(tx, inst, d)
}

type draft struct {
	to       secret.Text
	template string
	args     []secret.Text
	life     time.Duration
	void     bool
}

func (o *Outbox) put(tx *db.Tx, inst id.Institution, d draft) (id.Message, error) {
	p := lang.For(o.Language)
	if !p.Has("notify." + d.template) {
		return id.Message{}, fault.New(fault.Invalid, "notify.template")
	}
	now := tx.Now()
	msg := id.Make[id.Message](now)
	sealed, err := o.seal(tx, inst, msg, content{d.to, d.args})
	if err != nil {
		return id.Message{}, err
	}
	state, due := "due", now
	if d.void {
		state = "void"
	}
	if _, err := tx.Exec(`INSERT INTO message (institution_id, message_id, template, language, sealed, state, due_at, expires_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, inst, msg, d.template, p.Tag(), sealed, state,
		due.UnixMilli(), now.Add(d.life).UnixMilli(), now.UnixMilli()); err != nil {
		return id.Message{}, err
	}
	tx.AfterCommit(func() { o.wake.ring(inst) })
	return msg, nil
}

func (o *Outbox) random() io.Reader {
	if o.Rand == nil {
		return rand.Reader
	}
	return o.Rand
}

// Letter is a message as it may be shown to staff: no phone, no words.
type Letter struct {
	ID             id.Message
	Template       string
	State          string // due, sent, dead
	Attempts       int
	Reason         string // fault code of the last failure
	Created, Ended time.Time
}

// Letters lists the messages in a state, the latest first. Dead ones are those
// that nobody received.
func (o *Outbox) Letters(ctx context.Context, inst id.Institution, state string, limit int) (list []Letter, err error) {
	err = o.DB.View(ctx, inst, func(tx *db.Tx) error {
		list, err = db.List(tx, func(l *Letter, scan db.Scan) error {
			return scan(&l.ID, &l.Template, &l.State, &l.Attempts, &l.Reason, &l.Created, &l.Ended)
		}, `SELECT message_id, template, state, attempts, reason, created_at, ended_at FROM message
			WHERE institution_id = $1 AND state = $2 ORDER BY ended_at DESC, message_id DESC LIMIT $3`, inst, state, limit)
		return err
	})
	return list, err
}

// Sweep removes what ended more than 30 days ago, and void messages that would
// have expired.
func (o *Outbox) Sweep(ctx context.Context, inst id.Institution) error {
	return o.DB.Update(ctx, inst, func(tx *db.Tx) error {
		now := tx.Now()
		if _, err := tx.Exec(`DELETE FROM message WHERE institution_id = $1 AND state IN ('sent', 'dead') AND ended_at < $2`,
			inst, now.Add(-30*24*time.Hour).UnixMilli()); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM message WHERE institution_id = $1 AND state = 'void' AND expires_at < $2`, inst, now.UnixMilli())
		return err
	})
}
