package person

// features collects the hashes of the features of some candidates, one behind the
// other.
type features struct {
	n, k  int
	hash  [1 << 12]uint32
	ends  [crowd]int32
	total [1 << 12]int32
}

// put adds a feature of the candidate at hand: a template and two values.
func (x *features) put(t, a, b uint64) {
	x.hash[x.n&(len(x.hash)-1)] = uint32((a*0xd6e8feb86659fd93 + b*0xbf58476d1ce4e5b9 + t*golden) >> 32)
	x.n++
}

// begin forgets all.
func (x *features) begin() { x.n, x.k = 0, 0 }

// end ends the features of a candidate.
func (x *features) end() {
	x.ends[x.k&(crowd-1)] = int32(x.n)
	x.k++
}

// weigh adds up the weights: a tag and a weight share two bytes. A feature that is
// not in the model weighs nothing.
func (x *features) weigh(m *Model) {
	s := int32(0)
	for i, h := range x.hash[:min(x.n, len(x.hash))] {
		v := uint32(m.weights[h>>8&(weightSlots-1)])
		same := int32((v^h)&0xff-1) >> 31 // all ones if the tags are equal
		s += int32(int8(v>>8)) & same
		x.total[i] = s
	}
}

// sum is what the weights of candidate k are together. Each has features.
func (x *features) sum(k int) int {
	s := x.total[x.ends[k&(crowd-1)]-1]
	if k > 0 {
		s -= x.total[x.ends[(k-1)&(crowd-1)]-1]
	}
	return int(s)
}

// bin cuts a number into steps.
func bin(v int, width int) uint64 { return uint64(v/width + 64) }

func two(a, b rune) uint64 { return uint64(a)<<21 | uint64(b) }

// identify looks candidates up among the known names.
func (f *Finder) identify(some []int32) {
	for _, k := range some {
		c := &f.spans[k]
		c.name = Hash(f.line.runes[c.i:c.j])
	}
	for _, k := range some {
		c := &f.spans[k]
		c.known = uint64(bit(f.model.isKnown(c.name)))
	}
}

// inner puts the features of the candidate itself, of which the sum is what the
// quick look said.
func (f *Finder) inner(c *span) {
	x, rs := &f.features, f.line.runes
	i, j, s, g := c.i, c.j, uint64(c.shape), groups[c.shape]
	var w Word
	if n := j - i; n <= 4 {
		w = f.look(n, i)
	}
	x.put(5, c.known<<7|w.freq()<<3|w.kind(), s<<3|uint64(j-i)&7)
	x.put(6, bin(c.sum, 8), s)
	f.build(c)
	x.put(40, uint64(rs[i-1]), g)
	x.put(44, uint64(rs[j]), g)
	x.put(54, two(rs[j-1], rs[j]), 0)
	x.put(55, two(rs[i-1], rs[i]), 0)
}

// fit puts the features of how the candidate fits between the words around it.
func (f *Finder) fit(c *span) {
	x, rs := &f.features, f.line.runes
	i, j, s, g := c.i, c.j, uint64(c.shape), groups[c.shape]
	l, r := f.left(i), f.right(j)
	c.leftSize, c.rightSize = uint8(l.n), uint8(r.n)
	// Words that reach over its ends.
	b, d := f.wordsAt(i-1), f.wordsAt(j-1)
	cl := max(nth(b, 2).freq(), nth(b, 3).freq(), f.look(3, i-2).freq())
	cr := max(nth(d, 2).freq(), nth(d, 3).freq(), f.look(3, j-2).freq())
	x.put(11, cl<<4|cr, g)
	x.put(14, l.cue<<3|r.cue, g)
	x.put(15, l.kind<<4|l.freq, g)
	x.put(16, r.kind<<4|r.freq, g)
	x.put(17, cl<<8|l.cue, g)
	x.put(18, cr<<8|r.cue, g)
	x.put(19, f.class(i-1)<<8|f.class(j), s)
	x.put(23, ahead(rs, j), g)
}

