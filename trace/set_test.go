package trace_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/trace"
)

func TestASetHasExactlyWhatWasPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Uint32Range(0, 200_000), 0, 300).Draw(t, "items")
		if rapid.Bool().Draw(t, "dense") {
			from := rapid.Uint32Range(0, 100_000).Draw(t, "from")
			for i := range uint32(5000) {
				items = append(items, from+i)
			}
		}
		want := slices.Clone(items)
		slices.Sort(want)
		want = slices.Compact(want)
		s := trace.NewSet(items)
		if got := slices.Collect(s.All()); !slices.Equal(got, want) && len(want) > 0 {
			t.Fatalf("%d items come back of %d", len(got), len(want))
		}
		if s.Len() != len(want) || !s.Equal(trace.NewSet(slices.Clone(want))) {
			t.Fatal("length or equality")
		}
		probe := rapid.Uint32Range(0, 300_000).Draw(t, "probe")
		if _, in := slices.BinarySearch(want, probe); s.Contains(probe) != in {
			t.Fatalf("Contains(%d) = %v", probe, !in)
		}
	})
}
