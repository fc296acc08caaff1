package publish_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/publish"
)

var scanner = detect.New(detect.Options{On: detect.Date{Year: 2026, Month: 11, Day: 22}})

// list makes a notice from lines of cells divided by bars, the header first.
func list(lines ...string) publish.Notice {
	n := publish.Notice{Title: "2026年秋季学期名单公示", Occasion: publish.Ordinary, Article: "某条例第十条", Days: 7,
		Ages: publish.Older, People: publish.Population{School: 30_000}}
	for i, line := range lines {
		cells := strings.Split(line, "|")
		if i == 0 {
			n.Header = cells
		} else {
			n.Rows = append(n.Rows, cells)
		}
	}
	return n
}

func codes(v publish.Verdict) []string {
	out := []string{}
	for _, p := range v.Problems {
		if !p.Advice {
			out = append(out, p.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestANoticeIsJudged(t *testing.T) {
	names := []string{"姓名|学院", "王小明|文学院", "李晓华|理学院", "张伟东|工学院"}
	masked := []string{"姓名|学号后四位", "王*明|0317", "李*华|0551", "张*伟|0902"}
	for _, c := range []struct {
		name string
		n    publish.Notice
		bend func(*publish.Notice)
		want []string
	}{
		{"S3-51: masked names and the end of a student number pass", list(masked...), nil, []string{}},
		{"S3-51: full names do not", list(names...), nil, []string{"name_whole"}},
		{"S3-51: full ID numbers do not", list("姓名|身份证号", "王*明|11010519491231002X", "李*华|440524188001010014"), nil, []string{"never"}},
		{"28号: nor phones", list("姓名|联系电话", "王*明|13800001234", "李*华|13900004321"), nil, []string{"never"}},
		{"Order 50 art. 10: nor marks", list("姓名|总成绩", "王*明|98", "李*华|87"), nil, []string{"never"}},
		{"S3-50: without an article nothing is published", list(masked...), func(n *publish.Notice) { n.Article = " " }, []string{"article"}},
		{"a notice comes down", list(masked...), func(n *publish.Notice) { n.Days = 0 }, []string{"days"}},
		{"S2-23†: lists of aid show numbers only", list(masked...), func(n *publish.Notice) { n.Occasion = publish.Aid }, []string{"name_on_hidden", "never"}},
		{"S2-23†: need beside a name, in the title", list(masked...), func(n *publish.Notice) { n.Title = "家庭经济困难学生名单" }, []string{"need_beside_name"}},
		{"S3-54: children under 14", list(masked...), func(n *publish.Notice) { n.Ages = publish.Young }, []string{"name_on_hidden", "never"}},
		{"S3-54: who is not known to be older counts as young", list(masked...), func(n *publish.Notice) { n.Ages = publish.Unknown }, []string{"name_on_hidden", "never"}},
		{"a number hides in a remark", list("姓名|备注", "王*明|无", "李*华|家长电话13900004321"), nil, []string{"text"}},
		{"an empty list", list("姓名|学院"), nil, []string{"empty"}},
		{"an ID number under the header of a grade", list("姓名|年级|获奖", "王*明|高二|一等奖", "李*华|高二|二等奖", "张*伟|高二|二等奖", "周*明|110105200807033516|三等奖"), nil, []string{"never"}},
		{"one with a slip of the pen", list("姓名|年级|获奖", "王*明|高二|一等奖", "李*华|高二|二等奖", "张*伟|高二|二等奖", "周*明|110105200807033510|三等奖"), nil, []string{"long_number"}},
		{"whole columns of them", list("姓名|年级", "王*明|11010519491231002X", "李*华|440524188001010014"), nil, []string{"never"}},
		{"a list of one row", list("姓名|奖项", "王*明|一等奖"), nil, []string{}},
		{"a list of one row with a name", list("姓名|奖项", "王小明|一等奖"), nil, []string{"name_whole"}},
		{"a first row that is no header", list("王小明|13800001234|一等奖", "李晓华|13900004321|二等奖"), nil, []string{"never", "no_header", "text"}},
		{"two columns of one name", list("学院|学院", "文学院|理学院"), nil, []string{"header_twice"}},
	} {
		if c.bend != nil {
			c.bend(&c.n)
		}
		if got := codes(publish.Judge(scanner, c.n, nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Whatever comes in, the proposal shows no contact data, no name outright, and
// fits enough people.
func TestTheProposalPassesItsOwnDesk(t *testing.T) {
	n := list("学号|姓名|性别|班级|年级|身份证号|手机|获奖",
		"20230001|王小明|男|三班|高二|110105200703073517|13800001234|一等奖",
		"20230002|欧阳娜娜|女|三班|高二|110105200705073518|13900004321|二等奖",
		"20230003|李晓华|女|一班|高二|110105200706073519|13700004321|二等奖")
	n.Occasion, n.People = publish.Honour, publish.Population{School: 1800, Grade: 600, Class: 45}
	v := publish.Judge(scanner, n, func(row int) string { return fmt.Sprintf("2026-%03d", row) })
	if v.Passed() {
		t.Error("the list passed as it was")
	}
	if v.Proposal.Fits.Few > 0 || v.Proposal.Fits.Least < publish.Floor {
		t.Errorf("the proposal fits %d people at least: %v", v.Proposal.Fits.Least, v.Proposal.Fits.Rows)
	}
	if v := again(n, v); !v.Passed() {
		t.Errorf("the proposal does not pass: %+v", v.Problems)
	}
	text := v.Proposal.String()
	for _, clear := range []string{"王小明", "欧阳", "晓华", "1101052007", "13800001234", "20230001", "三班"} {
		if strings.Contains(text, clear) {
			t.Errorf("the proposal shows %s", clear)
		}
	}
	for _, kept := range []string{"2026-000", "王*", "一等奖", "高二"} {
		if !strings.Contains(text, kept) {
			t.Errorf("the proposal lost %s:\n%s", kept, text)
		}
	}
}

// again judges what was proposed.
func again(n publish.Notice, v publish.Verdict) publish.Verdict {
	n.Header, n.Rows = v.Proposal.Header, v.Proposal.Rows
	return publish.Judge(scanner, n, nil)
}

// S3-51, Bad input: what people hide in running text, remarks and titles.
func TestRunningTextIsJudgedAndScrubbed(t *testing.T) {
	n := list("", "关于表彰的公示", "一等奖：王小明，身份证号11010519491231002X，电话13800001234。")
	v := publish.Judge(scanner, n, nil)
	if got := codes(v); !slices.Equal(got, []string{"line"}) {
		t.Errorf("%v", got)
	}
	text := v.Proposal.String()
	for _, clear := range []string{"11010519491231002X", "13800001234", "王小明"} {
		if strings.Contains(text, clear) {
			t.Errorf("the proposal shows %s", clear)
		}
	}
	if !strings.Contains(text, "一等奖") || !again(n, v).Passed() {
		t.Errorf("the proposal: %s %+v", text, again(n, v).Problems)
	}
	n = list("姓名|备注", "王*明|家长电话13900004321，已到", "李*华|无")
	if v = publish.Judge(scanner, n, nil); strings.Contains(v.Proposal.String(), "13900004321") || !strings.Contains(v.Proposal.String(), "已到") {
		t.Errorf("the remark: %s", v.Proposal)
	}
	n = list("编号|学院", "2026-01|文学院")
	n.Title = "关于王小明同学（身份证号11010519491231002X）的公示"
	if got := codes(publish.Judge(scanner, n, nil)); !slices.Equal(got, []string{"title"}) {
		t.Errorf("the title: %v", got)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("公示", "姓名|电话\n王小明|13800001234")
	f.Add("资助", "\n\n|||\n")
	f.Fuzz(func(t *testing.T, title, text string) {
		n := list(strings.Split(text, "\n")...)
		n.Title = title
		v := publish.Judge(scanner, n, nil)
		if len(v.Proposal.Rows) != len(n.Rows) || len(v.Fits.Rows) != len(n.Rows) {
			t.Error("rows were lost")
		}
		if v.Proposal.Fits.Few > 0 {
			t.Errorf("the proposal fits too few: %v", v.Proposal.Fits.Rows)
		}
		for _, p := range again(n, v).Problems {
			if slices.Contains([]string{"never", "masked_never", "name_whole", "name_on_hidden", "number_whole", "text", "line"}, p.Code) {
				t.Errorf("the proposal does not pass: %+v\n%s", p, v.Proposal)
			}
		}
	})
}
