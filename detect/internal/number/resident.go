package number

import "encoding/binary"

// Scheme says which of the numbers of 18 characters one is.
type Scheme uint8

// The schemes. All have the calendar date and the check character of the
// resident identity number.
const (
	NoScheme  Scheme = iota
	Mainland         // GB 11643
	Permit           // 港澳台居民居住证: 810000, 820000, 830000
	Foreigner        // 外国人永久居留身份证 of 2023: 9, province, ISO 3166-1 numeric
)

// Person is what a number of 18 (or 15) characters says.
type Person struct {
	Born   Date
	Scheme Scheme
	County bool // the region is a county, not only a province or city
}

// Resident reads a number of 17 digits and a check character (0–9, X or x). It
// fails unless the region, the date and the check character agree and the date
// is not after today. The caller has made sure that the 17 are digits.
// Source: GB 11643-1999.
func Resident(s *[18]byte, today Date) (Person, bool) {
	y, m, d := date8(s[6:14])
	if m-1 >= 12 || d-1 >= 31 || y < 1900 || !Real(int(y), int(m), int(d)) {
		return Person{}, false
	}
	born := Date{int16(y), uint8(m), uint8(d)}
	if born.After(today) || !checks(s) {
		return Person{}, false
	}
	a := pairs(binary.LittleEndian.Uint64(s[:8]))
	top, low := int(a&0xff*100+a>>16&0xff), int(a>>32&0xff)
	p := Person{Born: born, Scheme: Mainland, County: low != 0}
	switch {
	case low == 0 && (top == 8100 || top == 8200 || top == 8300):
		p.Scheme, p.County = Permit, true
	case s[0] == '9':
		if !isForeigner(top, low) {
			return Person{}, false
		}
		p.Scheme, p.County = Foreigner, true
	case !regionSet[regionRow[top]].has(low):
		return Person{}, false
	}
	return p, true
}

// Old reads a number of 15 digits, as issued until 1999: the year has two digits
// and there is no check digit.
func Old(s *[15]byte, today Date) (Person, bool) {
	a := pairs(binary.LittleEndian.Uint64(s[:8]))
	top, low, y := int(a&0xff*100+a>>16&0xff), int(a>>32&0xff), 1900+int(a>>48&0xff)
	m, d := int(s[8]-'0')*10+int(s[9]-'0'), int(s[10]-'0')*10+int(s[11]-'0')
	if !Real(y, m, d) || low == 0 || !regionSet[regionRow[top]].has(low) {
		return Person{}, false
	}
	born := Date{int16(y), uint8(m), uint8(d)}
	return Person{Born: born, Scheme: Mainland, County: true}, !born.After(today)
}

// pairs turns eight ASCII digits into four numbers of two digits, the first in
// the low 16 bits.
func pairs(v uint64) uint64 {
	v &= 0x0f0f0f0f0f0f0f0f
	return (v*10 + v>>8) & 0x00ff00ff00ff00ff
}

func date8(s []byte) (y, m, d uint) {
	v := pairs(binary.LittleEndian.Uint64(s))
	return uint(v&0xff*100 + v>>16&0xff), uint(v >> 32 & 0xff), uint(v >> 48)
}

// checks computes ISO 7064 MOD 11-2. Its weights are the powers of two, so that
// the digits are a number in base two; eight are summed at a time.
func checks(s *[18]byte) bool {
	a := binary2(binary.LittleEndian.Uint64(s[0:]))
	b := binary2(binary.LittleEndian.Uint64(s[8:]))
	sum := a<<10 + b<<2 + uint64(s[16]-'0')<<1
	switch c := s[17]; {
	case c-'0' <= 9:
		sum += uint64(c - '0')
	case c|0x20 == 'x':
		sum += 10
	default:
		return false
	}
	return sum%11 == 1
}

// binary2 reads eight ASCII digits as a number in base two.
func binary2(v uint64) uint64 {
	v &= 0x0f0f0f0f0f0f0f0f
	v = (v<<1 + v>>8) & 0x00ff00ff00ff00ff
	v = (v<<2 + v>>16) & 0x0000ffff0000ffff
	return (v<<4 + v>>32) & 0xffffffff
}

// isForeigner judges 9, province (2 digits) and nationality (3 digits).
func isForeigner(top, low int) bool {
	return IsProvince(top/10%100) && countrySet[top%10*100+low]
}

// Temporary reads the 18 digits of a temporary student number behind its L:
// region, date of birth and four digits without a check.
func Temporary(s *[18]byte, today Date) (Date, bool) {
	y, m, d := date8(s[6:14])
	a := pairs(binary.LittleEndian.Uint64(s[:8]))
	born := Date{int16(y), uint8(m), uint8(d)}
	ok := y >= 1900 && Real(int(y), int(m), int(d)) && !born.After(today) &&
		regionSet[regionRow[a&0xff*100+a>>16&0xff]].has(int(a>>32&0xff))
	return born, ok
}
