package publish

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// mostRows is the longest list that is read: longer ones are no notices.
const mostRows = 50_000

// Sheet is one list in a file: a sheet, a CSV file, or the lines of a text.
type Sheet struct {
	Name   string
	Title  string // of a line above the header, if there is one
	Header []string
	Rows   [][]string
}

// Read collects the lists of a file that package source opened. A first row with
// one filled cell above wider rows is the title. Errors: fault.Invalid
// publish.too_long, and the first flow.Problem, for a notice is judged whole or
// not at all.
func Read(ctx context.Context, pieces iter.Seq2[*flow.Piece, error]) ([]Sheet, error) {
	var out []Sheet
	var part *flow.Part
	for p, err := range pieces {
		if err == nil {
			err = ctx.Err()
		}
		if problem, ok := errors.AsType[*flow.Problem](err); ok {
			return nil, fault.New(fault.Invalid, problem.Code, problem.Args...).Because(problem.Err)
		}
		if err != nil {
			return nil, err
		}
		if p.Part != part {
			part = p.Part
			out = append(out, Sheet{Name: part.Name, Header: part.Header})
		}
		s := &out[len(out)-1]
		s.take(p)
		p.Release()
		if len(s.Rows) > mostRows {
			return nil, fault.New(fault.Invalid, "publish.too_long", mostRows)
		}
	}
	for i := range out {
		out[i].settle(out[i].Header == nil)
	}
	return slices.DeleteFunc(out, func(s Sheet) bool { return len(s.Rows) == 0 && filled(s.Header) == 0 }), nil
}

// take adds the rows of a piece, or the lines of a text as rows of one cell.
func (s *Sheet) take(p *flow.Piece) {
	if !p.Part.Table {
		for line := range strings.Lines(string(p.Text)) {
			if line = strings.TrimSpace(line); line != "" {
				s.Rows = append(s.Rows, []string{line})
			}
		}
		return
	}
	for row := range p.Rows() {
		cells, filled := make([]string, len(row.Cells)), false
		for i, c := range row.Cells {
			cells[i] = strings.TrimSpace(string(c))
			filled = filled || cells[i] != ""
		}
		if filled {
			s.Rows = append(s.Rows, cells)
		}
	}
}

// settle finds title and header among the first rows.
func (s *Sheet) settle(headless bool) {
	for i, h := range s.Header {
		s.Header[i] = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
	}
	for len(s.Rows) > 1 && filled(s.Rows[0]) == 1 && filled(s.Rows[1]) > 1 {
		s.Title = strings.TrimSpace(s.Title + " " + strings.Join(s.Rows[0], ""))
		s.Rows = s.Rows[1:]
	}
	if headless && len(s.Rows) > 0 && len(s.Rows[0]) > 1 {
		s.Header, s.Rows = s.Rows[0], s.Rows[1:]
	}
	if headless && s.Header == nil && len(s.Rows) > 0 {
		s.Header = []string{""} // running text: every line is looked through
	}
}

func filled(row []string) (n int) {
	for _, c := range row {
		if c != "" {
			n++
		}
	}
	return n
}
