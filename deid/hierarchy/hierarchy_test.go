package hierarchy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/deid/hierarchy"
)

// told returns a value's names from level 0 up.
func told(t testing.TB, h *hierarchy.Hierarchy, value string) (names []string) {
	t.Helper()
	leaf, ok := h.Leaf(value)
	if !ok {
		t.Fatal("the hierarchy does not cover a value it was made of")
	}
	for l := range h.Levels() {
		names = append(names, h.Label(l, int(h.Above(l)[leaf])))
	}
	return names
}

func TestEachKindTellsValuesLessExactly(t *testing.T) {
	for _, c := range []struct {
		kind   hierarchy.Kind
		values string
		value  string
		want   string
	}{
		{hierarchy.Numbers, "11 17 19 24 38 62 90", "17", "17 15-19 10-19 0-19 0-39 0-79 *"},
		{hierarchy.Numbers, "0.5 1.25 7 -3", "1.25", "1.25 [1.0, 1.5) [1, 2) *"},
		{hierarchy.Dates, "2016-03-08 2016年3月8日 2016-03-09 2016-01-04 2016-04-01 2017-09-09 2013-01-31 2023-01-31", "2016-03-08", "2016-03-08 2016-03-08 2016-03 2016-Q1 2016 2015-2019 2010-2019 *"},
		{hierarchy.Dates, "2016-03 2016-01 2016-05 2019-01 2021-01", "2016-03", "2016-03 2016-Q1 2016 2015-2019 *"},
		{hierarchy.Regions, "310104 310115 330281 330203 110105", "310104", "310104 3101** *"},
		{hierarchy.Regions, "310104003 310104004 310115001 330281001", "310104003", "310104003 310104 3101** *"},
		{hierarchy.Grades, "三年级 三年级2班 小三 四年级 六年级 初二 高一 大班", "三年级2班", "三年级2班 三年级 小学中年级 小学 义务教育 *"},
		{hierarchy.Grades, "七年级(1)班 初一 九年级 高三3班 幼儿园小班", "七年级(1)班", "七年级(1)班 初一 初中 义务教育 *"},
		{hierarchy.Grades, "Grade 3 G4 grade 7 g12", "G4", ""},
		{hierarchy.Progress, "0/48 12/48 37/48 48/48 77% 79%", "37/48", "37/48 70-79% 50-99% *"},
		{hierarchy.Categories, "a b c", "b", "b *"},
	} {
		values := strings.Fields(c.values)
		if c.want == "" {
			values = []string{"Grade 3", "G4", "G5", "grade 7", "g12"}
			c.want = "G4|grades 3-4|primary|compulsory|*"
		}
		h, err := hierarchy.Generate(c.kind, values)
		if err != nil {
			t.Errorf("%s: %v", c.kind, err)
			continue
		}
		got := told(t, h, c.value)
		want := strings.Fields(c.want)
		switch {
		case strings.Contains(c.want, "|"):
			want = strings.Split(c.want, "|")
		case c.kind == hierarchy.Numbers && strings.Contains(c.want, "["):
			if len(got) < 3 || got[0] != "1.25" || got[len(got)-1] != "*" || !strings.HasPrefix(got[1], "[") {
				t.Errorf("decimals are told as %v", got)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.kind, diff)
		}
		if k := hierarchy.Guess(values); k != c.kind {
			t.Errorf("%s is guessed to be %s", c.kind, k)
		}
	}
}

func TestValuesThatAreMissingAreTheirOwn(t *testing.T) {
	for _, k := range hierarchy.Kinds {
		values := map[hierarchy.Kind][]string{
			hierarchy.Numbers: {"1", "2", "40"}, hierarchy.Dates: {"2016-01-01", "2017-01-01"}, hierarchy.Regions: {"310104", "310105", "330281"},
			hierarchy.Grades: {"一年级", "高二"}, hierarchy.Progress: {"5%", "80%"}, hierarchy.Categories: {"a", "b"},
		}[k]
		h, err := hierarchy.Generate(k, append(values, "", "不详", "NA"))
		if err != nil {
			t.Errorf("%s: %v", k, err)
			continue
		}
		names := told(t, h, "")
		if names[0] != "" || names[len(names)-1] != "*" {
			t.Errorf("%s: nothing is told as %q", k, names)
		}
	}
	if hierarchy.Guess([]string{"", "?"}) != hierarchy.Categories {
		t.Error("nothing but missing values is guessed to be more")
	}
}

