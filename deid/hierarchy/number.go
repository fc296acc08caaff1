package hierarchy

import (
	"math"
	"strconv"
	"strings"
)

// numbers makes bands of five units, ten, twenty and so on, each of two of the
// last. The unit is one for whole numbers that are close together, and otherwise
// the power of ten that makes some hundred bands of it.
func numbers(values []string) func(string) (path, bool) {
	low, high, whole := math.Inf(1), math.Inf(-1), true
	for _, v := range values {
		if x, ok := number(v); ok && !Missing(v) {
			low, high = min(low, x), max(high, x)
			whole = whole && x == math.Trunc(x)
		}
	}
	unit := 1.0
	if span := high - low; !whole || span > 2000 {
		unit = math.Pow(10, math.Floor(math.Log10(max(span, 1e-300)/100)))
		if whole {
			unit = max(unit, 1)
		}
	}
	return func(v string) (path, bool) {
		x, ok := number(v)
		if !ok {
			return path{}, false
		}
		p := path{x, []string{v}}
		for w, n := 5*unit, 0; n < 64; w, n = 2*w, n+1 {
			lo := math.Floor(x/w) * w
			p.names = append(p.names, band(lo, lo+w, unit, whole))
			if math.Floor(low/w) == math.Floor(high/w) || w > 4*(high-low) {
				break
			}
		}
		return p, true
	}
}

// number reads a plain decimal number: no exponent, no separators, nothing that
// means infinity.
func number(v string) (float64, bool) {
	if strings.Trim(v, "0123456789.+-") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(v, 64)
	return x, err == nil
}

// band names the numbers from lo up to hi.
func band(lo, hi, unit float64, whole bool) string {
	digits := max(0, -int(math.Floor(math.Log10(unit)+1e-9)))
	write := func(x float64) string { return strconv.FormatFloat(x, 'f', digits, 64) }
	switch {
	case whole && lo >= 0:
		return write(lo) + "-" + write(hi-1)
	case whole:
		return write(lo) + ".." + write(hi-1)
	}
	return "[" + write(lo) + ", " + write(hi) + ")"
}

// progress reads 77%, 37/48 or 77.
func progress(v string) (path, bool) {
	s := strings.TrimSpace(v)
	var part float64
	switch done, all, fraction := strings.Cut(s, "/"); {
	case fraction:
		d, ok := number(done)
		a, ok2 := number(all)
		if !ok || !ok2 || a <= 0 || d < 0 || d > a {
			return path{}, false
		}
		part = 100 * d / a
	default:
		n, marked := strings.CutSuffix(strings.Replace(s, "％", "%", 1), "%")
		x, ok := number(n)
		if !marked || !ok || x < 0 || x > 100 {
			return path{}, false
		}
		part = x
	}
	tens := int(part) / 10 * 10
	ten, half := strconv.Itoa(tens)+"-"+strconv.Itoa(tens+9)+"%", "0-49%"
	switch {
	case part >= 100:
		ten, half = "100%", "100%"
	case part >= 50:
		half = "50-99%"
	}
	return path{part, []string{v, ten, half}}, true
}

// provinces are the first two digits of GB/T 2260 codes that exist.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 "

// region reads the code of a county, and longer ones of towns (9 digits) and
// neighbourhoods (12).
// Source: GB/T 2260 (codes of administrative divisions), GB/T 10114 (below county).
func region(v string) (path, bool) {
	if n := len(v); n != 6 && n != 9 && n != 12 || strings.Trim(v, "0123456789") != "" || !strings.Contains(provinces, " "+v[:2]+" ") {
		return path{}, false
	}
	code, _ := strconv.ParseFloat(v, 64) // digits
	p := path{code / math.Pow(10, float64(len(v)-6)), []string{v}}
	cut := func(n int) string { return v[:min(n, len(v))] + strings.Repeat("*", max(0, 6-n)) }
	p.names = append(p.names, cut(9), cut(6), cut(4), cut(2))
	return p, true
}
