package person

import "github.com/wardfold/wardfold/detect/internal/block"

// This file is how the training program fills a model.

// SetRanks numbers the Han characters, the most common ones first, so that what is
// known of them lies close together. It comes before all else.
func (m *Model) SetRanks(order []rune) {
	for n, r := range order {
		m.ranks[r-hanFirst] = uint16(n)
	}
	m.renumber()
}

// SetChar says what is known of a Han character.
func (m *Model) SetChar(r rune, c Char) {
	m.chars[m.ranks[r-hanFirst]] = c
}

// PairSlot is the slot of a pair of characters; others share it.
func PairSlot(a, b rune) uint32 { return block.PairHash(a, b) & (pairBits - 1) }

// AddPair says that a known name or a long surname begins with two characters.
func (m *Model) AddPair(a, b rune) {
	i := PairSlot(a, b)
	m.pairs[i>>3] |= 1 << (i & 7)
}

// AddKnown adds a name to the filter of known names.
func (m *Model) AddKnown(name string) {
	block, need := knownAt(Hash([]rune(name)))
	m.known[block] |= need
}

// WordsMost is how many words the table takes.
const WordsMost = wordSlots / 2

// AddWord adds a word of one to four characters.
func (m *Model) AddWord(word string, w Word) {
	r := []rune(word)
	if len(r) > 1 {
		i, class := block.PairHash(r[0], r[1])&(startBits-1), uint8(1)
		if len(r) == 2 {
			class += uint8(min(w.freq()/4, 2))
		}
		if at := i & 3 * 2; m.starts[i>>2]>>at&3 < class {
			m.starts[i>>2] = m.starts[i>>2]&^(3<<at) | class<<at
		}
	}
	if len(r) == 1 {
		*m.single(r[0]) = w
	}
	if len(r) > 2 {
		m.enter(Hash(r[:2]), longer)
	}
	m.enter(Hash(r), w)
}

// enter adds to what the table says of a word.
func (m *Model) enter(h uint64, w Word) {
	i, tag := h&(wordSlots-1), wordTag(h)
	for m.words[i] != 0 && m.words[i]>>16 != tag {
		i = (i + 1) & (wordSlots - 1)
	}
	m.words[i] |= tag<<16 | uint32(w)
}

// WeightSlots is how many weights the table takes, each of its own slot.
const WeightSlots = weightSlots

// WeightSlot is the slot of a feature, of whose hash the upper half is given.
func WeightSlot(feature uint32) uint32 { return feature >> 8 & (weightSlots - 1) }

// SetWeight gives a feature its weight, in sixteenths of a natural logarithm,
// and takes the slot from whatever feature had it.
func (m *Model) SetWeight(feature uint32, weight int8) {
	m.weights[WeightSlot(feature)] = uint16(uint8(weight))<<8 | uint16(uint8(feature))
}

// QuickSize is how many weights the quick look has.
const QuickSize = quickSize

// SetQuick gives one of them its value, in sixteenths of a natural logarithm.
func (m *Model) SetQuick(i int, weight int8) { m.quick[i] = weight }

// Floors are the sums below which the look at a stop, the quick look and the first
// two stages decide.
func (m *Model) Floors() [4]int32 { return m.floors }

// SetFloors says below which sums the looks and the first two stages decide.
func (m *Model) SetFloors(floors [4]int32) { m.floors = floors }
