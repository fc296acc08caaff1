package person

// look is the word of n runes at i. What was looked up once in a line is kept,
// as neighbouring candidates ask for the same: the upper half of a slot says for
// which line.
func (f *Finder) look(m *Model, n, i int) Word {
	c := &f.seen[n-1][i]
	if *c>>16 != f.now {
		*c = f.now << 16
		rs := f.line.runes[i : i+n]
		if n == 1 || m.startsWord(rs[0], rs[1]) {
			*c |= uint32(m.word(Hash(rs)))
		}
	}
	return Word(*c)
}

// begin forgets what was looked up in the last line.
func (f *Finder) begin() {
	n := len(f.line.runes)
	f.now++
	for k := range f.seen {
		if len(f.seen[k]) < n {
			f.seen[k] = make([]uint32, max(n, lineMax+2*pad))
		} else if f.now > 0xffff {
			clear(f.seen[k])
		}
	}
	if f.now > 0xffff {
		f.now = 1
	}
}

// side is what the words say that stand left of a start or right of an end.
type side struct {
	n    int    // the length of the longest word
	cue  uint64 // how much the best word is used beside names
	kind uint64 // of the longest word
	freq uint64
}

// left looks at the words that end before i.
func (f *Finder) left(m *Model, i int) (s side) {
	for n := 1; n <= 4; n++ {
		if n > 1 && f.line.gates[i-n] == 0 {
			break
		}
		if w := f.look(m, n, i-n); w != 0 {
			s = side{n, max(s.cue, w.before()), w.kind(), w.freq()}
		}
	}
	return s
}

// right looks at the words that begin at j.
func (f *Finder) right(m *Model, j int) (s side) {
	for n := 1; n <= 4; n++ {
		if n > 1 && f.line.gates[j+n-1] == 0 {
			break
		}
		if w := f.look(m, n, j); w != 0 {
			s = side{n, max(s.cue, w.after()), w.kind(), w.freq()}
		}
	}
	return s
}

// put weighs a feature: a template and two values. The trainer collects its hash.
func (f *Finder) put(t, a, b uint64) {
	x := (a<<8|t)*golden + b*0xd6e8feb86659fd93
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	if f.collect {
		f.features = append(f.features, x)
	}
	f.sum += f.model.weight(x)
}

func bin(v int, width int) uint64 { return uint64(v/width + 64) }

// inner puts the features of the candidate itself.
func (f *Finder) inner(m *Model, rs []rune, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	whole := Hash(rs[i:j])
	var w Word
	if n := j - i; n <= 4 {
		w = f.look(m, n, i)
	}
	known := uint64(0)
	if m.isKnown(whole) {
		known = 1
	}
	f.put(5, known<<7|w.freq()<<3|w.kind(), s<<3|uint64(j-i)&7)
	f.build(m, c)
	g := groups[c.shape]
	f.put(40, uint64(rs[i-1]), g)
	f.put(44, uint64(rs[j]), g)
	f.put(54, two(rs[j-1], rs[j]), 0)
	f.put(55, two(rs[i-1], rs[i]), 0)
}

func two(a, b rune) uint64 { return uint64(a)<<21 | uint64(b) }

// fit puts the features of how the candidate fits between the words around it.
func (f *Finder) fit(m *Model, rs []rune, c span) {
	i, j, g := c.i, c.j, groups[c.shape]
	f.l, f.r = f.left(m, i), f.right(m, j)
	l, r := f.l, f.r
	cl := max(f.look(m, 2, i-1).freq(), f.look(m, 3, i-1).freq(), f.look(m, 3, i-2).freq())
	cr := max(f.look(m, 2, j-1).freq(), f.look(m, 3, j-1).freq(), f.look(m, 3, j-2).freq())
	f.put(11, cl<<4|cr, g)
	f.put(14, l.cue<<3|r.cue, g)
	f.put(15, l.kind<<4|l.freq, g)
	f.put(16, r.kind<<4|r.freq, g)
	f.put(17, cl<<8|l.cue, g)
	f.put(18, cr<<8|r.cue, g)
	f.put(23, ahead(rs, j), g)
	f.put(19, class(rs[i-1])<<8|class(rs[j]), uint64(c.shape))
}

