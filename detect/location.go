package detect

import (
	"github.com/wardfold/wardfold/detect/internal/han"
)

// precise is how many decimals of a degree tell one house from the next: the
// fourth is eleven metres.
const precise = 4

// decimalDegrees is a number of degrees as it is written.
type decimalDegrees struct {
	start, end, places int
	value              float64
}

// degreesAt reads a number with a point at b[i:].
func degreesAt(b []byte, i int) (d decimalDegrees, ok bool) {
	d.start = i
	sign := 1.0
	if i < len(b) && b[i] == '-' {
		sign, i = -1, i+1
	}
	whole := i
	for i < len(b) && i-whole < 4 && b[i]-'0' <= 9 {
		d.value = d.value*10 + float64(b[i]-'0')
		i++
	}
	if i == whole || i-whole > 3 || i >= len(b) || b[i] != '.' {
		return d, false
	}
	scale := 0.1
	for i++; i < len(b) && b[i]-'0' <= 9; i++ {
		d.value += float64(b[i]-'0') * scale
		scale /= 10
		d.places++
	}
	d.value *= sign
	d.end = i
	return d, d.places >= precise && d.places <= 16 && d.value >= -180 && d.value <= 180 && (i == len(b) || b[i] != '.' && !letter(b[i]))
}

// location looks at a number whose decimals begin at b[start]: a pair of degrees,
// or one behind the name of a coordinate.
func (w *work) location(b []byte, start int) bool {
	at := start - 1
	for at > 0 && b[at-1]-'0' <= 9 {
		at--
	}
	if at > 0 && b[at-1] == '-' {
		at--
	}
	if at > 0 && (letter(b[at-1]) || b[at-1] == '.' || b[at-1]-'0' <= 9) {
		return false
	}
	first, ok := degreesAt(b, at)
	if !ok {
		return false
	}
	g := guess{kind: Location, score: -200, why: Shape | Precise}
	end := first.end
	if k := skipComma(b, first.end); k > first.end {
		if second, ok := degreesAt(b, k); ok && pair(first.value, second.value) {
			end, g.score = second.end, -50
			if min(first.places, second.places) >= 5 && china(first.value, second.value) {
				g.score = 150
			}
		}
	}
	w.weigh(&g, w.before(b, at))
	if !w.add(at, end, g) {
		return false
	}
	w.past = end
	return true
}

// skipComma goes over a comma and spaces between two numbers.
func skipComma(b []byte, i int) int {
	k := skipSpace(b, i)
	switch r, _ := han.Rune(b, k); {
	case k < len(b) && (b[k] == ',' || b[k] == ';' || b[k] == '/'):
		return skipSpace(b, k+1)
	case r == '，' || r == '、':
		return k + 3
	}
	return k
}

// pair reports whether two numbers may be a latitude and a longitude.
func pair(a, b float64) bool { return a >= -90 && a <= 90 || b >= -90 && b <= 90 }

// china reports whether two numbers are the latitude and longitude of a place in
// China, in either order.
func china(a, b float64) bool {
	in := func(lat, lon float64) bool { return lat >= 3 && lat <= 54 && lon >= 73 && lon <= 136 }
	return in(a, b) || in(b, a)
}

// degrees looks behind 北纬 and its kin for degrees, as 北纬39°54′15″. Minutes at
// least make them precise enough to be told.
func (w *work) degrees(b []byte, start, end int) int {
	i := skipLabel(b, end)
	i, n, marks := skipNumber(b, i), 0, 0
	for n == 0 || marks > 0 && n < 3 {
		k := angle(b, i)
		if k == i {
			break
		}
		marks++
		n++
		i = k
		if next := skipNumber(b, i); next > i && angle(b, next) > next {
			i = next
		}
	}
	if marks < 2 {
		return 0
	}
	why := Shape | Lexicon
	if marks > 2 {
		why |= Precise
	}
	w.add(start, i, guess{kind: Location, score: int16(20 + 40*marks), why: why})
	return i
}

func skipNumber(b []byte, i int) int {
	for i < len(b) && (b[i]-'0' <= 9 || b[i] == '.') {
		i++
	}
	return i
}

// angle goes over a mark of degrees, minutes or seconds.
func angle(b []byte, i int) int {
	if i+1 < len(b) && b[i] == 0xc2 && b[i+1] == 0xb0 { // °
		return i + 2
	}
	if i < len(b) && (b[i] == '\'' || b[i] == '"') {
		return i + 1
	}
	switch r, _ := han.Rune(b, i); r {
	case '′', '″', '度', '分', '秒', '’', '”':
		return i + 3
	}
	return i
}
