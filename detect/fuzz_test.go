package detect_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wardfold/wardfold/detect"
)

// pieces are what numbers are made of and what stands around them.
var pieces = strings.Split(`110105 19491231 002X|11010519491231002X|110101201503078036|138|1234|5678|13812345678|13812345678|6222|0212|3456|7890|`+
	`6225880123456786|+86|0086|(010)|8765|4321|87654321|010-87654321|G|J|L|E|H|X|x| |  |-|.|/|,|，|：|:|"|（|）|号|QQ|电话|订单号|身份证|卡号|学号|护照|出生|`+
	`*|**|****|@qq.com|@|li|tel|年|月|日|生|2012|2012-05-06|5|京A|12345|３|１３８１２３４５６７８|Ｘ|×|·|　|`+"\u00a0|\n|\t|<|P<CHN|_|+|(|)|%|中|文", "|")

func jumble(r *rand.Rand, n int) []byte {
	var b []byte
	for range n {
		b = append(b, pieces[r.IntN(len(pieces))]...)
	}
	return b
}

func show(list []detect.Finding, text []byte) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s %q %d %v; ", f.Kind, text[f.Start:f.End], f.Score, f.Why)
	}
	return b.String()
}

var someKinds = []*detect.Scanner{
	detect.New(detect.Options{On: on, Kinds: detect.Numbers}),
	detect.New(detect.Options{On: on, Kinds: detect.Every &^ detect.Of(detect.PersonName, detect.Address)}),
}

func TestTheShortWaysFindWhatTheLongWayFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for i := range 20_000 {
		text := jumble(r, 1+r.IntN(12))
		s := someKinds[i%2]
		want := slices.Collect(s.Slow().Text(text))
		if got := slices.Collect(s.Text(text)); !slices.Equal(got, want) {
			t.Fatalf("%q\n short %s\n long  %s", text, show(got, text), show(want, text))
		}
	}
}

// sane checks what holds for the findings of any input.
func sane(t *testing.T, text []byte, list []detect.Finding) {
	t.Helper()
	last := int64(0)
	for _, f := range list {
		if f.Start < last || f.End <= f.Start || f.End > int64(len(text)) || f.Level == 0 || f.Kind == detect.None || f.Kind.String() == "" {
			t.Fatalf("%q: %+v", text, f)
		}
		last = f.End
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{sampleText, "", "\x00", "\xff\xfe1\x003\x008\x00", "\xfe\xff\x001", "\xef\xbb\xbf身份证110101201503078036",
		"P<CHNWANG<<XIAOMING<<<<<<<<<<<<<<<<<<<<<<<<<<\nE123456784CHN1503078M2501012<<<<<<<<<<<<<<02", "\xcb\xfb13812345678", strings.Repeat("1", 300),
		strings.Repeat("1 ", 300), strings.Repeat("*", 300), strings.Repeat("@", 300), "出生日期：二〇一二年五月", "第十名 三（2）班 十一岁"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, s := range append(someKinds, everything) {
			list := slices.Collect(s.Text(text))
			sane(t, text, list)
			if got := read(t, s, iotest.HalfReader(bytes.NewReader(text))); !slices.Equal(got, list) {
				t.Fatalf("%q: a stream says %s, the text %s", text, show(got, text), show(list, text))
			}
			if s != everything {
				if long := slices.Collect(s.Slow().Text(text)); !slices.Equal(long, list) {
					t.Fatalf("%q\n short %s\n long  %s", text, show(list, text), show(long, text))
				}
			}
		}
	})
}

func FuzzTable(f *testing.F) {
	f.Add("姓名", "110101201503078036", "2012-05-06")
	f.Add("", "\xff\xff", strings.Repeat("长", 40))
	f.Fuzz(func(t *testing.T, a, b, c string) {
		tab := everything.Table(nil)
		for range 3 {
			tab.Row(a, b, c)
			tab.Row(b)
		}
		for _, col := range tab.Columns() {
			if col.Valid > col.Filled || col.Masked > col.Valid || col.Share() > 1 {
				t.Fatalf("%+v", col)
			}
		}
	})
}
