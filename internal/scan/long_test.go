package scan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/scan"
)

// invent gives the rows of a school's list, made up: some with what a list of a
// school holds besides.
func invent(rows int) (header string, list []string) {
	r := rand.New(rand.NewPCG(31, 32))
	pick := func(words string) string { w := strings.Split(words, "|"); return w[r.IntN(len(w))] }
	for i := range rows {
		name := pick("王|李|张|刘") + pick("明|芳|伟|静|雪") + pick("|华|洋|涛|杰")
		person, phone := pick(child+"|"+youth+"|"+adult), fmt.Sprintf("138%08d", r.IntN(1e8))
		switch r.IntN(500) {
		case 0:
			phone = pick("138****1234|010-62751234|无|6275 1234| " + phone)
		case 1:
			person = pick("110101********0015|" + child + "（已核）|未登记")
		case 2:
			name = pick("李*|待定|张三（转学）")
		}
		note := ""
		if r.IntN(300) == 0 {
			note = pick("对花生过敏|李雷的母亲电话13912345678|单亲|已转学") + pick("|，勿扰|（"+fmt.Sprint(i)+"）")
		}
		list = append(list, strings.Join([]string{fmt.Sprint(i), name, person, phone, pick("三年级2班|五年级1班|高二3班"), pick("朝阳路|建国路") + fmt.Sprint(r.IntN(300)) + "号", note}, ","))
	}
	return "编号,姓名,身份证号,家长手机,班级,住址,备注", list
}

// far tells counts apart that differ by more than one in a hundred: of names, and of
// what else in a row lends its class of age, a column knows more than its text.
func far(a, b int64) bool { return 100*max(a-b, b-a) > max(a, b) }

// TestALongTableCountsAsItsPartsDo: a table that is counted by its plan, and the
// same rows in files too short for one.
func TestALongTableCountsAsItsPartsDo(t *testing.T) {
	t.Parallel()
	header, rows := invent(45_000)
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, ",", `","`) + `"` }
	for name, c := range map[string]struct {
		kinds  detect.Kinds
		change func(string) string
	}{
		"as it is":       {change: func(s string) string { return s }},
		"numbers":        {kinds: detect.Numbers, change: func(s string) string { return s }},
		"quoted":         {change: quote},
		"quoted numbers": {kinds: detect.Numbers, change: quote},
		"CRLF":           {change: func(s string) string { return s + "\r" }},
		"GB18030": {change: func(s string) string {
			out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := func(rows []string) string {
				var b strings.Builder
				for _, r := range append([]string{header}, rows...) {
					b.WriteString(c.change(r) + "\n")
				}
				return b.String()
			}
			parts := make(map[string]string)
			for i := 0; i < len(rows); i += 4500 {
				parts[fmt.Sprintf("%05d.csv", i)] = file(rows[i : i+4500])
			}
			only := func(job *scan.Job) {
				job.Scanner, job.Listed, job.Least = detect.New(detect.Options{On: detect.On(2026, 11, 22), Kinds: c.kinds}), 10, detect.Likely
			}
			long, _ := run(t, write(t, map[string]string{"a.csv": file(rows)}), only)
			short, _ := run(t, write(t, parts), only)
			for k := range detect.Every.All() {
				a, b := long.Kinds[k], short.Kinds[k]
				same := a.All() == b.All() || k == detect.PersonName && !far(a.All(), b.All())
				if !same || a.Masked != b.Masked || far(a.Under14, b.Under14) || far(a.From14To17, b.From14To17) {
					t.Errorf("%s: %+v, in parts %+v", k, a, b)
				}
			}
			if far(long.Under14, short.Under14) || far(long.From14To17, short.From14To17) {
				t.Errorf("minors: %d and %d, in parts %d and %d", long.Under14, long.From14To17, short.Under14, short.From14To17)
			}
		})
	}
}
