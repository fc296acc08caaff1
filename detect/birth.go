package detect

import (
	"strings"

	"github.com/wardfold/wardfold/detect/internal/han"
	"github.com/wardfold/wardfold/detect/internal/number"
)

// dated is a date as it is written.
type dated struct {
	date number.Date // Day, or Month and Day, may be zero
	end  int
}

// readDate reads a date that begins with a year of four digits at b[i]: with
// hyphens, slashes, dots, 年月日 or nothing between, ASCII or full-width. A year
// alone is none.
func readDate(b []byte, i int) (d dated, ok bool) {
	y, i, n := readDigits(b, i, 8)
	switch n {
	case 8:
		d = dated{number.Date{Year: int16(y / 10_000), Month: uint8(y / 100 % 100), Day: uint8(y % 100)}, i}
		return d, number.Real(y/10_000, y/100%100, y%100)
	case 4:
	default:
		return d, false
	}
	sep, i := readDateMark(b, i, 0)
	if sep == 0 {
		return d, false
	}
	m, k, n := readDigits(b, i, 3)
	if n < 1 || n > 2 || m < 1 || m > 12 {
		return d, false
	}
	d = dated{number.Date{Year: int16(y), Month: uint8(m)}, k}
	next, after := readDateMark(b, k, sep)
	if next == 0 {
		return d, sep != '.' // 2012-05, but 2012.5 may be a number
	}
	if next == 'm' {
		d.end = after
	}
	day, k, n := readDigits(b, after, 3)
	if n < 1 || n > 2 || !number.Real(y, m, day) {
		return d, next == 'm' && n == 0
	}
	d.date.Day, d.end = uint8(day), k
	if next == 'm' {
		if r, ok := han.Rune(b, skipSpace(b, k)); ok && (r == '日' || r == '号') {
			d.end = skipSpace(b, k) + 3
		}
	}
	return d, true
}

// readDigits reads at most most digits, ASCII or full-width.
func readDigits(b []byte, i, most int) (v, end, n int) {
	for i < len(b) && n < most {
		if c := b[i] - '0'; c <= 9 { // nearly always
			v, i, n = v*10+int(c), i+1, n+1
			continue
		}
		c, size, kind := fold(b, i)
		if kind != 1 || c-'0' > 9 {
			break
		}
		v, i, n = v*10+int(c-'0'), i+size, n+1
	}
	return v, i, n
}

// readDateMark reads what stands between year and month or, if before is not
// zero, between month and day: the same as before. 年 is 'y' and 月 'm'.
func readDateMark(b []byte, i int, before byte) (mark byte, end int) {
	if i >= len(b) {
		return 0, i
	}
	k := skipSpace(b, i)
	switch r, _ := han.Rune(b, k); {
	case r == '年' && before == 0:
		return 'y', skipSpace(b, k+3)
	case r == '月' && before == 'y':
		return 'm', skipSpace(b, k+3)
	}
	c, n, kind := fold(b, i)
	if kind == 2 && (c == '-' || c == '/' || c == '.') && (before == 0 || before == c) {
		return c, i + n
	}
	return 0, i
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return i
}

// born looks at a date that begins with n digits at b[start], in any of its
// written forms.
func (w *work) born(b []byte, start, n int) bool {
	if n == 4 && !goesOn(b, start+4) {
		return false
	}
	d, whole := readDate(b, start)
	whole = whole && d.date.Year >= 1900 && !d.date.After(w.today)
	m, numeral := moon{}, false
	if n == 4 {
		m, numeral = readMoon(b, start)
	}
	if whole || numeral {
		c := w.before(b, start)
		if whole && w.keepBirth(b, start, d, c) {
			return true
		}
		if numeral {
			if end := w.keepMoon(b, start, m, c); end > 0 {
				w.past = max(w.past, end)
				return true
			}
		}
	}
	if n != 4 {
		return false
	}
	end := w.bornIn(b, start)
	w.past = max(w.past, end)
	return end > 0
}

// goesOn reports whether what stands behind a year at b[i] may make it a date, or
// tell that somebody was born in it.
func goesOn(b []byte, i int) bool {
	if i = skipSpace(b, i); i >= len(b) || b[i] < 0x80 {
		return i < len(b) && (b[i] == '-' || b[i] == '/' || b[i] == '.' || b[i] == '(')
	}
	if next(b, i) != '年' {
		return b[i] < 0xe4 || b[i] > 0xe9 // a mark of some kind
	}
	if i = skipSpace(b, i+3); i >= len(b) || b[i] < 0x80 {
		return i < len(b) && (b[i]-'0' <= 9 || b[i] == '(')
	}
	return b[i] == 0xef || strings.ContainsRune("一二三四五六七八九十拾壹两贰叁肆伍陆柒捌玖〇零○廿卅初正冬腊闰农阴旧出生", rune(next(b, i)))
}

