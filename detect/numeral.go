package detect

import "github.com/wardfold/wardfold/detect/internal/han"

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
