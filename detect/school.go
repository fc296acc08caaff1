package detect

import "github.com/wardfold/wardfold/detect/internal/han"

// grade looks at the name of a grade at b[i:end], and at the class behind it.
func (w *work) grade(b []byte, i, end int) int {
	if e := classBehind(b, end); e > 0 {
		f := w.say(b, i, e, Class, termShaped)
		f.Why, f.Minor = f.Why|Shape, gradeMinor(b, i, end)
		return e
	}
	w.say(b, i, end, Grade, termAlone).Minor = gradeMinor(b, i, end)
	return end
}

// gradeMinor is what a grade says of an age: children of the first six are under
// 14, in the last of middle school 14 and more. Years between, and of a
// university, are of either class.
func gradeMinor(b []byte, i, end int) Minor {
	if i > 0 && end-i > 9 { // 小学三年级
		i = end - 9
	}
	r, _ := han.Rune(b, i)
	next, _ := han.Rune(b, i+3)
	switch {
	case next == '班', r == '学':
		return Under14
	case r == '高':
		return From14To17
	case next == '年':
		if v, ok := numeral(r); ok && v <= 6 {
			return Under14
		}
	}
	return Unknown
}

// classBehind reads 2班, （2）班, 二班 at b[i] and returns its end, or 0.
func classBehind(b []byte, i int) int {
	open := false
	if i < len(b) && b[i] == '(' {
		open, i = true, i+1
	} else if r, _ := han.Rune(b, i); r == '（' {
		open, i = true, i+3
	}
	_, i, ok := readNumeral(b, i)
	if !ok {
		return 0
	}
	if open {
		if i < len(b) && b[i] == ')' {
			i++
		} else if r, _ := han.Rune(b, i); r == '）' {
			i += 3
		} else {
			return 0
		}
	}
	if r, _ := han.Rune(b, i); r != '班' {
		return 0
	}
	return i + 3
}

// class looks back from 班 at b[i], as in 三（2）班, 六年二班, 2023级1班, 301班.
func (w *work) class(b []byte, i int) int {
	at, closed := i, false
	if at > 0 && b[at-1] == ')' {
		at, closed = at-1, true
	} else if back(b, at) == '）' {
		at, closed = at-3, true
	}
	at, n := numeralsBack(b, at)
	if n == 0 {
		return 0
	}
	score := int16(termAlone)
	if closed {
		if at > 0 && b[at-1] == '(' {
			at--
		} else if back(b, at) == '（' {
			at -= 3
		} else {
			return 0
		}
		score = termShaped
	}
	if k, ok := gradeBack(b, at); ok {
		at, score = k, termShaped
	} else if !closed && n != 3 && n != 1 {
		return 0
	}
	f := w.say(b, at, i+3, Class, score)
	f.Why = f.Why&^Lexicon | Shape
	return i + 3
}

// back is the character of three bytes that ends at b[:i], or 0.
func back(b []byte, i int) uint32 {
	if i < 3 {
		return 0
	}
	r, _ := han.Rune(b, i-3)
	return r
}

// numeralsBack goes back over at most four digits, or three Chinese numerals.
func numeralsBack(b []byte, i int) (start, n int) {
	for i > 0 && n < 4 && b[i-1]-'0' <= 9 {
		i, n = i-1, n+1
	}
	for n == 0 || n < 3 && b[i] >= 0x80 {
		r := back(b, i)
		if _, ok := numeral(r); !ok && r != '十' {
			break
		}
		i, n = i-3, n+1
	}
	return i, n
}

// gradeBack goes back over 三年级, 三年, 2023级, 高一, 初二, 三.
func gradeBack(b []byte, i int) (start int, ok bool) {
	if back(b, i) == '级' {
		i -= 3
		if back(b, i) == '年' {
			i -= 3
		}
		start, n := numeralsBack(b, i)
		return start, n > 0
	}
	if back(b, i) == '年' {
		start, n := numeralsBack(b, i-3)
		return start, n > 0 && n < 4
	}
	start, n := numeralsBack(b, i)
	if n == 0 {
		return i, false
	}
	switch back(b, start) {
	case '初', '高', '大', '小':
		return start - 3, true
	}
	return start, n == 1
}

