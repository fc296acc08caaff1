package transit_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/keys/transit"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

var _ seal.KEK = (*transit.KEK)(nil)

func token(s string) func(context.Context) (secret.Text, error) {
	return func(context.Context) (secret.Text, error) { return secret.NewText(s), nil }
}

func open(t testing.TB, s *server) *transit.KEK {
	t.Helper()
	k, err := transit.Open(transit.Config{Address: s.URL, Key: "wardfold", Namespace: "school", Token: token("good")})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wants(t *testing.T, what string, err error, code string) {
	t.Helper()
	if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != code {
		t.Errorf("%s: got %v, want unavailable %s", what, err, code)
	}
}

func TestAKeyIsWrappedByTheServerForOnePlace(t *testing.T) {
	s := newServer(t)
	k := open(t, s)
	if err := k.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	wrapped, err := k.Wrap(t.Context(), []byte("place"), secret.NewKey([]byte("institution key")))
	if err != nil {
		t.Fatal(err)
	}
	s.rotate() // the server's own rotation is free
	got, err := k.Unwrap(t.Context(), []byte("place"), wrapped)
	if err != nil || string(got.Expose()) != "institution key" {
		t.Errorf("%v", err)
	}
	_, err = k.Unwrap(t.Context(), []byte("other"), wrapped)
	wants(t, "another place", err, "keys.transit_refused")
	wrapped[len(wrapped)-5] ^= 1
	_, err = k.Unwrap(t.Context(), []byte("place"), wrapped)
	wants(t, "a flipped bit", err, "keys.transit_refused")
	if k.ID() != "transit:transit/wardfold" {
		t.Errorf("id %q", k.ID())
	}
}

func TestEachTroubleOfTheServerHasItsOwnAnswer(t *testing.T) {
	s := newServer(t)
	k := open(t, s)
	key := secret.NewKey([]byte("institution key"))
	wrapped, err := k.Wrap(t.Context(), nil, key)
	if err != nil {
		t.Fatal(err)
	}
	for code, answer := range map[string]http.HandlerFunc{
		"keys.transit_denied":  func(w http.ResponseWriter, _ *http.Request) { refuse(w, 403, "permission denied") },
		"keys.transit_down":    func(w http.ResponseWriter, _ *http.Request) { refuse(w, 503, "Vault is sealed") },
		"keys.transit_refused": func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, "no handler for route") },
		"keys.transit_answer":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>a portal</html>")) },
	} {
		s.instead.Store(&answer)
		_, err := k.Wrap(t.Context(), nil, key)
		wants(t, "wrap", err, code)
		_, err = k.Unwrap(t.Context(), nil, wrapped)
		wants(t, "unwrap", err, code)
	}
	redirect := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
	})
	s.instead.Store(&redirect)
	_, err = k.Wrap(t.Context(), nil, key)
	wants(t, "a redirect, which would carry the token away", err, "keys.transit_answer")

	empty := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"data":{}}`)) })
	s.instead.Store(&empty)
	_, err = k.Unwrap(t.Context(), nil, wrapped)
	wants(t, "an empty answer", err, "keys.transit_answer")
	s.instead.Store(nil)

	bad, err := transit.Open(transit.Config{Address: s.URL, Key: "wardfold", Namespace: "school", Token: token("expired")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = bad.Wrap(t.Context(), nil, key)
	wants(t, "a wrong token", err, "keys.transit_denied")

	lost, err := transit.Open(transit.Config{Address: s.URL, Key: "wardfold",
		Token: func(context.Context) (secret.Text, error) { return secret.Text{}, errors.New("no file") }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = lost.Wrap(t.Context(), nil, key)
	wants(t, "no token", err, "keys.transit_token")
}

func TestAServerThatIsBackAnswersTheSameQuestion(t *testing.T) {
	s := newServer(t)
	k := open(t, s)
	s.fail.Store(2) // a leader change: two refusals, then service
	if _, err := k.Wrap(t.Context(), nil, secret.NewKey([]byte("institution key"))); err != nil {
		t.Errorf("gave up: %v", err)
	}
	s.fail.Store(100)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := k.Wrap(ctx, nil, secret.NewKey([]byte("institution key")))
	wants(t, "the caller's time is up", err, "keys.transit_down")
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v", took)
	}
	s.Close()
	_, err = k.Wrap(t.Context(), nil, secret.NewKey([]byte("institution key")))
	wants(t, "nobody listens", err, "keys.transit_down")
}

func TestAServerThatIgnoresThePlaceIsNoticed(t *testing.T) {
	s := newServer(t)
	s.deaf = true
	wants(t, "check", open(t, s).Check(t.Context()), "keys.transit_unbound")
}

func TestAnUnsafeConfigurationIsRefused(t *testing.T) {
	good := transit.Config{Address: "https://vault.example:8200", Key: "wardfold", Token: token("good")}
	if _, err := transit.Open(good); err != nil {
		t.Fatal(err)
	}
	for what, edit := range map[string]func(*transit.Config){
		"http to another machine": func(c *transit.Config) { c.Address = "http://vault.example:8200" },
		"a loopback lookalike":    func(c *transit.Config) { c.Address = "http://127.0.0.1.example" },
		"another scheme":          func(c *transit.Config) { c.Address = "ftp://vault.example" },
		"a password in the URL":   func(c *transit.Config) { c.Address = "https://u:p@vault.example" },
		"no address":              func(c *transit.Config) { c.Address = "" },
		"a key with a path":       func(c *transit.Config) { c.Key = "../sys/seal" },
		"no key":                  func(c *transit.Config) { c.Key = "" },
		"a mount with a query":    func(c *transit.Config) { c.Mount = "transit?x=" },
		"no token":                func(c *transit.Config) { c.Token = nil },
	} {
		c := good
		edit(&c)
		if _, err := transit.Open(c); fault.CodeOf(err) != "keys.transit_config" {
			t.Errorf("%s: %v", what, err)
		}
	}
}
