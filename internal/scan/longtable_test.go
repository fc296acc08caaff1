package scan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/scan"
)

// TestALongTableIsCountedToItsEnd: when its columns are known, numbers are counted
// from the text and names cell by cell.
func TestALongTableIsCountedToItsEnd(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("学生姓名,身份证号,备注\n")
	const rows = 240_000
	for range rows {
		b.WriteString("张小明," + child + ",\n")
	}
	sum, j := run(t, write(t, map[string]string{"a.csv": b.String()}), func(job *scan.Job) { job.Listed = 10 })
	if sum.Kinds[detect.ResidentID].All() != rows || sum.Kinds[detect.PersonName].All() != rows || sum.Under14 != rows {
		t.Errorf("numbers %+v, names %+v, minors %d", sum.Kinds[detect.ResidentID], sum.Kinds[detect.PersonName], sum.Under14)
	}
	for l, err := range j.Lines() {
		if err != nil {
			t.Fatal(err)
		}
		if c := l.Column; c != nil && c.Filled != rows {
			t.Errorf("column %+v", c)
		}
	}
}

// TestALongTableKeepsItsSurprises: text in a column that was quiet, a name in one
// of numbers, far down in a table whose columns are known.
func TestALongTableKeepsItsSurprises(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("编号,学生姓名,手机,备注\n")
	const rows = 240_000
	for i := range rows {
		note := ""
		if i == rows-10 {
			note = "李雷同学患有自闭症，身份证号" + child
		}
		fmt.Fprintf(&b, "%d,张小明,1380013%04d,%s\n", i, i%10_000, note)
	}
	sum, _ := run(t, write(t, map[string]string{"a.csv": b.String()}), func(job *scan.Job) { job.Listed = 10 })
	if sum.Kinds[detect.ResidentID].All() != 1 || sum.Kinds[detect.Health].All() == 0 || sum.Kinds[detect.Mobile].All() != rows {
		t.Errorf("numbers %+v, health %+v, mobiles %+v", sum.Kinds[detect.ResidentID], sum.Kinds[detect.Health], sum.Kinds[detect.Mobile])
	}
}
