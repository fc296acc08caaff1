package publish

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/detect"
)

// tail is how much of a student number a list may show: enough for its owner.
const tail = 4

// NumberHeader heads the column of notice numbers.
const NumberHeader = "公示编号"

// propose makes the least telling list: a notice number for each row, the
// treated columns, and as little of class and grade as it takes for each row to
// fit enough people. A name that still fits too few is hidden whole.
func (j *judge) propose(columns []Column, numbers func(int) string) Proposal {
	n := j.notice
	if n.prose() {
		return j.lines(columns)
	}
	if numbers == nil {
		numbers = func(int) string { return strings.Repeat("—", 4) }
	}
	kept := make([]Column, len(columns))
	copy(kept, columns)
	hide := false
	for i, c := range kept {
		kept[i].Masked = c.Masked || c.Treatment == Mask
		hide = hide || c.Treatment == Number
	}
	if !hide {
		kept = n.widen(kept)
	}
	p := Proposal{Header: []string{NumberHeader}, Rows: make([][]string, len(n.Rows))}
	for _, c := range kept {
		if c.Treatment == Keep || c.Treatment == Mask {
			p.Header = append(p.Header, c.Header)
		}
	}
	treated := n.treated(kept)
	fit := n.fits(shown(kept), treated)
	for r, row := range treated {
		for i, c := range shown(kept) {
			if c.Kind == detect.PersonName && fit.Rows[r] < Floor {
				row[i] = deid.Star
			}
		}
		for i, c := range shown(kept) {
			if c.Treatment == Keep {
				row[i] = j.scrub(row[i])
			}
		}
		p.Rows[r] = append([]string{numbers(r)}, row...)
	}
	p.Fits = n.fits(shown(kept), treated)
	return p
}

// lines proposes running text with a star for whatever may not stand in it.
func (j *judge) lines(columns []Column) Proposal {
	n := j.notice
	p := Proposal{Header: n.Header, Rows: make([][]string, len(n.Rows)), Fits: n.fits(columns, n.Rows)}
	for r, row := range n.Rows {
		for _, cell := range row {
			p.Rows[r] = append(p.Rows[r], j.scrub(cell))
		}
	}
	return p
}

// scrub puts a star for each thing in a cell that may not stand there.
func (j *judge) scrub(cell string) string {
	if j.notice.prose() {
		return j.known(cell)
	}
	return longNumbers.ReplaceAllString(j.known(cell), deid.Star)
}

// known puts a star for what the engine knows.
func (j *judge) known(cell string) string {
	var b strings.Builder
	at := int64(0)
	for f := range j.scanner.Text([]byte(cell)) {
		if _, banned := j.banned(f); banned && f.Start >= at {
			b.WriteString(cell[at:f.Start] + deid.Star)
			at = f.End
		}
	}
	return b.String() + cell[at:]
}

var longNumbers = regexp.MustCompile(longNumber.String() + `[0-9０-９]*`)

// widen drops class, and then grade, until every row fits enough people; rows
// that never will do not count.
func (n *Notice) widen(columns []Column) []Column {
	without := func(kinds ...detect.Kind) ([]Column, Fits) {
		out := slices.Clone(columns)
		for i, c := range out {
			if slices.Contains(kinds, c.Kind) {
				out[i].Treatment = Drop
			}
		}
		return out, n.fits(shown(out), n.treated(out))
	}
	least, hopeless := without(detect.Class, detect.Grade)
	for _, kinds := range [][]detect.Kind{{}, {detect.Class}} {
		if out, f := without(kinds...); f.Few == hopeless.Few {
			return out
		}
	}
	return least
}

// shown are the columns that stay.
func shown(columns []Column) []Column {
	var out []Column
	for _, c := range columns {
		if c.Treatment == Keep || c.Treatment == Mask {
			out = append(out, c)
		}
	}
	return out
}

// treated are the cells of the columns that stay, masked where they must be.
func (n *Notice) treated(columns []Column) [][]string {
	out := make([][]string, len(n.Rows))
	for r, row := range n.Rows {
		for i, c := range columns {
			cell := ""
			if i < len(row) {
				cell = strings.TrimSpace(row[i])
			}
			switch {
			case c.Treatment == Keep:
				out[r] = append(out[r], cell)
			case c.Treatment == Mask:
				out[r] = append(out[r], maskCell(c.Kind, cell))
			}
		}
	}
	return out
}

func maskCell(k detect.Kind, cell string) string {
	if cell == "" || starred(cell) {
		return cell
	}
	if k == detect.PersonName {
		return deid.Surname.Apply(cell)
	}
	r := []rune(cell)
	return deid.Star + string(r[max(0, len(r)-tail):])
}

// String is the proposal as a table of tabs, for a terminal.
func (p Proposal) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, strings.Join(p.Header, "\t"))
	for _, row := range p.Rows {
		fmt.Fprintln(&b, strings.Join(row, "\t"))
	}
	return b.String()
}
