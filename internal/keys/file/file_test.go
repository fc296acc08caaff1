package file_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/keys/file"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

var (
	passphrase = secret.NewText("正确的马电池订书钉 2026 春天")
	other      = secret.NewText("another passphrase of good length")
)

func newFile(t testing.TB) file.File {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	return file.File{
		Path:       filepath.Join(t.TempDir(), "wardfold.keys"),
		Now:        func() time.Time { return at },
		WorkFactor: 8,
	}
}

func created(t testing.TB) (file.File, *file.Ring) {
	t.Helper()
	f := newFile(t)
	r, err := f.Create(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	return f, r
}

func wants(t *testing.T, what string, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("%s: got %v, want %s %s", what, err, kind, code)
	}
}

func TestARingIsReadBackAsItWasWritten(t *testing.T) {
	f, made := created(t)
	wrapped, err := made.Current().Wrap(t.Context(), []byte("place"), secret.NewKey([]byte("an institution key")))
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if r.Current().ID() != made.Current().ID() || len(r.Former()) != 0 || !r.Keys()[0].Created.Equal(f.Now()) {
		t.Errorf("read back as %v with %d former keys", r.Current().ID(), len(r.Former()))
	}
	got, err := r.Current().Unwrap(t.Context(), []byte("place"), wrapped)
	if err != nil || string(got.Expose()) != "an institution key" {
		t.Errorf("the key read back does not unwrap: %v", err)
	}
	_, err = r.Current().Unwrap(t.Context(), []byte("other"), wrapped)
	wants(t, "another place", err, fault.Unavailable, "seal.kek_refused")
}

