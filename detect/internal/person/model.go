package person

import (
	_ "embed" // the model
	"encoding/binary"
	"errors"
	"math/bits"
)

//go:embed model.bin
var embedded string

// Model is what is known of names: characters, words, known names, pairs and
// the weights of the linear model. Its sections stay in their encoded form, so
// that opening one costs nothing.
type Model struct {
	chars   string // 8 bytes for each Han character of the first block
	pairs   string // a bitmap of pairs of characters that begin a known name
	known   string // a blocked Bloom filter of known names
	words   string // an open hash table of words
	weights string // a direct-mapped hash table of weights
	floors  [2]int // below these the first and the second stage decide against a name
}

const magic = "wardfold names 1"

// Sections are the parts of a model file, each with a length that is a power of
// two (but for the characters).
type Sections struct {
	Chars, Pairs, Known, Words, Weights []byte
	Floors                              [2]int32
}

// Encode writes a model file: a magic line, five lengths, two floors, five sections.
func (s Sections) Encode() []byte {
	out := []byte(magic)
	all := [][]byte{s.Chars, s.Pairs, s.Known, s.Words, s.Weights}
	for _, b := range all {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(b)))
	}
	for _, v := range s.Floors {
		out = binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	for _, b := range all {
		out = append(out, b...)
	}
	return out
}

// Open reads a model file.
func Open(b string) (*Model, error) {
	const head = len(magic) + 7*4
	if len(b) < head || b[:len(magic)] != magic {
		return nil, errors.New("person: not a model")
	}
	m := Model{floors: [2]int{int(int32(load32(b, len(magic)+5*4))), int(int32(load32(b, len(magic)+6*4)))}}
	at := head
	for i, section := range []*string{&m.chars, &m.pairs, &m.known, &m.words, &m.weights} {
		n := int(load32(b, len(magic)+4*i))
		if n > len(b)-at || i > 0 && bits.OnesCount(uint(n)) != 1 || i == 0 && n != 8*hanSize {
			return nil, errors.New("person: broken model")
		}
		*section = b[at : at+n]
		at += n
	}
	return &m, nil
}

// Builtin is the model that comes with the package.
var builtin = func() *Model {
	m, err := Open(embedded)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return m
}()

const (
	hanFirst = 0x4e00
	hanSize  = 0x9fff + 1 - hanFirst
)

// Char is what is known of one character: the logarithms of the odds, in
// sixteenths, that it stands in each place of a name rather than anywhere in a
// text; and flags.
type Char struct {
	Surname, First, Last, Single    int8 // Chinese names: 王, 小 in 王小明, 明 in 王小明, 明 in 王明
	ForeignFirst, Foreign, ForeignZ int8 // transliterations: first, inner, last
	Flags                           uint8
}

// Flags of a character.
const (
	FlagNick    uint8 = 1 << iota // 小, 老, 阿: begins a pet name
	FlagLabel                     // ends a label: 名, 人, 长, 生 …
	FlagHonour                    // begins a form of address or a title that follows names
	FlagTwo                       // begins a surname of two characters
	FlagJapan                     // begins a Japanese surname
	FlagDigit                     // a numeral
	FlagForeign                   // may stand in a transliteration at all
)

// Encode packs the record.
func (c Char) Encode() [8]byte {
	return [8]byte{byte(c.Surname), byte(c.First), byte(c.Last), byte(c.Single),
		byte(c.ForeignFirst), byte(c.Foreign), byte(c.ForeignZ), c.Flags}
}

func (m *Model) char(r rune) Char {
	i := uint32(r - hanFirst)
	if i >= hanSize {
		return Char{}
	}
	v := load64(m.chars, int(i)*8)
	return Char{int8(v), int8(v >> 8), int8(v >> 16), int8(v >> 24),
		int8(v >> 32), int8(v >> 40), int8(v >> 48), uint8(v >> 56)}
}

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

const golden = 0x9e3779b97f4a7c15

// Hash is the hash of a word; Mix adds a rune to it.
func Hash(word []rune) uint64 {
	var h uint64
	for _, r := range word {
		h = Mix(h, r)
	}
	return h
}

// Mix adds one rune to a hash.
func Mix(h uint64, r rune) uint64 {
	h = (h + uint64(r)) * golden
	return h ^ h>>32
}

// word looks a word up by its hash.
func (m *Model) word(h uint64) Word {
	mask := len(m.words)/4 - 1
	tag := WordTag(h)
	for i := int(h) & mask; ; i = (i + 1) & mask {
		v := load32(m.words, i*4)
		if v == 0 {
			return 0
		}
		if v>>16 == tag {
			return Word(v)
		}
	}
}

// WordTag is the part of the hash that a slot keeps, never zero.
func WordTag(h uint64) uint32 { return uint32(h>>40)&0xffff | 1 }

// isKnown asks the filter of known names.
func (m *Model) isKnown(h uint64) bool {
	block, need := KnownBits(h, len(m.known))
	return load64(m.known, block*8)&need == need
}

// KnownBits gives the block and the bits of a name in a filter of n bytes.
func KnownBits(h uint64, n int) (block int, need uint64) {
	h *= 0xd6e8feb86659fd93
	block = int(h>>40) & (n/8 - 1)
	return block, 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
}

// begins reports whether a pair of characters begins a known name that does not
// begin with a surname.
func (m *Model) begins(a, b rune) bool {
	i := PairBit(a, b, len(m.pairs))
	return m.pairs[i>>3]>>(i&7)&1 != 0
}

// PairBit is the place of a pair in a bitmap of n bytes.
func PairBit(a, b rune, n int) uint32 {
	return uint32(uint64(uint32(a)*0x9e3779b1^uint32(b)*0x85ebca6b)*golden>>32) & uint32(n*8-1)
}

// weight looks one feature up: a tag and a weight share two bytes. A feature
// that is not in the model weighs nothing.
func (m *Model) weight(f uint64) int {
	slot, tag := WeightSlot(f, len(m.weights))
	v := uint16(m.weights[slot]) | uint16(m.weights[slot+1])<<8
	if byte(v) != tag {
		return 0
	}
	return int(int8(v >> 8))
}

// WeightSlot is the place of a feature in a table of n bytes, and its tag.
func WeightSlot(f uint64, n int) (slot int, tag byte) {
	return int(f>>40) & (n/2 - 1) * 2, byte(f >> 32)
}

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
