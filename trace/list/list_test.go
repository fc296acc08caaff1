package list_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/list"
)

// child is an invented record; the numbers of this test are nobody's.
type child struct{ name, month, guardian, phone string }

var children = []child{
	0: {"陈小明", "2015-03", "陈伟", "13800000001"},
	1: {"陈小红", "2017-08", "陈伟", "13800000001"}, // a sister
	2: {"欧阳丽", "2014-11", "欧阳强", "15900000022"},
	3: {"王芳", "2016-01", "王建国", "18600000303"},
	4: {"王芳", "2016-01", "李娟", "17700004444"}, // of the same name and month
	5: {"阿依古丽·买买提", "2013-05", "买买提·吐尔逊", "13900005555"},
}

func base() list.Base {
	items := make(map[string][]uint32)
	add := func(k list.Kind, v string, x int) {
		key := fmt.Sprint(k, v)
		items[key] = append(items[key], uint32(x))
	}
	for i, c := range children {
		add(list.ByPhone, c.phone, i)
		add(list.ByName, list.Value(c.name, c.month), i)
		add(list.ByGuardian, list.Value(c.guardian, c.month), i)
		add(list.ByTail, list.Value(c.name, list.Tail(c.phone)), i)
	}
	return list.Base{Items: func(k list.Kind, v string) []uint32 { return items[fmt.Sprint(k, v)] }}
}

// TestARowIsFoundHoweverItIsWritten walks the bad inputs of a found list (B10).
func TestARowIsFoundHoweverItIsWritten(t *testing.T) {
	for _, c := range []struct {
		name  string
		cells []string
		want  []uint32
	}{
		{"plain", []string{"陈小明", "2015-03-02", "13800000001"}, []uint32{0}},
		{"a number with spaces and country code", []string{"陈小明", "+86 138-0000-0001"}, []uint32{0}},
		{"full-width digits", []string{"陈小红", "１３８００００００００１"}, []uint32{1}},
		{"an invisible mark around the number", []string{"\u202a13800000001\u202c"}, []uint32{0, 1}},
		{"traditional script", []string{"陳小紅", "13800000001"}, []uint32{1}},
		{"a title after the name", []string{"欧阳丽同学", "15900000022"}, []uint32{2}},
		{"letters in the number", []string{"欧阳丽", "159OOOOOO22"}, []uint32{2}},
		{"one wrong digit, confirmed by the name", []string{"欧阳丽", "15900000922"}, []uint32{2}},
		{"one digit too few", []string{"欧阳丽", "1590000022"}, []uint32{2}},
		{"two digits exchanged at the end", []string{"王芳", "18600000330"}, []uint32{3}},
		{"no number", []string{"王芳", "2016年1月5日", "王建国"}, []uint32{3}},
		{"nothing but a name and a birth", []string{"王芳", "2016/1/5"}, []uint32{3, 4}},
		{"a date as a spreadsheet keeps it", []string{"欧阳丽", "41960", "欧阳强"}, []uint32{2}},
		{"all in one cell", []string{"序号7：欧阳丽，2014-11，15900000022"}, []uint32{2}},
		{"another dot in the name", []string{"阿依古丽•买买提", "2013.05", "买买提・吐尔逊"}, []uint32{5}},
		{"a number in parts within a line", []string{"7. 欧阳丽 159 0000 0022 _"}, []uint32{2}},
		{"the same as a photograph gives it", []string{"| 7 . 欧阳丽  ·  l59O OOO 0022 _"}, []uint32{2}},
		{"pinyin beside a number", []string{"Ouyang Li", "15900000022"}, []uint32{2}},
	} {
		m := base().Match([][]string{c.cells})
		if len(m.Leak.Rows) != 1 || !slices.Equal(m.Leak.Rows[0], c.want) {
			t.Errorf("%s: %v, want %v; %+v", c.name, m.Leak.Rows, c.want, m.Report)
		}
	}
}

// TestWhatCannotBeReadIsSaidAndNotGuessed: a clear answer for every bad list.
func TestWhatCannotBeReadIsSaidAndNotGuessed(t *testing.T) {
	for _, c := range []struct {
		name  string
		rows  [][]string
		check func(list.Report) bool
	}{
		{"nothing", nil, func(r list.Report) bool { return r.Rows == 0 }},
		{"a header and no row", [][]string{{"姓名", "电话", "出生日期"}}, func(r list.Report) bool { return r.Rows == 0 && r.Blank == 1 }},
		{"names alone", [][]string{{"陈小明"}, {"王芳"}}, func(r list.Report) bool { return r.Nothing == 2 && r.Outside == 0 }},
		{"births alone", [][]string{{"2015-03-02"}}, func(r list.Report) bool { return r.Nothing == 1 }},
		{"pinyin alone", [][]string{{"Chen Xiaoming"}}, func(r list.Report) bool { return r.Latin == 1 && r.Nothing == 1 }},
		{"strangers", [][]string{{"赵六", "13912345678"}}, func(r list.Report) bool { return r.Outside == 1 }},
		{"a wrong digit that no name confirms", [][]string{{"赵六", "13800000002"}}, func(r list.Report) bool { return r.Outside == 1 }},
		{"a wrong digit without a name", [][]string{{"13800000002"}}, func(r list.Report) bool { return r.Outside == 1 }},
		{"parts of no number", [][]string{{"欧阳丽 12 34 56 78"}, {"2015 03 02"}}, func(r list.Report) bool { return r.Phone == 0 && r.Corrected == 0 }},
		{"one name of two keys", [][]string{{"陈小明", "2015-03", "13700000000"}}, func(r list.Report) bool { return r.Outside == 1 }},
		{"the same row again", [][]string{{"13800000001"}, {"138 0000 0001"}, {"陈小红", "13800000001"}},
			func(r list.Report) bool { return r.Phone == 1 && r.Repeated == 2 }},
	} {
		if m := base().Match(c.rows); !c.check(m.Report) {
			t.Errorf("%s: %+v", c.name, m.Report)
		}
	}
}

