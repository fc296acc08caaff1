// Package relay connects staff with families without either seeing the other's
// number: it is the adapter to a telephone relay (an operator's private-number
// service, a switchboard) that rings the desk first, then the family, each under
// a number of the institution's.
//
// Webhook asks a relay over HTTP; Local is for tests and the demonstration. Both
// are desk.Line. Nothing here keeps or logs a number; package desk has written the
// entry before a Line is asked (invariant I1).
package relay

import (
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/secret"
)

// Webhook asks a relay by HTTP POST, signed after the Standard Webhooks
// specification 1.0.0. The two numbers go sealed to the relay's own public key
// (RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM), so
// that no proxy and no log of requests on the way has them. docs/ops/relay.md is
// the relay's side.
type Webhook struct {
	hook *notify.Webhook
	key  hpke.PublicKey
}

// Info binds a sealed pair of numbers to its use.
const Info = "wardfold relay 1"

// NewWebhook returns a relay at address, which is https, or http on the loopback
// interface; key is its public key, 32 bytes in base64. now may be nil. Invalid:
// notify.address, call.key.
func NewWebhook(address string, signing secret.Key, key string, now func() time.Time) (*Webhook, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, fault.At("key", "call.key").Because(err)
	}
	public, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(raw)
	if err != nil {
		return nil, fault.At("key", "call.key").Because(err)
	}
	hook, err := notify.NewWebhook(address, signing, now)
	if err != nil {
		return nil, err
	}
	return &Webhook{hook, public}, nil
}

// Asked is what a relay is asked, the data of a delivery of type "call.connect".
// ID is the same whenever the same call is asked for again.
type Asked struct {
	ID          string    `json:"id"`
	Institution string    `json:"institution"`
	Sealed      string    `json:"sealed"` // base64 of the encapsulated key and the ciphertext of Numbers; the additional data is ID
	Expires     time.Time `json:"expires_at"`
}

// Numbers is what Asked.Sealed holds, in E.164: desk is rung first, or the call
// that waits under the relay's own name Leg is put through.
type Numbers struct {
	Desk   string `json:"desk,omitempty"`
	Leg    string `json:"leg,omitempty"`
	Family string `json:"family"`
}

// Connect asks the relay once. Errors: Invalid call.refused when it will not;
// Unavailable call.down when it does not answer. They never carry a number.
func (w *Webhook) Connect(ctx context.Context, c desk.Connection) error {
	a := Asked{ID: c.ID.String(), Institution: c.Institution.String(), Expires: c.Until.UTC()}
	var err error
	if a.Sealed, err = w.seal(c); err != nil {
		return err
	}
	err = w.hook.Post(ctx, a.ID, "call.connect", a)
	switch fault.KindOf(err) {
	case "":
		return err
	case fault.Invalid:
		return fault.New(fault.Invalid, "call.refused").Because(err)
	}
	return fault.New(fault.Unavailable, "call.down").Because(err)
}

func (w *Webhook) seal(c desk.Connection) (string, error) {
	plain, err := json.Marshal(Numbers{c.Desk.Expose(), c.Leg, c.Family.Expose()})
	if err != nil {
		return "", fmt.Errorf("relay: encode: %w", err)
	}
	defer clear(plain)
	enc, s, err := hpke.NewSender(w.key, hpke.HKDFSHA256(), hpke.AES128GCM(), []byte(Info))
	if err != nil {
		return "", fmt.Errorf("relay: seal: %w", err)
	}
	sealed, err := s.Seal([]byte(c.ID.String()), plain)
	if err != nil {
		return "", fmt.Errorf("relay: seal: %w", err)
	}
	return base64.StdEncoding.EncodeToString(append(enc, sealed...)), nil
}

// Close gives back idle connections.
func (w *Webhook) Close() { w.hook.Close() }

// shelf is how many calls a Local keeps.
const shelf = 200

// Local is the relay of tests and of the demonstration: it keeps what would have
// been connected, in memory. No real installation has one.
type Local struct {
	Now func() time.Time // nil is time.Now

	mu   sync.Mutex
	kept []Connected
}

// Connected is a call as the demonstration's relay saw it.
type Connected struct {
	desk.Connection
	At time.Time
}

// Connect keeps the call.
func (l *Local) Connect(_ context.Context, c desk.Connection) error {
	now := time.Now
	if l.Now != nil {
		now = l.Now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append([]Connected{{c, now()}}, l.kept...)
	l.kept = l.kept[:min(len(l.kept), shelf)]
	return nil
}

// Calls returns what was asked, the latest first.
func (l *Local) Calls() []Connected {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Connected(nil), l.kept...)
}
