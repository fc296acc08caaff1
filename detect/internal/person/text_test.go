package person_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/person"
)

func TestNamesInFreeText(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"昨天李建国同学没有来上课。", "李建国"},
		{"张雅静老师请假，由王海波老师代课。", "张雅静 王海波"},
		{"我叫赵一鸣，今年八岁。", "赵一鸣"},
		{"欧阳明月的妈妈给班主任打了电话。", "欧阳明月"},
		{"外交部长克里斯托弗说，会谈没有结果。", "克里斯托弗"},
		{"比尔·克林顿总统今天抵达。", "比尔·克林顿"},
		{"钱进，男，1990年出生。", "钱进"},
		{"Emily Watson，女，1990年出生。", "Emily_Watson"},
		{"Emily Watson（中文名：王小明），女，英国籍。", "Emily_Watson 王小明"},
		{"管先生毕业于北京大学。", "管"},
		{"佗文汉先生：高级会计师。", "佗文汉"},
		{"今天天气很好，孩子们在操场上跑步。", ""},
		{"高中一年级的同学请到会议室开会。", ""},
		{"黄金价格上涨，白银下跌。", ""},
		{"金杜律师事务所与平安银行签约。", ""},
	} {
		if got := foundIn(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestACertainNameIsFoundWhereverItIsRepeated(t *testing.T) {
	text := "姓名：安然\n他说安然会来的，安然没有来。\n"
	if got := strings.Count(foundIn(text), "安然"); got < 2 {
		t.Errorf("found %d times, want more than once", got)
	}
}

func TestReasonsTellWhoIsMeant(t *testing.T) {
	for _, c := range []struct {
		text string
		want uint32
	}{
		{"学生姓名：王小明", person.Label | person.Pupil},
		{"监护人：王建国", person.Label | person.Guardian},
		{"姓名,电话\n王建国,13800138000\n", person.Column},
		{"今天王建国同学迟到了。", person.Cue | person.Pupil},
		{"王建国 13800138000", person.Beside},
	} {
		var why uint32
		person.Find([]byte(c.text), func(_, _ int, _ int16, w uint32) { why |= w })
		if why&c.want != c.want {
			t.Errorf("%s: reasons %b, want %b", c.text, why, c.want)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"姓名：王小明", "姓名,电话\n王小明,1\n", "name: A B\n", "克·林·顿·", "王", "\t|，姓名|\n|\n", "阿阿阿阿阿阿阿阿阿阿", "{\"name\":\"", "先生先生"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		spans := func() (all [][2]int) {
			person.Find([]byte(s), func(start, end int, _ int16, _ uint32) { all = append(all, [2]int{start, end}) })
			return all
		}
		first, last := spans(), 0
		for _, p := range first {
			if p[0] < last || p[1] <= p[0] || p[1] > len(s) || !utf8.RuneStart(s[p[0]]) || p[1] < len(s) && !utf8.RuneStart(s[p[1]]) {
				t.Fatalf("span %v behind %d in %d bytes", p, last, len(s))
			}
			last = p[1]
		}
		for i, p := range spans() {
			if first[i] != p {
				t.Fatal("two runs differ")
			}
		}
	})
}

// mixed is a text of our own in the proportions of a notice with a table.
var mixed = strings.Repeat("各位家长：今年秋季开学后，全校将统一使用新的课程表。请大家提醒孩子按时到校，路上注意安全。"+
	"五年级二班王子轩同学在市里的比赛中获得一等奖，指导老师是李晓燕。\n如有问题，可以打电话或者到办公室咨询，谢谢配合！\n", 40) +
	"姓名,班级,电话\n" + strings.Repeat("赵思远,三年级二班,13800138000\n", 20)

func TestFindAllocatesNothingOnceGrown(t *testing.T) {
	var f person.Finder
	n, text := 0, []byte(mixed)
	emit := func(int, int, int16, uint32) { n++ }
	f.Find(text, emit)
	if a := testing.AllocsPerRun(20, func() { f.Find(text, emit) }); a != 0 || n < 100 {
		t.Errorf("%v allocations per run, want none; %d names", a, n)
	}
}

func BenchmarkFind(b *testing.B) {
	var f person.Finder
	text := []byte(mixed)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		f.Find(text, func(int, int, int16, uint32) {})
	}
}
