package person

// This file is how the training program fills a model.

// SetChar says what is known of a Han character.
func (m *Model) SetChar(r rune, c Char) {
	m.chars[r-hanFirst], m.gates[r-hanFirst] = c, c.gate()
}

// AddPair says that a known name or a long surname begins with two characters.
func (m *Model) AddPair(a, b rune) {
	i := pairBit(a, b) & (pairBits - 1)
	m.pairs[i>>3] |= 1 << (i & 7)
}

// AddKnown adds a name to the filter of known names.
func (m *Model) AddKnown(name string) {
	block, need := knownAt(Hash([]rune(name)))
	m.known[block] |= need
}

// WordsMost is how many words the table takes.
const WordsMost = wordSlots * 3 / 4

// AddWord adds a word of one to four characters.
func (m *Model) AddWord(word string, w Word) {
	r := []rune(word)
	if len(r) > 1 {
		i := pairBit(r[0], r[1]) & (startBits - 1)
		m.starts[i>>3] |= 1 << (i & 7)
	}
	h := Hash(r)
	i := h & (wordSlots - 1)
	for m.words[i] != 0 {
		i = (i + 1) & (wordSlots - 1)
	}
	m.words[i] = wordTag(h)<<16 | uint32(w)
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

// SetFloors says below which sums the first and the second stage decide.
func (m *Model) SetFloors(floors [2]int32) { m.floors = floors }
