package notify_test

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/secret"
)

func signingKey(t testing.TB, s string) secret.Key {
	t.Helper()
	k, err := notify.ParseSecret(secret.NewText(s))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const vectorSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// Source: the reference vector of the Standard Webhooks test suites.
func TestASignatureMatchesTheReferenceVector(t *testing.T) {
	got := notify.Sign(signingKey(t, vectorSecret), "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("got %s", got)
	}
}

func TestAChangedLateOrForeignDeliveryDoesNotVerify(t *testing.T) {
	k, other := signingKey(t, vectorSecret), signingKey(t, "whsec_"+strings.Repeat("QUJD", 8))
	at, body := time.Unix(1_700_000_000, 0), []byte(`{"a":1}`)
	header := func(bend func(h http.Header)) http.Header {
		h := http.Header{}
		h.Set(notify.HeaderID, "msg_1")
		h.Set(notify.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
		h.Set(notify.HeaderSignature, notify.Sign(k, "msg_1", at, body))
		if bend != nil {
			bend(h)
		}
		return h
	}
	good := notify.Sign(k, "msg_1", at, body)
	for name, c := range map[string]struct {
		h    http.Header
		body string
		now  time.Time
		key  secret.Key
		want bool
	}{
		"as sent":               {header(nil), `{"a":1}`, at, k, true},
		"four minutes later":    {header(nil), `{"a":1}`, at.Add(4 * time.Minute), k, true},
		"among others":          {header(func(h http.Header) { h.Set(notify.HeaderSignature, "v1a,x v1,AAAA "+good) }), `{"a":1}`, at, k, true},
		"six minutes later":     {header(nil), `{"a":1}`, at.Add(6 * time.Minute), k, false},
		"from the future":       {header(nil), `{"a":1}`, at.Add(-6 * time.Minute), k, false},
		"another body":          {header(nil), `{"a":2}`, at, k, false},
		"another key":           {header(nil), `{"a":1}`, at, other, false},
		"another id":            {header(func(h http.Header) { h.Set(notify.HeaderID, "msg_2") }), `{"a":1}`, at, k, false},
		"no id":                 {header(func(h http.Header) { h.Del(notify.HeaderID) }), `{"a":1}`, at, k, false},
		"a moved dot":           {header(func(h http.Header) { h.Set(notify.HeaderID, "msg") }), `{"a":1}`, at, k, false},
		"a broken timestamp":    {header(func(h http.Header) { h.Set(notify.HeaderTimestamp, "soon") }), `{"a":1}`, at, k, false},
		"no signature":          {header(func(h http.Header) { h.Del(notify.HeaderSignature) }), `{"a":1}`, at, k, false},
		"another version":       {header(func(h http.Header) { h.Set(notify.HeaderSignature, "v2"+good[2:]) }), `{"a":1}`, at, k, false},
		"a shortened signature": {header(func(h http.Header) { h.Set(notify.HeaderSignature, good[:20]) }), `{"a":1}`, at, k, false},
	} {
		if got := notify.Verify(c.h, []byte(c.body), c.now, c.key); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestASecretHasTheLengthThatTheStandardAsksFor(t *testing.T) {
	for n, ok := range map[int]bool{0: false, 23: false, 24: true, 64: true, 65: false} {
		s := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, n))
		if _, err := notify.ParseSecret(secret.NewText(s)); (err == nil) != ok || (!ok && fault.CodeOf(err) != "notify.secret") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("msg_1", "1700000000", "v1,AAAA v1,", []byte("{}"))
	k := signingKey(f, vectorSecret)
	f.Fuzz(func(t *testing.T, id, timestamp, signature string, body []byte) {
		h := http.Header{}
		h.Set(notify.HeaderID, id)
		h.Set(notify.HeaderTimestamp, timestamp)
		h.Set(notify.HeaderSignature, signature)
		if notify.Verify(h, body, time.Unix(1_700_000_000, 0), k) {
			t.Fatal("a made-up signature verified")
		}
	})
}
