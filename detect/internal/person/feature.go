package person

import "github.com/wardfold/wardfold/detect/internal/block"

// features collects the hashes of the features of some candidates, one behind the
// other.
type features struct {
	n, k  int
	hash  [1 << 12]uint32
	ends  [crowd]int32
	total [1 << 12]uint32 // of the weights up to each
}

// feature is the hash of a feature: a template and two values.
func feature(t, a, b uint64) uint32 {
	return uint32((a*0xd6e8feb86659fd93 + b*0xbf58476d1ce4e5b9 + t*golden) >> 32)
}

// take is where the next n features of the candidate at hand go.
func (x *features) take(n int) []uint32 {
	h := x.hash[x.n&(len(x.hash)-1):]
	x.n += n
	return h
}

// begin forgets all.
func (x *features) begin() { x.n, x.k = 0, 0 }

// end ends the features of a candidate.
func (x *features) end() {
	x.ends[x.k&(crowd-1)] = int32(x.n)
	x.k++
}

// weigh adds up the weights. A feature that is not in the model weighs nothing.
func (x *features) weigh(m *Model) {
	block.Weigh(m.weights[:], x.hash[:], x.total[:], min(x.n, len(x.hash)))
}

// sum is what the weights of candidate k are together. Each has features.
func (x *features) sum(k int) int {
	s := x.total[x.ends[k&(crowd-1)]-1]
	if k > 0 {
		s -= x.total[x.ends[(k-1)&(crowd-1)]-1]
	}
	return int(int32(s))
}

// bin cuts a number into steps.
func bin(v int, width int) uint64 { return uint64(v/width + 64) }

func two(a, b rune) uint64 { return uint64(a)<<21 | uint64(b) }

// identify looks candidates up among the known names.
func (f *Finder) identify(some []int32) {
	for _, k := range some {
		c := &f.spans[k]
		if n := c.j - c.i; n <= 4 {
			c.name = hash(f.line.from(c.i), n)
		} else {
			c.name = Hash(f.line.runes[c.i:c.j])
		}
	}
	for _, k := range some {
		c := &f.spans[k]
		c.known = uint8(bit(f.model.isKnown(c.name)))
	}
}

// inner puts the features of the candidate itself, of which the sum is what the
// quick look said.
func (f *Finder) inner(c *span) {
	x, s, g := &f.features, uint64(c.shape), groups[c.shape]
	var w Word
	if n := c.j - c.i; n <= 4 {
		w = f.look(n, c.i)
	}
	h := (*[2]uint32)(x.take(2))
	h[0] = feature(5, uint64(c.known)<<7|w.freq()<<3|w.kind(), s<<3|uint64(c.j-c.i)&7)
	h[1] = feature(6, bin(c.sum, 8), s)
	f.build(c)
	l, r := f.line.from(c.i-1), f.line.from(c.j-1)
	e := (*[4]uint32)(x.take(4))
	e[0] = feature(40, uint64(l[0]), g)
	e[1] = feature(44, uint64(r[1]), g)
	e[2] = feature(54, two(r[0], r[1]), 0)
	e[3] = feature(55, two(l[0], l[1]), 0)
}

// fit puts the features of how the candidate fits between the words around it.
func (f *Finder) fit(c *span) {
	x, rs := &f.features, f.line.runes
	i, j, s, g := c.i, c.j, uint64(c.shape), groups[c.shape]
	l, r := f.left(i), f.right(j)
	c.ahead = uint8(ahead(rs, j))
	c.leftSize, c.rightSize = uint8(l.n), uint8(r.n)
	// Words that reach over its ends.
	b, d := f.wordsAt(i-1), f.wordsAt(j-1)
	cl := max(nth(b, 2).freq(), nth(b, 3).freq(), f.look(3, i-2).freq())
	cr := max(nth(d, 2).freq(), nth(d, 3).freq(), f.look(3, j-2).freq())
	h := (*[8]uint32)(x.take(8))
	h[0] = feature(11, cl<<4|cr, g)
	h[1] = feature(14, l.cue<<3|r.cue, g)
	h[2] = feature(15, l.kind<<4|l.freq, g)
	h[3] = feature(16, r.kind<<4|r.freq, g)
	h[4] = feature(17, cl<<8|l.cue, g)
	h[5] = feature(18, cr<<8|r.cue, g)
	h[6] = feature(19, f.class(i-1)<<8|f.class(j), s)
	h[7] = feature(23, uint64(c.ahead), g)
}

