package person

// looked marks a position of a line whose words have been looked up.
const looked = 1 << 63

// wordsAt is what is known of the words of one to four runes that begin at i, a
// word in each sixteen bits.
func (f *Finder) wordsAt(i int) uint64 {
	if w := f.line.words[i]; w != 0 {
		return w
	}
	return f.lookUp(i)
}

func (f *Finder) lookUp(i int) uint64 {
	m, rs := f.model, f.line.runes[i:]
	r := uint32(rs[0] - hanFirst)
	if r >= hanSize {
		w := looked | uint64(m.word(Mix(0, rs[0])))
		f.line.words[i] = w
		return w
	}
	w := looked | uint64(m.singles[r])
	if len(rs) > 3 && isHan(rs[1]) && m.common(rs[0], rs[1]) != 0 {
		h := Mix(Mix(0, rs[0]), rs[1])
		two := m.word(h)
		w |= uint64(two&^longer) << 16
		if two&longer != 0 && isHan(rs[2]) {
			h = Mix(h, rs[2])
			w |= uint64(m.word(h)) << 32
			if isHan(rs[3]) {
				w |= uint64(m.word(Mix(h, rs[3]))) << 48
			}
		}
	}
	f.line.words[i] = w
	return w
}

// nth is the word of n runes among those that begin at a place.
func nth(words uint64, n int) Word { return Word(words>>(16*(n-1))) &^ longer }

// look is the word of n runes at i.
func (f *Finder) look(n, i int) Word { return nth(f.wordsAt(i), n) }

// side is what the words say that stand left of a start or right of an end.
type side struct {
	n    int    // the length of the longest word
	cue  uint64 // how much the best word is used beside names
	kind uint64 // of the longest word
	freq uint64
}

// left looks at the words that end before i.
func (f *Finder) left(i int) (s side) {
	for n := 1; n <= 4; n++ {
		if n > 1 && !isHan(f.line.runes[i-n]) {
			break
		}
		if w := f.look(n, i-n); w != 0 {
			s = side{n, max(s.cue, w.before()), w.kind(), w.freq()}
		}
	}
	return s
}

// right looks at the words that begin at j.
func (f *Finder) right(j int) (s side) {
	words := f.wordsAt(j)
	for n := 1; n <= 4; n++ {
		if w := nth(words, n); w != 0 {
			s = side{n, max(s.cue, w.after()), w.kind(), w.freq()}
		}
	}
	return s
}
