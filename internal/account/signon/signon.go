// Package signon lets an institution's own identity provider say who somebody is:
// OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), nothing
// else.
//
// The answer is an Identity, which says that the provider knows this person. It
// does not say which account that is: package account binds identities to
// accounts, with a manager's approval.
//
// State, nonce and verifier come from the caller, who keeps them for one browser
// and takes them back once: an answer that reaches another browser is worth
// nothing (CVE-2025-68481 was a state that nobody had bound).
package signon

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Config names a provider. It comes from the operator's file, never from a form:
// whoever sets the issuer decides where this server connects to.
type Config struct {
	Name     string // short and stable, appears in addresses: "wecom"
	Issuer   string // https, exactly as in the provider's own metadata
	Client   string
	Secret   secret.Text
	Redirect string           // our own callback address, as registered with the provider
	Now      func() time.Time // for the expiry of tokens
	HTTP     *http.Client     // nil for one with sane limits
}

// Flow is what ties an answer to the question. All three are unguessable.
type Flow struct {
	State, Nonce, Verifier string
	Fresh                  bool // ask the person to prove themselves again (step-up)
}

// Identity is one person as one provider names them.
type Identity struct {
	Issuer  string
	Subject secret.Text // unique at the issuer, and some issuers put a phone number in it
}

// Provider is safe for concurrent use.
type Provider struct {
	cfg Config

	mu    sync.Mutex
	found *oidc.Provider
}

// algorithms that need the provider's public key; "none" and HMAC never do.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

const (
	patience  = 10 * time.Second // for one answer of the provider
	bodyLimit = 1 << 20          // bytes of one answer
	freshness = 5 * time.Minute  // how old a proof asked for anew may be
)

// New returns a provider. It connects on first use, so that a provider that is
// down never keeps this server from starting.
func New(cfg Config) *Provider {
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: patience, Transport: limited{http.DefaultTransport}}
	}
	return &Provider{cfg: cfg}
}

// Name returns the provider's short name.
func (p *Provider) Name() string { return p.cfg.Name }

// Address returns where to send the browser. It fails with fault.Unavailable
// "signon.down" when the provider does not answer.
func (p *Provider) Address(ctx context.Context, f Flow) (string, error) {
	o, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	opts := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if f.Fresh {
		opts = append(opts, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return p.client(o).AuthCodeURL(f.State, opts...), nil
}

// Finish exchanges the code that came back with f.State. An answer that does not
// hold is a fault of kind Unauthenticated, code signon.refused.
func (p *Provider) Finish(ctx context.Context, f Flow, code string) (Identity, error) {
	o, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.cfg.HTTP)
	token, err := p.client(o).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return Identity{}, refusedOrDown(err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Identity{}, refused(errors.New("no id token in the answer"))
	}
	t, err := o.VerifierContext(ctx, &oidc.Config{
		ClientID: p.cfg.Client, SupportedSigningAlgs: algorithms, Now: p.cfg.Now,
	}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, refused(errors.New("the id token does not verify"))
	}
	return p.judge(t, f, token.AccessToken)
}

func (p *Provider) judge(t *oidc.IDToken, f Flow, access string) (Identity, error) {
	if f.Nonce == "" || subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(f.Nonce)) != 1 {
		return Identity{}, refused(errors.New("the nonce is another one"))
	}
	if t.AccessTokenHash != "" {
		if err := t.VerifyAccessToken(access); err != nil {
			return Identity{}, refused(errors.New("the access token is another one"))
		}
	}
	var claims struct {
		AuthTime int64  `json:"auth_time"`
		Party    string `json:"azp"`
	}
	if err := t.Claims(&claims); err != nil {
		return Identity{}, refused(errors.New("the claims cannot be read"))
	}
	if claims.Party != "" && claims.Party != p.cfg.Client {
		return Identity{}, refused(errors.New("the token is for another party"))
	}
	if f.Fresh && p.cfg.Now().Sub(time.Unix(claims.AuthTime, 0)) > freshness {
		return Identity{}, refused(errors.New("the proof is old"))
	}
	if t.Subject == "" {
		return Identity{}, refused(errors.New("the token names nobody"))
	}
	return Identity{Issuer: t.Issuer, Subject: secret.NewText(t.Subject)}, nil
}

// discover reads the provider's metadata once. Its context must outlive the
// request, for the library fetches keys with it later.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), p.cfg.HTTP)
	o, err := oidc.NewProvider(ctx, p.cfg.Issuer)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "signon.down", p.cfg.Name).Because(err)
	}
	p.found = o
	return o, nil
}

func (p *Provider) client(o *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.Client, ClientSecret: p.cfg.Secret.Expose(), RedirectURL: p.cfg.Redirect,
		Endpoint: o.Endpoint(), Scopes: []string{oidc.ScopeOpenID},
	}
}

// refused hides what the provider said: its answers may quote tokens and names.
func refused(why error) error {
	return fault.New(fault.Unauthenticated, "signon.refused").Because(why)
}

func refusedOrDown(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok && e.Response.StatusCode < 500 {
		return refused(fmt.Errorf("the code was not accepted: status %d", e.Response.StatusCode))
	}
	return fault.New(fault.Unavailable, "signon.down").Because(errors.New("the token endpoint did not answer"))
}

// limited bounds what a provider may send.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, bodyLimit), resp.Body}
	}
	return resp, err
}
