package totp_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/account/totp"
	"github.com/wardfold/wardfold/internal/secret"
)

// Source: RFC 6238 appendix B, SHA-1 column, last six of eight digits; RFC 4226
// appendix D for counters 0 to 9.
func TestCodesMatchTheVectorsOfTheRFCs(t *testing.T) {
	k := secret.NewKey([]byte("12345678901234567890"))
	for unix, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := totp.Code(k, totp.Step(time.Unix(unix, 0))); got.Expose() != want {
			t.Errorf("at %d: got %s, want %s", unix, got.Expose(), want)
		}
	}
	for i, want := range strings.Fields("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489") {
		if got := totp.Code(k, int64(i)); got.Expose() != want {
			t.Errorf("counter %d: got %s, want %s", i, got.Expose(), want)
		}
	}
}

// CVE-2025-6014: a code works once, and so does no earlier one.
func TestACodeIsGoodOnceAndOnlyInItsWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, err := totp.NewKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(60, 1<<40).Draw(t, "at"), 0)
		offset := rapid.Int64Range(-4, 4).Draw(t, "offset")
		now := totp.Step(at)
		code := totp.Code(k, now+offset)
		step, ok := totp.Check(k, code, at, 0)
		if !ok {
			if offset >= -1 && offset <= 1 {
				t.Fatal("a code inside the window was refused")
			}
			return
		}
		if step < now-1 || step > now+1 {
			t.Fatalf("matched step %d at %d", step, now)
		}
		if again, ok := totp.Check(k, code, at, step); ok && again <= step {
			t.Fatal("a spent code worked again")
		}
	})
}

func TestShortLongAndForeignCodesAreRefused(t *testing.T) {
	k := secret.NewKey([]byte("12345678901234567890"))
	for _, s := range []string{"", "28708", "2870820", "94287082", "２８７０８２", "28708\x00"} {
		if _, ok := totp.Check(k, secret.NewText(s), time.Unix(59, 0), -1); ok {
			t.Errorf("%q was accepted", s)
		}
	}
}

func TestTheEnrolmentAddressIsWhatProgramsRead(t *testing.T) {
	k := secret.NewKey([]byte("12345678901234567890"))
	u, err := url.Parse(totp.URI(k, "晨光教育 & Co", "li:na@x").Expose())
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/晨光教育 & Co:li:na@x" {
		t.Errorf("got %s %s %s", u.Scheme, u.Host, u.Path)
	}
	if q := u.Query(); q.Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || q.Get("issuer") != "晨光教育 & Co" ||
		q.Get("digits") != "6" || q.Get("period") != "30" || q.Get("algorithm") != "SHA1" {
		t.Errorf("got %v", q)
	}
}
