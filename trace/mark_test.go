package trace_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/trace"
)

func TestOneUniqueDecoyNamesTheExport(t *testing.T) {
	hits := []trace.Hit{{Mark: trace.Mark{Kind: trace.Decoy, Exports: []string{"exp7"}}, Row: 3}}
	e := trace.Weigh(hits, trace.Marks{Exports: 6000})
	if len(e) != 1 || e[0].Export != "exp7" || !e[0].Named || e[0].Unique != 1 {
		t.Errorf("%+v", e)
	}
}

func TestAFormatAloneNamesNobody(t *testing.T) {
	var hits []trace.Hit
	for i := range 1000 {
		hits = append(hits, trace.Hit{Mark: trace.Mark{Kind: trace.Format, Exports: []string{"exp7"}}, Row: i})
	}
	if e := trace.Weigh(hits, trace.Marks{Exports: 2}); e[0].Named {
		t.Errorf("%+v", e)
	}
}

// TestNumbersAloneNeedSeveralOfAnExportsOwn checks the published table of
// chances (pool of 2,000, five numbers each) and the rule made of it.
func TestNumbersAloneNeedSeveralOfAnExportsOwn(t *testing.T) {
	for y, want := range map[int]float64{1: 1.2e-2, 2: 5.0e-5, 3: 7.5e-8, 4: 3.8e-11} {
		if got := math.Exp(trace.LogTail(2000, 5, 5, y)); math.Abs(got/want-1) > 0.06 {
			t.Errorf("P(at least %d of 5) = %.2g, want %.2g", y, got, want)
		}
	}
	bare := func(n int) []trace.Hit {
		hits := make([]trace.Hit, 0, n)
		for i := range n {
			hits = append(hits, trace.Hit{Mark: trace.Mark{Kind: trace.Number, Exports: []string{"exp1"}}, Row: i})
		}
		return hits
	}
	m := trace.Marks{Exports: 1000, Pool: 2000, Numbers: map[string]int{"exp1": 5}}
	if e := trace.Weigh(bare(2), m); e[0].Named {
		t.Errorf("two numbers name: %+v", e)
	}
	if e := trace.Weigh(bare(4), m); !e[0].Named {
		t.Errorf("four numbers do not: %+v", e)
	}
}

// TestAliasesNameTheirExportAndAGuessDoesNot (S1-05): 200 aliases on 60 numbers.
// A list of two is no chance; whoever makes up a thousand meets one of a
// thousand exports' now and then.
func TestAliasesNameTheirExportAndAGuessDoesNot(t *testing.T) {
	met := func(n int) []trace.Hit {
		return slices.Repeat([]trace.Hit{{Mark: trace.Mark{Kind: trace.Alias, Exports: []string{"exp1"}}}}, n)
	}
	m := trace.Marks{Exports: 1000, Pool: 60, Aliases: map[string]int{"exp1": 200}}
	for _, c := range []struct {
		dialled, met int
		named        bool
	}{{1, 1, false}, {2, 2, true}, {3, 3, true}, {200, 200, true}, {1000, 1, false}, {1000, 2, false}, {400, 200, true}} {
		m.Dialled = c.dialled
		if e := trace.Weigh(met(c.met), m); e[0].Named != c.named {
			t.Errorf("%d of %d: %+v", c.met, c.dialled, e)
		}
	}
}

func TestAnIntersectionIsReadFromSharedDecoys(t *testing.T) {
	shared := func(ids ...string) trace.Hit { return trace.Hit{Mark: trace.Mark{Kind: trace.Decoy, Exports: ids}} }
	if got := trace.Coalition([]trace.Hit{shared("a", "b"), shared("a", "b", "c")}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("coalition %v", got)
	}
	if got := trace.Coalition([]trace.Hit{shared("a", "b"), shared("c", "d")}); got != nil {
		t.Errorf("two merged lists are read as the intersection %v", got)
	}
	if got := trace.Coalition([]trace.Hit{shared("a", "b"), shared("a")}); got != nil {
		t.Errorf("a list with unique decoys is read as the intersection %v", got)
	}
}

func TestCorrelationCannotCarryANameBeyondItsLimit(t *testing.T) {
	if got := trace.Fuse(0, 1000, 10); got != 10 {
		t.Errorf("Fuse = %v", got)
	}
	if got := trace.Fuse(20, -5, 10); got != 20 {
		t.Errorf("Fuse = %v", got)
	}
}

func TestValuesThatChangedDateTheList(t *testing.T) {
	at := func(d int) time.Time { return day.AddDate(0, 0, d) }
	spans := []trace.Span{{at(0), at(30)}, {at(10), at(40)}, {at(12), time.Time{}}, {at(-5), at(25)}}
	b, ok := trace.Date(spans)
	if !ok || !b.From.Equal(at(12)) || !b.To.Equal(at(25)) || b.Valid != 4 || !b.Contiguous {
		t.Errorf("%+v", b)
	}
	if _, ok := trace.Date(nil); ok {
		t.Error("no rows have a date")
	}
	merged := append(spans, trace.Span{at(100), at(110)}, trace.Span{at(100), at(111)}, trace.Span{at(99), at(112)})
	if b, _ := trace.Date(merged); b.Contiguous {
		t.Errorf("two merged lists look like one: %+v", b)
	}
}
