package scan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/scan"
)

// numbered gives an identity number with its check digit.
func numbered(birth, nth int) string {
	body := fmt.Sprintf("110101%08d%03d", birth, nth)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// TestAReportTellsHowManyPeopleATableIsAbout: exactly in a short one, about in a
// long one that its plan counts, and who stands in it twice is one.
func TestAReportTellsHowManyPeopleATableIsAbout(t *testing.T) { // S1-06
	short := "姓名,身份证号\n王芳," + child + "\n王芳," + child + "\n李雷," + youth + "\n赵云,未登记\n"
	sum, j := run(t, write(t, map[string]string{"a.csv": short, "b.txt": "王芳 " + child}), nil)
	if want := (scan.Heads{Persons: 3, Under14: 1, From14To17: 1}); sum.People != want {
		t.Errorf("of three people the report tells %+v", sum.People)
	}
	var page, data bytes.Buffer
	if err := scan.WriteHTML(&page, j, sum, lang.For("en")); err != nil || !strings.Contains(page.String(), "4 rows, 3 people (told apart by resident identity number)") {
		t.Errorf("the page does not tell: %v", err)
	}
	var report struct{ People []scan.People }
	if err := scan.WriteJSON(&data, j, sum); err != nil || json.Unmarshal(data.Bytes(), &report) != nil || len(report.People) != 1 || report.People[0].By != detect.ResidentID || report.People[0].Rows != 4 {
		t.Errorf("%v, %+v", err, report)
	}

	var rows []string
	for i := range 40_000 { // of whom half are children
		rows = append(rows, fmt.Sprintf("%d,%s,139%08d", i, numbered(20140101-i%2*300_000+i/2%28, i/56%1000), i))
	}
	rows = append(rows, rows[:20_000]...)
	for name, c := range map[string]struct {
		kinds detect.Kinds
		sign  string
	}{"numbers": {detect.Numbers, ","}, "quoted numbers": {detect.Numbers, `","`}, "everything": {detect.Every, ","}} {
		file := strings.ReplaceAll(`"编号","身份证号","手机"`+"\n"+`"`+strings.Join(rows, "\"\n\"")+"\"\n", ",", c.sign)
		if c.sign == "," {
			file = strings.ReplaceAll(file, `"`, "")
		}
		sum, _ := run(t, write(t, map[string]string{"a.csv": file}), func(job *scan.Job) {
			job.Scanner, job.Listed = detect.New(detect.Options{On: detect.On(2026, 11, 22), Kinds: c.kinds}), 10
		})
		h := sum.People
		if !h.About || far20(h.Persons, 40_000) || far20(h.Under14, 20_000) || h.From14To17 != 0 {
			t.Errorf("%s: of 40,000 people, half of them children, the report tells %+v", name, h)
		}
	}
}

// far20 tells figures apart that differ by more than one in twenty.
func far20(a, b int64) bool { return 20*max(a-b, b-a) > max(a, b) }
