package slab

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"modernc.org/libc"

	"github.com/wardfold/wardfold/internal/db/abi"
	"github.com/wardfold/wardfold/internal/db/lite"
	"github.com/wardfold/wardfold/internal/db/row"
)

// fill writes one byte all over an allocation, and filled says whether it stands.
func fill(p uintptr, n int, b byte) { copy(abi.Bytes(p, n), bytes.Repeat([]byte{b}, n)) }

func filled(p uintptr, n int, b byte) bool { return bytes.Count(abi.Bytes(p, n), []byte{b}) == n }

// Whatever is allocated, resized and freed, from several goroutines: nobody's bytes
// are somebody else's.
func TestNoTwoShareAByte(t *testing.T) {
	Install()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			tls := libc.NewTLS()
			defer tls.Close()
			r := rand.New(rand.NewPCG(7, uint64(w)))
			type held struct {
				p uintptr
				n int
				b byte
			}
			var have []held
			for range 2000 {
				switch k := r.IntN(4); {
				case k < 2 || len(have) == 0:
					h := held{n: 4000 + r.IntN(700), b: byte(r.Uint32())}
					h.p = malloc(tls, int32(h.n))
					fill(h.p, h.n, h.b)
					have = append(have, h)
				default:
					i := r.IntN(len(have))
					h := have[i]
					if !filled(h.p, h.n, h.b) || int(size(tls, h.p)) < h.n {
						t.Errorf("an allocation of %d bytes was changed by another", h.n)
						return
					}
					if k == 2 {
						n := 3000 + r.IntN(4000)
						h.p = realloc(tls, h.p, int32(n))
						if !filled(h.p, min(n, h.n), h.b) {
							t.Error("resizing lost what was there")
							return
						}
						h.n = n
						fill(h.p, n, h.b)
						have[i] = h
						continue
					}
					free(tls, h.p)
					have[i] = have[len(have)-1]
					have = have[:len(have)-1]
				}
			}
			for _, h := range have {
				free(tls, h.p)
			}
		})
	}
	all.Wait()
}

// A pool gives every slot once, then none; what comes back is given again.
func TestPoolEnds(t *testing.T) {
	start, err := reserve(2 * step)
	if err != nil {
		t.Skip("this system reserves no addresses: ", err)
	}
	l := pool{start: start, end: start + 2*step, next: start, ready: start}
	seen := map[uintptr]bool{}
	var last uintptr
	for p := l.take(); p != 0; p = l.take() {
		if seen[p] || !l.holds(p) || !l.holds(p+slot-1) {
			t.Fatalf("slot %#x twice or outside", p)
		}
		fill(p, slot, 0xa5)
		seen[p], last = true, p
	}
	if len(seen) != 2*step/slot {
		t.Errorf("%d slots in %d bytes", len(seen), 2*step)
	}
	l.give(last)
	if p := l.take(); p != last {
		t.Errorf("take() = %#x after %#x came back", p, last)
	}
	var none pool
	if none.take() != 0 || none.holds(0) {
		t.Error("the zero pool gives something")
	}
}

// inUse counts the slots that were given and have not come back.
func inUse() int {
	pages.mu.Lock()
	defer pages.mu.Unlock()
	n := int(pages.next-pages.start) / slot
	for p := pages.back; p != 0; p = *(*uintptr)(abi.At(p)) {
		n--
	}
	return n
}

// SQLite's pages lie in slots, and come back when the database is closed.
func TestSQLiteUsesSlots(t *testing.T) {
	Install()
	if pages.start == 0 {
		t.Skip("this system reserves no addresses")
	}
	before := inUse()
	c, err := lite.Open(filepath.Join(t.TempDir(), "a.db"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO t SELECT i, randomblob(3000) FROM n"} {
		if _, err := c.Exec(q, nil); err != nil {
			t.Fatal(err)
		}
	}
	used := inUse() - before
	if used < 300 {
		t.Errorf("%d slots are in use for a table of 400 pages", used)
	}
	var set row.Set
	if err := c.Query(&set, "PRAGMA integrity_check", nil); err != nil || set.Len() != 1 {
		t.Errorf("integrity_check: %d rows, %v", set.Len(), err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if left := inUse() - before; left > used/10 {
		t.Errorf("%d of %d slots are still in use after closing", left, used)
	}
}
