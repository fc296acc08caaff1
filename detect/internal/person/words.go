package person

// looked marks a position of a line whose words have been looked up.
const looked = 1 << 63

// hanWord marks one where a Han character stands.
const hanWord = 1 << 47

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
	w := uint64(looked)
	if rs[0] <= 0xffff {
		w |= uint64(*m.single(rs[0]))
	}
	if isHan(rs[0]) {
		w |= hanWord
		if len(rs) > 3 && isHan(rs[1]) && m.common(rs[0], rs[1]) != 0 {
			w |= m.longWords(rs)
		}
	}
	f.line.words[i] = w
	return w
}

// wantInner asks for the words in and right behind a candidate.
func (o *room) wantInner(c *span) {
	n := o.want(o.wanted, c.i)
	n = o.want(n, c.i+1)
	n = o.want(n, c.j-2)
	n = o.want(n, c.j-1)
	o.wanted = o.want(n, c.j)
}

// wantAround asks for the words around it.
func (o *room) wantAround(c *span) {
	n := o.want(o.wanted, c.i-1)
	n = o.want(n, c.i-2)
	n = o.want(n, c.i-3)
	o.wanted = o.want(n, c.i-4)
}

// want asks for the words at a place, unless they are known, behind n that were
// asked for. It returns how many are.
func (o *room) want(n, k int) int {
	w := o.words[k&lineMask]
	o.wants[n&lineMask], o.words[k&lineMask] = int32(k), w|looked
	return n + bit(w == 0)
}

// lookUpAll looks up what was asked for, all together, so that what one waits for
// does not keep the next from beginning.
func (f *Finder) lookUpAll() {
	m, o, n := f.model, f.line.room, 0
	for _, k := range o.wants[:o.wanted&lineMask] {
		rs := (*[2]rune)(o.Runes[k&lineMask:])
		han := bit(isHan(rs[0]))
		o.words[k&lineMask] = looked | uint64(han)*hanWord | uint64(m.one(rs[0], uint32(han)))
		o.wants[n&lineMask] = k
		n += han & bit(isHan(rs[1])) & bit(m.common(rs[0], rs[1]) != 0)
	}
	o.wanted = 0
	for i, k := range o.wants[:n&lineMask] {
		rs := (*[2]rune)(o.Runes[k&lineMask:])
		o.hashes[i] = Mix(Mix(0, rs[0]), rs[1])
	}
	o.touched = m.touch(o.hashes[:n&lineMask])
	three := 0
	for i, k := range o.wants[:n&lineMask] {
		r, x := o.Runes[(k+2)&lineMask], o.hashes[i]
		two := m.word(x)
		o.words[k&lineMask] |= uint64(two&^longer) << 16
		o.wants[three&lineMask], o.hashes[three&lineMask] = k, Mix(x, r)
		three += int(two/longer) & bit(isHan(r))
	}
	o.touched ^= m.touch(o.hashes[:three&lineMask])
	for n, k := range o.wants[:three&lineMask] {
		x := o.hashes[n&lineMask]
		w := uint64(m.word(x)) << 32
		if r := o.Runes[(k+3)&lineMask]; isHan(r) {
			w |= uint64(m.word(Mix(x, r))) << 48
		}
		o.words[k&lineMask] |= w
	}
}

// touch reads the slots of words, so that they are near when they are looked up. What
// it returns is to be kept, or it would be left out.
func (m *Model) touch(hashes []uint64) (all uint32) {
	for _, x := range hashes {
		all ^= m.words[x&(wordSlots-1)]
	}
	return all
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// longWords looks up the words of two to four of the runes, in the way of wordsAt.
func (m *Model) longWords(rs []rune) (w uint64) {
	x := Mix(Mix(0, rs[0]), rs[1])
	two := m.word(x)
	w = uint64(two&^longer) << 16
	if two&longer != 0 && isHan(rs[2]) {
		x = Mix(x, rs[2])
		w |= uint64(m.word(x)) << 32
		if isHan(rs[3]) {
			w |= uint64(m.word(Mix(x, rs[3]))) << 48
		}
	}
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
		words := f.line.words[i-n]
		if words == 0 {
			words = f.lookUp(i - n)
		}
		if n > 1 && words&hanWord == 0 {
			break
		}
		if w := nth(words, n); w != 0 {
			s = side{n, max(s.cue, w.before()), w.kind(), w.freq()}
		}
	}
	return s
}

// right looks at the words that begin at j.
func (f *Finder) right(j int) (s side) {
	words := f.wordsAt(j) &^ (looked | hanWord)
	if words>>16 == 0 {
		if w := Word(words); w != 0 {
			s = side{1, w.after(), w.kind(), w.freq()}
		}
		return s
	}
	for n := 1; n <= 4; n++ {
		if w := nth(words, n); w != 0 {
			s = side{n, max(s.cue, w.after()), w.kind(), w.freq()}
		}
	}
	return s
}