// build puts the features of the characters by the shape of the candidate.
func (f *Finder) build(m *Model, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	switch c.shape {
	case shapeOne, shapePet, shapeTwin:
		a, b, next := f.char(i), f.char(i+1), f.char(i+2)
		f.put(4, bin(a.surname(), 12)<<8|bin(b.single(), 12), s)
		// Would a longer name be as good?
		f.put(20, bin(b.first()+next.last(), 16), min(f.look(m, 2, j).freq(), 1)<<4|s)
	case shapeTwo, shapeThree, shapeGiven:
		a, b, z := f.char(i), f.char(j-2), f.char(j-1)
		f.put(4, bin(a.surname(), 12)<<8|bin(b.first()+z.last(), 12), s)
		w, v := f.look(m, 2, i), f.look(m, 2, j-2)
		f.put(7, w.freq()<<3|w.kind(), s)
		f.put(8, v.freq()<<3|v.kind(), s)
		// Would a shorter name be as good?
		last := f.look(m, 1, j-1)
		f.put(21, last.after()<<8|min(f.look(m, 2, j-1).freq(), 1)<<4|last.freq(), s)
		f.put(22, bin(b.single(), 16)<<8|bin(z.last(), 16), s)
	case shapeForeign, shapeDotted:
		f.transliteration(m, c)
	case shapeLong, shapeJapan:
		w, v := f.look(m, 2, i), f.look(m, 2, j-2)
		f.put(2, w.freq()<<3|w.kind(), s)
		f.put(3, bin(f.char(j-1).last(), 8), s)
		f.put(4, bin(f.char(j).last(), 16), s)
		f.put(8, v.freq()<<3|v.kind(), s)
	}
}

// transliteration puts the features of a foreign name.
func (f *Finder) transliteration(m *Model, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	n := j - i
	sum := f.char(i).foreignFirst() + f.char(j-1).foreignLast()
	for k := i + 1; k < j-1; k++ {
		sum += f.char(k).foreign()
	}
	size := s<<4 | min(uint64(n), 8)
	f.put(2, bin(sum/n, 4), size)
	f.put(3, bin(f.char(i-1).foreign(), 16), s)
	f.put(4, bin(f.char(j).foreign(), 16), s)
	f.put(8, bin(f.char(j-1).foreignLast(), 8), s)
	w, v := f.look(m, 2, i), f.look(m, 2, j-2)
	f.put(21, w.freq()<<3|w.kind(), size)
	f.put(22, v.freq()<<3|v.kind(), size)
}

// outer puts the characters in and around the candidate.
func (f *Finder) outer(rs []rune, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	g := groups[c.shape]
	f.put(30, uint64(rs[i]), s)
	f.put(31, uint64(rs[i+1]), s)
	f.put(32, uint64(rs[j-1]), s)
	f.put(33, two(rs[i], rs[i+1]), s)
	f.put(34, two(rs[j-2], rs[j-1]), s)
	if j-i <= 4 {
		f.put(35, Hash(rs[i:j]), 0)
	}
	f.put(41, two(rs[i-2], rs[i-1]), 0)
	f.put(42, two(rs[i-2], rs[i-1]), uint64(rs[i-3]))
	f.put(43, uint64(rs[i-1]), 16|s)
	f.put(45, two(rs[j], rs[j+1]), 0)
	f.put(46, two(rs[j], rs[j+1]), uint64(rs[j+2]))
	f.put(47, uint64(rs[j]), 16|s)
	f.put(48, two(rs[i-1], rs[j]), 0)
	f.put(51, two(rs[i-1], rs[j]), s)
	lw, rw := Hash(rs[i-f.l.n:i]), Hash(rs[j:j+f.r.n])
	f.put(49, lw, g)
	f.put(50, rw, g)
	f.put(52, uint64(rs[i-2]), 0)
	f.put(53, uint64(rs[j+1]), 0)
	f.put(56, lw, rw)
}

// class is the class of a rune beside a candidate.
func class(r rune) uint64 {
	switch {
	case isHan(r):
		return 1
	case r == before || r == behind:
		return 2
	case r == '0':
		return 3
	case r == 'A':
		return 4
	case r == '，' || r == '。' || r == '；' || r == '！' || r == '？' || r == '…':
		return 5
	case r == '、':
		return 6
	case r == '：':
		return 7
	case r == '（' || r == '）':
		return 8
	case r == '“' || r == '”':
		return 9
	case r == '《' || r == '》':
		return 10
	case r == '·' || r == '—':
		return 11
	case r == ' ':
		return 12
	case r == '@' || r == '#':
		return 13
	}
	return 14
}

// ahead says how far behind j a word begins that ends the name of a company or
// a body: 0 if none does within eight runes.
func ahead(rs []rune, j int) uint64 {
	for k := range uint64(8) {
		at := j + int(k)
		if !isHan(rs[at]) && rs[at] != '（' && rs[at] != '）' {
			return 0
		}
		next, ok := bodies[rs[at]]
		if ok && rs[at+1] == next {
			return k + 1
		}
	}
	return 0
}

// bodies are words that end names of companies, by their first character.
var bodies = map[rune]rune{'公': '司', '集': '团', '股': '份', '有': '限', '事': '务', '银': '行', '科': '技', '药': '业', '证': '券', '律': '师'}
