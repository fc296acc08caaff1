package person

import (
	_ "embed" // the model
	"encoding/binary"
	"errors"
	"sync"

	"github.com/wardfold/wardfold/detect/internal/block"
)

//go:embed model.bin
var embedded []byte

// Sizes of the parts of a model. The tables are arrays, so that a masked index
// needs no check.
const (
	hanFirst = 0x4e00
	hanSize  = 0x9fff + 1 - hanFirst

	pairBits    = 1 << 18
	startBits   = 1 << 19
	knownBlocks = 1 << 15
	wordSlots   = 1 << 17
	weightSlots = 1 << 18
	charMask    = 1<<15 - 1
)

// Parts of the weights of the quick look.
const (
	quickOdds  = 0                                 // by shape and odds of the characters
	quickFit   = quickOdds + shapes<<6             // by shape and how common four pairs are
	quickLeft  = quickFit + shapes<<8              // by group and the rune before
	quickRight = quickLeft + groupCount*runeCount  // by group and the rune behind
	quickFirst = quickRight + groupCount*runeCount // of the look at a stop: how common its pairs are
	quickStart = quickFirst + 16                   // and by the rune before, the first, the second
	quickSize  = quickStart + 3*runeCount

	runeCount = hanSize + 16 // Han characters, and classes of other runes
)

// Model is what is known of names: characters, words, known names, pairs and
// the weights of the linear model.
type Model struct {
	ranks   [hanSize]uint16      // the number of each Han character, the common ones first
	chars   [charMask + 1]Char   // by number: what is known of it, nothing of other runes
	pairs   [pairBits / 8]uint8  // how known names begin, and long surnames
	starts  [startBits / 4]uint8 // how common the words are that begin with a pair, two bits each
	known   [knownBlocks]uint64  // a blocked Bloom filter of known names
	words   [wordSlots]uint32    // an open hash table: a tag, a word
	numbers [1 << 16]uint16      // ranks, and by their class the numbers of other runes
	singles [charMask + 1]Word   // by number: the words of one Han character, once more
	marks   [1 << 16]Word        // and of one other rune
	quick   [quickSize]int8      // the weights of the quick look
	weights [weightSlots]uint16  // a direct-mapped hash table: a tag, a weight
	floors  [4]int32             // below these the looks and the first two stages decide against a name
}

// magic begins a model file; the parts of the model follow as they are declared,
// but for what follows from others, in little-endian order.
const magic = "wardfold names 8"

const fileSize = len(magic) + 2*hanSize + 8*hanSize + pairBits/8 + startBits/4 + 8*knownBlocks + 4*wordSlots + quickSize + 2*weightSlots + 4*4

