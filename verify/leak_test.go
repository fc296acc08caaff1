package verify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// The format is frozen: this archive was written once and verifies for ever (B10).
func TestGoldenLeakStillVerifies(t *testing.T) {
	log, l := logtest.Leak(nil)
	path := filepath.Join("testdata", "leak-1.zip")
	if *update {
		if err := os.WriteFile(path, l.Archive(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(golden, l.Archive()) {
		t.Errorf("%v, or the archive is another now", err)
	}
	back, err := verify.ParseLeak(golden)
	if err != nil {
		t.Fatal(err)
	}
	p, err := back.Verify(log.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	if p.Case != logtest.LeakCase || p.Exhibit != sha256.Sum256([]byte(logtest.LeakedList)) || len(p.Custody) != 3 ||
		len(p.Basis["stf_0000000000000000000000000a"]) != 2 {
		t.Errorf("got %+v", p)
	}
}

// Every byte of the archive counts (I9, I11).
func TestEveryByteOfALeakPackCounts(t *testing.T) {
	log, l := logtest.Leak(nil)
	whole := l.Archive()
	for at := range whole {
		forged := bytes.Clone(whole)
		forged[at] ^= 0x20
		if x, err := verify.ParseLeak(forged); err == nil {
			if _, err := x.Verify(log.VerifierKey()); err == nil {
				t.Fatalf("byte %d of %d may be another", at, len(whole))
			}
		}
	}
}

// What the result or the custody record says and the log does not is unfounded,
// although the whole was sealed in order (B10).
func TestAResultWithoutEntriesIsUnfounded(t *testing.T) {
	other := hex.EncodeToString(bytes.Repeat([]byte{7}, 32))
	for name, change := range map[string]func(*verify.LeakResult, *verify.Custody){
		"another verdict":          func(r *verify.LeakResult, _ *verify.Custody) { r.Verdict = "account" },
		"another account":          func(r *verify.LeakResult, _ *verify.Custody) { r.Accounts[0].ID = "stf_0000000000000000000000000c" },
		"another list":             func(r *verify.LeakResult, _ *verify.Custody) { r.File = other },
		"a line less":              func(_ *verify.LeakResult, c *verify.Custody) { c.Lines = c.Lines[1:] },
		"a line more":              func(_ *verify.LeakResult, c *verify.Custody) { c.Lines = append(c.Lines, c.Lines[0]) },
		"another hand":             func(_ *verify.LeakResult, c *verify.Custody) { c.Lines[1].Actor = "stf_0000000000000000000000000a" },
		"another time":             func(_ *verify.LeakResult, c *verify.Custody) { c.Lines[1].At = c.Lines[1].At.Add(time.Hour) },
		"the record of no list":    func(_ *verify.LeakResult, c *verify.Custody) { c.Lines[0].Hash = other },
		"no custody record at all": func(_ *verify.LeakResult, c *verify.Custody) { c.Lines = nil },
	} {
		log, l := logtest.Leak(change)
		x, err := verify.ParseLeak(l.Archive())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := x.Verify(log.VerifierKey()); !errors.Is(err, verify.Unfounded) && !errors.Is(err, verify.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files beside those that the evidence makes are not smuggled in.
func TestALeakPackHoldsNothingElse(t *testing.T) {
	_, l := logtest.Leak(nil)
	l.Evidence.Papers = append(l.Evidence.Papers, verify.Paper{Name: "../x", Text: "x"})
	if _, err := verify.ParseLeak(l.Archive()); !errors.Is(err, verify.Malformed) {
		t.Errorf("a path: %v", err)
	}
	for _, bad := range [][]byte{nil, []byte("PK\x03\x04"), []byte("{}")} {
		if _, err := verify.ParseLeak(bad); !errors.Is(err, verify.Malformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseLeak(f *testing.F) {
	_, l := logtest.Leak(nil)
	f.Add(l.Archive())
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := verify.ParseLeak(data)
		if err == nil && !bytes.Equal(x.Archive(), data) {
			t.Error("two archives of one pack")
		}
	})
}

func TestTheGradeOfANameSaysWhatBearsIt(t *testing.T) {
	for want, f := range map[string]verify.LeakFinding{
		"mark":   {Named: true, Even: true, Marks: 2},
		"even":   {Named: true, Even: true},
		"logged": {Named: true},
		"lead":   {Even: true, Marks: 2},
	} {
		if got := f.Grade(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
