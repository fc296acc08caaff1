package deid_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/wardfold/wardfold/deid"
)

func TestNamesAreMaskedByWhatAReaderCallsACharacterS3_46(t *testing.T) { // S3-46
	for _, c := range []struct{ name, in, given, surname string }{
		{"three characters", "张小明", "*小明", "张*"},
		{"two characters", "张浩", "*浩", "张*"},
		{"one character", "张", "*", "*"},
		{"compound surname", "欧阳小明", "*小明", "欧阳*"},
		{"compound surname, short", "欧阳明", "*明", "欧阳*"},
		{"a surname like a compound one", "欧阳", "*阳", "欧*"},
		{"four characters", "张王小明", "*小明", "张*"},
		{"minority name", "阿依古丽·买买提", "*古丽·*", "阿*"},
		{"minority name, other dot", "才仁•卓玛", "*仁·*", "才*"},
		{"spaces inside", "张 小　明", "*小明", "张*"},
		{"Extension B", "𠮷𠀀𪚥", "*𠀀𪚥", "𠮷*"},
		{"Extension G and H", "张\U00030000\U00031350", "*\U00030000\U00031350", "张*"},
		{"GB 18030 level 3", "㐂㑇䶮", "*㑇䶮", "㐂*"},
		{"private use", "张\ue843\ue844", "*\ue843\ue844", "张*"},
		{"variation selector", "葛\U000e0100城", "*城", "葛\U000e0100*"},
		{"one ideograph with a selector", "葛\U000e0100", "*", "*"},
		{"Hangul", "김민수", "*민수", "김*"},
		{"conjoining jamo", "\u1100\u1175\u11b7민수", "*민수", "\u1100\u1175\u11b7*"},
		{"kana", "さくら", "*くら", "さ*"},
		{"Latin", "Tom Sawyer", "T*", "T*"},
		{"Latin with a combining mark", "E\u0301mile", "E\u0301*", "E\u0301*"},
		{"Tibetan", "བསྟན་འཛིན", "བ*", "བ*"},
		{"mixed", "李Tom", "*om", "李*"},
		{"emoji family", "👨‍👩‍👧", "*", "*"},
		{"flags pair up", "🇨🇳🇨🇳", "🇨🇳*", "🇨🇳*"},
		{"skin tone", "👍🏽a", "👍🏽*", "👍🏽*"},
		{"invalid UTF-8", "张\xff明", "*\ufffd明", "张*"},
		{"only spaces", "  ", "", ""},
	} {
		if got := deid.Given.Apply(c.in); got != c.given {
			t.Errorf("%s: given form is %q, want %q", c.name, got, c.given)
		}
		if got := deid.Surname.Apply(c.in); got != c.surname {
			t.Errorf("%s: surname form is %q, want %q", c.name, got, c.surname)
		}
	}
}

func TestEveryOtherKindHasItsForm(t *testing.T) {
	for _, c := range []struct {
		form     deid.Form
		in, want string
	}{
		{deid.Mobile, "+8613800005678", "138****5678"},
		{deid.Mobile, "13800005678", "138****5678"},
		{deid.Mobile, "138 0000-5678", "138****5678"},
		{deid.Mobile, "+862165432100", "****00"},
		{deid.Mobile, "+85261234567", "****67"},
		{deid.Mobile, "110", "****"},
		{deid.Mobile, "wechat: zhang", "****"},
		{deid.Year, "2016-03", "2016-**"},
		{deid.Year, "2016-03-08", "2016-**"},
		{deid.Year, "20160308", "2016-**"},
		{deid.Year, "03/2016", "****-**"},
		{deid.Edges, "11010519491231002X", "1****X"},
		{deid.Edges, "1234567", "****"},
		{deid.District, "上海市徐汇区漕溪北路1号", "上海市徐汇区*"},
		{deid.District, "上海市浦东新区张江镇", "上海市浦东新区*"},
		{deid.District, "浙江省宁波市余姚市凤山街道", "浙江省宁波市余姚市*"},
		{deid.District, "内蒙古自治区锡林郭勒盟正蓝旗上都镇", "内蒙古自治区锡林郭勒盟正蓝旗*"},
		{deid.District, "云南省楚雄彝族自治州双柏县妥甸镇", "云南省楚雄彝族自治州双柏县*"},
		{deid.District, "江西省景德镇市珠山区中山南路", "江西省景德镇市珠山区*"},
		{deid.District, "余姚市阳光小区3栋", "余姚市*"},
		{deid.District, "杭州市市场路5号", "杭州市*"},
		{deid.District, "朝阳区建国路88号", "朝阳区*"},
		{deid.District, "Flat 3, Nathan Road", "*"},
		{deid.Nothing, "anything", "*"},
		{deid.Form("unknown"), "anything", "*"},
		{deid.Whole, " 张小明 ", "张小明"},
	} {
		if got := c.form.Apply(c.in); got != c.want {
			t.Errorf("%s: got %q, want %q", c.form, got, c.want)
		}
	}
}

