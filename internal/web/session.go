package web

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"net/http"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// The cookies that hold secrets: the session of somebody who signed in, and the
// browser's own token from before anybody has.
const (
	sessionCookie = "session"
	browserCookie = "browser"
)

// SessionAccounts looks sessions up and ends them. Package account has it.
type SessionAccounts interface {
	Actor(ctx context.Context, token secret.Text) (actor.Actor, error)
	SignOut(ctx context.Context, token secret.Text) error
	NewBrowser() (account.Browser, error)
}

// CookieSessions finds the actor of a request by its session cookie. A session
// that has ended is nobody, so that a stale cookie never hides a public page.
type CookieSessions struct {
	Jar      Jar
	Accounts SessionAccounts
}

// Actor implements Sessions.
func (c CookieSessions) Actor(r *http.Request) (actor.Actor, error) {
	token := c.Jar.Get(r, sessionCookie)
	if token == "" {
		return actor.Actor{}, nil
	}
	a, err := c.Accounts.Actor(r.Context(), secret.NewText(token))
	if fault.KindOf(err) == fault.Unauthenticated {
		return actor.Actor{}, nil
	}
	return a, err
}

// Token is the session token of the request; empty for nobody.
func (r *Request) Token() secret.Text {
	return secret.NewText(r.server.jar.Get(r.Request, sessionCookie))
}

// Begin puts a session that was just opened or renewed into the browser, until
// it closes; the server ends it sooner when nobody uses it.
func (r *Request) Begin(w http.ResponseWriter, e account.Entry) {
	r.server.jar.Set(w, sessionCookie, e.Token.Expose(), 0)
}

// Browser is the token of the browser from before anybody signed in; empty if it
// has none.
func (r *Request) Browser() account.Browser {
	return secret.NewText(r.server.jar.Get(r.Request, browserCookie))
}

// EnsureBrowser returns the browser's token and gives it one if it has none. Call
// it in answer to a POST only: a robot that fetches a page gets no cookie.
func (r *Request) EnsureBrowser(w http.ResponseWriter, accounts interface {
	NewBrowser() (account.Browser, error)
}) (account.Browser, error) {
	if b := r.Browser(); !b.Empty() {
		return b, nil
	}
	b, err := accounts.NewBrowser()
	if err == nil {
		r.server.jar.Set(w, browserCookie, b.Expose(), 0)
	}
	return b, err
}

// draftKey is the key of what browser b keeps of an unfinished form. It comes from
// the browser's own token, so that no other browser opens the draft and every
// server does.
func draftKey(b account.Browser) ([]byte, error) {
	return hkdf.Key(sha256.New, []byte(b.Expose()), nil, "wardfold/draft/1", 32)
}

// signOut ends the session and forgets what the browser kept.
func (s *Site) signOut(w http.ResponseWriter, r *Request) error {
	if err := s.Sessions.SignOut(r.Context(), r.Token()); err != nil {
		return err
	}
	r.server.jar.Drop(w, sessionCookie)
	r.server.jar.Drop(w, browserCookie)
	r.dropDraft(w)
	ForgetHere(w)
	return r.GoSaying(w, PathHome, "flash.signed_out")
}
