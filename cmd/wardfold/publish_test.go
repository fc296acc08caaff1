package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// honours is a list as schools hang it out, invented.
const honours = "姓名,学号,身份证号,获奖\n王小明,20230001,11010519491231002X,一等奖\n李晓华,20230002,440524188001010014,二等奖\n"

var asked = []string{"--article", "某条例第十条", "--ages", "from_14", "--school", "30000"}

// workbook writes the same as an xlsx file, with a title above the header.
func workbook(t *testing.T, path string) string {
	t.Helper()
	x := excelize.NewFile()
	for r, line := range append([]string{"表彰名单公示"}, strings.Split(strings.TrimSpace(honours), "\n")...) {
		for c, cell := range strings.Split(line, ",") {
			at, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err == nil {
				err = x.SetCellStr("Sheet1", at, cell)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A school tests a notice that it has, in whatever form. S3-50, S3-51: an award
// list with full ID numbers is refused; "张*三 and the last four" passes.
func TestANoticeIsCheckedOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	in := func(name, text string) string { return write(t, filepath.Join(dir, name), text) }
	full := []string{"complete names", "resident identity number, which may not be published", "complete student number", "28号"}
	for _, c := range []struct {
		name   string
		file   string
		status int
		says   []string
	}{
		{"csv", in("a.csv", honours), exitWrong, full},
		{"csv in GB18030", in("gb.csv", gb(t, honours)), exitWrong, full},
		{"xlsx", workbook(t, filepath.Join(dir, "a.xlsx")), exitWrong, full},
		{"docx", "../../internal/source/testdata/notice.docx", exitWrong, []string{"has names; such a list may show notice numbers only", "date of birth", "mobile number"}},
		{"text", in("a.txt", "公示\n一等奖：王小明，身份证号11010519491231002X\n"), exitWrong, []string{"line 2: the text holds resident identity number"}},
		{"an ID number under the header of a grade", in("grade.csv", "姓名,年级\n王*,11010519491231002X\n李*,440524188001010014\n"), exitWrong, []string{`"年级" is resident identity number`}},
		{"one with a slip of the pen", in("slip.csv", "姓名,年级\n王*,高二\n李*,高二\n张*,高二\n周*,110105194912310021\n"), exitWrong, []string{"a run of 11 digits or more"}},
		{"no header", in("bare.csv", "王小明,13800001234\n李晓华,13900004321\n"), exitWrong, []string{"first line looks like data"}},
		{"two columns of one name", in("twice.csv", "姓名,姓名\n王*,李*\n"), exitWrong, []string{"column 2 \"姓名\""}},
		{"one row", in("one.csv", "姓名,奖项\n王*,一等奖\n"), exitDone, []string{"may be published"}},
		{"xls", "../../internal/source/testdata/roster.xls", exitWrong, []string{"health", "Rows are counted from below the header"}},
		{"masked", in("ok.csv", "姓名,学号后四位\n张*三,0317\n李*华,0551\n"), exitDone, []string{"may be published"}},
	} {
		status, out, errs := wardfold(t, "en_US.UTF-8", append([]string{"publish", "check", c.file}, asked...)...)
		if status != c.status {
			t.Errorf("%s: status %d, want %d: %s%s", c.name, status, c.status, out, errs)
		}
		for _, want := range c.says {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not said:\n%s", c.name, want, out)
			}
		}
		for _, value := range []string{"11010519491231002X", "王小明", "20230001"} {
			if strings.Contains(out+errs, value) {
				t.Errorf("%s: %s is said", c.name, value)
			}
		}
	}
	status, out, _ := wardfold(t, "zh_CN.UTF-8", append([]string{"publish", "check", in("zh.csv", honours)}, asked...)...)
	if status != exitWrong || !strings.Contains(out, "不能这样公示") || !strings.Contains(out, "第3列“身份证号”是居民身份证号") {
		t.Errorf("in Chinese: %d %s", status, out)
	}
}

func TestTheProposalIsWrittenAndPasses(t *testing.T) { // S3-51
	dir := t.TempDir()
	in, out := write(t, filepath.Join(dir, "a.csv"), honours), filepath.Join(dir, "out.csv")
	args := append([]string{"publish", "check", in, "--json", "-o", out}, asked...)
	status, said, _ := wardfold(t, "en_US.UTF-8", args...)
	var all []judged
	if err := json.Unmarshal([]byte(said), &all); err != nil || status != exitWrong || len(all) != 1 || all[0].Passed || len(all[0].Problems) != 3 {
		t.Fatalf("status %d, %v: %s", status, err, said)
	}
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), "王*") || !strings.Contains(string(text), "*0001") || strings.Contains(string(text), "小明") {
		t.Fatalf("%v: %s", err, text)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	must(t, append([]string{"publish", "check", out}, asked...)...)
	fails(t, exitOutside, "it exists", append([]string{"publish", "check", in, "-o", out}, asked...)...)
}

// S3-50, Bad input: what a newcomer gets wrong is said in words.
func TestANoticeThatCannotBeReadIsExplained(t *testing.T) {
	dir := t.TempDir()
	in := write(t, filepath.Join(dir, "a.csv"), honours)
	for _, c := range []struct {
		name, sentence string
		status         int
		args           []string
	}{
		{"no file", "missing", exitUsage, nil},
		{"an absent file", "nowhere.csv", exitUsage, []string{filepath.Join(dir, "nowhere.csv")}},
		{"a folder", "is a folder", exitUsage, []string{dir}},
		{"an audience that is none", "--audience is wrong", exitUsage, []string{in, "--audience", "parents"}},
		{"an empty file", "no list", exitUsage, []string{write(t, filepath.Join(dir, "empty.csv"), "")}},
		{"an occasion that is none", "--occasion is wrong", exitUsage, []string{in, "--occasion", "party"}},
		{"days that are none", "--days is wrong", exitUsage, []string{in, "--days", "long"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.status, c.sentence, append([]string{"publish", "check"}, c.args...)...) })
	}
	status, out, _ := wardfold(t, "en_US.UTF-8", "publish", "check", in)
	for _, want := range []string{"article of law that wants it public is not named", "name with --article", "add --ages from_14"} {
		if status != exitWrong || !strings.Contains(out, want) {
			t.Errorf("with nothing told about it, %q is not said: %d %s", want, status, out)
		}
	}
	few := write(t, filepath.Join(dir, "few.csv"), "姓名,班级\n欧阳*,高二3班\n司马*,高二3班\n")
	if _, out, _ = wardfold(t, "en_US.UTF-8", "publish", "check", few, "--article", "x", "--ages", "from_14"); !strings.Contains(out, "a school of 720") {
		t.Errorf("the numbers that count are not said: %s", out)
	}
	_, out, _ = wardfold(t, "en_US.UTF-8", append([]string{"publish", "check", in, "-o", filepath.Join(dir, "out.csv")}, asked...)...)
	if !strings.Contains(out, "out.csv") || !strings.Contains(out, "number the rows") {
		t.Errorf("what was written is not said: %s", out)
	}
}
