package detect

import "github.com/wardfold/wardfold/detect/internal/han"

// measure looks behind 身高, 视力 and the like for a number, and behind 血型 for a
// group: what an examination of health says.
func (w *work) measure(b []byte, start, end int) int {
	i := skipLabel(b, end)
	if r, _ := han.Rune(b, i-3); r == '号' { // skipLabel goes over it
		return 0
	}
	k := skipNumber(b, i)
	if k == i {
		k = bloodGroup(b, start, i)
	}
	if k == i || k-i > 8 {
		return 0
	}
	for n := 0; n < 4 && k < len(b) && letter(b[k]); n++ { // cm, kg
		k++
	}
	w.keep(start, k, Health, termShaped, Lexicon|Shape)
	return k
}

// bloodGroup reads A, B, O, AB and 型 behind 血型.
func bloodGroup(b []byte, start, i int) int {
	if next(b, start) != '血' {
		return i
	}
	k := i
	for k < len(b) && k-i < 2 && (b[k] == 'A' || b[k] == 'B' || b[k] == 'O') {
		k++
	}
	if k == i || k < len(b) && letter(b[k]) {
		return i
	}
	if next(b, k) == '型' {
		k += 3
	}
	return k
}

// next is the character of three bytes at b[i], or 0.
func next(b []byte, i int) uint32 {
	r, _ := han.Rune(b, i)
	return r
}

// letterMark reads a mark in letters at b[i], as A+, B and 优; end is i if there
// is none.
func letterMark(b []byte, i int) (end int) {
	switch r := next(b, i); r {
	case '优', '良', '差':
		if n := next(b, i+3); r == '优' && n == '秀' || r == '良' && n == '好' {
			return i + 6
		}
		if !ideograph(next(b, i+3)) {
			return i + 3
		}
	}
	if i >= len(b) || b[i]-'A' > 4 {
		return i
	}
	end = i + 1
	if end < len(b) && (b[end] == '+' || b[end] == '-') {
		end++
	}
	if end < len(b) && (letter(b[end]) || b[end]-'0' <= 9) {
		return i
	}
	return end
}
