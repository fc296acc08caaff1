// Package sheet knows what spreadsheets have in common, whatever file they lie
// in: how columns are called, which number formats show a date, and which day a
// number stands for.
package sheet

import (
	"strings"
	"time"
)

// Style is what a number format says about a number.
type Style struct {
	Date bool // it is shown as a date
	Day  bool // the day is shown, too
}

// Builtin are the number formats without a code that show a date in Chinese and
// English editions. Source: ECMA-376 part 1, 18.8.30.
var Builtin = map[int]Style{
	14: {true, true}, 15: {true, true}, 16: {true, true}, 17: {true, false}, 22: {true, true},
	27: {true, false}, 28: {true, true}, 29: {true, true}, 30: {true, true}, 31: {true, true}, 36: {true, false},
	50: {true, false}, 51: {true, true}, 52: {true, false}, 53: {true, true}, 54: {true, true}, 57: {true, false}, 58: {true, true},
}

// StyleOf reads a number format code such as yyyy"年"m"月".
func StyleOf(code string) Style {
	var s Style
	month := false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i += skip(code[i+1:], '"')
		case code[i] == '[':
			i += skip(code[i+1:], ']')
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case c == 'y':
			s.Date = true
		case c == 'd':
			s.Day = true
		case c == 'm':
			month = true
		}
	}
	s.Date = s.Date || (s.Day && month)
	s.Day = s.Day && s.Date
	return s
}

func skip(s string, to byte) int {
	if i := strings.IndexByte(s, to); i >= 0 {
		return i + 1
	}
	return len(s)
}

// Day turns a day count into a date; ok is false beyond the year 9999. Both
// systems are in use; the older one counts a 29 February 1900 that never was, so
// that days before March 1900 are off by one, which matters to nobody's birth
// here. Source: ECMA-376 part 1, 18.17.4.1.
func Day(n float64, from1904 bool) (day time.Time, ok bool) {
	if n < 1 || n >= 2958466 { // 31 December 9999
		return time.Time{}, false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return epoch.AddDate(0, 0, int(n)), true
}

// Column names a column as spreadsheet programs do: 0 is A, 26 is AA.
func Column(i int) string {
	var b []byte
	for i++; i > 0; i = (i - 1) / 26 {
		b = append([]byte{byte('A' + (i-1)%26)}, b...)
	}
	return string(b)
}
