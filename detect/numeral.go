package detect

import (
	"github.com/wardfold/wardfold/detect/internal/han"
	"github.com/wardfold/wardfold/detect/internal/number"
)

// numeral is the value of a Chinese digit; ok is false for any other character.
func numeral(r uint32) (v int, ok bool) {
	switch r {
	case '〇', '零', '○', '０':
		return 0, true
	case '一', '壹':
		return 1, true
	case '二', '两', '贰':
		return 2, true
	case '三', '叁':
		return 3, true
	case '四', '肆':
		return 4, true
	case '五', '伍':
		return 5, true
	case '六', '陆':
		return 6, true
	case '七', '柒':
		return 7, true
	case '八', '捌':
		return 8, true
	case '九', '玖':
		return 9, true
	}
	return 0, false
}

// readNumeral reads a number below 100 in Chinese, as 五, 十二, 廿八, 三十, 初八,
// or in digits.
func readNumeral(b []byte, i int) (v, end int, ok bool) {
	if v, end, n := readDigits(b, i, 3); n > 0 {
		return v, end, n < 3
	}
	r, _ := han.Rune(b, i)
	if r == '初' {
		i += 3
		r, _ = han.Rune(b, i)
		v, ok = numeral(r)
		if r == '十' {
			v, ok = 10, true
		}
		return v, i + 3, ok
	}
	tens := 0
	if r == '廿' {
		tens = 20
	} else if r == '卅' {
		tens = 30
	} else if v, ok := numeral(r); ok {
		if next, _ := han.Rune(b, i+3); next != '十' && next != '拾' {
			return v, i + 3, true
		}
		tens, i = v*10, i+3
	} else if r == '十' || r == '拾' {
		tens = 10
	} else {
		return 0, i, false
	}
	i += 3
	if r, _ = han.Rune(b, i); r == 0 {
		return tens, i, true
	}
	if v, ok := numeral(r); ok {
		return tens + v, i + 3, true
	}
	return tens, i, true
}

// readYear reads a year in four Chinese digits, or in four digits, with 年.
func readYear(b []byte, i int) (y, end int, ok bool) {
	y, end, n := readDigits(b, i, 5)
	if n == 0 {
		for n < 4 {
			r, _ := han.Rune(b, end)
			v, ok := numeral(r)
			if !ok {
				return 0, i, false
			}
			y, end, n = y*10+v, end+3, n+1
		}
	}
	r, _ := han.Rune(b, end)
	return y, end + 3, n == 4 && r == '年' && y >= 1900 && y < 2100
}

// numeralDate looks at a date in Chinese numerals, or of the lunar calendar, that
// begins at b[i], as 二〇一二年五月六日, 农历2012年四月初八. It returns how far it
// has looked.
func (w *work) numeralDate(b []byte, i int) int {
	start := i
	r, _ := han.Rune(b, i)
	next, _ := han.Rune(b, i+3)
	lunar := (r == '农' || r == '阴') && next == '历'
	if lunar {
		i += 6
	}
	y, i, ok := readYear(b, i)
	if !ok || y > int(w.today.Year) {
		return 0
	}
	m, k, ok := readNumeral(b, i)
	if mark, _ := han.Rune(b, k); !ok || m < 1 || m > 12 || mark != '月' {
		return 0
	}
	d := dated{number.Date{Year: int16(y), Month: uint8(m)}, k + 3}
	if day, k, ok := readNumeral(b, d.end); ok && day >= 1 && day <= 31 {
		d.date.Day, d.end = uint8(day), k
		if mark, _ := han.Rune(b, k); mark == '日' || mark == '号' {
			d.end += 3
		}
	}
	switch {
	case lunar && m <= 10: // the first ten months lie within the year
		d.date.Month, d.date.Day = 0, 0
	case lunar:
		d.date = number.Date{}
	case d.date.Day != 0 && !number.Real(y, m, int(d.date.Day)) || d.date.After(w.today):
		return 0
	}
	g := guess{kind: BirthDate, why: Calendar, born: d.date}
	c := w.before(b, start)
	switch {
	case bornBehind(b, d.end):
		g.score, g.why = 250, g.why|Cue
	case c.last == cueBirth && c.near:
		g.score, g.why = 350, g.why|Label
	case c.set.has(cueBirth):
		g.score, g.why = 200, g.why|Cue
	default:
		return 0
	}
	w.add(start, d.end, g)
	return d.end
}
