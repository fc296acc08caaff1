// Package passkey runs the two WebAuthn ceremonies, making a passkey and proving
// one, over plain bytes: options go to the browser as JSON, a state waits on the
// server, the browser's answer comes back as JSON.
//
// User verification (a finger, a face, a PIN) is always required, so a passkey is
// two factors by itself. No attestation is asked for: it would name the make of a
// person's phone and prove nothing that we rely on.
//
// The package keeps nothing. The caller stores the state for one browser, takes
// it back exactly once, and lets it expire by its own clock.
package passkey

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/wardfold/wardfold/internal/fault"
)

// Party is this server as authenticators see it.
type Party struct{ w *webauthn.WebAuthn }

// NewParty returns the party for a host name (without port; it can never change
// without losing every passkey), a name to show, and the exact origins that pages
// are served from.
func NewParty(host, name string, origins ...string) (*Party, error) {
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: origins,
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification:   protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("passkey: %w", err)
	}
	return &Party{w}, nil
}

// Holder is an account that has or gets passkeys.
type Holder struct {
	Handle  []byte   // opaque, at most 64 bytes, never personal information
	Login   string   // shown by the holder's own device when it asks which account
	Name    string   // likewise
	Records [][]byte // what Registered and Proved returned, one per passkey
}

// Record is a passkey to store. Data is opaque.
type Record struct {
	ID   [32]byte // SHA-256 of the credential id, which may itself be 1,023 bytes
	Data []byte
}

type user struct {
	h     Holder
	creds []webauthn.Credential
}

func (u *user) WebAuthnID() []byte                         { return u.h.Handle }
func (u *user) WebAuthnName() string                       { return u.h.Login }
func (u *user) WebAuthnDisplayName() string                { return u.h.Name }
func (u *user) WebAuthnCredentials() []webauthn.Credential { return u.creds }

func (h Holder) user() (*user, error) {
	u := &user{h: h, creds: make([]webauthn.Credential, len(h.Records))}
	for i, r := range h.Records {
		if err := json.Unmarshal(r, &u.creds[i]); err != nil {
			return nil, fmt.Errorf("passkey: stored record: %w", err)
		}
	}
	return u, nil
}

// begun is the holder with the state of a ceremony.
func (h Holder) begun(state []byte) (u *user, session webauthn.SessionData, err error) {
	if u, err = h.user(); err != nil {
		return nil, session, err
	}
	if err := json.Unmarshal(state, &session); err != nil {
		return nil, session, fmt.Errorf("passkey: stored state: %w", err)
	}
	return u, session, nil
}

// Register begins making a passkey. Devices that already hold one of the
// holder's passkeys are excluded.
func (p *Party) Register(h Holder) (options, state []byte, err error) {
	u, err := h.user()
	if err != nil {
		return nil, nil, err
	}
	exclude := webauthn.Credentials(u.creds).CredentialDescriptors()
	creation, session, err := p.w.BeginRegistration(u, webauthn.WithExclusions(exclude))
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: begin registration: %w", err)
	}
	return encode(creation, session)
}

// Registered ends the ceremony that Register began. A wrong answer is a fault of
// kind Unauthenticated, code passkey.refused.
func (p *Party) Registered(h Holder, state, answer []byte) (Record, error) {
	u, session, err := h.begun(state)
	if err != nil {
		return Record{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Record{}, refused(err)
	}
	c, err := p.w.CreateCredential(u, session, parsed)
	if err != nil {
		return Record{}, refused(err)
	}
	return record(c)
}

// Ask begins a proof. With a holder only that holder's passkeys will do (a
// step-up); with nil the device offers whatever it has for this host.
func (p *Party) Ask(h *Holder) (options, state []byte, err error) {
	uv := webauthn.WithUserVerification(protocol.VerificationRequired)
	var assertion *protocol.CredentialAssertion
	var session *webauthn.SessionData
	if h == nil {
		assertion, session, err = p.w.BeginDiscoverableLogin(uv)
	} else {
		var u *user
		if u, err = h.user(); err != nil {
			return nil, nil, err
		}
		if len(u.creds) == 0 {
			return nil, nil, fault.New(fault.NotFound, "passkey.none")
		}
		assertion, session, err = p.w.BeginLogin(u, uv)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: begin proof: %w", err)
	}
	return encode(assertion, session)
}

// Claimed reads from an answer, unproved as it still is, which passkey and which
// holder's handle it claims, so that the caller can load them.
func Claimed(answer []byte) (id [32]byte, handle []byte, err error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return id, nil, refused(err)
	}
	return sha256.Sum256(parsed.RawID), parsed.Response.UserHandle, nil
}

// Proved ends the ceremony that Ask began. The record returned replaces the one
// stored: it carries the new use counter. A wrong answer is a fault of kind
// Unauthenticated, code passkey.refused; a counter that went backwards, as when a
// passkey was copied, is passkey.cloned.
func (p *Party) Proved(h Holder, state, answer []byte) (Record, error) {
	u, session, err := h.begun(state)
	if err != nil {
		return Record{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Record{}, refused(err)
	}
	var c *webauthn.Credential
	if len(session.UserID) == 0 {
		find := func(_, _ []byte) (webauthn.User, error) { return u, nil }
		c, err = p.w.ValidateDiscoverableLogin(find, session, parsed)
	} else {
		c, err = p.w.ValidateLogin(u, session, parsed)
	}
	if err != nil {
		return Record{}, refused(err)
	}
	if c.Authenticator.CloneWarning {
		return Record{}, fault.New(fault.Unauthenticated, "passkey.cloned")
	}
	return record(c)
}

func encode(options, session any) ([]byte, []byte, error) {
	o, err := json.Marshal(options)
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	s, err := json.Marshal(session)
	if err != nil {
		return nil, nil, fmt.Errorf("passkey: %w", err)
	}
	return o, s, nil
}

func record(c *webauthn.Credential) (Record, error) {
	c.Attestation = webauthn.CredentialAttestation{} // "none": nothing to check later
	b, err := json.Marshal(c)
	if err != nil {
		return Record{}, fmt.Errorf("passkey: %w", err)
	}
	return Record{ID: sha256.Sum256(c.ID), Data: b}, nil
}

func refused(err error) error {
	return fault.New(fault.Unauthenticated, "passkey.refused").Because(err)
}
