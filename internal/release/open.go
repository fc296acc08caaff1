package release

import (
	"slices"
	"strconv"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

// open opens the rows of an export: children in the grant whose records may be
// used, and whose consent to the purpose is live where it rests on consent. Each
// gets an entry, and counts against the day's quota of the collector.
func (s *Service) open(tx *db.Tx, p seal.Permit, c *gate.Case, e *Export, g grant.Grant) (lines []line, rows []Row, err error) {
	all := g.Subjects
	if len(all) == 0 {
		if all, err = subject.LiveChildren(tx, e.Institution, g.Store, Largest+1); err != nil {
			return nil, nil, err
		}
	}
	purpose, err := s.Facts.Catalogue.Purpose(tx, e.Institution, e.Purpose)
	if err != nil {
		return nil, nil, err
	}
	considered := 0
	for _, child := range all {
		subj, fields, err := subject.LoadAll(tx, e.Institution, child)
		if fault.KindOf(err) == fault.NotFound || err == nil && subj.Kind == subject.Guardian {
			continue // erased since, or beside a child of the list
		}
		if err != nil {
			return nil, nil, err
		}
		considered++
		if fit, err := s.fit(tx, e, purpose, subj); err != nil {
			return nil, nil, err
		} else if !fit {
			continue
		}
		l, r, err := s.row(tx, p, e, child, fields)
		if err != nil {
			return nil, nil, err
		}
		if err := s.spend(tx, c, child); err != nil {
			return nil, nil, err
		}
		lines, rows = append(lines, l), append(rows, r)
		if err := s.note(tx, c, *e, child); err != nil {
			return nil, nil, err
		}
	}
	if len(rows) == 0 {
		return nil, nil, fault.New(fault.Conflict, "release.nobody")
	}
	e.LeftOut, e.People = considered-len(rows), len(rows)
	return lines, rows, nil
}

// fit reports whether a child may be in the export today.
func (s *Service) fit(tx *db.Tx, e *Export, purpose catalogue.Purpose, subj subject.Subject) (bool, error) {
	if subj.Usable() != nil {
		return false, nil
	}
	if purpose.Basis != catalogue.Consent {
		return true, nil
	}
	state, err := consent.Live(tx, e.Institution, subj.ID, e.Purpose)
	return state == consent.StateLive, err
}

// row opens the fields of one child and the guardian.
func (s *Service) row(tx *db.Tx, p seal.Permit, e *Export, child id.Subject, fields map[string]subject.Sealed) (line, Row, error) {
	r := Row{Child: child, Versions: map[string]uint32{}}
	guardians, err := subject.Guardians(tx, e.Institution, child)
	if err != nil {
		return line{}, r, err
	}
	if len(guardians) > 0 {
		r.Guardian = guardians[0]
		_, more, err := subject.LoadAll(tx, e.Institution, r.Guardian)
		if err != nil {
			return line{}, r, err
		}
		for f, x := range more {
			fields[f] = x
		}
	}
	l := line{values: map[string]string{}, numbers: map[string]id.Subject{}}
	for _, f := range e.Fields {
		x, held := fields[f]
		if !held {
			continue
		}
		if e.Aliases && slices.Contains(numbered, f) {
			if err := x.Usable(); err != nil {
				return line{}, r, err
			}
			l.numbers[f] = x.Subject.ID // the number stays sealed
			continue
		}
		v, err := x.Open(tx, s.Gate.Vault, p)
		if err != nil {
			return line{}, r, err
		}
		l.values[f], r.Versions[f] = v.Expose(), x.Version()
	}
	return l, r, nil
}

func (s *Service) spend(tx *db.Tx, c *gate.Case, child id.Subject) error {
	one := *c
	one.Subject = child
	return s.Facts.Spend(tx, &one)
}

// note writes the entry of one row, so that the family reads of it among who
// looked.
func (s *Service) note(tx *db.Tx, c *gate.Case, e Export, child id.Subject) error {
	one := *c
	one.Store, one.Purpose, one.Fields, one.Grant, one.Ref, one.Subject = e.Store, e.Purpose, e.Fields, e.Grant, e.ID.String(), child
	return s.Gate.Line(tx, &one, ledger.ExportRow)
}

// mark gives each row its serial, puts decoys among them, and registers both.
func (s *Service) mark(tx *db.Tx, p seal.Permit, key []byte, e *Export, lines []line, rows []Row) ([]line, error) {
	common, err := s.shared(tx, p, key, *e, lines)
	if err != nil {
		return nil, err
	}
	made, err := s.decoys(tx, key, *e, lines, common)
	if err != nil {
		return nil, err
	}
	e.Decoys = len(made) + len(common)
	var dial *aliases
	if e.Aliases {
		if dial, err = s.alias(tx, key, *e, lines, rows); err != nil {
			return nil, err
		}
	}
	for i, r := range rows {
		lines[i].serial = decoy.Serial(key, e.ID.String(), r.Child.String())
		if err := s.registerMark(tx, *e, -1, list.BySerial, lines[i].serial); err != nil {
			return nil, err
		}
	}
	if err := s.registerDecoys(tx, *e, made); err != nil {
		return nil, err
	}
	own := len(made)
	for _, k := range common {
		made = append(made, k.Row)
	}
	mixed, places := decoy.Insert(key, e.ID.String(), families(lines), made)
	out, next := make([]line, 0, len(mixed)), 0
	for n, r := range mixed {
		if len(places) == 0 || places[0] != n {
			out = append(out, lines[next])
			next++
			continue
		}
		places = places[1:]
		family := slices.Index(made, r)
		if family >= own {
			k := common[family-own]
			l, err := s.registerKin(tx, key, *e, k)
			if err == nil {
				l, err = dial.decoy(l, r, k.family)
			}
			if err != nil {
				return nil, err
			}
			out = append(out, l)
			continue
		}
		serial := decoy.Serial(key, e.ID.String(), "decoy "+strconv.Itoa(family))
		if err := s.registerMark(tx, *e, family, list.BySerial, serial); err != nil {
			return nil, err
		}
		l, err := dial.decoy(asLine(*e, r, serial), r, family)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
