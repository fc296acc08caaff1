package trace

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// MarkKind says what kind of mark an export carries.
type MarkKind string

// The kinds.
const (
	Decoy  MarkKind = "decoy"  // a family that does not exist, in the exports that Exports lists
	Serial MarkKind = "serial" // a student number of one export
	Alias  MarkKind = "alias"  // a relay number that stands for one family in one export
	Number MarkKind = "number" // a relay number of the pool, found without a name
	Format MarkKind = "format" // how cells were written; only ever a hint
)

// Mark is one mark, as registered when the export was made. A unique decoy is in
// one export, a shared one in several.
type Mark struct {
	Kind    MarkKind
	Exports []string
}

// Hit is a mark that a list carries.
type Hit struct {
	Mark
	Row int // of the list
}

// Evidence is what marks say about one export.
type Evidence struct {
	Export string
	LogE   float64 // natural logarithm of the e-value against "the list does not derive from it"
	Named  bool    // LogE reaches log(exports / alpha)
	Hits   int     // marks of this export that were found
	Unique int     // of these, in no other export
}

// Marks is what the judgement of marks needs to know beside the hits.
type Marks struct {
	Alpha   float64        // as Config.Alpha
	Exports int            // how many exports carry marks
	Pool    int            // relay numbers in the pool, for Number
	Numbers map[string]int // how many of them each export has
	Aliases map[string]int // how many aliases on the pool's numbers each export has, for Alias
	Dialled int            // different aliases on the pool's numbers that the list has
}

// Extensions is how many a relay number has: four digits, without 0000.
const Extensions = 9999

// stray is the chance that somebody who never had an export writes one of its
// unique marks: of a family that does not exist, with its number; of a number of
// 64 bits. Numbers are retired when they were known otherwise.
const stray = 1e-9

// hint is the most that formatting may say, in nats: log 10.
const hint = 2.302585092994046

// Weigh judges the marks that a list carries, export by export, the strongest
// first.
//
// A unique mark has chance stray elsewhere, so its e-value is 1/stray, once, and
// not a power of it: marks found together were copied together. Shared decoys
// name nobody alone; Coalition reads them. Numbers found without names are
// judged by how many of an export's own are among those found: if k of a pool of
// P numbers are the export's and f were found, y of them its own, the chance of
// that many for an export that gave nothing is hypergeometric. Aliases are judged
// in the same way: extensions are few enough to be guessed, and whoever guesses
// meets some, so that it counts how many of those in the list are an export's.
func Weigh(hits []Hit, m Marks) []Evidence {
	found := make(map[string]*Evidence)
	numbers, aliases := make(map[string]int), make(map[string]int)
	bare := make(map[int]bool)
	for _, h := range hits {
		for _, id := range h.Exports {
			e := found[id]
			if e == nil {
				e = &Evidence{Export: id}
				found[id] = e
			}
			e.Hits++
			switch {
			case h.Kind == Number && len(h.Exports) > 1: // shared by design: no surprise
			case h.Kind == Number:
				numbers[id]++
			case h.Kind == Alias:
				aliases[id]++
			case h.Kind == Format:
				e.LogE = max(e.LogE, hint)
			case len(h.Exports) == 1:
				e.Unique++
				e.LogE = -math.Log(stray)
			}
		}
		if h.Kind == Number {
			bare[h.Row] = true
		}
	}
	bound := math.Log(float64(max(1, m.Exports)) / cmp.Or(m.Alpha, 0.001))
	for id, y := range numbers {
		e := found[id]
		e.LogE = max(e.LogE, -LogTail(m.Pool, m.Numbers[id], len(bare), y))
	}
	for id, y := range aliases {
		e := found[id]
		e.LogE = max(e.LogE, -LogTail(m.Pool*Extensions, m.Aliases[id], m.Dialled, y))
	}
	var all []Evidence
	for _, id := range slices.Sorted(maps.Keys(found)) {
		e := found[id]
		e.Named = e.LogE >= bound
		all = append(all, *e)
	}
	slices.SortStableFunc(all, func(a, b Evidence) int { return cmp.Compare(b.LogE, a.LogE) })
	return all
}

// LogTail is the natural logarithm of the chance that at least y of f numbers
// drawn from a pool are among k given ones. It is 0 if that is no surprise.
func LogTail(pool, k, f, y int) float64 {
	if y <= 0 || pool <= 0 || k > pool || f > pool || y > min(k, f) {
		return 0
	}
	sum := 0.0
	whole := logChoose(pool, f)
	for i := y; i <= min(k, f); i++ {
		if f-i > pool-k {
			continue
		}
		sum += math.Exp(logChoose(k, i) + logChoose(pool-k, f-i) - whole)
	}
	return min(0, math.Log(sum))
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// Coalition reads shared decoys after an intersection: whoever keeps only the
// rows that all of several exports have keeps exactly those decoys that all of
// them share. It returns the exports that every found decoy has in common when
// there is no unique mark left, or nil: the smallest set is the coalition.
func Coalition(hits []Hit) []string {
	var common []string
	for _, h := range hits {
		if h.Kind != Decoy {
			continue
		}
		if len(h.Exports) == 1 {
			return nil
		}
		if common == nil || len(h.Exports) < len(common) {
			common = h.Exports
		}
	}
	for _, h := range hits {
		if h.Kind != Decoy {
			continue
		}
		for _, id := range common {
			if !slices.Contains(h.Exports, id) {
				return nil // not one intersection
			}
		}
	}
	return slices.Sorted(slices.Values(common))
}

// Fuse adds what marks and correlation say about one export. The correlation
// counts with at most limit nats: where a frame-up cannot be ruled out it must
// not carry a name by itself, and 10 is the usual limit. Products of independent
// e-values are e-values; marks are drawn from a key, independently of the rows.
func Fuse(marks, correlation, limit float64) float64 {
	return marks + min(max(correlation, 0), limit)
}
