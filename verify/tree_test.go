package verify_test

import (
	"crypto/sha256"
	"math/rand/v2"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// naiveRoot is RFC 6962 §2.1 read aloud: split at the largest power of two.
func naiveRoot(leaves [][]byte) verify.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	l, r := naiveRoot(leaves[:k]), naiveRoot(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

// count is the full figure, or a tenth of it with -short.
func count(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// 10,000 trees: the streaming root, the naive model and x/mod tlog agree.
func TestTreeAgreesWithNaiveModelAndTlog(t *testing.T) {
	r := rand.New(rand.NewPCG(6962, 1))
	for n := range count(10_000) {
		size := r.IntN(100)
		if n%100 == 0 {
			size = r.IntN(1500)
		}
		var tree verify.Tree
		log := logtest.New("example.org/log")
		leaves := make([][]byte, size)
		for i := range leaves {
			leaves[i] = make([]byte, r.IntN(40))
			for j := range leaves[i] {
				leaves[i][j] = byte(r.Uint32())
			}
			tree.AddEntry(leaves[i])
			log.Append(leaves[i])
		}
		want := naiveRoot(leaves)
		if tree.Root() != want || log.Head(int64(size)).Root != want || tree.Size() != int64(size) {
			t.Fatalf("tree %d of %d leaves: roots differ", n, size)
		}
	}
}

func TestTreeRootIsRightAfterEveryLeaf(t *testing.T) {
	var tree verify.Tree
	log := logtest.New("example.org/log")
	for i := range int64(1100) {
		if tree.Root() != log.Head(i).Root {
			t.Fatalf("root after %d leaves", i)
		}
		e := logtest.Entry(int(i))
		tree.AddEntry(e)
		log.Append(e)
	}
}

func TestLeafHashMatchesTlogForEveryLength(t *testing.T) {
	for n := range 1100 {
		b := make([]byte, n)
		if verify.LeafHash(b) != tlog.RecordHash(b) {
			t.Fatalf("leaf of %d bytes", n)
		}
	}
}

func TestTreeDoesNotAllocate(t *testing.T) {
	var tree verify.Tree
	e := logtest.Entry(1)
	if n := testing.AllocsPerRun(1000, func() { tree.AddEntry(e) }); n != 0 {
		t.Errorf("%v allocations a leaf", n)
	}
}

func TestValidProofsOfEverySmallTreeVerify(t *testing.T) {
	log := logtest.New("example.org/log").Fill(70)
	for n := int64(1); n <= 70; n++ {
		newer := log.Head(n)
		for i := range n {
			p, err := tlog.ProveRecord(n, i, log)
			if err != nil {
				t.Fatal(err)
			}
			if err := verify.Inclusion(p, newer, i, verify.LeafHash(logtest.Entry(int(i)))); err != nil {
				t.Fatalf("leaf %d of %d: %v", i, n, err)
			}
		}
		for m := int64(1); m <= n; m++ {
			p, err := tlog.ProveTree(n, m, log)
			if err != nil {
				t.Fatal(err)
			}
			if err := verify.Consistency(p, log.Head(m), newer); err != nil {
				t.Fatalf("%d to %d: %v", m, n, err)
			}
		}
	}
}

// 100,000 mutated proofs: none is accepted.
func TestMutatedProofsAreNeverAccepted(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 26))
	log := logtest.New("example.org/log").Fill(600)
	for range count(100_000) {
		n := 2 + r.Int64N(599)
		head, m := log.Head(n), 1+r.Int64N(n-1)
		inclusion, err := tlog.ProveRecord(n, m, log)
		if err != nil {
			t.Fatal(err)
		}
		consistency, err := tlog.ProveTree(n, m, log)
		if err != nil {
			t.Fatal(err)
		}
		leaf := verify.LeafHash(logtest.Entry(int(m)))
		at, older := m, log.Head(m)
		switch r.IntN(6) {
		case 0:
			inclusion, consistency = flip(r, inclusion), flip(r, consistency)
		case 1:
			inclusion, consistency = inclusion[1:], consistency[:len(consistency)-1]
		case 2:
			inclusion, consistency = append(inclusion, leaf), append(consistency, leaf)
		case 3:
			leaf[r.IntN(32)] ^= 1 << r.IntN(8)
			older.Root[r.IntN(32)] ^= 1 << r.IntN(8)
		case 4:
			head.Root[r.IntN(32)] ^= 1 << r.IntN(8)
		case 5:
			at = (m + 1 + r.Int64N(n-1)) % n
			older.Size = 1 + at
			if older.Size == m {
				older.Size++
			}
		}
		if verify.Inclusion(inclusion, head, at, leaf) == nil {
			t.Fatalf("mutated inclusion proof of %d in %d accepted", m, n)
		}
		if older.Size < n && verify.Consistency(consistency, older, head) == nil {
			t.Fatalf("mutated consistency proof of %d to %d accepted", m, n)
		}
	}
}

func flip(r *rand.Rand, p []verify.Hash) []verify.Hash {
	p = append([]verify.Hash(nil), p...)
	p[r.IntN(len(p))][r.IntN(32)] ^= 1 << r.IntN(8)
	return p
}

// A size beyond 2^62 would make tlog search for a power of two without end.
func TestHugeSizesAreRefusedAtOnce(t *testing.T) {
	huge := verify.Checkpoint{Origin: "o", Size: 1<<63 - 1}
	if verify.Inclusion(nil, huge, 1, verify.Hash{}) == nil {
		t.Error("inclusion accepted")
	}
	if verify.Consistency(nil, verify.Checkpoint{Origin: "o", Size: 5}, huge) == nil {
		t.Error("consistency accepted")
	}
}

func TestConsistencyOfEqualEmptyAndShrinkingLogs(t *testing.T) {
	log := logtest.New("example.org/log").Fill(9)
	other := log.Head(9)
	other.Root[0] ^= 1
	foreign := log.Head(9)
	foreign.Origin = "example.org/other"
	for _, c := range []struct {
		name         string
		older, newer verify.Checkpoint
		want         error
	}{
		{"same head", log.Head(9), log.Head(9), nil},
		{"from empty", log.Head(0), log.Head(9), nil},
		{"false empty root", verify.Checkpoint{Origin: "example.org/log"}, log.Head(9), verify.Inconsistent},
		{"two roots at one size", log.Head(9), other, verify.Forked},
		{"shrunk", log.Head(9), log.Head(4), verify.RolledBack},
		{"another log", log.Head(9), foreign, verify.WrongOrigin},
	} {
		if err := verify.Consistency(nil, c.older, c.newer); !is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTreeAtAnySplitEqualsTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 700).Draw(t, "n")
		cut := rapid.IntRange(0, n).Draw(t, "cut")
		var a verify.Tree
		for i := range cut {
			a.AddEntry(logtest.Entry(i))
		}
		b := a // a copy is an independent continuation
		for i := cut; i < n; i++ {
			b.AddEntry(logtest.Entry(i))
		}
		log := logtest.New("o").Fill(n)
		if a.Root() != log.Head(int64(cut)).Root || b.Root() != log.Head(int64(n)).Root {
			t.Fatal("roots differ")
		}
	})
}
