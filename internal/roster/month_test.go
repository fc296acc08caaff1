package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// months holds what a person types and what becomes of it: only year and month
// are kept (S0-01).
var months = []struct{ in, want string }{
	{"2016-03", "2016-03"}, {"2016年3月", "2016-03"}, {"2016/3", "2016-03"}, {"201603", "2016-03"},
	{"２０１６年０３月", "2016-03"}, {"2016.03", "2016-03"}, {"2016 年 3 月", "2016-03"}, {"2016年3", "2016-03"},
	{"2016-03-15", "2016-03 roster.day_dropped"}, {"2016年3月15日", "2016-03 roster.day_dropped"},
	{"20160315", "2016-03 roster.day_dropped"}, {"2016/3/15 00:00:00", "2016-03 roster.day_dropped"},
	{"42444", "2016-03 roster.day_dropped"}, {"42430", "2016-03"},
	{"2026-11", "2026-11"}, {"2001-11", "2001-11"},
	{"2026-12", " roster.month_future"}, {"2001-10", " roster.month_old"},
	{"2016-13", " roster.month_range"}, {"2016-00", " roster.month_range"},
	{"2016-02-30", " roster.month_day"}, {"2015-02-29", " roster.month_day"}, {"20160300", " roster.month_day"},
	{"2016-02-29", "2016-02 roster.day_dropped"},
	{"2016.1", " roster.month_decimal"}, {"2016", " roster.month_year_only"},
	{"三月", " roster.month_form"}, {"16-03", " roster.month_form"}, {"2016-3-", " roster.month_form"},
	{"2016-03 to 2017-01", " roster.month_form"}, {"-2016-03", " roster.month_form"}, {"99999", " roster.month_future"},
}

func TestBirthMonthsInEveryWriting_S0_01(t *testing.T) {
	var b strings.Builder
	b.WriteString("学员姓名,出生年月,家长姓名,联系方式\n")
	for i, m := range months {
		fmt.Fprintf(&b, "示例%c,%s,示例乙,15412345678\n", '一'+rune(i), m.in)
	}
	for i, r := range read(t, []byte(b.String())) {
		got := r.Values[1].Expose()
		for _, p := range r.Problems {
			got += " " + p.Code
		}
		if got != months[i].want {
			t.Errorf("%s: got %q, want %q", months[i].in, got, months[i].want)
		}
	}
}

// A date cell is a number; only its format says that it is a date, and whether
// the person sees a day.
func TestDateCellsAreReadByTheirFormat(t *testing.T) {
	formats := []struct{ code, want string }{
		{"yyyy-mm-dd", "2016-03 roster.day_dropped"}, {`yyyy"年"m"月"`, "2016-03"}, {"mmm-yy", "2016-03"},
		{`[$-804]yyyy\-m`, "2016-03"}, {"General", "2016-03"}, {`"day "yyyy/mm`, "2016-03"}, {`m"月"d"日"`, "2016-03 roster.day_dropped"},
	}
	for _, from1904 := range []bool{false, true} {
		for _, f := range formats {
			file := workbookWith(t, func(x *excelize.File) {
				code, serial := f.code, 42430
				if from1904 {
					serial -= 1462
				}
				style, err := x.NewStyle(&excelize.Style{CustomNumFmt: &code})
				if err != nil {
					t.Fatal(err)
				}
				_ = x.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904})
				_ = x.SetCellValue("Sheet1", "B2", serial)
				_ = x.SetCellStyle("Sheet1", "B2", "B2", style)
			}, head, []any{"示例甲", nil, "示例乙", "15412345678"})
			r := read(t, file)[0]
			got := r.Values[1].Expose()
			for _, p := range r.Problems {
				got += " " + p.Code
			}
			if got != f.want {
				t.Errorf("1904 %v, format %s: got %q, want %q", from1904, f.code, got, f.want)
			}
		}
	}
}
