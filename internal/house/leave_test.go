package house_test

import (
	"os"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// S3-10, S0-10, T34: within a second of being removed a member of staff has
// nothing left: no session, no grant, no API key of their own asking, on this node
// and on another that had just used them; what colleagues have stays.
func TestWhoeverIsRemovedHasNothingLeft(t *testing.T) {
	ctx := t.Context()
	c := house.Config{DSN: dbtest.SQLite(t), KEK: sealtest.KEK(t, "house")}
	if os.Getenv("WARDFOLD_TEST_DB") == "postgres" {
		c.DSN = dbtest.Postgres(t)
	}
	f := housetest.NewOn(t, c)
	other := f.Reopen(c) // a second node on the same data
	r := f.Enrol(1, "2016-03")
	manager := f.Staff[actor.Manager]
	session, err := f.Accounts.SignIn(ctx, f.Institution, account.Attempt{Login: "manager", Password: secret.NewText(housetest.Password)})
	must(t, err)
	key := keyOf(t, f)
	f.Grant(actor.Teacher, "contact.class", subject.GuardianPhone)
	own, err := f.Grants.Ask(ctx, f.As(actor.Manager), grant.Application{Who: manager.ID, Role: actor.Manager, Purpose: "contact.class",
		Fields: []string{subject.GuardianPhone}, Store: f.Store, From: f.Now(), Until: f.Now().AddDate(0, 1, 0), Reason: "front_desk"})
	must(t, err)
	_, err = f.Grants.Approve(ctx, f.As(actor.Officer), own.ID)
	must(t, err)
	uses := map[string]func(h *housetest.Fixture) error{
		"the session": func(h *housetest.Fixture) error { _, err := h.Accounts.Actor(ctx, session.Token); return err },
		"the key":     func(h *housetest.Fixture) error { _, err := h.Accounts.KeyActor(ctx, key); return err },
		"the grant": func(h *housetest.Fixture) error {
			_, err := h.Desk.Reveal(ctx, f.As(actor.Manager), r.Guardian, subject.GuardianPhone, "contact.class")
			return err
		},
	}
	for name, use := range uses {
		must(t, use(f))
		if err := use(other); err != nil {
			t.Fatalf("%s on the other node: %v", name, err)
		}
	}
	must(t, f.Accounts.Remove(ctx, f.As(actor.Owner), manager.ID))
	for name, use := range uses {
		if err := use(f); err == nil {
			t.Errorf("%s still answers here", name)
		}
	}
	f.Advance(time.Second)
	other.Advance(time.Second)
	for name, use := range uses {
		if err := use(other); err == nil {
			t.Errorf("%s still answers on the other node a second later", name)
		}
	}
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Teacher), r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
		t.Errorf("a colleague's grant: %v", err)
	}
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.APIKeyRevoked})
		if len(page.Entries) != 1 {
			t.Errorf("%d entries of revoked keys", len(page.Entries))
		}
		return err
	})
}

// keyOf is an API key that the manager asked for and the officer approved.
func keyOf(t *testing.T, f *housetest.Fixture) secret.Text {
	t.Helper()
	ctx := t.Context()
	id, err := f.Accounts.AskKey(ctx, f.As(actor.Manager), account.KeyRequest{Label: "m", Store: f.Store, Purposes: []string{"contact.class"},
		Fields: []string{subject.GuardianPhone}, QuotaPerDay: 5, Expires: f.Now().AddDate(0, 1, 0)})
	must(t, err)
	must(t, f.Accounts.ApproveKey(ctx, f.As(actor.Officer), id))
	key, err := f.Accounts.CollectKey(ctx, f.As(actor.Manager), id)
	must(t, err)
	return key
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
