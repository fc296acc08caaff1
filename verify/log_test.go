package verify_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

func TestWholeLogsOfManySizesVerify(t *testing.T) {
	for _, n := range []int{0, 1, 2, 255, 256, 257, 511, 512, 700, 66_000} {
		log := logtest.New("example.org/log").Fill(n)
		var kept []verify.Checkpoint
		for _, at := range []int64{0, 1, 128, 255, 256, 257, int64(n) - 1, int64(n)} {
			if at >= 0 && at <= int64(n) {
				kept = append(kept, log.Head(at))
			}
		}
		var seen int64
		var last int64
		head, err := verify.Log(t.Context(), log.Files(), verify.Options{
			Key: log.VerifierKey(), From: kept,
			Entry:    func(i int64, e []byte) error { seen++; return nil },
			Progress: func(done, total int64) { last = done },
		})
		if err != nil || head.Size != int64(n) || seen != int64(n) || last != int64(n) {
			t.Errorf("%d leaves: head %d, seen %d, progress %d, %v", n, head.Size, seen, last, err)
		}
	}
}

func TestAMissingPartialTileIsCutFromTheFullOne(t *testing.T) {
	log := logtest.New("example.org/log").Fill(300)
	older := log.Head(300)
	log.Fill(300)
	files := log.Files()
	files["checkpoint"] = log.Sign(older)
	if _, err := verify.Log(t.Context(), files, verify.Options{Key: log.VerifierKey()}); err == nil {
		t.Fatal("level 1 of the older head cannot be there, yet nothing is missed")
	}
	files["tile/1/000.p/1"] = files["tile/1/000.p/2"][:32]
	if _, err := verify.Log(t.Context(), files, verify.Options{Key: log.VerifierKey()}); err != nil {
		t.Error(err)
	}
}

func TestErrorsOfSourceAndCallerComeBack(t *testing.T) {
	log := logtest.New("example.org/log").Fill(300)
	o := verify.Options{Key: log.VerifierKey()}
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(int64, int64) { cancel() }
	if _, err := verify.Log(ctx, log.Files(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	stop := errors.New("stop")
	o.Entry = func(int64, []byte) error { return stop }
	if _, err := verify.Log(t.Context(), log.Files(), o); !errors.Is(err, stop) {
		t.Errorf("entry: %v", err)
	}
	broken := verify.SourceFunc(func(context.Context, string) ([]byte, error) { return nil, stop })
	if _, err := verify.Log(t.Context(), broken, o); !errors.Is(err, stop) {
		t.Errorf("source: %v", err)
	}
	if _, err := verify.Log(t.Context(), logtest.Files{}, o); !errors.Is(err, verify.Missing) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("empty: %v", err)
	}
}

// attack changes the entries of a log as somebody would who owns the machine.
type attack struct {
	name string
	do   func(r *rand.Rand, entries [][]byte, kept int) [][]byte
}

// behind picks an entry that the kept head covers.
func behind(r *rand.Rand, kept int) int { return r.IntN(kept) }

var attacks = []attack{
	{"edit", func(r *rand.Rand, e [][]byte, kept int) [][]byte {
		i := behind(r, kept)
		e[i] = bytes.Clone(e[i])
		e[i][r.IntN(len(e[i]))] ^= 1 << r.IntN(8)
		return e
	}},
	{"delete", func(r *rand.Rand, e [][]byte, kept int) [][]byte {
		i := behind(r, kept)
		return slices.Delete(e, i, i+1)
	}},
	{"insert", func(r *rand.Rand, e [][]byte, kept int) [][]byte {
		return slices.Insert(e, behind(r, kept), logtest.Entry(1_000_000))
	}},
	{"reorder", func(r *rand.Rand, e [][]byte, kept int) [][]byte {
		i := behind(r, kept)
		j := (i + 1 + r.IntN(len(e)-1)) % len(e)
		e[i], e[j] = e[j], e[i]
		return e
	}},
	{"truncate", func(r *rand.Rand, e [][]byte, kept int) [][]byte { return e[:r.IntN(kept)] }},
	{"fork", func(r *rand.Rand, e [][]byte, kept int) [][]byte {
		at := behind(r, kept)
		for i := at; i < len(e); i++ {
			e[i] = logtest.Entry(2_000_000 + i)
		}
		return e
	}},
	{"roll back and go on", func(r *rand.Rand, e [][]byte, kept int) [][]byte {
		e = e[:r.IntN(kept)]
		for i := range r.IntN(2 * kept) {
			e = append(e, logtest.Entry(3_000_000+i))
		}
		return e
	}},
}

func rebuild(origin string, entries [][]byte) *logtest.Log {
	l := logtest.New(origin)
	for _, e := range entries {
		l.Append(e)
	}
	return l
}

// T21, invariant I11: 10,000 random rewrites by whoever holds the log's own key
// and builds every tile anew, behind a head that somebody outside has kept. All
// are found.
func TestEveryRewriteBehindAKeptHeadIsDetected(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 2026))
	logs := make(map[int]*logtest.Log)
	for round := range count(10_000) {
		n := []int{3, 20, 90, 300, 520}[round%5]
		if logs[n] == nil {
			logs[n] = logtest.New("example.org/log").Fill(n)
		}
		log := logs[n]
		kept := 2 + r.IntN(n-1)
		a := attacks[r.IntN(len(attacks))]
		forged := rebuild(log.Origin, a.do(r, log.Entries(), kept))
		_, err := verify.Log(t.Context(), forged.Files(), verify.Options{
			Key: log.VerifierKey(), From: []verify.Checkpoint{log.Head(int64(kept))},
		})
		if !errors.Is(err, verify.Forked) && !errors.Is(err, verify.RolledBack) {
			t.Fatalf("round %d: %s behind %d of %d: %v", round, a.name, kept, n, err)
		}
	}
}

