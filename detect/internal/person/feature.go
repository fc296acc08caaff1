package person

// side is what stands left of a start or right of an end, looked up once.
type side struct {
	at       int
	cue      uint64 // how much the best word beside is used beside names
	kind     uint64 // of the longest word beside
	word     uint64 // its hash
	freq     uint64
	ok       bool
	single   uint64 // the same of the word of one character
	singleOf uint64
}

// left looks at the words that end before i.
func (f *Finder) left(m *Model, rs []rune, i int) *side {
	s := &f.lefts
	if s.ok && s.at == i {
		return s
	}
	*s = side{at: i, ok: true}
	for n := 1; n <= 4; n++ {
		if n > 1 && !isHan(rs[i-n]) {
			break
		}
		h := Hash(rs[i-n : i])
		s.see(m.word(h), h, m.word(h).before())
	}
	return s
}

// right looks at the words that begin at j.
func (f *Finder) right(m *Model, rs []rune, j int) *side {
	s := &f.rights[j&15]
	if s.ok && s.at == j {
		return s
	}
	*s = side{at: j, ok: true}
	var h uint64
	for n := range 4 {
		if n > 0 && !isHan(rs[j+n]) {
			break
		}
		h = Mix(h, rs[j+n])
		s.see(m.word(h), h, m.word(h).after())
	}
	return s
}

func (s *side) see(w Word, h, cue uint64) {
	if w == 0 {
		return
	}
	s.cue = max(s.cue, cue)
	s.kind, s.word, s.freq = w.kind(), h, w.freq()
}

// forget drops what was looked up in the last line.
func (f *Finder) forget() {
	f.lefts.ok = false
	for i := range f.rights {
		f.rights[i].ok = false
	}
}

// put adds a feature: a template and two values.
func (f *Finder) put(t, a, b uint64) {
	x := (a<<8|t)*golden + b*0xd6e8feb86659fd93
	x ^= x >> 29
	f.features = append(f.features, x*0xbf58476d1ce4e5b9)
}

func bin(v int, width int) uint64 { return uint64(v/width + 64) }

// inner puts the features of the candidate itself and of how it fits between the
// words around it.
func (f *Finder) inner(m *Model, rs []rune, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	g, n := groups[c.shape], uint64(c.j-c.i)
	whole := Hash(rs[i:j])
	w := m.word(whole)
	f.put(1, s, n)
	f.build(m, rs, c)
	f.put(5, w.freq()<<3|w.kind(), s)
	known := uint64(0)
	if m.isKnown(whole) {
		known = 1
	}
	f.put(6, known<<1|min(w.freq(), 1), s<<3|n&7)
	l, r := f.left(m, rs, i), f.right(m, rs, j)
	cl := max(m.word(Hash(rs[i-1:i+1])).freq(), m.word(Hash(rs[i-1:i+2])).freq(), m.word(Hash(rs[i-2:i+1])).freq())
	cr := max(m.word(Hash(rs[j-1:j+1])).freq(), m.word(Hash(rs[j-1:j+2])).freq(), m.word(Hash(rs[j-2:j+1])).freq())
	f.put(9, cl, g)
	f.put(10, cr, g)
	f.put(11, cl<<4|cr, g)
	f.put(12, l.cue, g)
	f.put(13, r.cue, g)
	f.put(14, l.cue<<3|r.cue, g)
	f.put(15, l.kind<<4|l.freq, g)
	f.put(16, r.kind<<4|r.freq, g)
	f.put(17, cl<<8|l.cue, g)
	f.put(18, cr<<8|r.cue, g)
	f.put(23, ahead(rs, j), g)
	f.put(19, class(rs[i-1])<<8|class(rs[j]), s)
}