// S2-05: a column that is not what it is taken for is refused, by row.
func TestAValueOfAnotherKindIsNamedByItsPlace(t *testing.T) {
	for kind, values := range map[hierarchy.Kind][]string{
		hierarchy.Numbers:  {"1", "2", "three"},
		hierarchy.Dates:    {"2016-01-01", "2016-12-31", "2016-02-30"},
		hierarchy.Regions:  {"310104", "330281", "990101"},
		hierarchy.Grades:   {"一年级", "高三", "31010420160308123X"},
		hierarchy.Progress: {"1/2", "100%", "101%"},
	} {
		_, err := hierarchy.Generate(kind, values)
		if e, ok := errors.AsType[*hierarchy.Error](err); !ok || e.Code != hierarchy.Unfit || e.At != 2 {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, odd := range []string{"1e5", "0x10", "Inf", "NaN", "1,000", "１２"} {
		if _, err := hierarchy.Generate(hierarchy.Numbers, []string{"1", odd}); err == nil && !hierarchy.Missing(odd) {
			t.Errorf("%q passes for a number", odd)
		}
	}
}

// A slip of the pen among ages is found before it makes categories of them all.
func TestAColumnWithASlipOfThePenIsNearlyAKind(t *testing.T) {
	ages := []string{"7", "8", "9", "10", "11", "12", "", "13", "14", "15", "1o", "16"}
	if k, at, ok := hierarchy.Nearly(ages); !ok || k != hierarchy.Numbers || at != 10 {
		t.Errorf("%s, %d, %v", k, at, ok)
	}
	for _, clean := range [][]string{{"7", "8"}, {"a", "b", "1"}, {"", "?"}, {"red", "green"}} {
		if k, at, ok := hierarchy.Nearly(clean); ok {
			t.Errorf("%v is nearly %s but for %d", clean, k, at)
		}
	}
}

func TestAFileOfLevelsIsRead(t *testing.T) {
	h, err := hierarchy.Parse(strings.NewReader("\xef\xbb\xbfa;x;*\r\nb;y;*\r\nc;x;*\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if h.Levels() != 3 || h.Leaves() != 3 || h.Nodes(1) != 2 || h.Ordered() {
		t.Errorf("%d levels, %d leaves", h.Levels(), h.Leaves())
	}
	if from, to := h.Cover(1, int(h.Above(1)[0])); to-from != 2 {
		t.Errorf("x covers %d to %d", from, to) // a and c stand side by side
	}
	open, err := hierarchy.Parse(strings.NewReader("a,x\nb,y\n"))
	if err != nil || open.Levels() != 3 || open.Label(2, 0) != hierarchy.Top {
		t.Errorf("levels that do not meet: %v", err)
	}
	for text, want := range map[string]hierarchy.Error{
		"a;x;*\nb;*\n":          {Code: hierarchy.Ragged, Row: 2},
		"a;x;*\nb;x;*\na;y;*\n": {Code: hierarchy.Twice, Row: 3},
	} {
		_, err := hierarchy.Parse(strings.NewReader(text))
		if e, ok := errors.AsType[*hierarchy.Error](err); !ok || *e != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "\n\n", "a;\"b\n", "PK\x03\x04"} {
		if _, err := hierarchy.Parse(strings.NewReader(text)); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// Every node covers a run of leaves, every level joins whole nodes of the one
// below, and the top joins all.
func TestEveryHierarchyIsATree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var values []string
		for n := rapid.IntRange(1, 40).Draw(t, "n"); len(values) < n; {
			values = append(values, rapid.SampledFrom([]string{"1", "17", "18", "99", "-4", "2016", "2016-03-08", "2016年3月", "310104",
				"330281", "三年级", "初二2班", "高一", "5%", "77%", "3/4", "", "无", "x", "y"}).Draw(t, "value"))
		}
		once := map[string]bool{}
		var different []string
		for _, v := range values {
			if !once[v] {
				once[v] = true
				different = append(different, v)
			}
		}
		h, err := hierarchy.Generate(hierarchy.Guess(different), different)
		if err != nil {
			t.Fatal(err)
		}
		if h.Leaves() != len(different) || h.Nodes(h.Levels()-1) != 1 {
			t.Fatalf("%d leaves for %d values", h.Leaves(), len(different))
		}
		for l := range h.Levels() {
			next := 0
			for n := range h.Nodes(l) {
				from, to := h.Cover(l, n)
				if from != next || to <= from {
					t.Fatalf("level %d: node %d covers %d to %d", l, n, from, to)
				}
				next = to
				for i := from; i < to; i++ {
					if int(h.Above(l)[i]) != n {
						t.Fatalf("leaf %d is not under node %d of level %d", i, n, l)
					}
					if l+1 < h.Levels() && h.Above(l + 1)[i] != h.Above(l + 1)[from] {
						t.Fatalf("level %d cuts a node of level %d in two", l+1, l)
					}
				}
			}
			if next != h.Leaves() {
				t.Fatalf("level %d covers %d of %d leaves", l, next, h.Leaves())
			}
		}
	})
}

func FuzzGenerate(f *testing.F) {
	f.Add("2016-03-08\n2016年3月\n三年级\n310104\n77%\n1e9")
	f.Fuzz(func(t *testing.T, text string) {
		once := map[string]bool{}
		var values []string
		for _, v := range strings.Split(text, "\n") {
			if !once[v] {
				once[v] = true
				values = append(values, v)
			}
		}
		for _, k := range hierarchy.Kinds {
			h, err := hierarchy.Generate(k, values)
			if err != nil {
				continue
			}
			for _, v := range values {
				if _, ok := h.Leaf(v); !ok {
					t.Fatalf("%s does not cover a value it was made of", k)
				}
			}
		}
	})
}