// Invariant I9: 10,000 random damages of stored files by whoever does not hold
// the key. All are found, down to one bit anywhere.
func TestEveryDamageOfAFileIsDetected(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 2026))
	log := logtest.New("example.org/log").Fill(700)
	good := log.Files()
	var paths []string
	for p := range good {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for round := range count(10_000) {
		files := good.Clone()
		p := paths[r.IntN(len(paths))]
		b := bytes.Clone(files[p])
		i := r.IntN(len(b))
		what := []string{"flip", "cut", "grow", "remove", "swap"}[r.IntN(5)]
		switch what {
		case "flip":
			b[i] ^= 1 << r.IntN(8)
		case "cut":
			b = b[:i]
		case "grow":
			b = append(b, b[:1+r.IntN(40)]...)
		case "remove":
			b = nil
		case "swap":
			other := paths[r.IntN(len(paths))]
			if b = files[other]; other == p {
				continue
			}
		}
		if files[p] = b; what == "remove" {
			delete(files, p)
		}
		if _, err := verify.Log(t.Context(), files, verify.Options{Key: log.VerifierKey()}); err == nil {
			t.Fatalf("round %d: %s of %s went unseen", round, what, p)
		}
	}
}

func TestTwoKeptHeadsThatContradictAreAFork(t *testing.T) {
	log := logtest.New("example.org/log").Fill(10)
	other := log.Head(4)
	other.Root[3] ^= 1
	o := verify.Options{Key: log.VerifierKey(), From: []verify.Checkpoint{log.Head(4), other}}
	if _, err := verify.Log(t.Context(), log.Files(), o); !errors.Is(err, verify.Forked) {
		t.Errorf("got %v", err)
	}
	other.Origin = "example.org/other"
	o.From = []verify.Checkpoint{other}
	if _, err := verify.Log(t.Context(), log.Files(), o); !errors.Is(err, verify.WrongOrigin) {
		t.Errorf("got %v", err)
	}
}

func TestProofsBuiltFromTilesVerifyAndWrongTilesAreRefused(t *testing.T) {
	log := logtest.New("example.org/log").Fill(700)
	files, head := log.Files(), log.Head(700)
	for _, i := range []int64{0, 255, 256, 699} {
		p, err := verify.ProveInclusion(t.Context(), files, head, i)
		if err != nil {
			t.Fatal(err)
		}
		if err := verify.Inclusion(p, head, i, verify.LeafHash(logtest.Entry(int(i)))); err != nil {
			t.Error(err)
		}
	}
	for _, size := range []int64{0, 1, 255, 256, 600, 700} {
		p, err := verify.ProveConsistency(t.Context(), files, log.Head(size), head)
		if err != nil {
			t.Fatal(err)
		}
		if err := verify.Consistency(p, log.Head(size), head); err != nil {
			t.Errorf("%d: %v", size, err)
		}
	}
	tile := bytes.Clone(files["tile/0/001"])
	tile[7] ^= 4
	files["tile/0/001"] = tile
	if _, err := verify.ProveInclusion(t.Context(), files, head, 256); !errors.Is(err, verify.WrongTile) {
		t.Errorf("wrong tile: %v", err)
	}
	if _, err := verify.ProveInclusion(t.Context(), files, head, 700); !errors.Is(err, verify.Malformed) {
		t.Errorf("no such leaf: %v", err)
	}
	if _, err := verify.ProveConsistency(t.Context(), files, head, log.Head(4)); !errors.Is(err, verify.RolledBack) {
		t.Errorf("backwards: %v", err)
	}
}

func TestErrorTextsNameTheLeafAndNeverTheEntry(t *testing.T) {
	log := logtest.New("example.org/log").Fill(20)
	files := log.Files()
	files["tile/entries/000.p/20"] = files["tile/entries/000.p/20"][:50]
	_, err := verify.Log(t.Context(), files, verify.Options{Key: log.VerifierKey()})
	if err == nil || !strings.Contains(err.Error(), "at leaf 0") || strings.Contains(err.Error(), "reveal") {
		t.Errorf("got %v", err)
	}
}
