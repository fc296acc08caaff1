package scan

import "github.com/wardfold/wardfold/detect"

// entry is what is found in one row of a long table.
type entry struct {
	new   bool // something in it is new
	told  []detect.Finding
	heard []heard
	minor detect.Minor // that the row tells
	mixed bool         // it tells several
}

// heard is what the text says of a value, and where that is counted by class of
// age.
type heard struct {
	what  detect.Finding
	times *[4]int64
}

func (r *entry) clear() { *r = entry{told: r.told[:0], heard: r.heard[:0]} }

func (r *entry) tells(m detect.Minor) {
	switch {
	case m == detect.Unknown:
	case r.minor == detect.Unknown:
		r.minor = m
	case r.minor != m:
		r.mixed = true
	}
}

// settle counts what is in the row; found are its numbers. As the text engine does
// with a line, what describes somebody is given their class of age, and a row that
// tells one class lends it to all that stands in it.
func (r *entry) settle(found []detect.Finding, l *look) {
	whose := detect.Unknown
	for i := range found {
		if r.tells(found[i].Minor); whose == detect.Unknown {
			whose = found[i].Minor
		}
	}
	for i := range r.told {
		r.tells(r.told[i].Minor)
	}
	for i := range r.heard {
		r.tells(r.heard[i].what.Minor)
	}
	lent := r.minor
	if r.mixed {
		lent = detect.Unknown
	}
	for i := range found {
		found[i].Minor = either(found[i].Minor, lent)
	}
	for _, f := range r.told {
		f.Minor = age(f, whose, lent)
		l.count(f, 1)
	}
	for _, h := range r.heard {
		h.times[age(h.what, whose, lent)]++
	}
}

// age is the class of age of a finding: its own, that of whom it describes, or
// that of the row.
func age(f detect.Finding, whose, lent detect.Minor) detect.Minor {
	if detect.Beside.Has(f.Kind) {
		return either(f.Minor, either(whose, lent))
	}
	return either(f.Minor, lent)
}

func either(own, lent detect.Minor) detect.Minor {
	if own == detect.Unknown {
		return lent
	}
	return own
}
