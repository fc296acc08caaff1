package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// transitService is a transit secrets engine with one key "wardfold", as Vault's
// HTTP API describes it: base64 in JSON, associated data, a token in a header.
type transitService struct {
	*httptest.Server
	token  atomic.Value // string
	sealed atomic.Bool
	calls  atomic.Int64
}

func newTransitService(t *testing.T) *transitService {
	t.Helper()
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails since Go 1.24
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	s := &transitService{}
	s.token.Store("s.invented")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		var q struct {
			Plaintext  []byte `json:"plaintext"`
			Ciphertext string `json:"ciphertext"`
			AAD        []byte `json:"associated_data"`
		}
		switch {
		case s.sealed.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Header.Get("X-Vault-Token") != s.token.Load():
			w.WriteHeader(http.StatusForbidden)
		case json.NewDecoder(r.Body).Decode(&q) != nil:
			w.WriteHeader(http.StatusBadRequest)
		case r.URL.Path == "/v1/transit/encrypt/wardfold":
			sealed := base64.StdEncoding.EncodeToString(aead.Seal(nil, nil, q.Plaintext, q.AAD))
			_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"ciphertext": "vault:v1:" + sealed}})
		case r.URL.Path == "/v1/transit/decrypt/wardfold":
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(q.Ciphertext, "vault:v1:"))
			if err == nil {
				raw, err = aead.Open(nil, nil, raw, q.AAD)
			}
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"plaintext": raw}})
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestAKeyServiceHoldsTheRootKey: an installation without any key file; init,
// serve, backup, restore, and what is said when the service is sealed, the token
// is old or the key is another (S3-38).
func TestAKeyServiceHoldsTheRootKey(t *testing.T) {
	s := newTransitService(t)
	dir := t.TempDir()
	token := write(t, filepath.Join(dir, "token"), "s.invented\n")
	answers := write(t, filepath.Join(dir, "answers.json"), `{"name": "示例福利机构", "kind": "welfare", "contact": "示例电话 000", "store": "示例院区",
		"officer_name": "示例专员", "manager_name": "示例院长", "key_store": "transit", "key_address": "`+s.URL+`", "key_token_file": "`+token+`"}`)
	data := filepath.Join(dir, "data")
	init := []string{"init", "--data", data, "--answers", answers}
	fails(t, exitKeys, "would not use this key", append(init, "--key-name", "another")...)
	s.sealed.Store(true)
	fails(t, exitKeys, "does not answer", init...)
	s.sealed.Store(false)
	s.token.Store("s.renewed")
	fails(t, exitKeys, "token", init...)
	s.token.Store("s.invented")
	must(t, init...)
	if exists(filepath.Join(data, ringName)) {
		t.Error("a key file was made beside the key service")
	}
	in := opened(t, data)
	families(t, in, 2)
	stays := children(t, in)[1]
	in.Close()
	if s.calls.Load() == 0 {
		t.Fatal("nobody asked the key service")
	}
	serveAndCheck(t, data)
	s.sealed.Store(true)
	fails(t, exitKeys, "does not answer", "serve", "--data", data, "--listen", freeAddress(t))
	s.sealed.Store(false)
	back := restoredElsewhere(t, data)
	in = opened(t, back)
	if err := stays.open(t.Context(), in); err != nil {
		t.Errorf("after the restore: %v", err)
	}
}

// serveAndCheck serves an installation, asks the doctor, and verifies the log.
func serveAndCheck(t *testing.T, data string) {
	t.Helper()
	address := freeAddress(t)
	edit(t, data, `"listen": "127.0.0.1:8080"`, `"listen": "`+address+`"`)
	stop := server(t, address, "serve", "--data", data)
	if status, out, errs := wardfold(t, "en_US.UTF-8", "doctor", "--data", data); status != 0 {
		t.Errorf("doctor: %d\n%s%s", status, out, errs)
	}
	if status, said := stop(); status != 0 {
		t.Errorf("stopped with %d\n%s", status, said)
	}
	must(t, "audit", "verify", "--data", data)
}

