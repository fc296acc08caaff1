package person

// Char is what is known of one character, packed: logarithms of the odds, in
// sixteenths, that it stands in each place of a name rather than anywhere in a
// text; and flags. Zero is a character that is not Han.
type Char uint64

// NewChar packs the record. Surname, first, last and single are places in
// Chinese names (王, 小 and 明 in 王小明, 明 in 王明), the others are the first, the
// inner and the last place in a transliteration.
func NewChar(surname, first, last, single, foreignFirst, foreign, foreignLast int8, flags uint8) Char {
	return Char(uint8(surname)) | Char(uint8(first))<<8 | Char(uint8(last))<<16 | Char(uint8(single))<<24 |
		Char(uint8(foreignFirst))<<32 | Char(uint8(foreign))<<40 | Char(uint8(foreignLast))<<48 | Char(flags)<<56
}

// gate packs what decides whether a candidate may begin with this character and
// another: four lanes, as block.Gates has them.
func (c Char) gate() uint64 {
	var g uint64
	lane := func(k int, flag uint8, first, second, least int) {
		if c.is(flag) {
			g |= uint64(max(0, min(127, first/2+64-least/2))) << (8 * k)
		}
		g |= uint64(max(0, min(127, second/2+64))) << (32 + 8*k)
	}
	lane(0, FlagSurname, c.surname(), max(c.single(), c.first()), gateChinese)
	second := -128
	if c.is(FlagForeign) {
		second = c.foreign()
	}
	lane(1, FlagForeign, c.foreignFirst(), second, gateForeign)
	lane(2, FlagGiven, c.first(), c.last(), gateGiven)
	lane(3, FlagNick, 0, max(c.single(), c.first()), gateChinese)
	return g
}

// always is the gate of a stop, whatever follows: cues need it.
const always = 0x80

// stopRunes are the characters that cues need: 姓名, 男, 女, and what begins the
// polite forms of address.
const stopRunes = "名男女先同小"

func (c Char) surname() int      { return int(int8(c)) }
func (c Char) first() int        { return int(int8(c >> 8)) }
func (c Char) last() int         { return int(int8(c >> 16)) }
func (c Char) single() int       { return int(int8(c >> 24)) }
func (c Char) foreignFirst() int { return int(int8(c >> 32)) }
func (c Char) foreign() int      { return int(int8(c >> 40)) }
func (c Char) foreignLast() int  { return int(int8(c >> 48)) }
func (c Char) is(flag uint8) bool {
	return uint8(c>>56)&flag != 0
}

// Flags of a character.
const (
	FlagNick    uint8 = 1 << iota // 小, 老, 阿: begins a pet name
	FlagTwo                       // begins a surname of two characters
	FlagJapan                     // begins a Japanese surname
	FlagForeign                   // may stand in a transliteration at all
	FlagSurname                   // is a surname that is not rarer in names than in texts by far
	FlagGiven                     // is common in given names
	FlagKnown                     // begins a known name without a surname of the register
)

// Word is what is known of a word, packed: Freq, Before, After, Kind. Zero is an
// unknown word.
type Word uint16

// NewWord packs: freq 1–15, the logarithm of its count; before and after 0–7,
// how much it is used before and after names; kind.
func NewWord(freq, before, after int, kind Kind) Word {
	return Word(freq&15 | before&7<<4 | after&7<<7 | int(kind)&7<<10)
}

// Two marks a surname of two characters, Japan a Japanese surname.
const (
	Two   Word = 1 << 13
	Japan Word = 1 << 14
)

// longer says of a pair of characters in the table that words of three or four
// begin with it.
const longer Word = 1 << 15

func (w Word) freq() uint64   { return uint64(w & 15) }
func (w Word) before() uint64 { return uint64(w >> 4 & 7) }
func (w Word) after() uint64  { return uint64(w >> 7 & 7) }
func (w Word) kind() uint64   { return uint64(w >> 10 & 7) }

// Kind is the sort of a word.
type Kind int

// Kinds of words.
const (
	Other Kind = iota
	Name
	Place
	Organisation
	Title
	Verb
	Function
	Foreigner // a name in transliteration
)
