package verify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// opened returns a log whose entry 3 is about a subject, and its receipt.
func opened(t *testing.T) (*logtest.Log, verify.Receipt) {
	t.Helper()
	salt := sha256.Sum256([]byte("salt of one event"))
	subject := make([]byte, 16)
	mac := hmac.New(sha256.New, salt[:])
	mac.Write(subject)
	l, err := verify.ParseLeaf(logtest.Entry(3))
	if err != nil {
		t.Fatal(err)
	}
	l.Commitment = verify.Hash(mac.Sum(nil))
	log := logtest.New("wardfold.example/ins").Fill(3)
	log.Append(l.AppendTo(nil))
	log.Fill(300)
	r := log.Receipt(3)
	r.Opening = &verify.Opening{Subject: "sub_" + strings.Repeat("0", 26), Salt: salt}
	return log, r
}

// The format is frozen: these files were written once and verify for ever.
func TestGoldenReceiptsStillVerify(t *testing.T) {
	log, r := opened(t)
	path := filepath.Join("testdata", "receipt-1.json")
	if *update {
		if err := os.WriteFile(path, []byte(r.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), r.String()); diff != "" {
		t.Error(diff)
	}
	back, err := verify.ParseReceipt(golden)
	if err != nil {
		t.Fatal(err)
	}
	p, err := back.Verify(log.VerifierKey())
	if err != nil || p.Index != 3 || p.Leaf.Type != "reveal" || p.Subject != r.Opening.Subject {
		t.Errorf("got %+v, %v", p, err)
	}
}

// The export is read by two libraries that are not ours.
func TestReceiptExportsAsTLogProof(t *testing.T) {
	log, r := opened(t)
	v, err := note.NewVerifier(log.VerifierKey().String())
	if err != nil {
		t.Fatal(err)
	}
	policy := torchwood.ThresholdPolicy(2, torchwood.OriginPolicy(log.Origin), torchwood.SingleVerifierPolicy(v))
	hash := verify.LeafHash([]byte(r.Leaf))
	if err := torchwood.VerifyProof(policy, hash, r.TLogProof()); err != nil {
		t.Error(err)
	}
	var p proof.TLogProof
	if err := p.Unmarshal(r.TLogProof()); err != nil || p.Index != 3 || string(p.ExtraData) != r.Leaf {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestReceiptsThatWereTamperedWithAreRefused(t *testing.T) {
	log, good := opened(t)
	other := logtest.New("wardfold.example/other").Fill(9)
	for _, c := range []struct {
		name   string
		change func(*verify.Receipt)
		want   error
	}{
		{"nothing", func(*verify.Receipt) {}, nil},
		{"index", func(r *verify.Receipt) { r.Index++ }, verify.NotIncluded},
		{"index beyond the log", func(r *verify.Receipt) { r.Index = 1 << 40 }, verify.Malformed},
		{"another entry", func(r *verify.Receipt) { r.Leaf = string(logtest.Entry(4)) }, verify.NotIncluded},
		{"not an entry", func(r *verify.Receipt) { r.Leaf = `{"t":1}` }, verify.BadEntry},
		{"another person", func(r *verify.Receipt) { r.Opening.Subject = "sub_" + strings.Repeat("z", 25) + "w" }, verify.NotOpened},
		{"not a person", func(r *verify.Receipt) { r.Opening.Subject = "sub_1" }, verify.Malformed},
		{"another salt", func(r *verify.Receipt) { r.Opening.Salt[0] ^= 1 }, verify.NotOpened},
		{"a shorter proof", func(r *verify.Receipt) { r.Proof = r.Proof[1:] }, verify.NotIncluded},
		{"another log", func(r *verify.Receipt) { *r = other.Receipt(3) }, verify.WrongOrigin},
		{"another head", func(r *verify.Receipt) { r.Checkpoint = other.Receipt(3).Checkpoint }, verify.BadSignature},
		{"a broken key", func(r *verify.Receipt) { r.Log = "x" }, verify.Malformed},
	} {
		r := good
		r.Opening = &verify.Opening{Subject: good.Opening.Subject, Salt: good.Opening.Salt}
		c.change(&r)
		if _, err := r.Verify(log.VerifierKey()); !is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// One changed bit anywhere in a receipt file never yields a different truth.
func TestNoBitOfAReceiptCanBeChangedUnseen(t *testing.T) {
	log, r := opened(t)
	text := r.String()
	want, err := r.Verify(log.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(24, 1))
	for range count(10_000) {
		b := []byte(text)
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		back, err := verify.ParseReceipt(b)
		if err != nil {
			continue
		}
		got, err := back.Verify(log.VerifierKey())
		if err == nil && !(cmp.Equal(got.Leaf, want.Leaf) && got.Index == want.Index && got.Subject == want.Subject) {
			t.Fatalf("a changed receipt says something else")
		}
	}
}

func TestReceiptWithoutAKnownKeyOnlyFitsTogether(t *testing.T) {
	log := logtest.New("wardfold.example/ins").Fill(2)
	p, err := log.Receipt(1).Verify(verify.Key{})
	if err != nil || p.Head.Origin != log.Origin || p.Subject != "" {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestReceiptParserAcceptsOneFormOnly(t *testing.T) {
	_, r := opened(t)
	s := r.String()
	if _, err := verify.ParseReceipt([]byte(strings.ReplaceAll(s, "\n", "\r\n  "))); err != nil {
		t.Errorf("white space: %v", err)
	}
	for name, bad := range map[string]string{
		"unknown member":  strings.Replace(s, `"index"`, `"note":"x","index"`, 1),
		"doubled member":  strings.Replace(s, `"index"`, `"index":4,"index"`, 1),
		"other case":      strings.Replace(s, `"index"`, `"Index"`, 1),
		"another version": strings.Replace(s, "receipt/1", "receipt/2", 1),
		"two of them":     s + s,
		"null":            "null",
		"negative index":  strings.Replace(s, `"index": 3`, `"index": -3`, 1),
		"too long":        s + strings.Repeat(" ", 200_000),
	} {
		if _, err := verify.ParseReceipt([]byte(bad)); !errors.Is(err, verify.Malformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
