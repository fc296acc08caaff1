package verify_test

import (
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(logtest.New("example.org/log").Fill(3).Head(3).String())
	f.Add("a\n-0\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := verify.ParseCheckpoint(s); err == nil && c.String() != s {
			t.Errorf("%q prints as %q", s, c.String())
		}
	})
}

func FuzzOpenHead(f *testing.F) {
	log := logtest.New("example.org/log").Fill(3)
	good := log.Sign(log.Head(3))
	f.Add(good)
	f.Add(logtest.Cosign(good, "w.example", cosignedAt))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := verify.OpenHead(b, log.VerifierKey(), logtest.Witness("w.example"))
		if err == nil && h.Checkpoint != log.Head(3) {
			t.Errorf("a head that nobody signed: %+v", h.Checkpoint)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add(logtest.New("example.org/log").VerifierKey().String())
	f.Add(logtest.Witness("w.example").String())
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := verify.ParseKey(s); err == nil && k.String() != s {
			t.Errorf("%q prints as %q", s, k)
		}
	})
}

func FuzzParseTilePath(f *testing.F) {
	f.Add("tile/0/x001/x234/067.p/17")
	f.Add("tile/entries/000")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := verify.ParseTilePath(s); err == nil && p.Path() != s {
			t.Errorf("%q prints as %q", s, p.Path())
		}
	})
}

func FuzzNextEntry(f *testing.F) {
	f.Add([]byte{0, 1, 'a', 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		rest := b
		for len(rest) > 0 {
			entry, r, err := verify.NextEntry(rest)
			if err != nil {
				return
			}
			if again, err = verify.AppendEntry(again, entry); err != nil {
				t.Fatal(err)
			}
			rest = r
		}
		if !bytes.Equal(again, b) {
			t.Error("a bundle changes when it is written again")
		}
	})
}

func FuzzParseLeaf(f *testing.F) {
	f.Add(logtest.Entry(1))
	f.Add([]byte(`{"t":0,"y":"a","e":"b","n":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, err := verify.ParseLeaf(b); err == nil && !bytes.Equal(l.AppendTo(nil), b) {
			t.Error("a leaf changes when it is written again")
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	f.Add([]byte(logtest.New("example.org/log").Fill(5).Receipt(2).String()))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := verify.ParseReceipt(b)
		if err != nil {
			return
		}
		_, _ = r.Verify(verify.Key{}) // must not panic; most fail
		if again, err := verify.ParseReceipt([]byte(r.String())); err != nil || again.String() != r.String() {
			t.Errorf("a receipt changes when it is written again: %v", err)
		}
	})
}

// FuzzProofs lets the fuzzer shape a proof and compares the verdict with tlog.
func FuzzProofs(f *testing.F) {
	f.Add(int64(5), int64(3), make([]byte, 96))
	f.Fuzz(func(t *testing.T, size, index int64, raw []byte) {
		var p []verify.Hash
		for len(raw) >= 32 && len(p) < 70 {
			p, raw = append(p, verify.Hash(raw[:32])), raw[32:]
		}
		c := verify.Checkpoint{Origin: "o", Size: size}
		if verify.Inclusion(p, c, index, verify.Hash{}) == nil {
			if tlog.CheckRecord(p, size, tlog.Hash{}, index, tlog.Hash{}) != nil {
				t.Error("more lenient than tlog")
			}
		}
		_ = verify.Consistency(p, verify.Checkpoint{Origin: "o", Size: index}, c)
	})
}
