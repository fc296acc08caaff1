package list_test

import (
	"fmt"
	"testing"
)

// BenchmarkMatch reads and matches a row of a name, a birth and a number. A
// million rows take this many milliseconds as it takes nanoseconds a row, over a
// thousand.
func BenchmarkMatch(b *testing.B) {
	m := base()
	rows := make([][]string, 10_000)
	for i := range rows {
		rows[i] = []string{"赵" + string(rune('一'+i%3000)), "2015-03-02", fmt.Sprintf("139%08d", i)}
	}
	for b.Loop() {
		m.Match(rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/row")
}