// build puts the features of the characters by the shape of the candidate.
func (f *Finder) build(c *span) {
	x := &f.features
	i, j, s := c.i, c.j, uint64(c.shape)
	switch c.shape {
	case shapeOne, shapePet, shapeTwin:
		a, b, next := f.char(i), f.char(i+1), f.char(i+2)
		h := (*[2]uint32)(x.take(2))
		h[0] = feature(4, bin(a.surname(), 12)<<8|bin(b.single(), 12), s)
		// Would a longer name be as good?
		h[1] = feature(20, bin(b.first()+next.last(), 16), min(f.look(2, j).freq(), 1)<<4|s)
	case shapeTwo, shapeThree, shapeGiven:
		a, b, z := f.char(i), f.char(j-2), f.char(j-1)
		h := (*[5]uint32)(x.take(5))
		h[0] = feature(4, bin(a.surname(), 12)<<8|bin(b.first()+z.last(), 12), s)
		w, v := f.look(2, i), f.look(2, j-2)
		h[1] = feature(7, w.freq()<<3|w.kind(), s)
		h[2] = feature(8, v.freq()<<3|v.kind(), s)
		// Would a shorter name be as good?
		last := f.wordsAt(j - 1)
		h[3] = feature(21, nth(last, 1).after()<<8|min(nth(last, 2).freq(), 1)<<4|nth(last, 1).freq(), s)
		h[4] = feature(22, bin(b.single(), 16)<<8|bin(z.last(), 16), s)
	case shapeForeign, shapeDotted:
		f.transliteration(c)
	case shapeLong, shapeJapan:
		w, v := f.look(2, i), f.look(2, j-2)
		h := (*[4]uint32)(x.take(4))
		h[0] = feature(2, w.freq()<<3|w.kind(), s)
		h[1] = feature(3, bin(f.char(j-1).last(), 8), s)
		h[2] = feature(4, bin(f.char(j).last(), 16), s)
		h[3] = feature(8, v.freq()<<3|v.kind(), s)
	}
}

// transliteration puts the features of a foreign name.
func (f *Finder) transliteration(c *span) {
	x := &f.features
	i, j, s := c.i, c.j, uint64(c.shape)
	n := j - i
	size := s<<4 | min(uint64(n), 8)
	h := (*[6]uint32)(x.take(6))
	h[0] = feature(2, bin((f.soundsInner(i, j-1)+f.char(j-1).foreignLast())/n, 4), size)
	h[1] = feature(3, bin(f.char(i-1).foreign(), 16), s)
	h[2] = feature(4, bin(f.char(j).foreign(), 16), s)
	h[3] = feature(8, bin(f.char(j-1).foreignLast(), 8), s)
	w, v := f.look(2, i), f.look(2, j-2)
	h[4] = feature(21, w.freq()<<3|w.kind(), size)
	h[5] = feature(22, v.freq()<<3|v.kind(), size)
}

// outer puts the characters in and around the candidate.
func (f *Finder) outer(c *span) {
	x, s, g := &f.features, uint64(c.shape), groups[c.shape]
	l, r := f.line.from(c.i-2), f.line.from(c.j-2)
	h := (*[5]uint32)(x.take(5))
	h[0] = feature(30, uint64(l[2]), s)
	h[1] = feature(31, uint64(l[3]), s)
	h[2] = feature(32, uint64(r[1]), s)
	h[3] = feature(33, two(l[2], l[3]), s)
	h[4] = feature(34, two(r[0], r[1]), s)
	if c.j-c.i <= 4 {
		x.take(1)[0] = feature(35, c.name, 0)
	}
	e := (*[11]uint32)(x.take(11))
	e[0] = feature(41, two(l[0], l[1]), 0)
	e[1] = feature(43, uint64(l[1]), 16|s)
	e[2] = feature(45, two(r[2], r[3]), 0)
	e[3] = feature(46, two(r[2], r[3]), uint64(r[4]))
	e[4] = feature(47, uint64(r[2]), 16|s)
	e[5] = feature(48, two(l[1], r[2]), 0)
	e[6] = feature(51, two(l[1], r[2]), s)
	e[7] = feature(49, hash(f.line.from(c.i-int(c.leftSize)), int(c.leftSize)), g)
	e[8] = feature(50, hash(f.line.from(c.j), int(c.rightSize)), g)
	e[9] = feature(52, uint64(l[0]), 0)
	e[10] = feature(53, uint64(r[3]), 0)
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
