package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// opened opens an installation inside the test.
func opened(t *testing.T, data string) *installation {
	t.Helper()
	c := &console{out: io.Discard, err: io.Discard, env: os.Getenv, p: lang.For("en")}
	in, err := c.open(t.Context(), &command{Data: data}, how{alone: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.Close)
	return in
}

type person struct {
	inst            id.Institution
	guardian, child id.Subject
}

// children finds two families of one institution, by the database itself.
func children(t *testing.T, in *installation) (list []person) {
	t.Helper()
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, inst := range ids {
		err := in.DB.View(t.Context(), inst, func(tx *db.Tx) error {
			rows, err := tx.Query(`SELECT subject_id FROM subject WHERE institution_id = $1 AND kind = 'child' AND state = 'live'
				ORDER BY subject_id`, inst)
			if err != nil {
				return err
			}
			for rows.Next() {
				p := person{inst: inst}
				if err := rows.Scan(&p.child); err != nil {
					return err
				}
				g, err := subject.Guardians(tx, inst, p.child)
				if err != nil {
					return err
				}
				p.guardian = g[0]
				list = append(list, p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) >= 2 {
			return list
		}
		list = nil
	}
	t.Fatal("the city has no two children of one institution")
	return nil
}

// open tries to open a child's name as its guardian may.
func (p person) open(ctx context.Context, in *installation) error {
	r := gate.Request{Actor: actor.Actor{Institution: p.inst, Subject: p.guardian, Role: actor.Guardian, ProvedAt: time.Now()},
		Act: policy.SubjectCopy, Purpose: "learner.manage", Fields: []string{subject.LearnerName}, Subject: p.child}
	_, err := in.Gate.Do(ctx, r, func(tx *db.Tx, c *gate.Case) error {
		c.Facts.OwnChild, c.Facts.QuotaLeft = true, true
		return in.Facts.Why(tx, c)
	}, func(tx *db.Tx, permit seal.Permit, _ *gate.Case) error {
		_, err := subject.OpenOwn(tx, in.Vault, permit, p.inst, p.child, subject.LearnerName)
		return err
	})
	return err
}

func (p person) erase(t *testing.T, in *installation) {
	t.Helper()
	a := actor.Actor{Institution: p.inst, Subject: p.guardian, Role: actor.Guardian, ProvedAt: time.Now()}
	if _, err := in.Family.Erase(t.Context(), a, p.child); err != nil {
		t.Fatalf("erase: %v", err)
	}
	in.Log.StepAll(t.Context())
}

// beside puts what survives a lost database into a new folder: the key ring and
// the guard, which lie elsewhere.
func beside(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "back")
	if err := os.CopyFS(filepath.Join(to, guardName), os.DirFS(filepath.Join(from, guardName))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ringName, "passphrase"} {
		if err := copyWhole(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestWhoWasErasedStaysErasedAfterARestore is I10 with a backup from before, and
// I9 for the rest: the others are all there, what is lost is known by number, and
// the log goes on only when somebody accepts that (R4, R5).
func TestWhoWasErasedStaysErasedAfterARestore(t *testing.T) {
	data := city(t)
	backup := filepath.Join(t.TempDir(), "b.age")
	secret := write(t, filepath.Join(t.TempDir(), "secret"), "backup passphrase of tests\n")
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", secret)

	in := opened(t, data)
	family := children(t, in)
	gone, stays := family[0], family[len(family)-1]
	if err := gone.open(t.Context(), in); err != nil {
		t.Fatalf("before the erasure: %v", err)
	}
	gone.erase(t, in)
	if err := gone.open(t.Context(), in); fault.KindOf(err) != fault.Erased {
		t.Fatalf("after the erasure: %v", err)
	}
	in.Close()

	back := beside(t, data)
	fails(t, exitData, "cannot be served", "restore", backup, "--data", back, "--backup-passphrase-file", secret)
	fails(t, exitData, "lacks entries", "serve", "--data", back, "--listen", freeAddress(t))
	out := must(t, "restore", "--accept-loss", "--json", "--data", back)
	var o outcome
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		t.Fatal(err)
	}
	if len(o.Lost) == 0 || o.Epoch != 2 {
		t.Errorf("accepted %+v", o)
	}

	in = opened(t, back)
	if err := gone.open(t.Context(), in); fault.KindOf(err) != fault.Erased {
		t.Errorf("the restored base opens an erased child: %v", err)
	}
	if err := stays.open(t.Context(), in); err != nil {
		t.Errorf("the restored base has lost a child: %v", err)
	}
	for _, l := range o.Lost {
		path := filepath.Join(back, guardName, l.Institution+".fork-2")
		if err := declared(t, in, l, path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	in.Close()
	if out := must(t, "audit", "verify", "--data", back); strings.Count(out, ": in order.") != 7 {
		t.Errorf("after the restore:\n%s", out)
	}
	if status, out, _ := wardfold(t, "en_US.UTF-8", "doctor", "--data", back); status != 0 {
		t.Errorf("doctor after the restore:\n%s", out)
	}
	address := freeAddress(t)
	server(t, address, "serve", "--data", back, "--listen", address)
}

// declared checks the signed declaration of a fork.
func declared(t *testing.T, in *installation, l lostLine, path string) error {
	t.Helper()
	inst, err := id.Parse[id.Institution](l.Institution)
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	signer, err := in.key.signer(inst)
	if err != nil {
		return err
	}
	v, err := note.NewVerifier(signer.Key().String())
	if err != nil {
		return err
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err == nil && !strings.Contains(n.Text, "to "+signer.Name()) {
		err = errors.New("it does not name the new log")
	}
	return err
}

func TestARestoreOfTheNewestBackupLosesNothing(t *testing.T) {
	data := city(t)
	dir := t.TempDir()
	secret := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup := filepath.Join(dir, "b.age")
	in := opened(t, data)
	gone := children(t, in)[0]
	gone.erase(t, in)
	in.Close()
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", secret)
	raw, err := os.ReadFile(backup)
	if err != nil || strings.Contains(string(raw), "SQLite format") {
		t.Fatalf("the backup is not encrypted (%v)", err)
	}
	wrong := write(t, filepath.Join(dir, "wrong"), "another passphrase of tests\n")
	back := beside(t, data)
	fails(t, exitKeys, "wrong passphrase", "restore", backup, "--data", back, "--backup-passphrase-file", wrong)
	out := must(t, "restore", backup, "--json", "--data", back, "--backup-passphrase-file", secret)
	if !strings.Contains(out, `"lost": []`) || !strings.Contains(out, `"epoch": 1`) {
		t.Errorf("restored with\n%s", out)
	}
	in = opened(t, back)
	if err := gone.open(t.Context(), in); fault.KindOf(err) != fault.Erased {
		t.Errorf("an erased child opens: %v", err)
	}
	fails(t, exitUsage, "not empty", "restore", backup, "--data", back, "--backup-passphrase-file", secret)
}

func TestARestoreAsksForWhatABackupCannotHold(t *testing.T) {
	data := city(t)
	dir := t.TempDir()
	secret := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup := filepath.Join(dir, "b.age")
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", secret)
	fails(t, exitKeys, "key file is not in the backup", "restore", backup, "--data", filepath.Join(dir, "x"), "--backup-passphrase-file", secret)
	back := beside(t, data)
	if err := os.Remove(filepath.Join(back, guardName, tombstoneName)); err != nil {
		t.Fatal(err)
	}
	fails(t, exitData, "nobody knows who was erased", "restore", backup, "--data", back, "--backup-passphrase-file", secret)
	short, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	cut := write(t, filepath.Join(dir, "cut.age"), string(short[:len(short)-100]))
	if status, _, errs := wardfold(t, "en_US.UTF-8", "restore", cut, "--data", beside(t, data), "--backup-passphrase-file", secret); status == 0 {
		t.Errorf("a cut backup was restored: %s", errs)
	}
}

func TestTombstonesSurviveATornLineAndNameDamage(t *testing.T) {
	dir := t.TempDir()
	stones, err := openTombstones(dir)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	inst := id.Make[id.Institution](now)
	var want []id.Subject
	for range 3 {
		want = append(want, id.Make[id.Subject](now))
	}
	if err := errors.Join(stones.Add(inst, want, now), stones.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, tombstoneName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		write(t, path, string(whole[:cut]))
		again, err := openTombstones(dir)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if err := errors.Join(again.Add(inst, want[:1], now), again.Close()); err != nil {
			t.Fatal(err)
		}
		list, _, err := readTombstones(path)
		if full := strings.Count(string(whole[:cut]), "\n"); err != nil || len(list) != full+1 {
			t.Fatalf("cut at %d: %d of %d lines (%v)", cut, len(list), full+1, err)
		}
	}
	for i := range len(whole) - 1 {
		flipped := []byte(string(whole))
		flipped[i] ^= 1
		write(t, path, string(flipped))
		list, _, err := readTombstones(path)
		if err == nil && len(list) == 3 {
			t.Errorf("a flipped bit at %d went unnoticed", i)
		}
	}
}
