package address_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/address"
)

// found lists the addresses of a text, parted by bars.
func found(text string) string {
	var all []string
	address.Find([]byte(text), func(start, end int, _ int16, _ uint32) { all = append(all, text[start:end]) })
	return strings.Join(all, "|")
}

func TestAddressesEndWhereTheTextGoesOn(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"家庭住址：青州市云门山街道前营子村12号", "青州市云门山街道前营子村12号"},
		{"我们家住在杭州市西湖区文三路478号华星时代广场B座1201室，随时欢迎。", "杭州市西湖区文三路478号华星时代广场B座1201室"},
		{"快递送到丽景花园3栋2单元501。", "丽景花园3栋2单元501"},
		{"赵小满,河北省保定市莲池区五四东路180号,13800138000", "河北省保定市莲池区五四东路180号"},
		{"地址: 北京市海淀区中关村大街27号 邮编100872", "北京市海淀区中关村大街27号 邮编100872"},
		{"他们下午从杭州市西湖区文三路478号出发。", "杭州市西湖区文三路478号"},
		{"快递送到了青州市云门山街道前营子村12号门口。", "青州市云门山街道前营子村12号"},
		{"孩子现在在丽景花园3栋2单元501居住", "丽景花园3栋2单元501"},
		{"老师到五四东路180号交通银行家访过两次", "五四东路180号交通银行"},
		{"她每天放学后回云门山街道前营子村12号写作业", "云门山街道前营子村12号"},
		{"民警赶往保定市莲池区五四东路180号处理纠纷", "保定市莲池区五四东路180号"},
		{"李老师家搬到海宁市永安村12号了", "海宁市永安村12号"},
		{"上海市静安区南京西路１２６６号，全角也是数字", "上海市静安区南京西路１２６６号"},
	} {
		if got := found(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestPlacesAreNotAddresses(t *testing.T) {
	for _, text := range []string{"他去过北京和上海。", "杭州市是浙江省的省会。", "今天下雨，路上小心。", "8号线一期工程开工。",
		"会议在人民大会堂举行。", "比分是3-2。", "2026-11-22开学", "第三小组获胜，得了12分",
		"全市共新建学校12所", "2026年全县改造道路35条", "城市公园里有2000棵树", "铁路全长149.8公里", "本市大楼共有12层高"} {
		if got := found(text); got != "" {
			t.Errorf("%s: got %q, want nothing", text, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"家庭住址：浙江省杭州市文三路1号", "3栋2单元501", "路路路号号号", "\xff路1号", "住址:", "一-二-三号楼"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "?")
		}
		last := 0
		address.Find([]byte(s), func(start, end int, _ int16, _ uint32) {
			if start < last || end <= start || end > len(s) || !utf8.RuneStart(s[start]) || end < len(s) && !utf8.RuneStart(s[end]) {
				t.Fatalf("span [%d:%d] behind %d in %d bytes", start, end, last, len(s))
			}
			last = end
		})
	})
}

// telling are the places that Find has to be told of.
func telling(text []byte) (places []int32) {
	for i, r := range string(text) {
		if address.Tells(r) {
			places = append(places, int32(i))
		}
	}
	return places
}

func TestFindAllocatesNothingOnceGrown(t *testing.T) {
	text := []byte(strings.Repeat("我们家住在杭州市西湖区文三路478号华星时代广场B座1201室，随时欢迎。\n", 50))
	var f address.Finder
	n := 0
	emit := func(int, int, int16, uint32) { n++ }
	tells := telling(text)
	f.Find(text, tells, emit)
	if a := testing.AllocsPerRun(20, func() { f.Find(text, tells, emit) }); a != 0 || n == 0 {
		t.Errorf("%v allocations per run, want none; %d addresses", a, n)
	}
}

func BenchmarkFind(b *testing.B) {
	text := []byte(strings.Repeat("记者昨天从市教育局了解到，今年秋季开学后，全市小学将统一使用新的课程表。"+
		"学校说，家长可以通过电话或者网络咨询，老师会及时答复；有困难的同学可以申请补助。\n", 200))
	var f address.Finder
	tells := telling(text)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		f.Find(text, tells, func(int, int, int16, uint32) {})
	}
}
