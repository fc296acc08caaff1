package scan

import (
	"hash/maphash"
	"math"

	"github.com/wardfold/wardfold/detect"
)

// plan is how the rest of a long table is counted, once its first rows have told
// what its columns are. Nothing is estimated: numbers are found in the text, as
// everywhere, and belong to the column in which they stand; what is told by its
// column (names, classes) is judged cell by cell; and a value of a column that is
// of no kind says what it said before. A row in which something is new is looked
// through for everything.
type plan struct {
	text    bool        // too much is new: the whole text is looked through for everything
	alone   bool        // only numbers are wanted
	even    bool        // and no column is judged cell by cell
	want    uint64      // the columns of numbers
	by      detect.Kind // what tells people apart
	who     int         // the column of it; -1 if no column of numbers is
	columns []planned
}

// planned is how one column is counted.
type planned struct {
	numbers detect.Kind // what the text engine finds in its cells
	told    detect.Kind // what the column tells and the text does not
	level   detect.Level
	judged  bool // cell by cell
	recall  bool // the text says of a value what it said before
	longest int  // bytes of a cell that is like those before
	known   map[uint64]*value
	values  []*value
}

// plenty is how many cells tell what a column is.
const plenty = 1000

// planned makes the plan.
func (t *table) planned() *plan {
	p := &plan{alone: t.r.alone, even: t.wide < 64, by: t.profile.Summary().By, who: -1}
	for i, c := range t.profile.Columns() {
		x := planned{longest: quiet}
		x.recall = c.Kind == detect.None || c.Valid*100 < c.Filled*98
		switch {
		case p.alone && c.Kind == detect.None: // what is in it is found all the same
		case c.Filled < plenty:
			x.judged = true
		case detect.Numbers.Has(c.Kind):
			x.numbers = c.Kind
			p.want |= 1 << i
			if c.Kind == p.by && p.who < 0 {
				p.who = i
			}
		case c.Kind != detect.None:
			x.judged = true
			if !x.recall {
				x.told, x.level = c.Kind, c.Level
			}
		}
		p.even = p.even && !x.judged
		if i < len(t.seen) {
			v := &t.seen[i]
			x.longest, x.known, x.values = int(3*v.bytes/max(v.filled, 1)+quiet), v.known, v.list
			p.text = p.text || x.recall && (v.many || v.loud)
		}
		p.columns = append(p.columns, x)
	}
	if p.text = p.text && !p.alone; p.text || p.alone { // nothing is new
		for i := range p.columns {
			x := &p.columns[i]
			x.longest, x.recall, x.told = math.MaxInt, false, detect.None
		}
	}
	return p
}

// quiet is by how many bytes a cell may be longer than three of those before it.
const quiet = 12

// valuesMax is how many different values of a column are remembered.
const valuesMax = 4096

// values are what stood in a column, and what the text engine found there.
type values struct {
	filled, bytes int64
	known         map[uint64]*value
	list          []*value
	many          bool // more than are remembered
	loud          bool // something besides numbers was found in figures
}

// value is what the text engine found in a value every time that it stood there.
type value struct {
	nth   int            // of those of the column
	what  detect.Finding // of kind None if nothing
	mixed bool           // not the same every time
}

// see remembers a cell and what was found in it; row is what was found in its row.
func (v *values) see(seed maphash.Seed, cell []byte, found, row []detect.Finding) {
	if len(cell) == 0 {
		return
	}
	v.filled, v.bytes = v.filled+1, v.bytes+int64(len(cell))
	now := value{nth: len(v.list)}
	for _, f := range found {
		if !detect.Numbers.Has(f.Kind) {
			now.mixed = now.mixed || now.what.Kind != detect.None
			now.what = detect.Finding{Kind: f.Kind, Level: f.Level, Minor: ownAge(f, row), Masked: f.Masked}
		}
	}
	if figures(cell) {
		v.loud = v.loud || now.what.Kind != detect.None
		return
	}
	if v.known == nil {
		v.known = make(map[uint64]*value)
	}
	hash := maphash.Bytes(seed, cell)
	switch old := v.known[hash]; {
	case old != nil:
		old.what.Minor = either(old.what.Minor, now.what.Minor)
		now.what.Minor = old.what.Minor
		old.mixed = old.mixed || now.mixed || old.what != now.what
	case len(v.list) < valuesMax:
		v.known[hash], v.list = &now, append(v.list, &now)
	default:
		v.many = true
	}
}

// ownAge is the class of age that a finding tells by itself, and that nothing else
// in its row may have lent to it.
func ownAge(f detect.Finding, row []detect.Finding) detect.Minor {
	for _, other := range row {
		if other.Minor == f.Minor && other.Start != f.Start {
			return detect.Unknown
		}
	}
	return f.Minor
}

// figures reports whether a cell consists of digits and signs alone.
func figures(cell []byte) bool {
	for _, c := range cell {
		if c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' {
			return false
		}
	}
	return true
}
