package hierarchy

import (
	"fmt"
	"strconv"
	"strings"
)

// date reads a day, a month or a year: 2016-03-08, 2016/3/8, 2016.3.8, 20160308,
// 2016年3月8日, 2016-03, 2016年3月, 2016; a time after it does not count.
func date(v string) (path, bool) {
	y, m, d, ok := calendar(v)
	if !ok {
		return path{}, false
	}
	year := strconv.Itoa(y)
	day, month, quarter := year, year, year
	if m > 0 {
		month = fmt.Sprintf("%d-%02d", y, m)
		quarter = fmt.Sprintf("%d-Q%d", y, (m+2)/3)
		day = month
	}
	if d > 0 {
		day = fmt.Sprintf("%s-%02d", month, d)
	}
	span := func(n int) string { return fmt.Sprintf("%d-%d", y/n*n, y/n*n+n-1) }
	return path{float64((y*13+m)*32 + d), []string{v, day, month, quarter, year, span(5), span(10), span(20)}}, true
}

func calendar(v string) (y, m, d int, ok bool) {
	s := strings.TrimSpace(v)
	if i := strings.IndexAny(s, " T"); i > 0 {
		s = s[:i]
	}
	s = strings.TrimRight(strings.NewReplacer("年", "-", "月", "-", "日", "", "号", "", "/", "-", ".", "-").Replace(s), "-")
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	parts := strings.Split(s, "-")
	if len(parts) > 3 || len(parts[0]) != 4 {
		return 0, 0, 0, false
	}
	n := [3]int{}
	for i, p := range parts {
		x, err := strconv.Atoi(p)
		if err != nil || x < 1 || i > 0 && len(p) > 2 {
			return 0, 0, 0, false
		}
		n[i] = x
	}
	if n[0] < 1800 || n[0] > 2199 || n[1] > 12 || n[2] > daysIn(n[0], n[1]) {
		return 0, 0, 0, false
	}
	return n[0], n[1], n[2], true
}

func daysIn(y, m int) int {
	switch m {
	case 0:
		return 0
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
