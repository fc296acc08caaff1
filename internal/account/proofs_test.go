package account_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/account/passkey/passkeytest"
	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/account/signon/signontest"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/secret"
)

const origin, host = "https://fold.example", "fold.example"

// withPasskeys lets the house accept passkeys.
func (h *house) withPasskeys() {
	h.t.Helper()
	p, err := passkey.NewParty(host, "Wardfold", origin)
	if err != nil {
		h.t.Fatal(err)
	}
	h.cfg.Passkeys = p
	h.Register = account.New(h.cfg)
}

func (h *house) makePasskey(a actor.Actor, d *passkeytest.Device) {
	h.t.Helper()
	b := h.browser()
	opts, err := h.BeginPasskey(h.t.Context(), a, b)
	if err != nil {
		h.t.Fatal(err)
	}
	answer, err := d.Create(opts)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.FinishPasskey(h.t.Context(), a, b, "我的手机", answer); err != nil {
		h.t.Fatal(err)
	}
	want(h.t, h.FinishPasskey(h.t.Context(), a, b, "again", answer), "ceremony.expired", "the same answer again")
}

// prove answers a question with the device.
func (h *house) prove(b account.Browser, d *passkeytest.Device, stepUp *actor.Actor) []byte {
	h.t.Helper()
	opts, err := h.AskPasskey(h.t.Context(), h.inst, b, stepUp)
	if err != nil {
		h.t.Fatal(err)
	}
	answer, err := d.Get(opts)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer
}

func TestAPasskeySignsInAndStepsUpStaffAndFamilies(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withPasskeys()
		clerk := h.staff("li.na", actor.Clerk)
		m, fb := h.family(mother, actor.Guardian), h.browser()
		want(t, h.ask(fb, mother, account.ToSignIn), "", "ask")
		guardian, err := h.enter(fb, mother, h.lastCode())
		want(t, err, "", "sign in")
		for _, e := range []account.Entry{clerk, guardian} {
			d, b := passkeytest.New(origin, host), h.browser()
			h.makePasskey(e.Actor, d)
			in, err := h.SignInPasskey(t.Context(), h.inst, b, h.prove(b, d, nil), "", "phone", secret.Text{})
			if err != nil || in.Actor.Staff != e.Actor.Staff || in.Actor.Subject != e.Actor.Subject || in.Actor.Role != e.Actor.Role {
				t.Fatalf("got %+v, %v", in.Actor, err)
			}
			h.pass(time.Minute)
			up, err := h.StepUpPasskey(t.Context(), in.Token, b, h.prove(b, d, &in.Actor))
			if err != nil || !up.Actor.ProvedAt.Equal(h.Now()) || h.alive(in.Token) || !h.alive(up.Token) {
				t.Fatalf("got %+v, %v", up.Actor, err)
			}
			list, err := h.PasskeysOf(t.Context(), e.Actor)
			if err != nil || len(list) != 1 || list[0].Label != "我的手机" {
				t.Fatalf("got %+v, %v", list, err)
			}
		}
		if guardian.Actor.Subject != m.Subject {
			t.Error("another record")
		}
	})
}

func TestAPasskeyProofIsJudgedOnceInItsBrowserAndForItsOwner(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.withPasskeys()
		one, two := h.staff("li.na", actor.Clerk), h.staff("wang", actor.Clerk)
		d, b := passkeytest.New(origin, host), h.browser()
		h.makePasskey(one.Actor, d)
		signIn := func(b account.Browser, answer []byte) error {
			_, err := h.SignInPasskey(t.Context(), h.inst, b, answer, "", "", secret.Text{})
			return err
		}
		answer := h.prove(b, d, nil)
		want(t, signIn(h.browser(), answer), "ceremony.expired", "another browser")
		want(t, signIn(b, answer), "", "its own")
		want(t, signIn(b, answer), "ceremony.expired", "a second time")
		answer = h.prove(b, d, nil)
		h.pass(5 * time.Minute)
		want(t, signIn(b, answer), "ceremony.expired", "after five minutes")
		_, err := h.StepUpPasskey(t.Context(), two.Token, b, h.prove(b, d, nil))
		want(t, err, "passkey.refused", "to step up somebody else")
		d.Counter = 0
		want(t, signIn(b, h.prove(b, d, nil)), "passkey.cloned", "a counter gone back")
		d.Counter = 100
		list, err := h.PasskeysOf(t.Context(), one.Actor)
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		want(t, h.RemovePasskey(t.Context(), two.Actor, list[0].ID), "passkey.none", "somebody else's")
		want(t, signIn(b, h.prove(b, d, nil)), "", "still there")
		want(t, h.RemovePasskey(t.Context(), one.Actor, list[0].ID), "", "one's own")
		want(t, signIn(b, h.prove(b, d, nil)), "passkey.refused", "a removed one")
		d2 := passkeytest.New(origin, host)
		h.makePasskey(two.Actor, d2)
		want(t, h.Remove(t.Context(), h.root, two.Actor.Staff), "", "remove the owner")
		want(t, signIn(b, h.prove(b, d2, nil)), "passkey.refused", "of a removed owner")
	})
}

