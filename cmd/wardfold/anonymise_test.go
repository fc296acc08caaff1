package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/verify"
)

// pupils is a list of a district's pupils, invented.
func pupils(n int) string {
	var b strings.Builder
	b.WriteString("姓名,出生,区划,年级,困难类别\n")
	for i := range n {
		fmt.Fprintf(&b, "学生%d,%d-%02d-%02d,%d,%s,%s\n", i, 2010+i%6, 1+i*7%12, 1+i*11%28, 310101+i*5%9,
			[]string{"一年级", "三年级2班", "六年级", "初二", "高一"}[i%5], []string{"残疾", "重病", "低保", "无"}[i*3%4])
	}
	return b.String()
}

// S2-06, S3-47: from any table to one that stands its trial, with a certificate
// that an outsider verifies; names do not leave.
func TestAnyTableIsMadeAnonymousAndCertified(t *testing.T) { // S2-06, S3-06, S3-47
	dir := t.TempDir()
	for name, file := range map[string]string{"utf8": pupils(600), "gb": gb(t, pupils(600))} {
		in := write(t, filepath.Join(dir, name+".csv"), file)
		out, page, key := filepath.Join(dir, name+".out.csv"), filepath.Join(dir, name+".html"), filepath.Join(dir, "release.key")
		said := must(t, "anonymise", in, "--quasi", "出生,区划,年级", "--sensitive", "困难类别", "--k", "20", "--l", "2", "--threshold", "0.05",
			"-o", out, "--report", page, "--sign", key)
		for _, want := range []string{"600 records were read", "everybody looks like at least", "No record was left out", "dates", "region codes", "school grades", "Certificate:"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not said:\n%s", name, want, said)
			}
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "学生") || strings.Contains(string(data), gb(t, "学生")) {
			t.Errorf("%s: names left", name)
		}
		cert, err := os.ReadFile(filepath.Join(dir, name+".out.certificate.json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := verify.ParseRelease(cert)
		if err != nil {
			t.Fatal(err)
		}
		s, err := r.Verify(verify.Key{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Check(strings.NewReader(string(data)))
		if err != nil || c.Records != 600 || c.Smallest < 20 || c.Distinct[0] < 2 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		if _, err := s.Check(strings.NewReader(strings.Replace(string(data), "\r\n", "\n", 1))); err == nil {
			t.Errorf("%s: another file has the same certificate", name)
		}
		shown, err := os.ReadFile(page)
		if err != nil || !strings.Contains(string(shown), "<svg") || strings.Contains(string(shown), "<script") || strings.Contains(string(shown), "2013-") {
			t.Errorf("%s: the report is not a page of figures: %v", name, err)
		}
	}
	if s, err := os.Stat(filepath.Join(dir, "release.key")); err != nil || s.Mode().Perm() != 0o600 {
		t.Errorf("the key is open to others: %v", err)
	}
}

func gb(t *testing.T, text string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// S2-06: what does not stand its trial stays personal information, and nothing of
// it is written. Every defect is named by row and column.
func TestWhatCannotBeMadeAnonymousIsRefusedAndNothingIsWritten(t *testing.T) { // S2-05, S2-06
	dir := t.TempDir()
	id := "11010519491231002X"
	for name, c := range map[string]struct {
		file   string
		status int
		want   string
		args   []string
	}{
		"risk above the threshold": {pupils(60), 1, "personal information still", []string{"--quasi", "出生", "--k", "2"}},
		"grade is an identity number": {strings.Replace(pupils(60), "六年级", id, 1), 1, `Row 4: column "年级" is a resident identity number`,
			[]string{"--quasi", "出生,年级"}},
		"kept phone":        {"a,p\nx,13800005678\n", 1, `column "p" is a mobile number`, []string{"--quasi", "a", "--keep", "p"}},
		"table too small":   {pupils(4), 2, "only 4 records", []string{"--quasi", "出生"}},
		"mixed types":       {"a\n1\n2\nthree\n4\n5\n", 2, `Row 4: column "a" is not a number`, []string{"--quasi", "a:numbers"}},
		"slip of the pen":   {"a\n1\n2\n3\n4\n5\n6\n7\n8\n9\n1O\n", 2, `Row 11: column "a" is not a number`, []string{"--quasi", "a"}},
		"no such kind":      {pupils(9), 2, `no kind "ages"`, []string{"--quasi", "出生:ages"}},
		"no such column":    {pupils(9), 2, `no column "班级"`, []string{"--quasi", "班级"}},
		"column used twice": {pupils(9), 2, "used twice", []string{"--quasi", "出生", "--keep", "出生"}},
		"two headers":       {"a,b,a\n1,2,3\n", 2, "column 3 has the name of column 1", []string{"--quasi", "a"}},
		"ragged":            {"a,b\n1,2\n3\n", 2, "row 3 has 1 cell", []string{"--quasi", "a"}},
		"not a CSV file":    {"PK\x03\x04", 2, "is not a CSV file", []string{"--quasi", "a"}},
		"broken characters": {"a,b\n张,1\n\xe5\xbc,2\n李,3\n", 2, "row 3, column 1 is neither", []string{"--quasi", "a"}},
		"unreachable":       {pupils(40), 2, "cannot be met", []string{"--quasi", "出生", "--sensitive", "困难类别", "--l", "9"}},
		"l without column":  {pupils(40), 2, "--sensitive is missing", []string{"--quasi", "出生", "--l", "3"}},
		"no population":     {pupils(40), 2, "--population FILE", []string{"--quasi", "出生", "--k-map", "3"}},
		"not in the levels": {"a\nx\ny\nx\nz\n", 2, `Row 5: the value of column "a" is not in the file`, []string{"--k", "2", "--quasi", "a=" + write(t, filepath.Join(dir, "levels"), "x;*\ny;*\n")}},
		"wrong levels":      {"a\nx\n", 2, "row 2 has not as many levels", []string{"--quasi", "a=" + write(t, filepath.Join(dir, "wrong"), "x;y;*\ny;*\n")}},
		"half held back":    {pupils(60), 2, "half of the records", []string{"--quasi", "出生", "--hold-back", "31"}},
		"no levels":         {"a\nx\n", 2, "none.csv", []string{"--quasi", "a=none.csv"}},
	} {
		in := write(t, filepath.Join(dir, "in.csv"), c.file)
		out := filepath.Join(dir, "out.csv")
		args := append([]string{"anonymise", in, "-o", out, "--sign", filepath.Join(dir, "key")}, c.args...)
		status, said, errs := wardfold(t, "C", args...)
		if status != c.status || !strings.Contains(errs, c.want) {
			t.Errorf("%s: status %d, want %d and %q\n%s", name, status, c.status, c.want, errs)
		}
		if strings.Contains(errs+said, id) || strings.Contains(errs+said, "13800005678") || strings.Contains(errs, "anonymise.") {
			t.Errorf("%s: a value or no words:\n%s%s", name, errs, said)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		hidden, _ := filepath.Glob(filepath.Join(dir, ".*")) // the pattern is right
		if len(left) != 3 || len(hidden) != 0 {
			t.Errorf("%s: something was written: %v %v", name, left, hidden)
		}
	}
	in := write(t, filepath.Join(dir, "in.csv"), pupils(60))
	fails(t, 2, "will not be overwritten", "anonymise", in, "--quasi", "出生", "-o", in)
	key := write(t, filepath.Join(dir, "bad.key"), "no key")
	fails(t, 3, "not a file of a signing key", "anonymise", in, "--quasi", "出生", "--sign", key)
	if data, err := os.ReadFile(in); err != nil || string(data) != pupils(60) {
		t.Error("the table itself was changed")
	}
	// A release without its certificate or its report is half of what was asked for.
	out, nowhere := filepath.Join(dir, "half.csv"), filepath.Join(dir, "nowhere", "x")
	fails(t, 2, "without spaces and plus signs", "anonymise", in, "--quasi", "出生", "-o", out, "--sign", filepath.Join(dir, "new.key"), "--sign-as", "示例大学")
	fails(t, 2, "There is no folder", "anonymise", in, "--quasi", "出生", "-o", out, "--report", nowhere)
	fails(t, 2, "There is no folder", "anonymise", in, "--quasi", "出生", "-o", nowhere)
	fails(t, 2, "is a folder", "anonymise", dir, "--quasi", "出生", "-o", out)
	for _, file := range []string{out, filepath.Join(dir, "new.key")} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s was written", file)
		}
	}
}

// Missing values are values like others: they are grouped, never lost and never
// taken for something. A column in which all are alike tells nothing.
func TestMissingValuesAndOneValueAreNoHindrance(t *testing.T) {
	dir := t.TempDir()
	list := strings.NewReplacer("2013-04-12", "", "三年级2班", "NULL", "高一", "").Replace(pupils(300))
	for name, file := range map[string]string{"missing": list, "one value": strings.NewReplacer("初二", "一年级", "六年级", "一年级", "高一", "一年级", "三年级2班", "一年级").Replace(pupils(300))} {
		in := write(t, filepath.Join(dir, "in.csv"), file)
		out := must(t, "anonymise", in, "--json", "--quasi", "出生,年级", "--sensitive", "困难类别", "--k", "20", "-o", filepath.Join(dir, "out.csv"))
		var got struct {
			Counted verify.Counted `json:"counted"`
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || got.Counted.Smallest < 20 || got.Counted.Records != 300 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestUniformColumnsAndJSONAreThereToo(t *testing.T) {
	dir := t.TempDir()
	in := write(t, filepath.Join(dir, "in.csv"), pupils(300))
	out := must(t, "anonymise", in, "--json", "--quasi", "区划,年级", "--uniform", "--suppress", "0.1", "--population", in, "--presence", "1")
	var got struct {
		Output  string         `json:"output"`
		Counted verify.Counted `json:"counted"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Counted.Smallest < 5 {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "in.anonymous.csv")); err != nil || got.Output != filepath.Join(dir, "in.anonymous.csv") {
		t.Errorf("%q, %v", got.Output, err)
	}
}

// S3-47: a sample that stays here shows what the release tells of those in it
// and not of anybody, and the certificate says so.
func TestASampleThatIsHeldBackTriesTheRelease(t *testing.T) { // S2-06, S3-47
	dir := t.TempDir()
	in := write(t, filepath.Join(dir, "in.csv"), pupils(600))
	said := must(t, "anonymise", in, "--quasi", "出生,区划,年级", "--sensitive", "困难类别", "--k", "10", "--l", "2", "--hold-back", "100", "--sign", filepath.Join(dir, "key"))
	for _, want := range []string{"500 records were read", "100 records were held back", "of those held back"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	cert, err := os.ReadFile(filepath.Join(dir, "in.anonymous.certificate.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.ParseRelease(cert)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.Verify(verify.Key{}); err != nil || s.Trial.Held != 100 || s.Read != 500 {
		t.Errorf("%+v %v", s, err)
	}
}

// What lists are like: missing values are values of their own, a column with one
// value tells nothing and does no harm, and 学校 in GB 18030 is 学校.
func TestListsAsTheyAreAreTaken(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("学校,国籍,年龄,病\n")
	for i := range 300 {
		fmt.Fprintf(&b, "%s,中国,%s,%s\n", []string{"第一小学", "", "不详"}[i%3], []string{"7", "8", ""}[i*7/5%3], []string{"a", "a", "b"}[i/15%3])
	}
	for name, text := range map[string]string{"utf8": b.String(), "gb": gb(t, b.String())} {
		in := write(t, filepath.Join(dir, name+".csv"), text)
		said := must(t, "anonymise", in, "--quasi", "学校,国籍,年龄", "--sensitive", "病", "--l", "2", "--hold-back", "30")
		if !strings.Contains(said, "270 records were read") || !strings.Contains(said, `Column "年龄" (numbers)`) {
			t.Errorf("%s:\n%s", name, said)
		}
	}
}

// No defect is wordless, in either language.
func TestEveryDefectOfATableHasWords(t *testing.T) {
	var keys []string
	for _, c := range []table.Code{table.Empty, table.NoName, table.TwoNames, table.Ragged, table.Quote, table.LongRow, table.TooMany, table.Encoding, table.NotText, table.TooVaried} {
		keys = append(keys, "anonymise.table."+string(c))
	}
	for _, c := range []hierarchy.Code{hierarchy.Empty, hierarchy.Ragged, hierarchy.Twice} {
		keys = append(keys, "anonymise.hierarchy."+string(c))
	}
	for _, c := range []anon.Code{anon.NoColumn, anon.TwiceUsed, anon.NoQuasi, anon.ManyQuasi, anon.NotCovered, anon.NotInCrowd, anon.TooSmall, anon.Unreachable, anon.NoModel, anon.NoCrowd, anon.Lattice} {
		keys = append(keys, "anonymise.job."+string(c))
	}
	for _, k := range append(hierarchy.Kinds, hierarchy.Given) {
		keys = append(keys, "anonymise.kind."+string(k))
		if k != hierarchy.Given && k != hierarchy.Categories {
			keys = append(keys, "anonymise.unfit."+string(k))
		}
	}
	for _, i := range []anon.Identifier{anon.ResidentID, anon.Mobile, anon.BankCard, anon.Email} {
		keys = append(keys, "anonymise.direct."+string(i))
	}
	for _, tag := range []string{"zh-CN", "en"} {
		for _, k := range keys {
			if p := lang.For(tag); !p.Has(k) {
				t.Errorf("%s: no words for %s", tag, k)
			}
		}
	}
}