// build puts the features of the characters by the shape of the candidate.
func (f *Finder) build(m *Model, rs []rune, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	switch c.shape {
	case shapeOne, shapePet, shapeTwin:
		a, b, next := m.char(rs[i]), m.char(rs[i+1]), m.char(rs[i+2])
		f.put(2, bin(int(a.Surname), 8), s)
		f.put(3, bin(int(b.Single), 8), s)
		f.put(4, bin(int(a.Surname), 16)<<8|bin(int(b.Single), 16), s)
		// Would a longer name be as good?
		f.put(20, bin(int(b.First)+int(next.Last), 16), min(m.word(Hash(rs[j:j+2])).freq(), 1)<<4|s)
	case shapeTwo, shapeThree, shapeGiven:
		a, b, z := m.char(rs[i]), m.char(rs[j-2]), m.char(rs[j-1])
		f.put(2, bin(int(a.Surname), 8), s)
		f.put(3, bin(int(b.First)+int(z.Last), 8), s)
		f.put(4, bin(int(a.Surname), 16)<<8|bin(int(b.First)+int(z.Last), 16), s)
		w, v := m.word(Hash(rs[i:i+2])), m.word(Hash(rs[j-2:j]))
		f.put(7, w.freq()<<3|w.kind(), s)
		f.put(8, v.freq()<<3|v.kind(), s)
		// Would a shorter name be as good?
		last := m.word(Hash(rs[j-1 : j]))
		f.put(21, last.after()<<8|min(m.word(Hash(rs[j-1:j+1])).freq(), 1)<<4|last.freq(), s)
		f.put(22, bin(int(b.Single), 16)<<8|bin(int(z.Last), 16), s)
	case shapeForeign, shapeDotted:
		sum := int(m.char(rs[i]).ForeignFirst) + int(m.char(rs[j-1]).ForeignZ)
		for _, r := range rs[i+1 : j-1] {
			sum += int(m.char(r).Foreign)
		}
		n := j - i
		f.put(2, bin(sum/n, 4), s<<4|min(uint64(n), 8))
		f.put(3, bin(int(m.char(rs[i-1]).Foreign), 16), s)
		f.put(4, bin(int(m.char(rs[j]).Foreign), 16), s)
		f.put(7, bin(int(m.char(rs[i]).ForeignFirst), 8), s)
		f.put(8, bin(int(m.char(rs[j-1]).ForeignZ), 8), s)
		f.put(20, bin(int(m.char(rs[i]).Surname), 8), uint64(n))
		w := m.word(Hash(rs[i : i+2]))
		f.put(21, w.freq()<<3|w.kind(), s<<4|min(uint64(n), 8))
		v := m.word(Hash(rs[j-2 : j]))
		f.put(22, v.freq()<<3|v.kind(), s<<4|min(uint64(n), 8))
	case shapeLong, shapeJapan:
		w := m.word(Hash(rs[i : i+2]))
		f.put(2, w.freq()<<3|w.kind(), s)
		f.put(3, bin(int(m.char(rs[j-1]).Last), 8), s)
		f.put(4, bin(int(m.char(rs[j]).Last), 16), s)
		v := m.word(Hash(rs[j-2 : j]))
		f.put(8, v.freq()<<3|v.kind(), s)
	}
}

// outer puts the characters in and around the candidate.
func (f *Finder) outer(rs []rune, c span) {
	i, j, s := c.i, c.j, uint64(c.shape)
	g := groups[c.shape]
	two := func(a, b rune) uint64 { return uint64(a)<<21 | uint64(b) }
	f.put(30, uint64(rs[i]), s)
	f.put(31, uint64(rs[i+1]), s)
	f.put(32, uint64(rs[j-1]), s)
	f.put(33, two(rs[i], rs[i+1]), s)
	f.put(34, two(rs[j-2], rs[j-1]), s)
	if j-i <= 4 {
		f.put(35, Hash(rs[i:j]), 0)
	}
	f.put(40, uint64(rs[i-1]), g)
	f.put(41, two(rs[i-2], rs[i-1]), 0)
	f.put(42, two(rs[i-2], rs[i-1]), uint64(rs[i-3]))
	f.put(43, uint64(rs[i-1]), 16|s)
	f.put(44, uint64(rs[j]), g)
	f.put(45, two(rs[j], rs[j+1]), 0)
	f.put(46, two(rs[j], rs[j+1]), uint64(rs[j+2]))
	f.put(47, uint64(rs[j]), 16|s)
	f.put(48, two(rs[i-1], rs[j]), 0)
	f.put(51, two(rs[i-1], rs[j]), s)
	f.put(49, f.lefts.word, g)
	f.put(50, f.rights[j&15].word, g)
	f.put(52, uint64(rs[i-2]), 0)
	f.put(53, uint64(rs[j+1]), 0)
	f.put(54, two(rs[j-1], rs[j]), 0)
	f.put(55, two(rs[i-1], rs[i]), 0)
	f.put(56, f.lefts.word, f.rights[j&15].word)
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
		switch rs[at] {
		case '公':
			if rs[at+1] == '司' {
				return k + 1
			}
		case '集':
			if rs[at+1] == '团' {
				return k + 1
			}
		case '股':
			if rs[at+1] == '份' {
				return k + 1
			}
		case '有':
			if rs[at+1] == '限' {
				return k + 1
			}
		case '事':
			if rs[at+1] == '务' {
				return k + 1
			}
		case '银':
			if rs[at+1] == '行' {
				return k + 1
			}
		case '科':
			if rs[at+1] == '技' {
				return k + 1
			}
		case '药':
			if rs[at+1] == '业' {
				return k + 1
			}
		case '证':
			if rs[at+1] == '券' {
				return k + 1
			}
		}
	}
	return 0
}
