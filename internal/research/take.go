package research

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/source"
)

// Upload is a file that somebody brings: CSV in UTF-8 or GB 18030, or a workbook
// with one list.
type Upload struct {
	Name string
	File io.ReaderAt
	Size int64
}

func (u Upload) empty() bool { return u.File == nil || u.Size == 0 }

// OfRecord is the kind of the column that names the record of each person of a list
// from the records: it says for certain who is in which release.
const OfRecord = "record"

// take has the list from where it lies: the records or a file.
func (s *Service) take(ctx context.Context, a actor.Actor, p Proposal) (*table.Table, id.Grant, error) {
	if p.Query == nil {
		t, err := s.read(ctx, "file", p.List)
		return t, id.Grant{}, err
	}
	if _, err := s.population(ctx, a, p.Population); err != nil { // before anybody's record is opened
		return nil, id.Grant{}, err
	}
	list, err := draw.Desk{Gate: s.Gate, Facts: s.Facts}.Draw(ctx, a, *p.Query,
		draw.For{Act: policy.ResearchDraw, Row: ledger.ResearchRow, Places: true, Person: p.Person})
	if err != nil {
		return nil, id.Grant{}, err
	}
	for i, child := range list.Records {
		list.Rows[i] = slices.Insert(list.Rows[i], 0, child.String())
	}
	t, err := table.From(slices.Insert(list.Header, 0, p.Query.Words[draw.Record]), list.Rows)
	return t, list.Grant, unread("from", err)
}

// recordColumn is the first column of a list from the records.
func recordColumn(t *table.Table) Column {
	return Column{Name: t.Columns[0].Name, Kind: OfRecord, Role: Identifier, Fixed: true, Values: len(t.Columns[0].Values)}
}

// read takes in a list. path is where it was brought. Errors: fault.Invalid at
// path, which names row and column.
func (s *Service) read(ctx context.Context, path string, u Upload) (*table.Table, error) {
	switch {
	case u.empty():
		return nil, fault.At(path, "research.file")
	case u.Size > Largest:
		return nil, fault.At(path, "research.too_large", Largest>>20)
	}
	magic := make([]byte, 4)
	if _, err := u.File.ReadAt(magic, 0); err == nil && bytes.Equal(magic, []byte("PK\x03\x04")) {
		return s.sheet(ctx, path, u)
	}
	t, err := table.Read(io.NewSectionReader(u.File, 0, u.Size), table.Options{})
	return t, unread(path, err)
}

// sheet reads the one list of a workbook.
func (s *Service) sheet(ctx context.Context, path string, u Upload) (*table.Table, error) {
	src := source.Upload(u.Name, u.File, u.Size, source.Options{Cache: s.Cache, Random: func(b []byte) error { _, err := io.ReadFull(s.Rand, b); return err }})
	defer src.Close()
	var found []publish.Sheet
	for it, err := range src.Items(ctx) {
		if err != nil {
			return nil, err
		}
		list, err := publish.Read(ctx, src.Read(ctx, it))
		if fault.KindOf(err) == fault.Invalid {
			return nil, fault.At(path, fault.CodeOf(err))
		}
		if err != nil {
			return nil, err
		}
		found = append(found, slices.DeleteFunc(list, func(x publish.Sheet) bool { return len(x.Rows) == 0 || len(x.Header) == 0 })...)
	}
	if len(found) != 1 {
		return nil, fault.At(path, "research.sheets", len(found))
	}
	one := found[0]
	for i, row := range one.Rows { // a sheet does not write the empty cells at the end of a row
		for len(row) < len(one.Header) {
			row = append(row, "")
		}
		one.Rows[i] = row
	}
	t, err := table.From(one.Header, one.Rows)
	return t, unread(path, err)
}

// unread says what is wrong with a list.
func unread(path string, err error) error {
	e, ok := errors.AsType[*table.Error](err)
	if !ok {
		return err
	}
	code := "research.table." + string(e.Code)
	return fault.At(path, code, e.Row, e.Column, e.Other)
}

// written is a table as it lies sealed.
func written(t *table.Table) ([]byte, error) {
	var b bytes.Buffer
	w := table.NewWriter(&b, false)
	for _, name := range t.Names() {
		w.Cell(name)
	}
	w.End()
	for row := range t.Rows() {
		for _, c := range t.Columns {
			w.Cell(c.Value(row))
		}
		w.End()
	}
	err := w.Flush()
	return b.Bytes(), err
}

