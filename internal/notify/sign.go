package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Headers of a signed delivery. Source: Standard Webhooks specification 1.0.0,
// "Webhook Headers".
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

const (
	secretPrefix = "whsec_"
	version      = "v1,"
	minKey       = 24 // bytes. Source: Standard Webhooks, "Signature scheme"
	maxKey       = 64
	tolerance    = 5 * time.Minute
)

// ParseSecret reads a signing secret as gateways print it: "whsec_" and base64.
// Invalid: notify.secret.
func ParseSecret(s secret.Text) (secret.Key, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.Expose(), secretPrefix))
	if err != nil || len(raw) < minKey || len(raw) > maxKey {
		return secret.Key{}, fault.At("secret", "notify.secret", minKey, maxKey)
	}
	return secret.NewKey(raw), nil
}

// Sign returns the value of the signature header for one body.
func Sign(k secret.Key, id string, at time.Time, body []byte) string {
	return version + base64.StdEncoding.EncodeToString(sum(k, id, strconv.FormatInt(at.Unix(), 10), body))
}

func sum(k secret.Key, id, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, k.Expose())
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// Verify reports whether a delivery was signed with one of the keys, at most five
// minutes from now either way. The header may list several signatures, as during
// a change of keys.
func Verify(h http.Header, body []byte, now time.Time, keys ...secret.Key) bool {
	id, timestamp := h.Get(HeaderID), h.Get(HeaderTimestamp)
	unix, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" {
		return false
	}
	if age := now.Sub(time.Unix(unix, 0)); age > tolerance || age < -tolerance {
		return false
	}
	good := false
	for field := range strings.FieldsSeq(h.Get(HeaderSignature)) {
		given, ok := strings.CutPrefix(field, version)
		raw, err := base64.StdEncoding.DecodeString(given)
		if !ok || err != nil {
			continue
		}
		for _, k := range keys {
			if hmac.Equal(raw, sum(k, id, timestamp, body)) {
				good = true
			}
		}
	}
	return good
}