// withProvider lets the house accept the identities of a provider.
func (h *house) withProvider(t *testing.T) *signontest.Provider {
	t.Helper()
	p := signontest.New(t, "ES256")
	p.Now = h.Now
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(c.CloseIdleConnections)
	h.cfg.SignOn = []*signon.Provider{signon.New(signon.Config{Name: "campus", Issuer: p.URL, Client: p.Client,
		Secret: text(p.Secret), Redirect: origin + "/signin/campus", Now: h.Now, HTTP: c})}
	h.Register = account.New(h.cfg)
	return p
}

// approve sends a browser to the provider and brings back what it answers.
func (h *house) approve(p *signontest.Provider, b account.Browser, fresh bool) (state, code string) {
	h.t.Helper()
	address, err := h.BeginSignOn(h.t.Context(), h.inst, b, "campus", fresh)
	if err != nil {
		h.t.Fatal(err)
	}
	code, state, err = p.Approve(address)
	if err != nil {
		h.t.Fatal(err)
	}
	return state, code
}

// I8: an identity opens an account after its owner has asked and another
// entitled person has approved.
func TestAnIdentityIsBoundByTwoPeopleAndThenSignsIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.withProvider(t)
		clerk, manager := h.staff("li.na", actor.Clerk), h.staff("manager", actor.Manager)
		b := h.browser()
		signIn := func() (account.Entry, error) {
			state, code := h.approve(p, b, false)
			return h.SignInSignOn(t.Context(), h.inst, b, state, code, "", secret.Text{})
		}
		_, err := signIn()
		want(t, err, "signon.unbound", "before binding")
		state, code := h.approve(p, b, false)
		want(t, h.Bind(t.Context(), clerk.Actor, b, state, code), "", "bind")
		_, err = signIn()
		want(t, err, "signon.unbound", "before approval")
		want(t, h.ApproveIdentity(t.Context(), clerk.Actor, clerk.Actor.Staff, "campus"), "role.self", "by oneself")
		want(t, h.ApproveIdentity(t.Context(), manager.Actor, clerk.Actor.Staff, "campus"), "", "by the manager")
		in, err := signIn()
		if err != nil || in.Actor.Staff != clerk.Actor.Staff {
			t.Fatalf("got %+v, %v", in.Actor, err)
		}
		list, err := h.Identities(t.Context(), h.inst, clerk.Actor.Staff)
		if err != nil || len(list) != 1 || list[0].By != manager.Actor.Staff {
			t.Errorf("got %+v, %v", list, err)
		}
		state, code = h.approve(p, b, false)
		want(t, h.Bind(t.Context(), manager.Actor, b, state, code), "signon.taken", "bind to a second account")
		state, code = h.approve(p, b, false)
		_, err = h.StepUpSignOn(t.Context(), in.Token, b, state, code)
		want(t, err, "signon.refused", "step up without a fresh proof")
		h.pass(time.Minute)
		state, code = h.approve(p, b, true)
		up, err := h.StepUpSignOn(t.Context(), in.Token, b, state, code)
		if err != nil || h.alive(in.Token) || !up.Actor.ProvedAt.Equal(h.Now()) {
			t.Errorf("got %+v, %v", up.Actor, err)
		}
		want(t, h.Remove(t.Context(), manager.Actor, clerk.Actor.Staff), "", "remove")
		_, err = signIn()
		want(t, err, "signon.unbound", "of a removed account")
	})
}

// CVE-2025-68481: an answer is worth nothing in another browser.
func TestAnAnswerOfAProviderIsBoundToTheBrowserThatAsked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.withProvider(t)
		h.staff("li.na", actor.Clerk)
		attacker, victim := h.browser(), h.browser()
		try := func(b account.Browser, state, code string) error {
			_, err := h.SignInSignOn(t.Context(), h.inst, b, state, code, "", secret.Text{})
			return err
		}
		state, code := h.approve(p, attacker, false)
		want(t, try(victim, state, code), "ceremony.expired", "a browser that asked nothing")
		h.approve(p, victim, false)
		want(t, try(victim, state, code), "signon.refused", "a browser that asked something else")
		state, code = h.approve(p, attacker, false)
		want(t, try(attacker, state, code), "signon.unbound", "the one that asked")
		want(t, try(attacker, state, code), "ceremony.expired", "twice")
		_, err := h.BeginSignOn(t.Context(), h.inst, attacker, "nobody", false)
		want(t, err, "signon.unknown", "an unknown provider")
	})
}