// secrets are kinds of what nobody should learn of a person.
var secrets = detect.Of(detect.Marks, detect.Rank, detect.Health, detect.Religion, detect.Difficulty,
	detect.Property, detect.Credit, detect.Lodging, detect.Transaction)

// places are kinds that are given up whole: they are nearly a name.
var places = detect.Of(detect.Address, detect.Location, detect.Password, detect.Messages, detect.Biometric)

// classify proposes what each column is. What nobody has judged is judged as the
// worst: as something that helps to recognise a person, or as too telling to keep.
func (s *Service) classify(t *table.Table) ([]Column, error) {
	on := civil.DateOf(s.Gate.Now())
	profile := detect.New(detect.Options{On: detect.On(on.Year(), int(on.Month()), on.Day())}).Table(t.Names())
	cells := make([]string, len(t.Columns))
	for row := range t.Rows() {
		for i, c := range t.Columns {
			cells[i] = c.Value(row)
		}
		profile.Row(cells...)
	}
	out := make([]Column, len(t.Columns))
	for i, c := range profile.Columns()[:len(out)] {
		col := t.Columns[i]
		if err := note.Check("file", col.Name); err != nil {
			return nil, err
		}
		out[i] = Column{Name: col.Name, Kind: c.Kind.String(), Values: len(col.Values)}
		x := &out[i]
		_, _, direct := anon.Direct(col)
		switch {
		case detect.Numbers.Has(c.Kind) || c.Kind == detect.PersonName || c.Kind == detect.WeChat || c.Kind == detect.QQ:
			x.Role, x.Fixed = Identifier, c.Kind != detect.PersonName || c.Level == detect.Certain
		case direct && c.Kind == detect.None: // a few cells at least
			x.Role = Dropped
		case places.Has(c.Kind):
			x.Role = Dropped
		case secrets.Has(c.Kind):
			x.Role = Sensitive
		default:
			x.Role, x.Scale = Quasi, hierarchy.Guess(col.Values)
			if x.Scale == hierarchy.Categories && len(col.Values) > max(20, t.Rows()/2) {
				x.Role, x.Scale = Dropped, ""
			}
		}
	}
	return out, nil
}

// unique are kinds that a person has for himself: nobody else of a list has the
// same.
var unique = []string{OfRecord, "resident_id", "student_number", "birth_certificate", "residence_permit", "home_permit", "taiwan_permit",
	"travel_permit", "foreigner_permit", "passport"}

// repeated finds a person who is in a list twice, and the second row. Groups of k
// records would be of fewer people then, and a count would count somebody twice.
func repeated(t *table.Table, columns []Column) (column string, row int, found bool) {
	for _, c := range columns {
		if !slices.Contains(unique, c.Kind) {
			continue
		}
		col, seen := t.Column(c.Name), map[string]bool{}
		for row := range col.Len() {
			v := plain(col.Value(row))
			if hierarchy.Missing(v) {
				continue
			}
			if seen[v] {
				return c.Name, row + 2, true
			}
			seen[v] = true
		}
	}
	return "", 0, false
}

// settle takes over what somebody says of the columns, in the order of the list.
// Errors: fault.Invalid at columns research.columns, research.fixed,
// research.quasi, research.scale.
func settle(columns []Column, said []Column) ([]Column, error) {
	if len(said) != len(columns) {
		return nil, fault.At("columns", "research.columns")
	}
	out := slices.Clone(columns)
	quasi := 0
	for i, x := range said {
		c := &out[i]
		switch {
		case !slices.Contains(Roles, x.Role) || x.Name != c.Name:
			return nil, fault.At("columns", "research.columns")
		case c.Fixed && x.Role != Identifier && x.Role != Dropped:
			return nil, fault.At("columns", "research.fixed", c.Name)
		case x.Scale != "" && !slices.Contains(hierarchy.Kinds, x.Scale):
			return nil, fault.At("columns", "research.scale", c.Name)
		}
		c.Role, c.Scale = x.Role, x.Scale
		if c.Role != Quasi {
			c.Scale = ""
			continue
		}
		quasi++
	}
	if quasi == 0 {
		return nil, fault.At("columns", "research.quasi")
	}
	return out, nil
}
