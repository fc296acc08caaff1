// Package signontest is a small OpenID provider for tests, over real HTTP: it
// signs with RSA or P-256, checks PKCE, and takes each code once.
package signontest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Provider answers for one client. Tamper, if set, may bend the claims of a token
// before it is signed.
type Provider struct {
	URL     string
	Client  string
	Secret  string
	Subject string
	Now     func() time.Time
	Tamper  func(claims map[string]any)
	Foreign bool // sign with a key that is not published

	alg          string
	key, foreign crypto.Signer
	mu           sync.Mutex
	codes        map[string]url.Values // code → what was asked
}

var b64 = base64.RawURLEncoding

// New starts a provider that signs with alg, "RS256" or "ES256".
func New(t testing.TB, alg string) *Provider {
	t.Helper()
	p := &Provider{Client: "wardfold", Secret: "s3cret", Subject: "u-1", Now: time.Now,
		alg: alg, key: newKey(t, alg), foreign: newKey(t, alg), codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.metadata)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("POST /token", p.token)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

func newKey(t testing.TB, alg string) crypto.Signer {
	t.Helper()
	var k crypto.Signer
	var err error
	if alg == "RS256" {
		k, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Approve plays the person who signs in at the address: it returns the code and
// state that the provider would send back to the redirect address.
func (p *Provider) Approve(address string) (code, state string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code = rand.Text()
	p.codes[code] = u.Query()
	return code, u.Query().Get("state"), nil
}

func (p *Provider) metadata(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{p.alg},
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	jwk := map[string]any{"kid": "1", "use": "sig", "alg": p.alg}
	switch k := p.key.Public().(type) {
	case *rsa.PublicKey:
		jwk["kty"], jwk["n"] = "RSA", b64.EncodeToString(k.N.Bytes())
		jwk["e"] = b64.EncodeToString(big.NewInt(int64(k.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			http.Error(w, "key", http.StatusInternalServerError)
			return
		}
		jwk["kty"], jwk["crv"] = "EC", "P-256"
		jwk["x"], jwk["y"] = b64.EncodeToString(point[1:33]), b64.EncodeToString(point[33:])
	}
	write(w, http.StatusOK, map[string]any{"keys": []any{jwk}})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	asked, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	client, password, basic := r.BasicAuth()
	if !ok || !basic || client != p.Client || password != p.Secret ||
		asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") != b64.EncodeToString(challenge[:]) ||
		asked.Get("redirect_uri") != r.FormValue("redirect_uri") {
		write(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	now := p.Now()
	claims := map[string]any{"iss": p.URL, "sub": p.Subject, "aud": p.Client, "nonce": asked.Get("nonce"),
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "auth_time": now.Unix()}
	if p.Tamper != nil {
		p.Tamper(claims)
	}
	raw, err := p.sign(claims)
	if err != nil {
		http.Error(w, "sign", http.StatusInternalServerError)
		return
	}
	write(w, http.StatusOK, map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "id_token": raw})
}

func (p *Provider) sign(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	in := b64.EncodeToString([]byte(`{"alg":"`+p.alg+`","kid":"1","typ":"JWT"}`)) + "." + b64.EncodeToString(body)
	sum := sha256.Sum256([]byte(in))
	key := p.key
	if p.Foreign {
		key = p.foreign
	}
	var sig []byte
	switch k := key.(type) {
	case *rsa.PrivateKey:
		sig, err = rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	case *ecdsa.PrivateKey:
		r, s, e := ecdsa.Sign(rand.Reader, k, sum[:])
		if err = e; err == nil { // Source: RFC 7518 §3.4, r and s of 32 bytes each
			sig = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}
	}
	return in + "." + b64.EncodeToString(sig), err
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a broken connection is the client's to notice
}
