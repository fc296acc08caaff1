package detect_test

import (
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// TestBirthDatesAreReadInEveryWrittenForm holds every form of a date of birth to
// the day that it means, the Chinese calendar's too.
func TestBirthDatesAreReadInEveryWrittenForm(t *testing.T) {
	for _, c := range []struct {
		text, value string
		born        detect.Date
	}{
		{"出生日期：2012-05-06", "2012-05-06", detect.On(2012, 5, 6)},
		{"出生日期：2012/5/6", "2012/5/6", detect.On(2012, 5, 6)},
		{"出生日期：2012.05.06", "2012.05.06", detect.On(2012, 5, 6)},
		{"出生日期：20120506", "20120506", detect.On(2012, 5, 6)},
		{"出生日期：2012年5月6日", "2012年5月6日", detect.On(2012, 5, 6)},
		{"出生日期：2012 年 5 月 6 日", "2012 年 5 月 6 日", detect.On(2012, 5, 6)},
		{"出生日期：２０１２－０５－０６", "２０１２－０５－０６", detect.On(2012, 5, 6)},
		{"出生日期：2012年五月六日", "2012年五月六日", detect.On(2012, 5, 6)},
		{"出生日期：二〇一二年五月六日", "二〇一二年五月六日", detect.On(2012, 5, 6)},
		{"出生日期：二零一二年十二月三十一日", "二零一二年十二月三十一日", detect.On(2012, 12, 31)},
		{"出生日期：一九九八年十一月二十日", "一九九八年十一月二十日", detect.On(1998, 11, 20)},
		{"生于二〇一二年腊月初八", "二〇一二年腊月初八", detect.On(2013, 1, 19)},
		{"生日：2012年腊月初八", "2012年腊月初八", detect.On(2013, 1, 19)},
		{"出生日期：农历2012年三月初五", "农历2012年三月初五", detect.On(2012, 3, 26)},
		{"农历2012年三月初五出生", "农历2012年三月初五", detect.On(2012, 3, 26)},
		{"农历生日：2012年3月5日", "2012年3月5日", detect.On(2012, 3, 26)},
		{"农历生日：2012-03-05", "2012-03-05", detect.On(2012, 3, 26)},
		{"出生日期：2012年3月5日（农历）", "2012年3月5日", detect.On(2012, 3, 26)},
		{"出生日期：2012-03-05（阴历）", "2012-03-05", detect.On(2012, 3, 26)},
		{"阴历二〇一二年四月初八生", "阴历二〇一二年四月初八", detect.On(2012, 4, 28)},
		{"农历二〇一二年闰四月初八生", "农历二〇一二年闰四月初八", detect.On(2012, 5, 28)},
		{"生日：2012年正月初一", "2012年正月初一", detect.On(2012, 1, 23)},
		{"生日：2012年冬月廿九", "2012年冬月廿九", detect.On(2013, 1, 10)},
		{"生日：2012年农历八月十五", "2012年农历八月十五", detect.On(2012, 9, 30)},
		{"公历生日：2012-03-05，农历另记", "2012-03-05", detect.On(2012, 3, 5)},
	} {
		n := 0
		for f := range everything.Text([]byte(c.text)) {
			if f.Kind != detect.BirthDate {
				continue
			}
			n++
			if got := c.text[f.Start:f.End]; got != c.value || f.Born != c.born || f.Level < detect.Likely {
				t.Errorf("%s: got %s on %v, %v; want %s on %v", c.text, got, f.Born, f.Level, c.value, c.born)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d dates of birth, want 1", c.text, n)
		}
	}
}

// TestALunarBirthdayDecidesWhoIsAMinor: somebody born on 腊月初八 of 2012 is 14 on
// 19 January 2027 and not a year before.
func TestALunarBirthdayDecidesWhoIsAMinor(t *testing.T) {
	for _, c := range []struct {
		on   detect.Date
		want detect.Minor
	}{
		{detect.On(2027, 1, 18), detect.Under14}, {detect.On(2027, 1, 19), detect.From14To17},
		{detect.On(2031, 1, 18), detect.From14To17}, {detect.On(2031, 1, 19), detect.Adult},
	} {
		for f := range detect.New(detect.Options{On: c.on}).Text([]byte("生于二〇一二年腊月初八")) {
			if f.Minor != c.want {
				t.Errorf("on %v: got %v, want %v", c.on, f.Minor, c.want)
			}
		}
	}
}

// TestAColumnOfTheChineseCalendarIsReadAsSuch: 农历生日 over a column turns every
// date in it, however it is written.
func TestAColumnOfTheChineseCalendarIsReadAsSuch(t *testing.T) {
	s := detect.New(detect.Options{On: detect.On(2027, 1, 18)})
	for _, c := range []struct {
		header, cell   string
		under14, teens int64
	}{
		{"农历生日", "2012-12-08", 1, 0}, {"出生日期", "2012-12-08", 0, 1},
		{"农历生日", "二〇一二年十二月八日", 1, 0}, {"生日", "二〇一二年腊月初八", 1, 0}, {"生日", "二〇一二年十二月八日", 0, 1},
		{"出生日期", "41251", 0, 1}, // 2012-12-08 as a spreadsheet keeps it
		{"出生日期", "20121208", 0, 1}, {"出生日期", "2012.12.08", 0, 1},
	} {
		table := s.Table([]string{c.header})
		for range 20 {
			table.Row(c.cell)
		}
		col := table.Columns()[0]
		if col.Kind != detect.BirthDate || col.Under14 != 20*c.under14 || col.From14To17 != 20*c.teens {
			t.Errorf("%s %s: got %v with %d and %d minors", c.header, c.cell, col.Kind, col.Under14, col.From14To17)
		}
	}
}