// restoredElsewhere backs an installation up and restores it into a new folder.
func restoredElsewhere(t *testing.T, data string) string {
	t.Helper()
	dir := t.TempDir()
	secret := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup, back := filepath.Join(dir, "b.age"), filepath.Join(dir, "back")
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", secret)
	if err := os.CopyFS(filepath.Join(back, guardName), os.DirFS(filepath.Join(data, guardName))); err != nil {
		t.Fatal(err)
	}
	must(t, "restore", backup, "--data", back, "--backup-passphrase-file", secret)
	return back
}

// TestAModuleHoldsTheRootKey drives a binary with the tag pkcs11 against SoftHSM:
// the module makes the key itself, and nothing opens without its PIN (S3-38).
func TestAModuleHoldsTheRootKey(t *testing.T) {
	const module = "/usr/lib/softhsm/libsofthsm2.so"
	if testing.Short() {
		t.Skip("builds another binary")
	}
	if !exists(module) {
		t.Skip("NOT TESTED ON A MODULE: SoftHSM is needed (Debian: softhsm2)")
	}
	dir := t.TempDir()
	tokens := t.TempDir() // of its own: SoftHSM takes every folder in there for a token, and writes into it
	conf := write(t, filepath.Join(dir, "softhsm2.conf"), "directories.tokendir = "+tokens+"\nobjectstore.backend = file\nlog.level = ERROR\n")
	t.Setenv("SOFTHSM2_CONF", conf)
	if out, err := exec.CommandContext(t.Context(), "softhsm2-util", "--init-token", "--free", "--label", "示例令牌", "--pin", "246813", "--so-pin", "13572468").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	binary := filepath.Join(dir, "wardfold")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "pkcs11", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func(args ...string) (int, string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), binary, args...)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
			t.Fatal(err)
		} else if ok {
			return exit.ExitCode(), out.String()
		}
		return 0, out.String()
	}
	data := filepath.Join(dir, "data")
	pin, wrong := write(t, filepath.Join(dir, "pin"), "246813\n"), write(t, filepath.Join(dir, "wrong"), "000000\n")
	init := []string{"init", "--data", data, "--name", "x", "--contact", "x", "--store", "x", "--officer-name", "a", "--manager-name", "b",
		"--key-store", "pkcs11", "--token", "示例令牌"}
	for _, c := range []struct {
		status int
		want   string
		args   []string
	}{
		{exitUsage, "--module is missing", nil},
		{exitKeys, "does not load", []string{"--module", "/absent.so", "--pin-file", pin}},
		{exitKeys, "PIN", []string{"--module", module, "--pin-file", wrong}},
		{exitDone, "", []string{"--module", module, "--pin-file", pin}},
	} {
		if status, said := run(append(init, c.args...)...); status != c.status || !strings.Contains(said, c.want) {
			t.Fatalf("%v: %d\n%s", c.args, status, said)
		}
	}
	if exists(filepath.Join(data, ringName)) {
		t.Error("a key file was made beside the module")
	}
	for _, args := range [][]string{{"keys", "list"}, {"audit", "verify"}, {"doctor"}} {
		if status, said := run(append(args, "--data", data)...); status != 0 {
			t.Errorf("%v: %d\n%s", args, status, said)
		}
	}
	if status, said := run("keys", "list", "--data", data); status != 0 || !strings.Contains(said, "pkcs11:示例令牌/wardfold") {
		t.Errorf("keys list: %d\n%s", status, said)
	}
	if status, said := run("keys", "add", "--data", data); status != exitUsage || strings.Contains(said, "cli.") {
		t.Errorf("keys add: %d\n%s", status, said)
	}
	edit(t, data, pin, wrong)
	if status, said := run("audit", "verify", "--data", data); status != exitKeys || !strings.Contains(said, "PIN") {
		t.Errorf("with a wrong PIN: %d\n%s", status, said)
	}
	// A binary without the module's support says so, and how to get one.
	edit(t, data, wrong, pin)
	fails(t, exitKeys, "pkcs11", "audit", "verify", "--data", data)
}