// build puts the features of the characters by the shape of the candidate.
func (f *Finder) build(c *span) {
	x := &f.features
	i, j, s := c.i, c.j, uint64(c.shape)
	switch c.shape {
	case shapeOne, shapePet, shapeTwin:
		a, b, next := f.char(i), f.char(i+1), f.char(i+2)
		x.put(4, bin(a.surname(), 12)<<8|bin(b.single(), 12), s)
		// Would a longer name be as good?
		x.put(20, bin(b.first()+next.last(), 16), min(f.look(2, j).freq(), 1)<<4|s)
	case shapeTwo, shapeThree, shapeGiven:
		a, b, z := f.char(i), f.char(j-2), f.char(j-1)
		x.put(4, bin(a.surname(), 12)<<8|bin(b.first()+z.last(), 12), s)
		w, v := f.look(2, i), f.look(2, j-2)
		x.put(7, w.freq()<<3|w.kind(), s)
		x.put(8, v.freq()<<3|v.kind(), s)
		// Would a shorter name be as good?
		last := f.wordsAt(j - 1)
		x.put(21, nth(last, 1).after()<<8|min(nth(last, 2).freq(), 1)<<4|nth(last, 1).freq(), s)
		x.put(22, bin(b.single(), 16)<<8|bin(z.last(), 16), s)
	case shapeForeign, shapeDotted:
		f.transliteration(c)
	case shapeLong, shapeJapan:
		w, v := f.look(2, i), f.look(2, j-2)
		x.put(2, w.freq()<<3|w.kind(), s)
		x.put(3, bin(f.char(j-1).last(), 8), s)
		x.put(4, bin(f.char(j).last(), 16), s)
		x.put(8, v.freq()<<3|v.kind(), s)
	}
}

// transliteration puts the features of a foreign name.
func (f *Finder) transliteration(c *span) {
	x := &f.features
	i, j, s := c.i, c.j, uint64(c.shape)
	n := j - i
	size := s<<4 | min(uint64(n), 8)
	x.put(2, bin((f.soundsInner(i, j-1)+f.char(j-1).foreignLast())/n, 4), size)
	x.put(3, bin(f.char(i-1).foreign(), 16), s)
	x.put(4, bin(f.char(j).foreign(), 16), s)
	x.put(8, bin(f.char(j-1).foreignLast(), 8), s)
	w, v := f.look(2, i), f.look(2, j-2)
	x.put(21, w.freq()<<3|w.kind(), size)
	x.put(22, v.freq()<<3|v.kind(), size)
}

// outer puts the characters in and around the candidate.
func (f *Finder) outer(c *span) {
	x, rs := &f.features, f.line.runes
	i, j, s := c.i, c.j, uint64(c.shape)
	g := groups[c.shape]
	x.put(30, uint64(rs[i]), s)
	x.put(31, uint64(rs[i+1]), s)
	x.put(32, uint64(rs[j-1]), s)
	x.put(33, two(rs[i], rs[i+1]), s)
	x.put(34, two(rs[j-2], rs[j-1]), s)
	if j-i <= 4 {
		x.put(35, c.name, 0)
	}
	x.put(41, two(rs[i-2], rs[i-1]), 0)
	x.put(43, uint64(rs[i-1]), 16|s)
	x.put(45, two(rs[j], rs[j+1]), 0)
	x.put(46, two(rs[j], rs[j+1]), uint64(rs[j+2]))
	x.put(47, uint64(rs[j]), 16|s)
	x.put(48, two(rs[i-1], rs[j]), 0)
	x.put(51, two(rs[i-1], rs[j]), s)
	lw, rw := Hash(rs[i-int(c.leftSize):i]), Hash(rs[j:j+int(c.rightSize)])
	x.put(49, lw, g)
	x.put(50, rw, g)
	x.put(52, uint64(rs[i-2]), 0)
	x.put(53, uint64(rs[j+1]), 0)
}

// ahead says how far behind j a word begins that ends the name of a company or
// a body: 0 if none does within eight runes, or sixteen if brackets open at j.
func ahead(rs []rune, j int) uint64 {
	most := uint64(8)
	if rs[j] == '（' {
		most = pad - 2
	}
	for k := range most {
		r := rs[j+int(k)]
		if !isHan(r) && r != '（' && r != '）' {
			return 0
		}
		if b := &bodies[bodySlot(r)]; b[0] == r && b[1] == rs[j+int(k)+1] {
			return k + 1
		}
	}
	return 0
}

// bodies are words that end names of companies, each in a slot of its own.
var bodies = func() (t [32][2]rune) {
	for _, w := range []string{"公司", "集团", "股份", "有限", "事务", "银行", "科技", "药业", "证券", "律师"} {
		r := []rune(w)
		if b := &t[bodySlot(r[0])]; b[0] == 0 {
			*b = [2]rune{r[0], r[1]}
		} else {
			panic("two words in a slot: " + w)
		}
	}
	return t
}()

func bodySlot(r rune) uint32 { return uint32(r) * bodyFactor >> 27 }

const bodyFactor = 0x9e379905 // gives each its own
