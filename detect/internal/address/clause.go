package address

import (
	"math/bits"
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

// signs are the levels that the suffixes of a clause speak of, and whether it has
// digits. It costs little to see them, and most clauses have too few.
type signs uint32

const digits signs = 1 << 31

// promising reports whether an address may be in a clause with these signs. Names
// of the register, which may lack their suffix, can add levels to them.
func (s signs) promising() bool {
	levels := uint32(s &^ digits)
	switch {
	case levels&local != 0 && (levels&detail != 0 || s&digits != 0):
		return true
	case levels&detail != 0:
		return levels&regions != 0 || levels&(Building|Unit) != 0 && s&digits != 0
	case levels&local != 0:
		return bits.OnesCount32(levels) >= 2 && levels&(Town|Village|Road) != 0 || bits.OnesCount32(levels) >= 3
	}
	return levels&regions == regions
}

// sign is the level that a character of a class speaks of behind another.
func sign(before, r rune) signs {
	switch class(r) {
	case classRegion:
		switch r {
		case '省':
			return signs(Province)
		case '市', '州', '盟':
			return signs(City)
		}
		switch before {
		case '小', '园', '社', '业', '发', '新':
			return signs(Place)
		}
		if numeral(before) {
			return signs(Place)
		}
		return signs(District)
	case classTown:
		if r != '道' || before == '街' {
			return signs(Town)
		}
		if before == '大' {
			return signs(Road)
		}
	case classVillage:
		if r != '组' && r != '队' && r != '社' || numeral(before) {
			return signs(Village)
		}
	case classRoad:
		if r == '路' || r == '街' || r == '巷' || r == '同' && before == '胡' || (r == '条' || r == '弄') && numeral(before) {
			return signs(Road)
		}
	case classPlace:
		if placeEnds(before, r) {
			return signs(Place)
		}
	default:
		return count(before, r)
	}
	return 0
}

// count is sign for what stands behind a number.
func count(before, r rune) signs {
	switch class(r) {
	case classBuilding:
		if before == '大' && (r == '厦' || r == '楼') || r == '期' && numeral(before) {
			return signs(Place)
		}
		if numeral(before) || letter(before) || r == '楼' && before == '号' {
			return signs(Building)
		}
	case classUnit:
		if before == '单' {
			return signs(Unit)
		}
	case classNumber:
		if numeral(before) || letter(before) {
			return signs(Number)
		}
	case classRoom:
		if numeral(before) {
			return signs(Room)
		}
	}
	return 0
}

// add is the signs with that of a character behind b.
func (s signs) add(b []byte, r rune) signs {
	if class(r) != classNone {
		return s | sign(before(b), r)
	}
	if digit(fold(r)) {
		return s.number()
	}
	return s
}

// number is the signs with a number: it counts behind something it may belong to.
func (s signs) number() signs {
	if s&signs(local|detail) != 0 {
		return s | digits
	}
	return s
}

// before is the character that ends b, folded, if it is an ideograph or of ASCII.
func before(b []byte) rune {
	n := len(b)
	switch {
	case n > 0 && b[n-1] < utf8.RuneSelf:
		return rune(b[n-1])
	case n > 2 && b[n-3]&0xf0 == 0xe0:
		return fold(wide(b[n-3:]))
	}
	return 0
}

func fold(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - ('！' - '!')
	}
	return r
}

// common are characters that end parts of addresses now and then, and stand
// everywhere else: where they do, others speak for the clause.
const common = "里同元心司条州盟期户铺房社"

// Tells reports whether a character is one that Find has to be told of: one that
// opens, a digit, or one that ends a clause.
func Tells(r rune) bool {
	if r < utf8.RuneSelf {
		return ends[r] || digit(r)
	}
	return Opens(r) || digit(fold(r)) || endsClause(r)
}

// Opens reports whether a character ends a part of an address. Of a clause without
// any, and of digits before the first, Find does not have to be told, but for the
// end of a clause right before.
func Opens(r rune) bool { return class(r) != classNone && !strings.ContainsRune(common, r) }

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

// labelEnds are the last bytes of what stands behind a label.
var labelEnds = func() (t [256]bool) {
	for _, c := range []byte(" :=\"'\t|：") {
		t[c] = true
	}
	return t
}()

// isLabel reports whether text ends in a label and a mark behind it.
func isLabel(text []byte) bool {
	if n := len(text); n == 0 || !labelEnds[text[n-1]] {
		return false
	}
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
		r, n := rune(text[i]), 1
		if r>>4 == 0xe && i+2 < to {
			r, n = wide(text[i:]), 3
		} else if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text[i:to])
		}
		f.runes, f.at = append(f.runes, fold(r)), append(f.at, int32(i))
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
