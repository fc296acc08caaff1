package detect_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// TestForksCountAsOneTableDoes: the rows of a long table, taken by one table, and
// by forks of its beginning, row by row and cell by cell.
func TestForksCountAsOneTableDoes(t *testing.T) {
	g := invented{rand.New(rand.NewPCG(41, 42))}
	header := []string{"姓名", "身份证号", "班级", "住址", "备注"}
	row := func(i int) []string {
		note := ""
		if i%50 == 0 {
			note = g.pick("花生过敏", "无", "电话"+g.mobile()+"，请在晚上七点以后联系孩子的母亲")
		}
		return []string{g.name(), g.id(2008 + g.IntN(10)), g.pick("三年级2班", "高二5班", "李*"), "朝阳区朝阳路" + fmt.Sprint(g.IntN(300)) + "号", note}
	}
	whole, first := everything.Table(header), everything.Table(header)
	var forks []*detect.Table
	for i := range 4000 {
		cells := row(i)
		whole.Row(cells...)
		if i < 1000 {
			first.Row(cells...)
			continue
		}
		if len(forks) < 2 {
			forks = append(forks, first.Fork())
		}
		forks[i%len(forks)].Row(cells...)
	}
	single := first.Fork()
	cells := row(0)
	whole.Row(cells...)
	for i, c := range cells {
		if kind, minor := single.Cell(i, c); i == 1 && (kind != detect.ResidentID || minor == detect.Unknown) {
			t.Errorf("an identity number is %v, %v", kind, minor)
		}
	}
	for _, f := range append(forks, single) {
		first.Add(f)
	}
	got, want := first.Columns(), whole.Columns()
	for i := range want {
		got[i].First = want[i].First // forks do not know which rows they were given
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%s: %+v, want %+v", want[i].Header, got[i], want[i])
		}
	}
	a, b := first.Summary(), whole.Summary()
	if a.Rows != b.Rows-1 || a.Persons < b.Persons*9/10 || a.Persons > b.Persons*11/10 || a.Sensitive != b.Sensitive {
		t.Errorf("%+v, want %+v", a, b)
	}
}

// TestATermBelongsToTheLineItStandsIn whatever weaker numbers stand further down:
// an illness once took its class of age from the line behind.
func TestATermBelongsToTheLineItStandsIn(t *testing.T) {
	text := "1330,王伟涛,,13873234888,五年级1班,建国路198号,对花生过敏\n" +
		"1526,刘芳洋,110101201011020014,13865434714,高二3班,朝阳路264号,\n" +
		"1527,李*,110101201603150015,13857710415,三年级2班,建国路30号,\n"
	scanner := detect.New(detect.Options{On: detect.On(2026, 11, 22)})
	for f := range scanner.Text([]byte(text)) {
		line := strings.Count(text[:f.Start], "\n")
		if want := []detect.Minor{detect.Under14, detect.From14To17, detect.Under14}[line]; f.Minor != want {
			t.Errorf("line %d: %v is of somebody %v, want %v", line+1, f.Kind, f.Minor, want)
		}
	}
}