// schoolStops are characters that stand before the name of a school and are no
// part of it.
const schoolStops = "在于从到去是的了和与及为被由给对向把将让读入进考就来往即我你他她它这那该某所各每个间家等位名有到至并或也又都还后前时年月日号班级说称因"

var schoolStop = func() (set [1024]uint64) {
	for _, r := range schoolStops {
		set[r>>6] |= 1 << (r & 63)
	}
	return set
}()

// school looks back from the ending of a name of a school at b[i:end].
func (w *work) school(b []byte, i, end int) {
	start, n := i, 0
	for n < 14 {
		r := back(b, start)
		if r < 0x4e00 || r > 0x9fff || schoolStop[r>>6]>>(r&63)&1 != 0 {
			break
		}
		start, n = start-3, n+1
	}
	if start > 0 && b[start-1]-'0' <= 9 && n <= 2 {
		for start > 0 && b[start-1]-'0' <= 9 {
			start, n = start-1, n+1
		}
		if back(b, start) == '第' {
			start -= 3
		}
	}
	if n < 2 {
		return
	}
	w.say(b, start, end, School, termAlone)
}

// age looks back from 岁 at b[i], as in 11岁, 十一周岁.
func (w *work) age(b []byte, i int) int {
	at := i
	if back(b, at) == '周' {
		at -= 3
	}
	if at > 0 && b[at-1] == ' ' {
		at--
	}
	start, n := numeralsBack(b, at)
	if n == 0 || n > 3 || start > 0 && b[start-1] == '.' {
		return 0
	}
	v, _, ok := readNumeral(b, start)
	if !ok && n != 3 || v > 120 {
		return 0
	}
	w.keep(start, i+3, Age, termAlone, Shape).Minor = ageMinor(v)
	return i + 3
}

func ageMinor(v int) Minor {
	switch {
	case v < 14:
		return Under14
	case v < 18:
		return From14To17
	}
	return Adult
}

// labelledAge looks for a number behind 年龄.
func (w *work) labelledAge(b []byte, end int) int {
	i := skipLabel(b, end)
	v, k, n := readDigits(b, i, 4)
	if i == end || n == 0 || n > 3 || v > 120 {
		return 0
	}
	if r, ok := han.Rune(b, k); ok && r == '岁' {
		k += 3
	} else if ok && r >= 0x4e00 && r < 0xa000 {
		return 0
	}
	w.keep(i, k, Age, termAlone+termLabelled, Shape|Label).Minor = ageMinor(v)
	return k
}

// wechat looks for an account behind the name of WeChat that ends at b[:end].
func (w *work) wechat(b []byte, end int) int {
	i := skipLabel(b, end)
	if r, _ := han.Rune(b, i); r == '号' {
		i = skipLabel(b, i+3)
	}
	if i+3 < len(b) && b[i]|0x20 == 'i' && b[i+1]|0x20 == 'd' && !letter(b[i+2]) {
		i = skipLabel(b, i+2)
	}
	k, plain := i, true
	for k < len(b) && (letter(b[k]) || b[k]-'0' <= 9 || b[k] == '_' || b[k] == '-') {
		plain = plain && letter(b[k])
		k++
	}
	n := k - i
	if n < 6 || n > 20 || !letter(b[i]) || k < len(b) && (b[k] == '.' && k+1 < len(b) && letter(b[k+1]) || b[k] == '@' || b[k] == '/') {
		return 0
	}
	g := guess{kind: WeChat, score: 250, why: Shape | Label}
	switch {
	case plain:
		g.score = 50
	case i == end:
		g.score = 150
	}
	w.add(i, k, g)
	return k
}