// Encode writes a model file.
func (m *Model) Encode() []byte {
	b := append(make([]byte, 0, fileSize), magic...)
	for _, v := range m.ranks {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range m.chars[:hanSize] {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	b = append(append(b, m.pairs[:]...), m.starts[:]...)
	for _, v := range m.known {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	for _, v := range m.words {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, v := range m.quick {
		b = append(b, byte(v))
	}
	for _, v := range m.weights {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range m.floors {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

// Open reads a model file.
func Open(b []byte) (*Model, error) {
	if len(b) != fileSize || string(b[:len(magic)]) != magic {
		return nil, errors.New("person: not a model")
	}
	m, b := new(Model), b[len(magic):]
	for i := range m.ranks {
		if m.ranks[i], b = binary.LittleEndian.Uint16(b), b[2:]; m.ranks[i] >= hanSize {
			return nil, errors.New("person: a broken model")
		}
	}
	for i := range hanSize {
		m.chars[i], b = Char(binary.LittleEndian.Uint64(b)), b[8:]
	}
	b = b[copy(m.pairs[:], b):]
	b = b[copy(m.starts[:], b):]
	for i := range m.known {
		m.known[i], b = binary.LittleEndian.Uint64(b), b[8:]
	}
	for i := range m.words {
		m.words[i], b = binary.LittleEndian.Uint32(b), b[4:]
	}
	m.renumber()
	for r := range rune(len(m.marks)) {
		*m.single(r) = m.word(Mix(0, r))
	}
	for i := range m.quick {
		m.quick[i] = int8(b[i])
	}
	b = b[len(m.quick):]
	for i := range m.weights {
		m.weights[i], b = binary.LittleEndian.Uint16(b), b[2:]
	}
	for i := range m.floors {
		m.floors[i], b = int32(binary.LittleEndian.Uint32(b)), b[4:]
	}
	return m, nil
}

// renumber fills numbers from ranks.
func (m *Model) renumber() {
	for r := range rune(len(m.numbers)) {
		if isHan(r) {
			m.numbers[r] = m.ranks[r-hanFirst]
		} else {
			m.numbers[r] = hanSize + classOf(r)
		}
	}
}

// single is where the word of one rune is kept.
func (m *Model) single(r rune) *Word {
	if isHan(r) {
		return &m.singles[m.number(r)&charMask]
	}
	return &m.marks[r&0xffff]
}

// one is the word of one rune; han is 1 if it is a Han character. It reads both
// places that it may be kept at, for a branch here cannot be foretold.
func (m *Model) one(r rune, han uint32) Word {
	mark := min(uint32(r), 0xffff) &^ -han // nobody has a word for 0 and 0xffff
	return m.singles[m.number(r)&charMask]&Word(-han) | m.marks[mark]
}

// builtin is the model that comes with the package, opened when it is first
// needed.
var builtin = sync.OnceValue(func() *Model {
	m, err := Open(embedded)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return m
})

const golden = 0x9e3779b97f4a7c15

// Hash is the hash of a word; Mix adds a rune to it.
func Hash(word []rune) uint64 {
	var h uint64
	for _, r := range word {
		h = Mix(h, r)
	}
	return h
}

// hash is Hash of the first n runes of word, at most four. It does not branch by
// how many.
func hash(word *[5]rune, n int) uint64 {
	var h [8]uint64
	h[1] = Mix(0, word[0])
	h[2] = Mix(h[1], word[1])
	h[3] = Mix(h[2], word[2])
	h[4] = Mix(h[3], word[3])
	return h[n&7]
}

// Mix adds one rune to a hash.
func Mix(h uint64, r rune) uint64 {
	h = (h + uint64(r)) * golden
	return h ^ h>>32
}

// word looks a word up by its hash.
func (m *Model) word(h uint64) Word {
	for i, tag := h, wordTag(h); ; i++ {
		v := m.words[i&(wordSlots-1)]
		if v == 0 {
			return 0
		}
		if v>>16 == tag {
			return Word(v)
		}
	}
}

// wordTag is the part of the hash that a slot keeps, never zero.
func wordTag(h uint64) uint32 { return uint32(h>>40)&0xffff | 1 }

// isKnown asks the filter of known names.
func (m *Model) isKnown(h uint64) bool {
	block, need := knownAt(h)
	return m.known[block&(knownBlocks-1)]&need == need
}

// knownAt gives the block and the bits of a name.
func knownAt(h uint64) (block, need uint64) {
	h *= 0xd6e8feb86659fd93
	return h >> 40 & (knownBlocks - 1), 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
}

// begins reports whether a pair of characters begins a known name that does not
// begin with a common surname, or a surname of two characters.
func (m *Model) begins(a, b rune) bool {
	i := block.PairHash(a, b) & (pairBits - 1)
	return m.pairs[i>>3]>>(i&7)&1 != 0
}

// common tells how common the words are that begin with a pair of characters: 0 if
// there is none, 3 if there is a very common one of these two characters.
func (m *Model) common(a, b rune) uint32 {
	i := block.PairHash(a, b) & (startBits - 1)
	return uint32(m.starts[i>>2]>>(i&3*2)) & 3
}