// S3-46, S3-54: the number of an identity card is not sensitive by itself (GB/T
// 45574-2025), but everything of a child under 14 is, and it stays masked for
// everybody, the family included.
func TestAnIdentityCardIsWholeForNobody(t *testing.T) {
	const number = "11010519491231002X"
	for _, who := range []deid.Audience{deid.Staff, deid.Family, deid.Public, deid.Log, "journalist"} {
		if got := deid.Rules.Mask(deid.NationalID, who, number); len(got) >= 8 {
			t.Errorf("%s sees %q", who, got)
		}
	}
}

func TestTheTableHidesWhatItDoesNotList(t *testing.T) {
	if got := deid.Rules.Mask("shoe_size", deid.Staff, "38"); got != "*" {
		t.Errorf("an unlisted kind shows %q", got)
	}
	if got := deid.Rules.Mask(deid.ChildName, "journalist", "张小明"); got != "*" {
		t.Errorf("an unlisted audience sees %q", got)
	}
	seen := map[string]bool{}
	for _, r := range deid.Rules {
		if key := fmt.Sprint(r.Kind, r.Audience); seen[key] {
			t.Errorf("%s for %s is listed twice", r.Kind, r.Audience)
		} else {
			seen[key] = true
		}
		if (r.Audience == deid.Public || r.Audience == deid.Log) && r.Form != deid.Nothing {
			t.Errorf("%s is shown to %s", r.Kind, r.Audience)
		}
	}
	if got := deid.Rules.WithSurnames().Mask(deid.ChildName, deid.Staff, "张小明"); got != "张*" {
		t.Errorf("the other policy shows %q", got)
	}
	if deid.Rules.Form(deid.ChildName, deid.Staff) != deid.Given {
		t.Error("choosing the other policy changed the default table")
	}
}

// A child shown without surname beside a parent shown with it is shown in full.
func TestNamesOfOneFamilyAreMaskedAlike(t *testing.T) {
	for _, table := range []deid.Table{deid.Rules, deid.Rules.WithSurnames()} {
		for _, a := range []deid.Audience{deid.Staff, deid.Family, deid.Public, deid.Log} {
			if c, g := table.Form(deid.ChildName, a), table.Form(deid.GuardianName, a); c != g {
				t.Errorf("%s sees a child as %s and a guardian as %s", a, c, g)
			}
		}
	}
}

// Two audiences who compare their views learn no more than one of them knew.
func TestTheFormsOfOneKindAreNested(t *testing.T) {
	for _, table := range []deid.Table{deid.Rules, deid.Rules.WithSurnames()} {
		partial := map[deid.Kind]deid.Form{}
		for _, r := range table {
			if r.Form == deid.Whole || r.Form == deid.Nothing {
				continue
			}
			if f, ok := partial[r.Kind]; ok && f != r.Form {
				t.Errorf("%s has the partial forms %s and %s", r.Kind, f, r.Form)
			}
			partial[r.Kind] = r.Form
		}
	}
}

// sample draws a name from the corners of Unicode.
func sample(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(6) {
		switch r.IntN(12) {
		case 0:
			b.WriteRune(rune(0x20000 + r.IntN(0xa6e0))) // Extension B
		case 1:
			b.WriteRune(rune(0x3400 + r.IntN(0x19c0))) // Extension A
		case 2:
			b.WriteRune(rune(0xe000 + r.IntN(0x1900))) // private use
		case 3:
			b.WriteString("·")
		case 4:
			b.WriteRune(rune(0x300 + r.IntN(0x70))) // combining
		case 5:
			b.WriteString([]string{"\u200d", "\ufe0f", "\U000e0101", "🇨", "👩‍👧", "👍🏿", "\u1112\u1161\u11ab", "각"}[r.IntN(8)])
		case 6:
			b.WriteByte(byte(r.IntN(256))) // often not UTF-8
		case 7:
			b.WriteRune(rune('A' + r.IntN(58)))
		default:
			b.WriteRune(rune(0x4e00 + r.IntN(0x5200)))
		}
	}
	return b.String()
}