// bornIn looks at a year at b[start] with 年出生 or 年生 behind it.
func (w *work) bornIn(b []byte, start int) int {
	y, end, ok := readYear(b, start)
	if !ok || y > int(w.today.Year) || !bornBehind(b, end) {
		return 0
	}
	g := guess{kind: BirthDate, score: 50, why: Calendar | Cue, born: number.Date{Year: int16(y)}}
	if next(b, end) == '出' {
		g.score = 150
	}
	w.add(start, end, g)
	return end
}

// birth looks at a date that begins at b[start]. It is a date of birth if a word
// before or behind it says so, or if it fills a cell beside a person.
func (w *work) birth(b []byte, start int) bool {
	d, ok := readDate(b, start)
	if !ok || d.date.Year < 1900 || d.date.After(w.today) {
		return false
	}
	return w.keepBirth(b, start, d, w.before(b, start))
}

// keepBirth keeps a date if what stands before it, or behind, makes it one of birth.
func (w *work) keepBirth(b []byte, start int, d dated, c cues) (ok bool) {
	g := guess{kind: BirthDate, score: -100, why: Calendar, born: d.date}
	switch behind := bornBehind(b, d.end); {
	case behind:
		g.score, g.why = 250, g.why|Cue
	case c.last == cueBirth && c.near:
		g.score, g.why = 350, g.why|Label
	case c.last == cueBirth || c.set.has(cueBirth) && !c.near:
		g.score, g.why = 200, g.why|Cue
	case !labelled(b, start) || !cellEnds(b, d.end) || c.near || d.date.Day == 0:
		return false
	}
	if g.score >= likelyFrom && inLunar(b, start, d.end) {
		m := moon{int(d.date.Year), int(d.date.Month), int(d.date.Day), false, true, d.end}
		if g.born, ok = m.date(); !ok || g.born.After(w.today) {
			return false
		}
	}
	if !w.add(start, d.end, g) {
		return false
	}
	w.past = max(w.past, d.end)
	return true
}

// bornBehind reports whether 生, 出生 or "born" follows.
func bornBehind(b []byte, i int) bool {
	for k := 0; k < 2 && i < len(b) && (b[i] == ' ' || b[i] == '('); k++ {
		i++
	}
	r, ok := han.Rune(b, i)
	if !ok {
		return false
	}
	if r == '（' {
		r, _ = han.Rune(b, i+3)
		i += 3
	}
	next, _ := han.Rune(b, i+3)
	return r == '出' && next == '生' || r == '生' && next != '产' && next != '效' && next != '成' && next != '活' && next != '日'
}

// cellEnds reports whether the border of a cell stands at b[i].
func cellEnds(b []byte, i int) bool {
	i = skipSpace(b, i)
	if i >= len(b) {
		return true
	}
	switch b[i] {
	case ',', '\t', '|', '\n', '\r', '"', '}', '<', ';':
		return true
	}
	return false
}

// labelledBirth looks behind a word such as 出生日期 for a date that does not
// begin with four digits. It returns how far it has looked.
func (w *work) labelledBirth(b []byte, end int) int {
	if !w.dates {
		return 0
	}
	i := skipLabel(b, end)
	if e := w.numeralDate(b, i); e > 0 {
		return e
	}
	y, k, n := readDigits(b, i, 3)
	if n != 2 || y > int(w.today.Year)%100 && y < 30 {
		return 0
	}
	sep, k := readDateMark(b, k, 0)
	m, k, n := readDigits(b, k, 3)
	if sep == 0 || n < 1 || n > 2 || m < 1 || m > 12 {
		return 0
	}
	if y += 2000; y > int(w.today.Year) {
		y -= 100
	}
	d := dated{number.Date{Year: int16(y), Month: uint8(m)}, k}
	next, k := readDateMark(b, k, sep)
	if next == 'm' {
		d.end = k
	}
	if day, k, n := readDigits(b, k, 3); next != 0 && (n == 1 || n == 2) && number.Real(y, m, day) {
		d.date.Day, d.end = uint8(day), k
		if r, ok := han.Rune(b, k); ok && (r == '日' || r == '号') {
			d.end += 3
		}
	} else if next != 'm' {
		return 0
	}
	w.add(i, d.end, guess{kind: BirthDate, score: 300, why: Calendar | Label, born: d.date})
	return d.end
}

// skipLabel goes over what stands between a label and its value.
func skipLabel(b []byte, i int) int {
	for k := 0; k < 6 && i < len(b); k++ {
		switch b[i] {
		case ' ', ':', '=', '"', '\'', '(', '\t', ',', '|':
			i++
			continue
		}
		r, ok := han.Rune(b, i)
		if !ok {
			break
		}
		switch r {
		case '：', '（', '是', '为', '于', '在', '号', '　', '“', '、', '，':
			i += 3
			continue
		}
		break
	}
	return i
}
