package person

import (
	"slices"
	"strings"
)

// Shape is the build of a candidate.
type Shape uint8

// Shapes.
const (
	shapeNone    Shape = iota
	shapeOne           // 王明
	shapeTwo           // 王小明
	shapeThree         // 范徐丽泰: two surnames and two characters
	shapeLong          // 欧阳修, 欧阳小明
	shapeJapan         // 小泉纯一郎
	shapeForeign       // 克林顿
	shapeDotted        // 比尔·克林顿
	shapePet           // 小明, 老王, 阿宝
	shapeKnown         // in the lists, without a surname of the register
	shapeTwin          // 琪琪
	shapeGiven         // 雪莹: a given name alone
	shapeAlone         // 李 in 李先生

	shapes = 16 // room for all
)

// group is what shapes share when their surroundings are weighed.
var groups = [...]uint64{shapeNone: 0, shapeOne: 1, shapeTwo: 1, shapeThree: 1, shapeLong: 1, shapeJapan: 2,
	shapeForeign: 2, shapeDotted: 2, shapePet: 3, shapeKnown: 4, shapeTwin: 3, shapeGiven: 3, shapeAlone: 5}

// leasts are the scores, in sixteenths, that the shapes must pass: chosen on the
// development sets for the best F1, then raised for the shapes that take other
// words for names in texts that hold none.
var leasts = [...]int{shapeOne: 4, shapeTwo: 0, shapeThree: 8, shapeLong: 0, shapeJapan: 0, shapeForeign: -16,
	shapeDotted: 0, shapePet: 36, shapeKnown: 24, shapeTwin: 32, shapeGiven: 24, shapeAlone: 0}

// span is a candidate: runes[i:j] of a line.
type span struct {
	i, j    int
	sum     int    // what speaks for it, in sixteenths
	name    uint64 // its hash
	stop           // where it begins
	why     uint32 // what the label says
	odds    int16  // what its characters say by themselves
	shape   Shape
	done    bool  // it was weighed to the end
	given   bool  // sum is settled without weighing
	boosted bool  // a label announces it
	known   uint8 // 1 if it is in the list of names
	ahead   uint8 // of its end, once it was weighed how it fits

	leftSize, rightSize uint8 // of the longest words beside it
}

// Gates, in sixteenths of a natural logarithm: what passes is weighed.
const (
	gateChinese = 8
	gateForeign = 24
	gateInner   = -8
	gateGiven   = 60
	gateLast    = -64
	gateMean    = 16 // of the characters of a transliteration
	foreignMax  = 24
)

// candidates adds every candidate that begins at i with two characters.
func (f *Finder) candidates(i int, a, b Char) {
	first := len(f.spans)
	m, rs := f.model, f.line.runes
	if a == 0 || b == 0 {
		return
	}
	begins := m.begins(rs[i], rs[i+1])
	if s := a.surname(); a.is(FlagSurname) && s+max(b.single(), b.first()) > gateChinese {
		f.chinese(i, a, b)
	}
	if begins && a.is(FlagTwo|FlagJapan) {
		f.longSurname(rs, i, a)
	}
	if a&b>>56&Char(FlagForeign) != 0 && a.foreignFirst()+b.foreign() > gateForeign {
		f.foreign(rs, i)
	}
	if a.is(FlagNick) {
		if s := b.single(); s > gateInner {
			f.add(i, i+2, shapePet, s)
		}
		if c := f.char(i + 2); c != 0 && b.first()+c.last() > gateChinese {
			f.add(i, i+3, shapePet, b.first()+c.last())
		}
	}
	if begins && len(f.spans) == first {
		f.listed(m, rs, i)
	}
	switch t := a.first() + b.last(); {
	case !a.is(FlagGiven):
	case a == b && rs[i] == rs[i+1] && t > gateChinese:
		f.add(i, i+2, shapeTwin, t)
	case a.surname() <= gateMin && t > gateGiven:
		f.add(i, i+2, shapeGiven, t)
	}
}

// GateSurname and GateGiven are the least weights of FlagSurname and FlagGiven;
// GateForeign that of the first character of a transliteration.
const (
	GateSurname = gateMin
	GateGiven   = 10
	GateForeign = -20

	gateMin = -40 // 的 and 了 are below it
)

// addressed reports whether a form of address that takes a surname alone begins
// at j.
func addressed(rs []rune, j int) bool {
	switch rs[j] {
	case '先':
		return rs[j+1] == '生'
	case '女':
		return rs[j+1] == '士'
	case '小':
		return rs[j+1] == '姐'
	case '太':
		return rs[j+1] == '太'
	}
	return false
}

// char is what is known of the rune at k.
func (f *Finder) char(k int) Char {
	return f.model.chars[f.model.number(f.line.runes[k])&charMask]
}

func (f *Finder) add(i, j int, s Shape, odds int) {
	n := len(f.spans)
	if n == cap(f.spans) {
		f.spans = slices.Grow(f.spans, 64)
	}
	f.spans = f.spans[:n+1]
	c := &f.spans[n] // field by field: a struct that is copied as a whole waits for its parts
	*c = span{}
	c.i, c.j, c.odds, c.shape, c.left, c.pairs = i, j, int16(odds), s, f.stop.left, f.stop.pairs
}

