// Package totp makes and checks time-based one-time passwords: RFC 6238 over
// HMAC-SHA-1, six digits, steps of 30 seconds. SHA-1 is what every authenticator
// program understands; HMAC does not rest on its collision resistance.
//
// The package is pure. A code is good once: Check returns the step that matched,
// and the caller stores it, durably, before it says yes (CVE-2025-6014 was a
// code that worked twice).
package totp

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/wardfold/wardfold/internal/secret"
)

const (
	digits  = 6
	modulus = 1_000_000 // 10^digits
	period  = 30        // seconds a step lasts. Source: RFC 6238 §4.1
	skew    = 1         // steps accepted on either side. Source: RFC 6238 §5.2
)

// KeySize is the length of a shared secret in bytes.
// Source: RFC 4226 §4 R6 recommends 160 bits.
const KeySize = 20

// NewKey draws a fresh shared secret from r.
func NewKey(r io.Reader) (secret.Key, error) {
	b := make([]byte, KeySize)
	if _, err := io.ReadFull(r, b); err != nil {
		return secret.Key{}, fmt.Errorf("totp: read randomness: %w", err)
	}
	return secret.NewKey(b), nil
}

// Step returns the number of the time step that holds at.
func Step(at time.Time) int64 { return at.Unix() / period }

// Code returns the code of one step.
func Code(k secret.Key, step int64) secret.Text {
	// Source: RFC 4226 §5.3, dynamic truncation
	mac := hmac.New(sha1.New, k.Expose())
	_ = binary.Write(mac, binary.BigEndian, step) // a hash never fails to write
	sum := mac.Sum(nil)
	from := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[from:]) & 0x7fffffff
	return secret.NewText(fmt.Sprintf("%0*d", digits, n%modulus))
}

// Check reports whether code is right at the moment at, and the step it belongs
// to. Steps up to and including last are spent and never match again. All steps
// in the window are computed whatever the outcome.
func Check(k secret.Key, code secret.Text, at time.Time, last int64) (step int64, ok bool) {
	given, now := []byte(code.Expose()), Step(at)
	for s := now - skew; s <= now+skew; s++ {
		same := subtle.ConstantTimeCompare([]byte(Code(k, s).Expose()), given) == 1
		if same && s > last && !ok {
			step, ok = s, true
		}
	}
	return step, ok
}

// URI returns the enrolment address that authenticator programs read from a QR
// code. It holds the key: show it once, over TLS, and never log it.
func URI(k secret.Key, issuer, login string) secret.Text {
	q := url.Values{
		"secret":    {base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(k.Expose())},
		"issuer":    {issuer},
		"algorithm": {"SHA1"},
		"digits":    {fmt.Sprint(digits)},
		"period":    {fmt.Sprint(period)},
	}
	label := url.PathEscape(issuer) + ":" + url.PathEscape(login)
	return secret.NewText("otpauth://totp/" + label + "?" + q.Encode())
}
