package web

import (
	"net/url"

	"github.com/wardfold/wardfold/internal/secret"
)

// shown takes a value out of its wrapping for the one page that must show it:
// one field that the gate has released, an invitation, the secret of one-time
// codes, a new API key. Nothing else on the pages of staff may.
func shown(v secret.Text) string { return v.Expose() }

// oneTimeSecret is the part of an otpauth: address that people type.
func oneTimeSecret(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return u.Query().Get("secret")
}
