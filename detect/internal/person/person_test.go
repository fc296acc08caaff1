package person_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// foundIn lists the names of a text, parted by blanks.
func foundIn(text string) string {
	var names []string
	person.Find([]byte(text), func(start, end int, _ int16, _ uint32) {
		names = append(names, strings.ReplaceAll(text[start:end], " ", "_"))
	})
	return strings.Join(names, " ")
}

func TestLabelsAnnounceNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"姓名：王小明", "王小明"},
		{"学生姓名： 欧阳雪 性别：女", "欧阳雪"},
		{"姓　名：李雷　年级：三年级", "李雷"},
		{"家长（监护人）：张伟，电话13800138000", "张伟"},
		{"监护人姓名:陈静", "陈静"},
		{"联系人：刘洋、赵敏", "刘洋 赵敏"},
		{"姓名：阿卜杜拉·买买提", "阿卜杜拉·买买提"},
		{"Name: Emily Watson", "Emily_Watson"},
		{`{"studentName":"周子涵","grade":"三年级"}`, "周子涵"},
		{"姓名：性别：", ""},
		{"姓名：　　　　电话：", ""},
	} {
		if got := foundIn(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestColumnsHoldNames(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"序号,姓名,性别,家长\n1,王小明,男,王建国\n2,李思思,女,周丽\n", "王小明 王建国 李思思 周丽"},
		{"id\tname\tage\n1\t孙浩然\t9\n", "孙浩然"},
		{"| 姓名 | 年级 |\n| 赵子轩 | 三 |\n", "赵子轩"},
		{"姓名  班级  电话\n钱多多  二班  13800138000\n", "钱多多"},
	} {
		if got := foundIn(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
