package lang

import (
	"strconv"
	"strings"
	"time"
)

// china is UTC+8 without summer time, which the mainland has not had since
// 1991; a fixed zone needs no time zone files on the machine.
var china = time.FixedZone("UTC+8", 8*60*60)

// Number writes n with a comma every three digits from 10,000 on. Shorter
// numbers, years among them, stay as they are.
func (p Printer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	if -10_000 < n && n < 10_000 {
		return s
	}
	sign, digits := "", s
	if n < 0 {
		sign, digits = s[:1], s[1:]
	}
	first := (len(digits)-1)%3 + 1
	var b strings.Builder
	b.WriteString(sign + digits[:first])
	for i := first; i < len(digits); i += 3 {
		b.WriteString("," + digits[i:i+3])
	}
	return b.String()
}

// List writes words one after the other: 甲、乙, or one, two.
func (p Printer) List(words []string) (all string) {
	for i, w := range words {
		if i == 0 {
			all = w
		} else {
			all = p.T("lang.list", all, w)
		}
	}
	return all
}

// Time writes an instant to the minute in Chinese time:
// 2026年11月22日 10:32, or 22 November 2026, 10:32.
func (p Printer) Time(t time.Time) string {
	t = t.In(china)
	return p.T("lang.time", p.Day(t), t.Format("15:04"))
}

// Day writes the calendar day of an instant in Chinese time.
func (p Printer) Day(t time.Time) string {
	y, m, d := t.In(china).Date()
	return p.Date(y, m, d)
}

// Date writes a calendar day: 2026年11月22日, or 22 November 2026.
func (p Printer) Date(year int, month time.Month, day int) string {
	return p.T("lang.date", strconv.Itoa(year), p.month(month), strconv.Itoa(day))
}

// Month writes a calendar month: 2016年3月, or March 2016.
func (p Printer) Month(year int, month time.Month) string {
	return p.T("lang.month", strconv.Itoa(year), p.month(month))
}

// month is the number of the month in Chinese and its name in English.
func (p Printer) month(m time.Month) string {
	if p.Tag() == Default {
		return strconv.Itoa(int(m))
	}
	return m.String()
}

// Duration writes a length of time in its largest whole unit, rounded down:
// 2天, 3小时, 5分钟, 40秒.
func (p Printer) Duration(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return p.T("lang.days", int64(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return p.T("lang.hours", int64(d/time.Hour))
	case d >= 2*time.Minute:
		return p.T("lang.minutes", int64(d/time.Minute))
	}
	return p.T("lang.seconds", int64(d/time.Second))
}