// TestADecoyIsReadBackByWhateverIsLeftOfIt (S1-05, S0-20).
func TestADecoyIsReadBackByWhateverIsLeftOfIt(t *testing.T) {
	b := base()
	decoy := map[string]bool{}
	for k, v := range map[list.Kind]string{list.ByPhone: "17000000999", list.ByName: "沈一诺|2015-06", list.ByTail: "沈一诺|0999"} {
		decoy[fmt.Sprint(k, v)] = true
	}
	b.Marks = func(k list.Kind, v string) []list.Marked {
		if decoy[fmt.Sprint(k, v)] {
			return []list.Marked{{Mark: trace.Mark{Kind: trace.Decoy, Exports: []string{"exp9"}}, Family: 1}}
		}
		return nil
	}
	for _, c := range []struct {
		cells []string
		kind  trace.MarkKind
	}{
		{[]string{"沈一诺", "2015-06-30", "沈强", "170 0000 0999"}, trace.Decoy},
		{[]string{"沈一諾", "2015年6月"}, trace.Decoy},
		{[]string{"沈一诺", "17000000999"}, trace.Decoy},
		{[]string{"17000000999"}, trace.Number},
	} {
		m := b.Match([][]string{c.cells})
		if len(m.Hits) != 1 || m.Hits[0].Kind != c.kind || m.Report.Marked != 1 || m.Leak.Outside != 0 {
			t.Errorf("%v: %+v %+v", c.cells, m.Hits, m.Report)
		}
	}
}

// TestAnAliasIsReadBackHoweverItIsWritten (S1-05): it is a mark in the row of a
// family that exists, and its number stands for nobody.
func TestAnAliasIsReadBackHoweverItIsWritten(t *testing.T) {
	b := base()
	b.Relay = func(n string) bool { return strings.HasPrefix(n, "1700000") }
	b.Marks = func(k list.Kind, v string) []list.Marked {
		if k == list.ByAlias && v == "17000000001,0042" {
			return []list.Marked{{Mark: trace.Mark{Kind: trace.Alias, Exports: []string{"exp9"}}, Family: 1}}
		}
		return nil
	}
	for _, cells := range [][]string{
		{"欧阳丽", "2014-11", "17000000001-0042"},
		{"欧阳丽 2014-11 17000000001,0042"},
		{"欧阳丽", "2014-11", "１７００００００００１－００４２"},
		{"欧阳丽", "2014-11", "+86 17000000001转0042"},
		{"欧阳丽", "2014-11", "17000000001", "0042"},
		{"欧阳丽", "2014-11", "17000000001 分机 0042"},
	} {
		m := b.Match([][]string{cells, {"欧阳丽", "17000000001-0042"}})
		if len(m.Hits) != 1 || m.Hits[0].Kind != trace.Alias || m.Dialled != 1 {
			t.Errorf("%v: hits %+v", cells, m.Hits)
		}
		if len(m.Leak.Rows) != 1 || m.Leak.Outside != 0 || m.Report.Names != 1 || m.Report.Relayed != 2 {
			t.Errorf("%v: %+v", cells, m.Report)
		}
	}
	for name, cells := range map[string][]string{
		"an extension of nobody's": {"欧阳丽", "2014-11", "17000000001-0043"},
		"no extension":             {"欧阳丽", "2014-11", "17000000001"},
	} {
		if m := b.Match([][]string{cells}); len(m.Hits) != 0 || m.Report.Names != 1 || m.Report.Relayed != 1 || m.Leak.Outside != 0 {
			t.Errorf("%s: %+v %+v", name, m.Hits, m.Report)
		}
	}
	if m := b.Match([][]string{{"欧阳丽", "15900000022", "0042"}}); m.Report.Phone != 1 || m.Report.Relayed+m.Dialled != 0 {
		t.Errorf("four digits after a family's number: %+v", m.Report)
	}
}

func FuzzFactsOfTakesAnything(f *testing.F) {
	f.Add("张三，13800000001 2015-3")
	f.Add("O138\u200b 00000001")
	f.Fuzz(func(t *testing.T, s string) {
		facts := list.FactsOf([]string{s})
		for _, m := range facts.Months {
			if len(m) != 7 {
				t.Errorf("month %q", m)
			}
		}
		for _, p := range facts.Phones {
			if len(p) < 10 || len(p) > 12 {
				t.Errorf("a number of %d digits", len(p))
			}
		}
	})
}

func Example() {
	m := base().Match([][]string{{"姓名", "电话"}, {"陳小明", "138 0000 0001"}, {"赵六", "139 1234 5678"}})
	fmt.Println(len(m.Leak.Rows), "row matches,", m.Leak.Outside, "does not")
	// Output: 1 row matches, 1 does not
}
