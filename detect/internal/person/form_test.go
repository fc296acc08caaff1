package person_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// Names of our own, put together at random, so that the lists that the model
// was made from do not decide the test.
var (
	surnames = strings.Fields("王 李 张 刘 陈 杨 黄 赵 周 吴 徐 孙 马 朱 胡 郭 何 林 罗 高 郑 梁 谢 宋 唐 许 邓 冯 韩 曹 曾 彭 蔡 潘 田 董 袁 于 余 叶 " +
		"蒋 杜 苏 魏 程 吕 丁 沈 任 姚 卢 傅 钟 姜 崔 谭 廖 范 汪 陆 金 石 戴 贾 韦 夏 邱 方 侯 邹 熊 孟 秦 白 江 阎 欧阳 上官 司马 诸葛 慕容")
	given = strings.Fields("浩 子轩 雨桐 欣怡 梓涵 宇航 思远 佳琪 一诺 天宇 若曦 晨曦 俊杰 诗涵 建国 秀英 志强 丽华 明 静 磊 娜 鹏飞 晓燕 文博 " +
		"嘉怡 昊然 可馨 梦瑶 泽宇 语嫣 博文 紫萱 睿 辰 铭 玥 晗 奕辰 沐阳 芷若 星辰 承恩 念慈 望舒 知行 安然 乐天 满仓 招娣")
	others = strings.Fields("阿卜杜拉·买买提 古丽娜尔·艾力 扎西多吉 努尔兰·哈布尔 卓玛 巴特尔 Emily Chen Michael Brown")
)

// layouts are forms and tables. {n} is a name that must be found, {s} a sex, {c} a
// class, {p} a telephone number, {a} something that is no name.
var layouts = []string{
	"姓名：{n}\n性别：{s}\n班级：{c}\n联系电话：{p}\n",
	"姓名：{n}  性别：{s}  班级：{c}\n",
	"学生姓名: {n}, 班级: {c}, 家长姓名: {n}, 电话: {p}\n",
	"学生姓名　{n}　　性别　{s}　　班级　{c}\n",
	"监护人：{n}（父亲） 联系方式：{p}\n",
	"紧急联系人：{n}，电话：{p}\n",
	"序号,姓名,性别,班级,家长姓名,电话\n1,{n},{s},{c},{n},{p}\n2,{n},{s},{c},{n},{p}\n3,{n},{s},{c},{n},{p}\n",
	"学号\t姓名\t班级\t备注\n2026001\t{n}\t{c}\t{a}\n2026002\t{n}\t{c}\t{a}\n",
	"| 姓名 | 性别 | 监护人 |\n| {n} | {s} | {n} |\n| {n} | {s} | {n} |\n",
	"姓名  班级  电话\n{n}  {c}  {p}\n{n}  {c}  {p}\n",
	`{"studentName":"{n}","className":"{c}","parentName":"{n}","mobile":"{p}"}` + "\n",
	`[{"name": "{n}", "sex": "{s}"}, {"name": "{n}", "sex": "{s}"}]` + "\n",
	"name={n}&class={c}\n",
	"本人{n}（身份证号：见附件）自愿报名。\n家长签名：{n}\n",
	"收件人：{n} {p}\n",
	"班主任：{n}　值日生：{n}、{n}\n",
	"{n}，{s}，{p}\n",
	"姓名{n}性别{s}班级{c}\n",
}

// fill fills a layout and gives the spans of its names.
func fill(layout string, dice *rand.Rand) (text string, gold map[[2]int]bool) {
	gold = map[[2]int]bool{}
	var b strings.Builder
	pick := func(all []string) string { return all[dice.IntN(len(all))] }
	for layout != "" {
		i := strings.IndexByte(layout, '{')
		if i < 0 || i+2 >= len(layout) || layout[i+2] != '}' {
			i = max(i, 0)
			b.WriteString(layout[:i+1])
			layout = layout[i+1:]
			continue
		}
		b.WriteString(layout[:i])
		switch layout[i+1] {
		case 'n':
			name := pick(surnames) + pick(given)
			if dice.IntN(20) == 0 && !strings.HasPrefix(layout, "{n}，") {
				name = others[dice.IntN(4)]
			}
			gold[[2]int{b.Len(), b.Len() + len(name)}] = true
			b.WriteString(name)
		case 's':
			b.WriteString(pick([]string{"男", "女"}))
		case 'c':
			b.WriteString(pick([]string{"三年级二班", "五（1）班", "初一(3)班", "大班", "高二6班"}))
		case 'p':
			fmt.Fprintf(&b, "1%010d", 3000000000+dice.IntN(6999999999))
		case 'a':
			b.WriteString(pick([]string{"已缴费", "转学", "住校", "无", "对花生过敏", "走读"}))
		}
		layout = layout[i+3:]
	}
	return b.String(), gold
}

// TestNamesInFormsAndTables holds names in structure to F1 .97 (S1-06, S3-04).
func TestNamesInFormsAndTables(t *testing.T) {
	dice := rand.New(rand.NewPCG(2026, 11))
	var right, found, all int
	shown := map[string]bool{}
	for range 3000 {
		layout := layouts[dice.IntN(len(layouts))]
		text, gold := fill(layout, dice)
		all += len(gold)
		bad := false
		person.Find([]byte(text), func(start, end int, _ int16, _ uint32) {
			found++
			if gold[[2]int{start, end}] {
				right++
				delete(gold, [2]int{start, end})
			} else {
				bad = true
			}
		})
		if (bad || len(gold) > 0) && !shown[layout] && testing.Verbose() {
			shown[layout] = true
			t.Logf("%q: found %s", text, foundIn(text))
		}
	}
	f1 := 2 * float64(right) / float64(found+all)
	t.Logf("forms and tables: F1 %.4f (precision %.4f, recall %.4f of %d names)", f1,
		float64(right)/float64(found), float64(right)/float64(all), all)
	if f1 < 0.97 {
		t.Errorf("F1 %.4f, want .97", f1)
	}
}