// chinese adds the names that begin with a surname of one character.
func (f *Finder) chinese(i int, a, b Char) {
	s, rs := a.surname(), f.line.runes
	if (s > 0 || open(rs[i-1])) && addressed(rs, i+1) {
		f.add(i, i+1, shapeAlone, s)
		return
	}
	if s+b.single() > gateChinese {
		f.add(i, i+2, shapeOne, s+b.single())
	}
	c := f.char(i + 2)
	if c == 0 {
		return
	}
	if t := s + b.first(); t > gateChinese && t+c.last() > gateChinese && c.last() > gateLast && !isTitle(rs[i+1], rs[i+2]) {
		f.add(i, i+3, shapeTwo, t+c.last())
	}
	if d := f.char(i + 3); d != 0 && s > 16 && b.surname() > 16 && c.first()+d.last() > gateGiven/2 {
		f.add(i, i+4, shapeThree, s+c.first()+d.last())
	}
}

// isTitle reports whether two characters are a form of address: 李老师 is no name
// of three.
func isTitle(a, b rune) bool {
	if titleStarts[uint32(a)>>6&1023]>>(a&63)&1 == 0 {
		return false
	}
	return titlePairs[[2]rune{a, b}]
}

var titlePairs = func() map[[2]rune]bool {
	t := map[[2]rune]bool{}
	for _, w := range strings.Fields(titles) {
		r := []rune(w)
		t[[2]rune{r[0], r[1]}] = true
	}
	return t
}()

// titleStarts is the set of the first characters of forms of address.
var titleStarts = firsts(titles)

// longSurname adds the names with a surname of two or three characters.
func (f *Finder) longSurname(rs []rune, i int, a Char) {
	w := f.look(2, i)
	if w&Two != 0 {
		for n := 3; n <= 4 && isHan(rs[i+n-1]); n++ {
			f.add(i, i+n, shapeLong, f.char(i+n-1).last()+128)
		}
	}
	if !a.is(FlagJapan) {
		return
	}
	k := 2
	if w&Japan == 0 {
		if k = 3; f.look(3, i)&Japan == 0 {
			return
		}
	}
	for n := k + 1; n <= k+3 && isHan(rs[i+n-1]); n++ {
		f.add(i, i+n, shapeJapan, f.char(i+n-1).last()+128)
	}
}

// transliterates reports whether the rune at k may stand inside a foreign name.
func (f *Finder) transliterates(k int) bool {
	c := f.char(k)
	return c.is(FlagForeign) && c.foreign() > gateInner
}

// foreign adds the runs of transliterating characters that begin at i, if i is
// near the beginning of such a run.
func (f *Finder) foreign(rs []rune, i int) {
	if b := f.char(i + 1).foreign(); b > gateInner && rs[i+2] != '·' && !f.transliterates(i+2) &&
		f.char(i).foreignFirst()+b < 2*gateMean {
		return // two characters that sound like nothing, as most
	}
	if rs[i-1] == '·' && f.transliterates(i-2) || f.transliterates(i-1) && f.transliterates(i-2) {
		return // the run has begun long before
	}
	first := f.char(i).foreignFirst()
	j, dots, last, sum := i+1, 0, 0, first
	for j < f.line.n && j-i < foreignMax {
		if c := f.char(j); c.is(FlagForeign) && c.foreign() > gateInner {
			sum += c.foreign()
		} else if rs[j] == '·' && (f.transliterates(j+1) || f.char(j+1) != 0 && f.char(j+2) != 0) {
			dots, last = dots+1, j
		} else if last == 0 || j != last+1 || c == 0 {
			break
		}
		j++
	}
	if dots == 0 && sum < gateMean*(j-i) {
		return
	}
	shape := shapeForeign
	if dots > 0 {
		shape = shapeDotted
	}
	for k := j; k > j-2 && k-i >= 2 && k > last+1; k-- {
		end := f.char(k - 1)
		f.add(i, k, shape, 2*(sum-end.foreign()+end.foreignLast())/(k-i))
		sum -= end.foreign()
	}
	// A run may end in characters that begin the next word, or go on a little.
	if end := f.char(j).foreignLast(); dots == 0 && end > 0 {
		f.add(i, j+1, shape, 2*(f.soundsInner(i, j)+end)/(j+1-i))
	}
}

// soundsInner is what the characters of runes[i:j] say for the beginning of a
// transliteration.
func (f *Finder) soundsInner(i, j int) int {
	sum := f.char(i).foreignFirst()
	for k := i + 1; k < j; k++ {
		sum += f.char(k).foreign()
	}
	return sum
}

// listed adds known names of two to four characters.
func (f *Finder) listed(m *Model, rs []rune, i int) {
	h := Mix(Mix(0, rs[i]), rs[i+1])
	for n := 2; ; n++ {
		if m.isKnown(h) {
			f.add(i, i+n, shapeKnown, 0)
		}
		if n == 4 || !isHan(rs[i+n]) {
			return
		}
		h = Mix(h, rs[i+n])
	}
}
