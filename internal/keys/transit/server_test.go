package transit_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// server is a transit secrets engine with one key, as its HTTP API describes
// it: versions, associated data, base64 in JSON, errors as a list of words.
type server struct {
	*httptest.Server
	instead atomic.Pointer[http.HandlerFunc] // answers in its place
	fail    atomic.Int32                     // so many requests meet no leader
	deaf    bool                             // ignores associated data, like old versions

	mu   sync.Mutex
	keys []cipher.AEAD // by version, from 1
}

func newServer(t testing.TB) *server {
	s := &server{}
	s.rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/transit/encrypt/wardfold", s.authorised(s.encrypt))
	mux.HandleFunc("POST /v1/transit/decrypt/wardfold", s.authorised(s.decrypt))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := s.instead.Load(); h != nil {
			(*h)(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) rotate() {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	block, err := aes.NewCipher(b)
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys = append(s.keys, a)
}

func refuse(w http.ResponseWriter, code int, words ...string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": words})
}

func answer(w http.ResponseWriter, data map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"request_id": "5f4d", "lease_id": "", "renewable": false, "lease_duration": 0,
		"data": data, "wrap_info": nil, "warnings": nil, "auth": nil,
	})
}

type question struct {
	Plaintext  string `json:"plaintext"`
	Ciphertext string `json:"ciphertext"`
	AAD        string `json:"associated_data"`
}

func (s *server) authorised(fn func(w http.ResponseWriter, q question, aad []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.fail.Add(-1) >= 0 {
			refuse(w, http.StatusInternalServerError, "local node not active but active cluster node not found")
			return
		}
		if r.Header.Get("X-Vault-Token") != "good" || r.Header.Get("X-Vault-Namespace") != "school" ||
			r.Header.Get("X-Vault-Request") != "true" {
			refuse(w, http.StatusForbidden, "permission denied")
			return
		}
		var q question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			refuse(w, http.StatusBadRequest, "failed to parse JSON input")
			return
		}
		aad, err := base64.StdEncoding.DecodeString(q.AAD)
		if err != nil {
			refuse(w, http.StatusBadRequest, "failed to base64-decode associated data")
			return
		}
		if s.deaf {
			aad = nil
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		fn(w, q, aad)
	}
}

func (s *server) encrypt(w http.ResponseWriter, q question, aad []byte) {
	text, err := base64.StdEncoding.DecodeString(q.Plaintext)
	if err != nil {
		refuse(w, http.StatusBadRequest, "failed to base64-decode plaintext")
		return
	}
	n := len(s.keys)
	sealed := s.keys[n-1].Seal(nil, nil, text, aad)
	answer(w, map[string]any{"ciphertext": fmt.Sprintf("vault:v%d:%s", n, base64.StdEncoding.EncodeToString(sealed)), "key_version": n})
}

func (s *server) decrypt(w http.ResponseWriter, q question, aad []byte) {
	parts := strings.SplitN(q.Ciphertext, ":", 3)
	if len(parts) != 3 || parts[0] != "vault" {
		refuse(w, http.StatusBadRequest, "invalid ciphertext: no prefix")
		return
	}
	n, err := strconv.Atoi(strings.TrimPrefix(parts[1], "v"))
	if err != nil || n < 1 || n > len(s.keys) {
		refuse(w, http.StatusBadRequest, "invalid ciphertext: version is too new")
		return
	}
	sealed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		refuse(w, http.StatusBadRequest, "invalid ciphertext: could not decode base64")
		return
	}
	text, err := s.keys[n-1].Open(nil, nil, sealed, aad)
	if err != nil {
		refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
		return
	}
	answer(w, map[string]any{"plaintext": base64.StdEncoding.EncodeToString(text)})
}