func TestTheFileIsPrivateAndAnAgeFile(t *testing.T) {
	f, _ := created(t)
	info, err := os.Stat(f.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	raw, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	who, err := age.NewScryptIdentity(passphrase.Expose())
	if err != nil {
		t.Fatal(err)
	}
	in, err := age.Decrypt(bytes.NewReader(raw), who)
	if err != nil {
		t.Fatalf("age cannot read it: %v", err)
	}
	text, err := io.ReadAll(in)
	if err != nil || !strings.Contains(string(text), `"wardfold-keys/1"`) {
		t.Errorf("inside is something else (%v)", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(f.Path), ".keys-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("temporary files are left: %v %v", left, err)
	}
}

func TestEachMistakeHasItsOwnAnswer(t *testing.T) {
	f, r := created(t)
	_, err := f.Open(other)
	wants(t, "wrong passphrase", err, fault.Unauthenticated, "keys.passphrase")
	_, err = f.Open(secret.Text{})
	wants(t, "no passphrase", err, fault.Unauthenticated, "keys.passphrase")
	_, err = f.Create(passphrase)
	wants(t, "create twice", err, fault.Conflict, "keys.exists")
	_, err = newFile(t).Create(secret.NewText("十四个字的口令不够长呀呀呀"))
	wants(t, "short passphrase", err, fault.Invalid, "keys.passphrase_short")
	wants(t, "short new passphrase", f.ChangePassphrase(passphrase, secret.NewText("short")), fault.Invalid, "keys.passphrase_short")
	_, err = newFile(t).Open(passphrase)
	wants(t, "no file", err, fault.Unavailable, "keys.missing")
	_, err = f.Remove(passphrase, r.Keys()[0].ID)
	wants(t, "remove the current key", err, fault.Conflict, "keys.current")
	_, err = f.Remove(passphrase, id.Make[id.Key](time.Now()))
	wants(t, "remove no key", err, fault.NotFound, "keys.unknown")
	_, err = f.Add(other)
	wants(t, "add with the wrong passphrase", err, fault.Unauthenticated, "keys.passphrase")

	if err := os.Chmod(f.Path, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = f.Open(passphrase)
	wants(t, "a file that others may read", err, fault.Unavailable, "keys.permissions")

	nowhere := file.File{Path: filepath.Join(t.TempDir(), "no", "such", "keys")}
	_, err = nowhere.Create(passphrase)
	wants(t, "no directory", err, fault.Unavailable, "keys.unreadable")
}

func TestADamagedFileNeverOpens(t *testing.T) {
	f, _ := created(t)
	whole, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 3 {
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		if err := os.WriteFile(f.Path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Open(passphrase); fault.KindOf(err) == "" {
			t.Errorf("a flip in byte %d: %v", i, err)
		}
		if err := os.WriteFile(f.Path, whole[:i], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := f.Open(passphrase)
		wants(t, "a cut file", err, fault.Unavailable, "keys.damaged")
	}
}

func TestOneChangeAtATime(t *testing.T) {
	f, _ := created(t)
	dir, err := os.Open(filepath.Dir(f.Path))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	_, err = f.Add(passphrase)
	wants(t, "add while another changes", err, fault.Conflict, "keys.busy")
	if _, err := f.Open(passphrase); err != nil {
		t.Errorf("reading must not wait: %v", err)
	}
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Add(passphrase); err != nil {
		t.Error(err)
	}
}

func TestThePassphraseCanChangeAndTheKeysStay(t *testing.T) {
	f, r := created(t)
	if err := f.ChangePassphrase(passphrase, other); err != nil {
		t.Fatal(err)
	}
	_, err := f.Open(passphrase)
	wants(t, "the old passphrase", err, fault.Unauthenticated, "keys.passphrase")
	again, err := f.Open(other)
	if err != nil || again.Current().ID() != r.Current().ID() {
		t.Errorf("the keys changed: %v", err)
	}
}

// The ceremony from end to end: add a key, rotate, destroy, remove (I10).
func TestARootKeyIsReplacedUnderALivingDatabase(t *testing.T) {
	f, r := created(t)
	now := f.Now()
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.SQLite(t), Now: func() time.Time { return now }})
	inst, subject := id.Make[id.Institution](now), id.Make[id.Subject](now)
	vault := func(r *file.Ring) *seal.Vault {
		v, err := seal.New(seal.Config{KEK: r.Current(), Former: r.Former()})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := vault(r)
	place := seal.Place{Institution: inst, Subject: subject, Field: "learner.name", Version: 1}
	var sealed []byte
	err := d.Update(t.Context(), inst, func(tx *db.Tx) (err error) {
		if err := v.Provision(tx, inst, seal.Intl); err != nil {
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

	old := r.Current().ID()
	if r, err = f.Add(passphrase); err != nil {
		t.Fatal(err)
	}
	if len(r.Former()) != 1 || r.Former()[0].ID() != old || r.Current().ID() == old {
		t.Fatalf("the new key is not the current one")
	}
	v = vault(r)
	if _, err := v.Rotate(t.Context(), d, inst, nil); err != nil {
		t.Fatal(err)
	}
	now = now.Add(30 * 24 * time.Hour)
	if err := v.Destroy(t.Context(), d, inst, 1); err != nil {
		t.Fatal(err)
	}
	if used, err := v.InUse(t.Context(), d, inst, old); used || err != nil {
		t.Fatalf("the old key is still in use: %v", err)
	}
	if _, err = f.Remove(passphrase, r.Keys()[0].ID); err != nil {
		t.Fatal(err)
	}
	if r, err = f.Open(passphrase); err != nil || len(r.Keys()) != 1 {
		t.Fatalf("the old key is still in the file: %v", err)
	}
	v = vault(r)
	err = d.View(t.Context(), inst, func(tx *db.Tx) error {
		got, err := v.Open(tx, seal.Mint(), place, sealed)
		if got.Expose() != "小明" {
			t.Error("the value changed")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// FuzzParse shows that no document panics and that what is accepted is a ring.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"format":"wardfold-keys/1","keys":[{"id":"kek_208h44rm2mb1e60s38dhr78y3w","created":"2026-11-22T09:00:00Z","key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}`))
	f.Add([]byte(`{"format":"wardfold-keys/2","keys":[]}`))
	f.Add([]byte(`{"format":"wardfold-keys/1","keys":[{}]}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := file.Parse(b)
		if err == nil && len(keys) == 0 {
			t.Error("an empty ring was accepted")
		}
		for _, k := range keys {
			if k.ID.IsZero() {
				t.Error("a key without an id was accepted")
			}
		}
	})
}