// S3-46: 0 invalid UTF-8 and no length leak over a million names.
func TestAMillionNamesLeakNeitherBrokenTextNorLength(t *testing.T) { // S3-46
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	forms := []deid.Form{deid.Given, deid.Surname, deid.Mobile, deid.Year, deid.Edges, deid.District, deid.Nothing}
	most := map[deid.Form]int{deid.Given: 5, deid.Surname: 3, deid.Mobile: 11, deid.Year: 7, deid.Edges: 6, deid.Nothing: 1}
	for i := range n {
		name := sample(r)
		for _, f := range forms {
			if f != deid.Given && f != deid.Surname && i%50 != 0 {
				continue
			}
			mask := f.Apply(name)
			if !utf8.ValidString(mask) {
				t.Fatalf("form %s of name %d is not UTF-8", f, i)
			}
			if limit := most[f]; limit > 0 && len(deid.Graphemes(mask)) > limit {
				t.Fatalf("form %s of name %d has %d characters", f, i, len(deid.Graphemes(mask)))
			}
		}
		tail := string([]rune{rune(0x4e00 + r.IntN(0x5000)), rune(0x4e00 + r.IntN(0x5000))})
		short, long := "张"+tail, "慕容"+strings.Repeat("王", 1+r.IntN(5))+tail
		if deid.Given.Apply(short) != deid.Given.Apply(long) {
			t.Fatalf("the given form tells how long the surname is (name %d)", i)
		}
		if deid.Surname.Apply("张"+tail) != deid.Surname.Apply("张"+tail[:3]) {
			t.Fatalf("the surname form tells how long the given name is (name %d)", i)
		}
	}
}

func TestTheLengthOfWhatIsHiddenIsHidden(t *testing.T) {
	for _, c := range []struct {
		form deid.Form
		a, b string
	}{
		{deid.Mobile, "+862165430000", "+4930123450000"},
		{deid.Edges, "1234567X", "12345678901234567X"},
		{deid.Year, "2016-03", "2016-03-08"},
		{deid.District, "上海市徐汇区漕溪北路1号", "上海市徐汇区"},
		{deid.Given, "Tom", "Theodora Alexandrina"},
		{deid.Nothing, "a", "abc"},
	} {
		if !c.form.HidesLength() || c.form.Apply(c.a) != c.form.Apply(c.b) {
			t.Errorf("%s tells the length of what it hides", c.form)
		}
	}
	if deid.Whole.HidesLength() {
		t.Error("the whole value hides nothing")
	}
}

func TestGraphemesFollowUAX29(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{}},
		{"ab", []string{"a", "b"}},
		{"a\u0308b", []string{"a\u0308", "b"}},
		{"a\u200db", []string{"a\u200db"}}, // coarser than GB11 on purpose
		{"a\u0600b", []string{"a", "\u0600b"}},
		{"\u0915\u0903", []string{"\u0915\u0903"}},
		{"각\u11a8가\u11a8", []string{"각\u11a8", "가\u11a8"}},
		{"\u1100\u1160\u11a8\u1100", []string{"\u1100\u1160\u11a8", "\u1100"}},
		{"🇦🇧🇨🇩🇪", []string{"🇦🇧", "🇨🇩", "🇪"}},
		{"🇦\u0308🇧", []string{"🇦\u0308", "🇧"}},
		{"👨‍👩‍👧x", []string{"👨‍👩‍👧", "x"}},
		{"🏴\U000e0067\U000e007f!", []string{"🏴\U000e0067\U000e007f", "!"}},
		{"a\n\u0308", []string{"a", "\n", "\u0308"}},
		{"a\u2060b", []string{"a", "\u2060", "b"}},
	} {
		if diff := cmp.Diff(c.want, deid.Graphemes(c.in)); diff != "" {
			t.Errorf("%+q (-want +got):\n%s", c.in, diff)
		}
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"张小明", "阿依古丽·买买提", "👨‍👩‍👧", "\xff", "+8613800005678", "上海市徐汇区漕溪北路1号"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range deid.Rules {
			m := deid.Rules.Mask(r.Kind, r.Audience, s)
			if !utf8.ValidString(m) {
				t.Errorf("%s for %s: invalid UTF-8", r.Kind, r.Audience)
			}
			if strings.TrimSpace(s) != "" && m == "" {
				t.Errorf("%s for %s: a value vanished", r.Kind, r.Audience)
			}
		}
		if v := strings.ToValidUTF8(s, "\ufffd"); strings.Join(deid.Graphemes(v), "") != v {
			t.Error("segmentation lost text")
		}
	})
}

func BenchmarkMaskName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		deid.Rules.Mask(deid.ChildName, deid.Staff, "欧阳小明")
	}
}
