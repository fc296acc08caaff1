package detect

import (
	"bytes"

	"github.com/wardfold/wardfold/detect/internal/han"
	"github.com/wardfold/wardfold/detect/internal/number"
)

// moon is a date as it is written in Chinese: of the Gregorian calendar, or of the
// Chinese one.
type moon struct {
	year, month, day int // day 0 is none
	leap, lunar      bool
	end              int
}

// readMoon reads a date with 年 and 月 that begins at b[i] and has a numeral, or a
// word of the Chinese calendar, as 二〇一二年五月六日, 2012年腊月初八, 农历2012年闰4月8日.
func readMoon(b []byte, i int) (m moon, ok bool) {
	if calendarWord(b, i) {
		m.lunar, i = true, i+6
		if c := back(b, i+3); c == '：' {
			i += 3
		}
	}
	if m.year, i, ok = readYear(b, i); !ok {
		return m, false
	}
	if i < len(b) && b[i] == ' ' {
		i++
	}
	switch r, _ := han.Rune(b, i); r {
	case '闰':
		m.leap, m.lunar, i = true, true, i+3
	case '农', '阴', '旧':
		if calendarWord(b, i) {
			m.lunar, i = true, i+6
		}
	}
	if m.month, i, ok = m.readMonth(b, i); !ok {
		return m, false
	}
	m.end = i
	r, _ := han.Rune(b, i)
	if day, k, ok := readNumeral(b, i); ok && day >= 1 && day <= 31 {
		m.day, m.end = day, k
		m.lunar = m.lunar || r == '初' || r == '廿' || r == '卅'
		if mark, _ := han.Rune(b, k); mark == '日' || mark == '号' {
			m.end += 3
		}
	}
	return m, true
}

// readMonth reads the name or the number of a month and 月 behind it.
func (m *moon) readMonth(b []byte, i int) (v, end int, ok bool) {
	switch r, _ := han.Rune(b, i); r {
	case '正':
		v = 1
	case '冬':
		v = 11
	case '腊':
		v = 12
	}
	if v != 0 {
		m.lunar, i = true, i+3
	} else if v, i, ok = readNumeral(b, i); !ok || v < 1 || v > 12 {
		return 0, i, false
	}
	mark, _ := han.Rune(b, i)
	return v, i + 3, mark == '月'
}

// calendarWord reports whether 农历, 阴历 or 旧历 stands at b[i].
func calendarWord(b []byte, i int) bool {
	r, _ := han.Rune(b, i)
	next, _ := han.Rune(b, i+3)
	return (r == '农' || r == '阴' || r == '旧') && next == '历'
}

// date is the day of the Gregorian calendar; without a day, or in a month that
// was not, it is the year, if it is the same from the first to the last day. ok
// is false if there is no such date.
func (m moon) date() (d number.Date, ok bool) {
	if !m.lunar {
		d = number.Date{Year: int16(m.year), Month: uint8(m.month), Day: uint8(m.day)}
		return d, m.day == 0 || number.Real(m.year, m.month, m.day)
	}
	if m.day != 0 {
		return number.Lunar(m.year, m.month, m.day, m.leap)
	}
	first, ok := number.Lunar(m.year, m.month, 1, m.leap)
	last, _ := number.Lunar(m.year, m.month, 29, m.leap)
	if first.Year != last.Year {
		return number.Date{}, ok
	}
	return number.Date{Year: first.Year}, ok
}

// numeralDate looks at a date in Chinese numerals, or of the Chinese calendar,
// that begins at b[i]. It returns how far it has looked.
func (w *work) numeralDate(b []byte, i int) int {
	m, ok := readMoon(b, i)
	if !ok {
		return 0
	}
	return w.keepMoon(b, i, m, w.before(b, i))
}

// keepMoon is keepBirth for a date of the Chinese calendar or in Chinese numerals.
// It returns how far it has looked.
func (w *work) keepMoon(b []byte, i int, m moon, c cues) int {
	if m.year > int(w.today.Year) {
		return 0
	}
	g := guess{kind: BirthDate, why: Calendar}
	switch {
	case bornBehind(b, m.end):
		g.score, g.why = 250, g.why|Cue
	case c.last == cueBirth && c.near:
		g.score, g.why = 350, g.why|Label
	case c.set.has(cueBirth):
		g.score, g.why = 200, g.why|Cue
	default:
		return 0
	}
	m.lunar = m.lunar || inLunar(b, i, m.end)
	var ok bool
	if g.born, ok = m.date(); !ok || g.born.After(w.today) {
		return 0
	}
	w.add(i, m.end, g)
	return m.end
}

// inLunar reports whether a word before or behind a date says that it is one of
// the Chinese calendar, as in 农历生日：2012-3-5 and 2012年3月5日（农历）.
func inLunar(b []byte, start, end int) bool {
	before := b[max(0, start-36):start]
	if k := bytes.LastIndexAny(before, "\n，。；,;"); k >= 0 {
		before = before[k:]
	}
	for _, word := range [...]string{"农历", "阴历", "旧历"} {
		if k := bytes.LastIndex(before, []byte(word)); k >= 0 && !bytes.Contains(before[k:], []byte("公历")) && !bytes.Contains(before[k:], []byte("阳历")) {
			return true
		}
		for _, open := range [...]string{"（", "("} {
			if bytes.HasPrefix(b[end:], []byte(open+word)) {
				return true
			}
		}
	}
	return false
}
