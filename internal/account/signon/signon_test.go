package signon_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/account/signon/signontest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var flow = signon.Flow{State: "state-0123456789", Nonce: "nonce-0123456789", Verifier: strings.Repeat("v", 43)}

func client(t *testing.T, p *signontest.Provider) *signon.Provider {
	t.Helper()
	c := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(c.CloseIdleConnections)
	return signon.New(signon.Config{Name: "campus", Issuer: p.URL, Client: p.Client, Secret: secret.NewText(p.Secret),
		Redirect: "https://fold.example/signin/campus", Now: p.Now, HTTP: c})
}

// through runs one whole sign-in with the flow that came back.
func through(t *testing.T, p *signontest.Provider, out, back signon.Flow) (signon.Identity, error) {
	t.Helper()
	c := client(t, p)
	address, err := c.Address(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	code, state, err := p.Approve(address)
	if err != nil || state != out.State {
		t.Fatalf("state %q, %v", state, err)
	}
	return c.Finish(t.Context(), back, code)
}

func TestAProviderNamesItsPerson(t *testing.T) {
	for _, alg := range []string{"RS256", "ES256"} {
		p := signontest.New(t, alg)
		who, err := through(t, p, flow, flow)
		if err != nil || who.Issuer != p.URL || who.Subject.Expose() != "u-1" {
			t.Errorf("%s: got %v", alg, err)
		}
	}
}

func TestTheAddressCarriesStateNonceAndChallengeButNoVerifier(t *testing.T) {
	p := signontest.New(t, "ES256")
	fresh := flow
	fresh.Fresh = true
	address, err := client(t, p).Address(t.Context(), fresh)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("state") != flow.State || q.Get("nonce") != flow.Nonce || q.Get("code_challenge_method") != "S256" ||
		q.Get("response_type") != "code" || q.Get("scope") != "openid" || q.Get("max_age") != "0" || strings.Contains(address, flow.Verifier) {
		t.Errorf("got %v", q)
	}
}

func TestAnAnswerThatDoesNotHoldIsRefused(t *testing.T) {
	for name, bend := range map[string]func(p *signontest.Provider, back *signon.Flow){
		"another nonce":     func(_ *signontest.Provider, back *signon.Flow) { back.Nonce = "nonce-of-somebody" },
		"no nonce at all":   func(p *signontest.Provider, back *signon.Flow) { back.Nonce = ""; drop(p, "nonce") },
		"another verifier":  func(_ *signontest.Provider, back *signon.Flow) { back.Verifier = strings.Repeat("w", 43) },
		"a foreign key":     func(p *signontest.Provider, _ *signon.Flow) { p.Foreign = true },
		"another audience":  func(p *signontest.Provider, _ *signon.Flow) { set(p, "aud", "somebody") },
		"another party":     func(p *signontest.Provider, _ *signon.Flow) { set(p, "azp", "somebody") },
		"another issuer":    func(p *signontest.Provider, _ *signon.Flow) { set(p, "iss", "https://idp.example") },
		"an expired token":  func(p *signontest.Provider, _ *signon.Flow) { set(p, "exp", 1) },
		"nobody's token":    func(p *signontest.Provider, _ *signon.Flow) { drop(p, "sub") },
		"a wrong at_hash":   func(p *signontest.Provider, _ *signon.Flow) { set(p, "at_hash", "AAAA") },
		"an old proof":      func(p *signontest.Provider, back *signon.Flow) { back.Fresh = true; set(p, "auth_time", 1) },
		"no time of proof":  func(p *signontest.Provider, back *signon.Flow) { back.Fresh = true; drop(p, "auth_time") },
		"the wrong secret":  func(p *signontest.Provider, _ *signon.Flow) { p.Secret = "other" },
		"an unknown client": func(p *signontest.Provider, _ *signon.Flow) { p.Client = "other" },
	} {
		p := signontest.New(t, "ES256")
		c, back := client(t, p), flow
		address, err := c.Address(t.Context(), flow)
		if err != nil {
			t.Fatal(err)
		}
		bend(p, &back)
		code, _, err := p.Approve(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Finish(t.Context(), back, code); !errors.Is(err, fault.Unauthenticated) || fault.CodeOf(err) != "signon.refused" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func set(p *signontest.Provider, claim string, v any) {
	p.Tamper = func(c map[string]any) { c[claim] = v }
}

func drop(p *signontest.Provider, claim string) {
	p.Tamper = func(c map[string]any) { delete(c, claim) }
}

func TestACodeIsTakenOnce(t *testing.T) {
	p := signontest.New(t, "ES256")
	c := client(t, p)
	address, err := c.Address(t.Context(), flow)
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := p.Approve(address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Finish(t.Context(), flow, code); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Finish(t.Context(), flow, code); !errors.Is(err, fault.Unauthenticated) {
		t.Errorf("got %v", err)
	}
}

func TestAProviderThatIsDownIsSaidToBeDownAndTriedAgain(t *testing.T) {
	up := false
	real := signontest.New(t, "ES256")
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !up {
			http.Error(w, "secret detail of the provider", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"issuer":"http://` + r.Host + `","authorization_endpoint":"` + real.URL + `/authorize"}`))
	}))
	t.Cleanup(front.Close)
	c := client(t, &signontest.Provider{URL: front.URL, Now: real.Now})
	if _, err := c.Address(t.Context(), flow); !errors.Is(err, fault.Unavailable) || fault.CodeOf(err) != "signon.down" {
		t.Errorf("got %v", err)
	}
	up = true
	if _, err := c.Address(t.Context(), flow); err != nil {
		t.Errorf("still down: %v", err)
	}
}
