package verify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// is reports whether err is of the code want; nil wants nil.
func is(err, want error) bool {
	if want == nil {
		return err == nil
	}
	return errors.Is(err, want)
}

var cosignedAt = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func TestHeadsOpenHereAndWithTorchwood(t *testing.T) {
	log := logtest.New("example.org/log").Fill(300)
	signed := logtest.Cosign(log.Sign(log.Head(300)), "bureau.example", cosignedAt)
	head, err := verify.OpenHead(signed, log.VerifierKey(), logtest.Witness("bureau.example"))
	if err != nil {
		t.Fatal(err)
	}
	want := []verify.Cosignature{{Name: "bureau.example", Hash: logtest.Witness("bureau.example").KeyHash(), At: cosignedAt}}
	if diff := cmp.Diff(want, head.Witnessed); diff != "" {
		t.Error(diff)
	}
	v, err := note.NewVerifier(log.VerifierKey().String())
	if err != nil {
		t.Fatal(err)
	}
	w, err := torchwood.NewCosignatureVerifier(logtest.Witness("bureau.example").String())
	if err != nil {
		t.Fatal(err)
	}
	policy := torchwood.ThresholdPolicy(3, torchwood.OriginPolicy(log.Origin),
		torchwood.SingleVerifierPolicy(v), torchwood.SingleVerifierPolicy(w))
	c, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil || c.N != head.Size || c.Hash != head.Root {
		t.Errorf("torchwood reads %v, %v", c, err)
	}
}

// T23: a server that changes key, origin or identity is not followed.
func TestHeadsOfAnotherKeyOrOriginAreRefused(t *testing.T) {
	log, other := logtest.New("example.org/log").Fill(5), logtest.New("example.org/other").Fill(5)
	renamed := log.Head(5)
	renamed.Origin = "example.org/other"
	witness := logtest.Witness("bureau.example")
	alone := logtest.Cosign([]byte(log.Head(5).String()+"\n"), "bureau.example", cosignedAt)
	badSig := logtest.Cosign(log.Sign(log.Head(5)), "bureau.example", cosignedAt)
	badSig = []byte(strings.Replace(string(badSig), "\n5\n", "\n4\n", 1))
	for _, c := range []struct {
		name   string
		signed []byte
		want   error
	}{
		{"its own", log.Sign(log.Head(5)), nil},
		{"another log's", other.Sign(other.Head(5)), verify.BadSignature},
		{"another origin under our key", log.Sign(renamed), verify.WrongOrigin},
		{"only a witness", alone, verify.BadSignature},
		{"a changed size", badSig, verify.BadSignature},
		{"nothing", nil, verify.BadSignature},
		{"an extension line", log.Sign(verify.Checkpoint{Origin: "example.org/log\n1", Size: 5}), verify.Malformed},
		{"too long", make([]byte, 1<<20), verify.Malformed},
	} {
		if _, err := verify.OpenHead(c.signed, log.VerifierKey(), witness); !is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := verify.OpenHead(log.Sign(log.Head(5)), verify.Key{}); !errors.Is(err, verify.BadSignature) {
		t.Errorf("no key: %v", err)
	}
	if _, err := verify.OpenHead(log.Sign(log.Head(5)), witness); !errors.Is(err, verify.BadSignature) {
		t.Errorf("a witness key as the log's: %v", err)
	}
}

func TestQuorumCountsOnlyTheNamedWitnesses(t *testing.T) {
	log := logtest.New("example.org/log").Fill(5)
	signed := logtest.Cosign(log.Sign(log.Head(5)), "a.example", cosignedAt)
	signed = logtest.Cosign(signed, "b.example", cosignedAt)
	signed = logtest.Cosign(signed, "a.example", cosignedAt.Add(time.Hour)) // repeated: counts once
	head, err := verify.OpenHead(signed, log.VerifierKey(), logtest.Witness("a.example"), logtest.Witness("c.example"))
	if err != nil || head.Quorum(1) != nil {
		t.Errorf("one witness: %v, %v", err, head.Quorum(1))
	}
	if err := head.Quorum(2); !errors.Is(err, verify.Unwitnessed) {
		t.Errorf("two witnesses: %v", err)
	}
}

func TestKeysPrintAndParseStrictly(t *testing.T) {
	for _, k := range []verify.Key{logtest.New("example.org/log").VerifierKey(), logtest.Witness("w.example")} {
		s := k.String()
		got, err := verify.ParseKey(s)
		if err != nil || got.String() != s {
			t.Errorf("%s: %v", s, err)
		}
		for _, bad := range []string{"", s + "=", s[1:], strings.Replace(s, "+", "++", 1), strings.ToUpper(s), s[:len(s)-4] + "AAA=", " " + s} {
			if _, err := verify.ParseKey(bad); !errors.Is(err, verify.Malformed) {
				t.Errorf("%q accepted", bad)
			}
		}
	}
}

func TestTilePathsAgreeWithTorchwood(t *testing.T) {
	for _, tile := range []verify.Tile{
		{Level: 0, N: 0, Width: 256}, {Level: 0, N: 1234067, Width: 17}, {Level: 5, N: 999, Width: 1},
		{Level: verify.Entries, N: 1000, Width: 256}, {Level: verify.Entries, N: 3, Width: 255},
	} {
		p := tile.Path()
		back, err := verify.ParseTilePath(p)
		theirs, err2 := torchwood.ParseTilePath(p)
		if err != nil || err2 != nil || back != tile || torchwood.TilePath(theirs) != p ||
			theirs.L != tile.Level || theirs.N != tile.N || theirs.W != tile.Width {
			t.Errorf("%s: %v %v, %v %v", p, back, err, theirs, err2)
		}
	}
	for _, bad := range []string{"", "tile/", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/0/x000/001",
		"tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/007", "tile/6/000", "tile/00/000", "tile/-1/000",
		"tile/0/../000", "tile/data/000", "tile/0/x001/x002", "tile/0/001/", "tile/0/+01", "TILE/0/000",
		"tile/0/x999/x999/x999/x999/x999/x999/999"} {
		if _, err := verify.ParseTilePath(bad); !errors.Is(err, verify.Malformed) {
			t.Errorf("%q accepted", bad)
		}
	}
}
