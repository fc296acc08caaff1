package policy_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/policy"
)

// TestDecisionsEqualCedarsOwn asks the remembered way, again from memory, and
// Cedar with all rules in one set and nothing folded.
func TestDecisionsEqualCedarsOwn(t *testing.T) {
	e := engine(t)
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		first, second := e.Decide(r), e.Decide(r)
		if !cmp.Equal(first, second) {
			t.Fatalf("%+v: %+v, then %+v", r, first, second)
		}
		allow, reasons, known := e.Cedar(r)
		if first.Allow != allow || first.Err != nil {
			t.Fatalf("%+v: %+v, Cedar says %v %v", r, first, allow, reasons)
		}
		for _, id := range first.Rules {
			if id != policy.NoPermit && !slices.Contains(reasons, id) {
				t.Fatalf("%+v: %s is not among Cedar's reasons %v", r, id, reasons)
			}
		}
		if len(first.Rules) == 0 || !known && first.Allow {
			t.Fatalf("%+v: %+v", r, first)
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	e := engine(t)
	for i := range 3 {
		for count := range policy.BulkMax {
			for _, act := range policy.Acts()[:5] {
				r := ideal(actor.Roles[i], act)
				r.Facts.BulkCount = count
				e.Decide(r)
				if n := e.Remembered(); n > policy.MemoryBound {
					t.Fatalf("%d decisions kept", n)
				}
			}
		}
	}
	// Purposes that no rule names are one to the rules, and to the memory.
	before := e.Remembered()
	for i := range 1000 {
		r := ideal(actor.Clerk, policy.FieldReveal)
		r.Purpose = fmt.Sprint("purpose ", i)
		e.Decide(r)
	}
	if n := e.Remembered(); n > before+1 {
		t.Errorf("%d decisions kept for one question", n-before)
	}
}

func TestDecidingIsSafeInParallel(t *testing.T) {
	e := engine(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for count := range 200 {
				r := ideal(actor.Clerk, policy.MessageSend)
				r.Facts.BulkCount, r.Facts.SecondPerson = count, i%2 == 0
				if got := e.Decide(r).Allow; got != (i%2 == 0 || count <= 50) {
					t.Errorf("count %d: %v", count, got)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkDecideRemembered(b *testing.B) {
	e, r := engine(b), ideal(actor.Clerk, policy.FieldReveal)
	b.ReportAllocs()
	for b.Loop() {
		if !e.Decide(r).Allow {
			b.Fatal("denied")
		}
	}
}

func BenchmarkDecideByCedar(b *testing.B) {
	ask := engine(b).Prepare(ideal(actor.Clerk, policy.FieldReveal))
	b.ReportAllocs()
	for b.Loop() {
		if !ask().Allow {
			b.Fatal("denied")
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		engine(b)
	}
}
