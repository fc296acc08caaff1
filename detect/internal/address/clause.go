package address

import (
	"strings"
	"unicode/utf8"
)

// Classes of Han characters that end a part of an address.
const (
	classNone uint8 = iota
	classRegion
	classTown
	classVillage
	classRoad
	classNumber
	classBuilding
	classUnit
	classRoom
	classPlace
	classLead // leads up to an address: 住, 在, 址, 到
)

const (
	hanFirst = 0x4e00
	hanSize  = 0x9fff + 1 - hanFirst
)

var classes = func() (t [hanSize]uint8) {
	for class, chars := range map[uint8]string{
		classRegion: "省市区县州旗盟", classTown: "镇乡道", classVillage: "村庄屯寨组队社", classRoad: "路街巷弄同里条",
		classNumber: "号", classBuilding: "栋幢座楼厦期", classUnit: "元", classRoom: "室层房户铺",
		classPlace: "园苑城院店场厂校府寓湾庭阁轩居墅馆坊邸司心舍",
	} {
		for _, r := range chars {
			t[r-hanFirst] = class
		}
	}
	return t
}()

func class(r rune) uint8 {
	if i := uint32(r - hanFirst); i < hanSize {
		return classes[i]
	}
	return classNone
}

// signs are what a clause holds that may end parts of addresses: their number, a
// bit for each class, and a bit for digits.
type signs struct {
	n    int
	seen uint32
}

const digits = 1 << 31

func (s signs) has(classes ...uint8) bool {
	var m uint32
	for _, c := range classes {
		m |= 1 << c
	}
	return s.seen&m != 0
}

// promising reports whether an address may be in a clause with these signs.
func (s signs) promising() bool {
	local := s.has(classTown, classVillage, classRoad, classPlace)
	switch {
	case s.n < 2 && s.seen&digits == 0 || s.n == 0:
		return false
	case s.has(classNumber, classBuilding, classUnit, classRoom):
		return local || s.has(classRegion) || s.seen&digits != 0
	case s.seen&digits != 0:
		return s.n > 1 || s.has(classPlace, classRoad)
	}
	return s.n > 2 && local && s.has(classRegion)
}

// next finds the next clause of text from at on, a stretch without marks that
// part clauses, and where to go on behind its mark.
func next(text []byte, at int) (to, after int, s signs) {
	for i := at; i < len(text); {
		switch c := text[i]; {
		case c >= 0xe4 && c <= 0xe9 && i+2 < len(text):
			r := rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f)
			if k := uint32(r - hanFirst); k < hanSize && classes[k] != 0 {
				s.n, s.seen = s.n+1, s.seen|1<<classes[k]
			}
			i += 3
		case c < utf8.RuneSelf:
			if ends[c] {
				return i, i + 1, s
			}
			if c >= '0' && c <= '9' {
				s.seen |= digits
			}
			i++
		default:
			r, n := utf8.DecodeRune(text[i:])
			if endsClause(r) {
				return i, i + n, s
			}
			if r >= '０' && r <= '９' {
				s.seen |= digits
			}
			i += n
		}
	}
	return len(text), len(text), s
}

func endsClause(r rune) bool {
	switch r {
	case '，', '。', '；', '！', '？', '：', '、', '“', '”', '‘', '’', '《', '》', '【', '】', '「', '」', '…', '｜':
		return true
	}
	return false
}

// ends are the ASCII marks that end a clause.
var ends = func() (t [utf8.RuneSelf]bool) {
	for _, c := range []byte("\n\r\t,;:!?\"'|<>[]{}=&$%^*\\`") {
		t[c] = true
	}
	return t
}()

// labelWords are what stands before an address in forms and records.
var labelWords = strings.Fields(`住址 地址 居住地 住所 户籍所在地 户口所在地 户籍地 所在地 现住 居所 住处 家庭住处 籍贯 产权地 坐落 address addr Address`)

// isLabel reports whether text ends in a label and a mark behind it.
func isLabel(text []byte) bool {
	b := text
	for n := 0; n < 4 && len(b) > 0; n++ {
		r, size := utf8.DecodeLastRune(b)
		if r != ' ' && r != ':' && r != '=' && r != '"' && r != '\'' && r != '：' && r != '\t' && r != '|' {
			break
		}
		b = b[:len(b)-size]
	}
	if len(b) == len(text) {
		return false
	}
	for _, w := range labelWords {
		if len(b) >= len(w) && string(b[len(b)-len(w):]) == w {
			return true
		}
	}
	return false
}

// decode reads a clause into runes. Full-width digits and letters are folded.
func (f *Finder) decode(text []byte, from, to int) {
	f.runes, f.at = f.runes[:0], f.at[:0]
	for i := from; i < to; {
		r, n := utf8.DecodeRune(text[i:to])
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		f.runes, f.at = append(f.runes, r), append(f.at, int32(i))
		i += n
	}
	f.at = append(f.at, int32(to))
	for range slack {
		f.runes = append(f.runes, 0)
	}
}

// slack is the room behind the clause, so that looking ahead needs no bounds.
const slack = 8

// n is the number of runes of the clause.
func (f *Finder) n() int { return len(f.at) - 1 }

func (f *Finder) skipBlank(i int) int {
	for i < f.n() && (f.runes[i] == ' ' || f.runes[i] == '\u3000') {
		i++
	}
	return i
}
