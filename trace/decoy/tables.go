package decoy

import (
	_ "embed"
	"strings"
	"sync"
)

// Surnames and characters of given names in falling order of use. Each line is
// used half as often as the one before.
//
// Source: surnames from Chinese-Names-Corpus (Apache-2.0), the first 600 of one
// character; characters from ngender (MIT), the first 1,500. Facts of order only.
var (
	//go:embed surnames.txt
	surnameLines string
	//go:embed given.txt
	givenLines string
)

// table is values with how much they are used.
type table struct {
	values []string
	sum    []float64 // up to and with this one
}

func parse(lines string) table {
	var t table
	weight, sum := 1.0, 0.0
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		for _, r := range line {
			sum += weight
			t.values, t.sum = append(t.values, string(r)), append(t.sum, sum)
		}
		weight /= 2
	}
	return t
}

var (
	surnames = sync.OnceValue(func() table { return parse(surnameLines) })
	given    = sync.OnceValue(func() table { return parse(givenLines) })
)

// pick draws a value by its use.
func (t table) pick(s *stream) string {
	x := float64(s.uint64()>>11) / (1 << 53) * t.sum[len(t.sum)-1]
	low, high := 0, len(t.sum)-1
	for low < high {
		if mid := (low + high) / 2; t.sum[mid] > x {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return t.values[low]
}
