package seal_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/secret"
)

// I10, I3: after erasure nothing of the subject opens and its leaves match
// nobody, while its neighbour is untouched.
func TestAfterErasureNothingOpens(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		gone, stays := h.subject(), h.subject()
		pg, ps := h.place(gone, "learner.name", 1), h.place(stays, "learner.name", 1)
		sg, ss := h.seal(pg, "小明"), h.seal(ps, "小红")
		event := id.Make[id.Event](time.Now())
		for range 2 { // erasing twice is no error
			h.update(func(tx *db.Tx) error { return h.v.Erase(tx, h.inst, gone) })
		}
		if h.wrapped(gone) != nil {
			t.Error("the wrapped key is still in its table")
		}
		err := h.d.View(t.Context(), h.inst, func(tx *db.Tx) error {
			permit := seal.Mint()
			_, opened := h.v.Open(tx, permit, pg, sg)
			_, joined := h.v.OpenWith(tx, permit, pg, nil, sg)
			_, sealed := h.v.Seal(tx, pg, secret.NewText("小明"))
			_, commits := h.v.Commitment(tx, h.inst, gone, event)
			_, salt := h.v.EventSalt(tx, h.inst, gone, event)
			for i, err := range []error{opened, joined, sealed, commits, salt} {
				if fault.KindOf(err) != fault.Erased || fault.CodeOf(err) != "seal.erased" {
					t.Errorf("way %d: %v", i, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := h.open(ps, ss); err != nil || got != "小红" {
			t.Errorf("the neighbour does not open: %v", err)
		}
	})
}

// files returns everything that a database keeps on disk.
func files(t *testing.T, dsn string) (all []byte) {
	t.Helper()
	names, err := filepath.Glob(strings.TrimPrefix(dsn, "sqlite:") + "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files of the database: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// I10: the raw files keep no copy of an erased key or salt, even where pages
// were split and merged by thousands of neighbours.
func TestRawFilesForgetAnErasedKey(t *testing.T) {
	dsn := dbtest.SQLite(t)
	h := newHouse(t, dbtest.OpenWith(t, db.Config{DSN: dsn}), seal.Intl)
	var subjects []id.Subject
	for range 3000 {
		subjects = append(subjects, newSubject())
	}
	// Out of order, so that pages split in the middle and cells wander.
	rand.Shuffle(len(subjects), func(i, j int) { subjects[i], subjects[j] = subjects[j], subjects[i] })
	for batch := range slices.Chunk(subjects, 150) {
		h.update(func(tx *db.Tx) error {
			for _, s := range batch {
				if err := h.v.Create(tx, h.inst, s); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var gone [][]byte // what must vanish: keys before and after a rotation, and salts
	collect := func() {
		for i := 3; i < len(subjects); i += 7 {
			gone = append(gone, h.wrapped(subjects[i]))
		}
	}
	collect()
	if _, err := h.v.Rotate(t.Context(), h.d, h.inst, nil); err != nil {
		t.Fatal(err)
	}
	rotated := len(gone)
	collect()
	for i := 3; i < len(subjects); i += 7 {
		gone = append(gone, h.salt(subjects[i]))
	}
	if err := h.d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw := files(t, dsn)
	for _, w := range gone[rotated:] {
		if !bytes.Contains(raw, w) {
			t.Fatal("a living key is not in the file: the test looks in the wrong place")
		}
	}
	h.update(func(tx *db.Tx) error {
		for i := 3; i < len(subjects); i += 7 {
			if err := h.v.Erase(tx, h.inst, subjects[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err := h.d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw = files(t, dsn)
	left := 0
	for _, w := range gone {
		if bytes.Contains(raw, w[len(w)-16:]) {
			left++
		}
	}
	if left > 0 {
		t.Errorf("%d of %d erased keys and salts are still in the files", left, len(gone))
	}
}

// I10: once the versions and the root key that a backup was made under are
// destroyed, the backup is noise, erased subjects first of all.
func TestABackupOlderThanTheWindowIsNoise(t *testing.T) {
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.SQLite(t), Now: clock})
	first, second := sealtest.KEK(t, "first"), sealtest.KEK(t, "second")
	vault := func(c seal.Config) *seal.Vault {
		v, err := seal.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	h := house{t, d, vault(seal.Config{KEK: first}), id.Make[id.Institution](now)}
	sealtest.Provision(t, h.v, d, h.inst, seal.Intl)
	gone, stays := h.subject(), h.subject()
	pg, ps := h.place(gone, "learner.name", 1), h.place(stays, "learner.name", 1)
	sg, ss := h.seal(pg, "小明"), h.seal(ps, "小红")

	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := d.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	h.update(func(tx *db.Tx) error { return h.v.Erase(tx, h.inst, gone) })

	// A new root key; every institution is rotated to it.
	h.v = vault(seal.Config{KEK: second, Former: []seal.KEK{first}})
	if _, err := h.v.Rotate(t.Context(), d, h.inst, nil); err != nil {
		t.Fatal(err)
	}
	restored := house{t, dbtest.OpenWith(t, db.Config{DSN: "sqlite:" + backup}), h.v, h.inst}
	if got, err := restored.open(pg, sg); err != nil || got != "小明" {
		t.Fatalf("inside the window a backup must be restorable: %v", err)
	}

	now = now.Add(30*24*time.Hour - time.Minute)
	if err := h.v.Destroy(t.Context(), d, h.inst, 1); fault.CodeOf(err) != "seal.key_window" {
		t.Errorf("destroyed inside the window: %v", err)
	}
	if used, err := h.v.InUse(t.Context(), d, h.inst, "first"); !used || err != nil {
		t.Errorf("the first root key is still needed: %v, %v", used, err)
	}
	now = now.Add(time.Minute)
	for range 2 { // destroying twice is no error
		if err := h.v.Destroy(t.Context(), d, h.inst, 1); err != nil {
			t.Fatal(err)
		}
	}
	if used, err := h.v.InUse(t.Context(), d, h.inst, "first"); used || err != nil {
		t.Errorf("the first root key is no longer needed: %v, %v", used, err)
	}

	// The first root key leaves the ring.
	h.v = vault(seal.Config{KEK: second})
	if got, err := h.open(ps, ss); err != nil || got != "小红" {
		t.Errorf("the live database does not open: %v", err)
	}
	restored.v = vault(seal.Config{KEK: second})
	for _, c := range []cell{{place: pg, sealed: sg}, {place: ps, sealed: ss}} {
		if _, err := restored.open(c.place, c.sealed); fault.CodeOf(err) != "seal.kek_unknown" {
			t.Errorf("the old backup opens: %v", err)
		}
	}
}
