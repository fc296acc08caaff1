package leak

import (
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace"
)

// families reads a page of children after one, in the order of identifiers.
func families(tx *db.Tx, inst id.Institution, after id.Subject, limit int) ([]family, error) {
	all, err := db.List(tx, func(f *family, scan db.Scan) error {
		var version sql.Null[uint32]
		err := scan(&f.child, &f.store, &f.since, &f.guardian, &version)
		f.version = version.V
		return err
	}, `SELECT s.subject_id, s.store_id, s.created_at, y.guardian_id, f.version FROM subject s
		LEFT JOIN family y ON y.institution_id = s.institution_id AND y.child_id = s.subject_id
		LEFT JOIN sealed_field f ON f.institution_id = y.institution_id AND f.subject_id = y.guardian_id AND f.field = $1
		WHERE s.institution_id = $2 AND s.subject_id > $3 AND s.kind = 'child' AND s.state NOT IN ('erased', 'secluded')
		ORDER BY s.subject_id LIMIT $4`, subject.GuardianPhone, inst, after.Bytes(), int64(limit))
	return all, wrap("read children", err)
}

// gather makes the log of a trace: exports that were collected, reads in clear,
// and, if open, the rosters that somebody could have copied past the log.
func (p *people) gather(tx *db.Tx, inst id.Institution, open bool) (*trace.Log, error) {
	l := &trace.Log{}
	exports, err := p.exports(tx, inst)
	if err != nil {
		return nil, err
	}
	reads, err := p.reads(tx, inst)
	if err != nil {
		return nil, err
	}
	l.Disclosures = append(exports, trace.Bag(reads)...)
	if open {
		l.Disclosures = append(l.Disclosures, p.rosters()...)
	}
	l.Universe = len(p.span)
	return l, nil
}

// exports reads what was handed over, row by row.
func (p *people) exports(tx *db.Tx, inst id.Institution) ([]trace.Disclosure, error) {
	rows, err := tx.Query(`SELECT x.export_id, x.staff_id, x.store_id, x.collected_at, r.child_id, r.versions FROM release_export x
		JOIN release_row r ON r.institution_id = x.institution_id AND r.export_id = x.export_id
		WHERE x.institution_id = $1 AND x.collected_at > 0 ORDER BY x.export_id, r.n`, inst)
	if err != nil {
		return nil, wrap("read exports", err)
	}
	var all []trace.Disclosure
	var items []uint32
	var now id.Export
	end := func() {
		if len(all) > 0 {
			all[len(all)-1].Items = trace.NewSet(items)
		}
		items = nil
	}
	for rows.Next() {
		var export id.Export
		var staff id.Staff
		var store id.Store
		var at time.Time
		var child id.Subject
		var versions string
		if err := rows.Scan(&export, &staff, &store, &at, &child, &versions); err != nil {
			return nil, wrap("read exports", err)
		}
		if export != now {
			end()
			now = export
			all = append(all, trace.Disclosure{ID: export.String(), Kind: trace.Export, Account: staff.String(),
				Store: placeOf(store), From: at, Until: at})
		}
		if x, ok := p.past(child, versionOf(versions)); ok {
			items = append(items, x)
		}
	}
	end()
	return all, nil
}

// whole stands for the institution where no store is named.
const whole = "institution"

func placeOf(s id.Store) string {
	if s.IsZero() {
		return whole
	}
	return s.String()
}

// versionOf finds the version of the guardian's number among code:version.
func versionOf(versions string) uint32 {
	for v := range strings.FieldsSeq(versions) {
		if n, ok := strings.CutPrefix(v, subject.GuardianPhone+":"); ok {
			x, err := strconv.ParseUint(n, 10, 32)
			if err == nil {
				return uint32(x)
			}
		}
	}
	return 0
}

// reads finds the values that were shown in clear, of those who are not erased:
// an entry does not say whom it is about, the list that dies with a person does.
func (p *people) reads(tx *db.Tx, inst id.Institution) (all []trace.Read, err error) {
	rows, err := tx.Query(`SELECT s.subject_id, e.body FROM event_subject s
		JOIN event e ON e.institution_id = s.institution_id AND e.idx = s.idx
		WHERE s.institution_id = $1 AND e.type = 'reveal' ORDER BY s.subject_id, s.idx`, inst)
	if err != nil {
		return nil, wrap("read entries", err)
	}
	for rows.Next() {
		var who id.Subject
		var body []byte
		if err := rows.Scan(&who, &body); err != nil {
			return nil, wrap("read entries", err)
		}
		e, err := ledger.Decode(body)
		if err != nil {
			return nil, wrap("read entries", err)
		}
		if e.Actor == "" {
			continue // a family looked at its own
		}
		for _, x := range p.child[who] {
			all = append(all, trace.Read{ID: e.ID.String(), Account: e.Actor, Store: placeOf(e.Store), At: e.At, Item: x})
		}
	}
	return all, nil
}

// rosters are the lists that somebody could have copied past the log: of every
// store, and of all together, as they are now.
func (p *people) rosters() []trace.Disclosure {
	byStore := make(map[id.Store][]uint32)
	var all []uint32
	for _, x := range p.number {
		byStore[p.store[x]] = append(byStore[p.store[x]], x)
		all = append(all, x)
	}
	ghosts := []trace.Disclosure{{ID: "roster", Kind: trace.Unlogged, Store: whole, Items: trace.NewSet(all)}}
	for s, items := range byStore {
		ghosts = append(ghosts, trace.Disclosure{ID: "roster@" + s.String(), Kind: trace.Unlogged, Store: s.String(), Items: trace.NewSet(items)})
	}
	return ghosts
}
