package person

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
)

// group is what shapes share when their surroundings are weighed.
var groups = [...]uint64{shapeNone: 0, shapeOne: 1, shapeTwo: 1, shapeThree: 1, shapeLong: 1, shapeJapan: 2,
	shapeForeign: 2, shapeDotted: 2, shapePet: 3, shapeKnown: 4, shapeTwin: 3, shapeGiven: 3, shapeAlone: 5}

// span is a candidate: runes[i:j] of a line.
type span struct {
	i, j  int
	shape Shape
}

// Gates, in sixteenths of a natural logarithm: what passes is weighed.
const (
	gateChinese = 8
	gateForeign = 24
	gateInner   = -8
	gateGiven   = 60
	gateLast    = -64
	foreignMax  = 24
)

// candidates appends every candidate that begins at i.
func (f *Finder) candidates(m *Model, rs []rune, i int) {
	f.spans = f.spans[:0]
	a, b := m.char(rs[i]), m.char(rs[i+1])
	if a.Surname > gateMin && isHan(rs[i+1]) {
		f.chinese(m, rs, i, a, b)
	}
	begins := m.begins(rs[i], rs[i+1])
	if begins && a.Flags&(FlagTwo|FlagJapan) != 0 {
		f.longSurname(m, rs, i, a)
	}
	if int(a.ForeignFirst)+int(b.Foreign) > gateForeign && a.Flags&b.Flags&FlagForeign != 0 {
		f.foreign(m, rs, i)
	}
	if a.Flags&FlagNick != 0 && isHan(rs[i+1]) {
		f.add(i, i+2, shapePet)
		if isHan(rs[i+2]) && m.char(rs[i+2]).Last > gateInner {
			f.add(i, i+3, shapePet)
		}
	}
	if begins && len(f.spans) == 0 {
		f.listed(m, rs, i)
	}
	switch {
	case rs[i] == rs[i+1] && int(a.First)+int(a.Last) > 0:
		f.add(i, i+2, shapeTwin)
	case isHan(rs[i+1]) && int(a.First)+int(b.Last) > gateGiven && a.Surname <= gateMin:
		f.add(i, i+2, shapeGiven)
	}
}

// gateMin is the least weight of a surname: 的 and 了 are below it.
const gateMin = -40

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

func (f *Finder) add(i, j int, s Shape) {
	f.spans = append(f.spans, span{i, j, s})
}

func (f *Finder) chinese(m *Model, rs []rune, i int, a, b Char) {
	s := int(a.Surname)
	if s > 0 && addressed(rs, i+1) {
		f.add(i, i+1, shapeAlone)
		return
	}
	if s+int(b.Single) > gateChinese {
		f.add(i, i+2, shapeOne)
	}
	if !isHan(rs[i+2]) {
		return
	}
	c := m.char(rs[i+2])
	if _, title := cuesBehind[Mix(Mix(0, rs[i+1]), rs[i+2])]; title {
		return // 李老师 is no name of three
	}
	if s+int(b.First) > gateChinese && s+int(b.First)+int(c.Last) > gateChinese && c.Last > gateLast {
		f.add(i, i+3, shapeTwo)
	}
	if b.Surname > 16 && a.Surname > 16 && isHan(rs[i+3]) {
		if d := m.char(rs[i+3]); int(c.First)+int(d.Last) > gateGiven/2 {
			f.add(i, i+4, shapeThree)
		}
	}
}

// longSurname adds the names with a surname of two or three characters.
func (f *Finder) longSurname(m *Model, rs []rune, i int, a Char) {
	w := f.look(m, 2, i)
	if w&Two != 0 {
		for n := 3; n <= 4 && isHan(rs[i+n-1]); n++ {
			f.add(i, i+n, shapeLong)
		}
	}
	if a.Flags&FlagJapan == 0 {
		return
	}
	k := 2
	if w&Japan == 0 {
		if k = 3; f.look(m, 3, i)&Japan == 0 {
			return
		}
	}
	for n := k + 1; n <= k+3 && isHan(rs[i+n-1]); n++ {
		f.add(i, i+n, shapeJapan)
	}
}

// foreign adds the runs of transliterating characters that begin at i, if i is
// near the beginning of such a run.
func (f *Finder) foreign(m *Model, rs []rune, i int) {
	inside := func(r rune) bool {
		c := m.char(r)
		return c.Flags&FlagForeign != 0 && c.Foreign > gateInner
	}
	if rs[i-1] == '·' && inside(rs[i-2]) || inside(rs[i-1]) && inside(rs[i-2]) && inside(rs[i-3]) {
		return // the run has begun long before
	}
	j, dots, last := i+1, 0, 0
	for j < len(rs)-pad && j-i < foreignMax {
		if rs[j] == '·' && (inside(rs[j+1]) || isHan(rs[j+1]) && isHan(rs[j+2])) {
			dots, last = dots+1, j
		} else if !inside(rs[j]) && !(last > 0 && j == last+1 && isHan(rs[j])) {
			break
		}
		j++
	}
	shape := shapeForeign
	if dots > 0 {
		shape = shapeDotted
	}
	for k := j; k > j-3 && k-i >= 2 && k > last+1; k-- {
		f.add(i, k, shape)
	}
	if dots > 0 {
		return
	}
	// A run may end in characters that begin the next word, or go on a little.
	if j < len(rs)-pad && isHan(rs[j]) && m.char(rs[j]).ForeignZ > 0 {
		f.add(i, j+1, shape)
	}
}

// listed adds known names of two to four characters.
func (f *Finder) listed(m *Model, rs []rune, i int) {
	h := Mix(Mix(0, rs[i]), rs[i+1])
	for n := 2; ; n++ {
		if m.isKnown(h) {
			f.add(i, i+n, shapeKnown)
		}
		if n == 4 || !isHan(rs[i+n]) {
			return
		}
		h = Mix(h, rs[i+n])
	}
}
