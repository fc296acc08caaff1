package account_test

import (
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/account/totp"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a hand-turned clock.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// house is an institution with a register, a store and an operator. Its phones
// are a map, its messages a list.
type house struct {
	*account.Register
	*clock
	t     testing.TB
	db    *db.DB
	vault *seal.Vault
	cfg   account.Config
	inst  id.Institution
	store id.Store
	root  actor.Actor // the operator

	mu    sync.Mutex
	lines map[string][]account.Member // phone to records
	sent  []sentCode
}

type sentCode struct {
	phone, code string
	live        bool
}

// cheap hashes keep the tests quick; package password pays the real price.
var cheap = password.Cost{Passes: 1, Memory: 64, Lanes: 1, Rounds: 10, Workers: 4, Queue: 1000}

// each runs fn in a new house on every engine.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	begin := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	c := &clock{at: begin}
	dbtest.EachWith(t, db.Config{Now: c.Now, Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		c.pass(begin.Sub(c.Now())) // every engine starts on the same morning
		fn(t, furnish(t, d, c))
	})
}

func furnish(t testing.TB, d *db.DB, c *clock) *house {
	t.Helper()
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	kek, err := seal.Local("test", secret.NewKey(raw))
	if err != nil {
		t.Fatal(err)
	}
	vault, err := seal.New(seal.Config{KEK: kek})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: d, clock: c, vault: vault, lines: map[string][]account.Member{},
		inst: id.Make[id.Institution](c.Now()), store: id.Make[id.Store](c.Now())}
	h.root = actor.Actor{Institution: h.inst, Role: actor.System}
	h.update(func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO institution (institution_id, name, kind, suite, created_at) VALUES ($1, $2, $3, $4, $5)`,
			h.inst, "晨光教育", "chain", "intl", tx.Now().UnixMilli()); err != nil {
			return err
		}
		return vault.Provision(tx, h.inst, seal.Intl)
	})
	h.cfg = account.Config{DB: d, Vault: vault, Passwords: password.NewHasher(password.Intl, cheap),
		Families: h, Codes: h, Now: c.Now}
	h.Register = account.New(h.cfg)
	return h
}

func (h *house) update(fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.db.Update(h.t.Context(), h.inst, fn); err != nil {
		h.t.Fatal(err)
	}
}

// ByPhone answers as package subject would.
func (h *house) ByPhone(_ *db.Tx, _ id.Institution, phone secret.Text) ([]account.Member, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines[phone.Expose()], nil
}

// SendCode keeps what would be sent.
func (h *house) SendCode(_ *db.Tx, _ id.Institution, phone, code secret.Text, _ time.Duration, live bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent = append(h.sent, sentCode{phone.Expose(), code.Expose(), live})
	return nil
}

// lastCode returns the latest code, as its receiver reads it.
func (h *house) lastCode() secret.Text {
	h.mu.Lock()
	defer h.mu.Unlock()
	return secret.NewText(h.sent[len(h.sent)-1].code)
}

// family gives a phone a record and returns it.
func (h *house) family(phone string, role actor.Role) account.Member {
	h.t.Helper()
	m := account.Member{Subject: id.Make[id.Subject](h.Now()), Role: role}
	h.update(func(tx *db.Tx) error { return h.vault.Create(tx, h.inst, m.Subject) })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines[phone] = append(h.lines[phone], m)
	return m
}

const goodPassword = "plum kite on a hill"

// staff makes an account that can sign in, and signs it in.
func (h *house) staff(login string, roles ...actor.Role) account.Entry {
	h.t.Helper()
	if _, _, err := h.AddStaff(h.t.Context(), h.root, account.NewStaff{Login: login, Name: "李" + login, Store: h.store,
		Roles: roles, Password: text(goodPassword), Ends: h.Now().Add(1000 * time.Hour)}); err != nil {
		h.t.Fatal(err)
	}
	return h.signIn(login)
}

func (h *house) signIn(login string) account.Entry {
	h.t.Helper()
	e, err := h.SignIn(h.t.Context(), h.inst, account.Attempt{Login: login, Password: text(goodPassword), Device: "test"})
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

func (h *house) browser() account.Browser {
	h.t.Helper()
	b, err := h.NewBrowser()
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

// alive reports whether a session token counts.
func (h *house) alive(token secret.Text) bool {
	h.t.Helper()
	_, err := h.Actor(h.t.Context(), token)
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		h.t.Fatal(err)
	}
	return err == nil
}

// count returns a number from the base.
func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.db.View(h.t.Context(), h.inst, func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// oneTime reads the code that an authenticator program shows now for the address
// of a QR code.
func (h *house) oneTime(uri secret.Text) secret.Text {
	h.t.Helper()
	u, err := url.Parse(uri.Expose())
	if err != nil {
		h.t.Fatal(err)
	}
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	if err != nil || len(key) != totp.KeySize {
		h.t.Fatalf("secret of %d bytes, %v", len(key), err)
	}
	return totp.Code(secret.NewKey(key), totp.Step(h.Now()))
}

func text(s string) secret.Text { return secret.NewText(s) }

// want fails unless err has the code; "" means no error.
func want(t testing.TB, err error, code, when string) {
	t.Helper()
	if got := fault.CodeOf(err); got != code || (code == "" && err != nil) {
		t.Errorf("%s: got %v, want %q", when, err, code)
	}
}
