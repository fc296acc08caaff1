//go:build pkcs11

package pkcs11_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/keys/pkcs11"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

var _ seal.KEK = (*pkcs11.KEK)(nil)

// SoftHSM from Debian's package softhsm2.
var config = pkcs11.Config{
	Module: "/usr/lib/softhsm/libsofthsm2.so",
	Token:  "wardfold-test",
	PIN:    secret.NewText("246813"),
	Key:    "root-1",
}

// wrongPIN is the answer to a wrong PIN.
var wrongPIN error

// TestMain makes a token of the tests' own.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "softhsm")
	if err != nil {
		panic(err)
	}
	code := 1
	if err := newToken(dir); err == nil {
		// A login holds for the whole process, so this must come first.
		bad := config
		bad.PIN = secret.NewText("000000")
		_, wrongPIN = pkcs11.Open(bad)
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, "SoftHSM is needed (Debian: softhsm2):", err)
	}
	_ = os.RemoveAll(dir) // a temporary directory
	os.Exit(code)
}

func newToken(dir string) error {
	conf := filepath.Join(dir, "softhsm2.conf")
	text := "directories.tokendir = " + dir + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return err
	}
	if err := os.Setenv("SOFTHSM2_CONF", conf); err != nil {
		return err
	}
	return exec.Command("softhsm2-util", "--init-token", "--free",
		"--label", config.Token, "--pin", config.PIN.Expose(), "--so-pin", "13572468").Run()
}

// generated opens a fresh key with a label of the test's own.
func generated(t testing.TB) (pkcs11.Config, *pkcs11.KEK) {
	t.Helper()
	c := config
	c.Key = t.Name() + time.Now().Format("150405.000000")
	if err := pkcs11.Generate(c); err != nil {
		t.Fatal(err)
	}
	k, err := pkcs11.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return c, k
}

func wants(t *testing.T, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("%s: got %v, want %s %s", what, err, kind, code)
	}
}

func TestAKeyIsWrappedInTheModuleForOnePlace(t *testing.T) {
	_, k := generated(t)
	wrapped, err := k.Wrap(t.Context(), []byte("place"), secret.NewKey([]byte("institution key.")))
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Unwrap(t.Context(), []byte("place"), wrapped)
	if err != nil || string(got.Expose()) != "institution key." {
		t.Errorf("%v", err)
	}
	_, err = k.Unwrap(t.Context(), []byte("other"), wrapped)
	wants(t, "another place", err, fault.Unavailable, "seal.kek_refused")
	for i := range wrapped {
		wrapped[i] ^= 1
		if _, err := k.Unwrap(t.Context(), []byte("place"), wrapped); fault.CodeOf(err) != "seal.kek_refused" {
			t.Errorf("a flip in byte %d: %v", i, err)
		}
		wrapped[i] ^= 1
	}
	_, err = k.Unwrap(t.Context(), nil, wrapped[:20])
	wants(t, "a cut", err, fault.Unavailable, "seal.kek_refused")
	if got, err := k.Unwrap(t.Context(), []byte("place"), wrapped); err != nil || got.Empty() {
		t.Errorf("refusals have broken the session: %v", err)
	}
}

func TestEachMistakeHasItsOwnAnswer(t *testing.T) {
	c, _ := generated(t)
	wants(t, "wrong PIN", wrongPIN, fault.Unauthenticated, "keys.pkcs11_pin")
	wants(t, "generate twice", pkcs11.Generate(c), fault.Conflict, "keys.exists")
	for what, w := range map[string]struct {
		edit func(*pkcs11.Config)
		kind fault.Kind
		code string
	}{
		"no library": {func(c *pkcs11.Config) { c.Module = "/no/such/module.so" }, fault.Unavailable, "keys.pkcs11_module"},
		"no token":   {func(c *pkcs11.Config) { c.Token = "other" }, fault.Unavailable, "keys.pkcs11_token"},
		"no key":     {func(c *pkcs11.Config) { c.Key = "other" }, fault.Unavailable, "keys.pkcs11_key"},
	} {
		bad := c
		w.edit(&bad)
		_, err := pkcs11.Open(bad)
		wants(t, what, err, w.kind, w.code)
	}
}

func TestAClosedSessionIsOpenedAgain(t *testing.T) {
	_, k := generated(t)
	wrapped, err := k.Wrap(t.Context(), nil, secret.NewKey([]byte("institution key.")))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Unwrap(t.Context(), nil, wrapped); err != nil || string(got.Expose()) != "institution key." {
		t.Errorf("%v", err)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	_, k := generated(t)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 50 {
				text := fmt.Sprint("key ", w, i)
				wrapped, err := k.Wrap(t.Context(), nil, secret.NewKey([]byte(text)))
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := k.Unwrap(t.Context(), nil, wrapped); err != nil || string(got.Expose()) != text {
					t.Errorf("%v", err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestADestroyedKeyTakesItsInstitutionsAlong(t *testing.T) {
	c, k := generated(t)
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.SQLite(t)})
	inst, subject := id.Make[id.Institution](time.Now()), id.Make[id.Subject](time.Now())
	place := seal.Place{Institution: inst, Subject: subject, Field: "learner.name", Version: 1}
	vault := func() *seal.Vault {
		v, err := seal.New(seal.Config{KEK: k})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := vault()
	var sealed []byte
	err := d.Update(t.Context(), inst, func(tx *db.Tx) (err error) {
		if err := v.Provision(tx, inst, seal.GM); err != nil {
			return err
		}
		if err := v.Create(tx, inst, subject); err != nil {
			return err
		}
		sealed, err = v.Seal(tx, place, secret.NewText("小明"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	open := func(v *seal.Vault) (got secret.Text, err error) {
		err = d.View(t.Context(), inst, func(tx *db.Tx) error {
			got, err = v.Open(tx, seal.Mint(), place, sealed)
			return err
		})
		return got, err
	}
	if got, err := open(vault()); err != nil || got.Expose() != "小明" {
		t.Fatalf("does not open: %v", err)
	}
	if err := pkcs11.Destroy(c); err != nil {
		t.Fatal(err)
	}
	_, err = open(vault())
	wants(t, "after the end of the root key", err, fault.Unavailable, "keys.pkcs11_key")
}
