package publish

import (
	"cmp"
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `publication_id, title, occasion, article, days, ages, in_school, in_grade, in_class, state, prepared_by, prepared_at,
	approved_by, published_at, until_at, ended_at, row_count, fits, parts, hash, body, numbers, audience`

// most is how many publications a list shows, the newest first.
const most = 100

func insert(tx *db.Tx, p Publication) error {
	_, err := tx.Exec(`INSERT INTO publication (institution_id, `+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		p.Institution, p.ID, p.Title, string(p.Occasion), p.Article, p.Days, string(p.Ages), p.People.School, p.People.Grade, p.People.Class,
		string(p.State), p.By, p.At, p.Approver, p.From, p.Until, p.EndedAt, p.Rows, p.Least, p.parts,
		p.Hash[:], some(p.body), some(p.numbers), string(cmp.Or(p.Audience, Anybody)))
	return err
}

// update writes what changes after the draft was made.
func update(tx *db.Tx, p Publication) error {
	_, err := tx.Exec(`UPDATE publication SET state = $1, approved_by = $2, published_at = $3, until_at = $4, ended_at = $5,
		fits = $6, parts = $7, hash = $8, body = $9, numbers = $10 WHERE institution_id = $11 AND publication_id = $12`,
		string(p.State), p.Approver, p.From, p.Until, p.EndedAt, p.Least, p.parts, p.Hash[:], some(p.body), some(p.numbers),
		p.Institution, p.ID)
	return err
}

func load(tx *db.Tx, inst id.Institution, which id.Publication) (Publication, error) {
	p := Publication{Institution: inst}
	err := p.scan(tx.QueryRow(`SELECT `+columns+` FROM publication WHERE institution_id = $1 AND publication_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "publish.unknown")
	}
	if err == nil && p.Occasion == Story {
		p.Locks, err = locks(tx, p)
	}
	return p, err
}

func newest(tx *db.Tx, inst id.Institution) ([]Publication, error) {
	list, err := many(tx, inst, `SELECT `+columns+` FROM publication WHERE institution_id = $1 ORDER BY publication_id DESC LIMIT $2`, inst, most)
	for i, p := range list {
		if err == nil && p.Occasion == Story && p.State == Draft {
			list[i].Locks, err = locks(tx, p)
		}
	}
	return list, err
}

// due are drafts that waited too long, and notices whose days are over.
func due(tx *db.Tx, inst id.Institution, now time.Time) ([]Publication, error) {
	over, err := many(tx, inst, `SELECT `+columns+` FROM publication
		WHERE institution_id = $1 AND state = 'published' AND until_at <= $2 ORDER BY until_at LIMIT 100`, inst, now)
	if err != nil {
		return nil, err
	}
	stale, err := many(tx, inst, `SELECT `+columns+` FROM publication
		WHERE institution_id = $1 AND state = 'draft' AND prepared_at <= $2 ORDER BY publication_id LIMIT 100`,
		inst, now.AddDate(0, 0, -DraftDays))
	return append(over, stale...), err
}

func many(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Publication, error) {
	return db.List(tx, func(p *Publication, scan db.Scan) error {
		p.Institution = inst
		return p.scan(scan)
	}, query, args...)
}

func (p *Publication) scan(scan db.Scan) error {
	return scan(&p.ID, &p.Title, &p.Occasion, &p.Article, &p.Days, &p.Ages, &p.People.School, &p.People.Grade, &p.People.Class,
		&p.State, &p.By, &p.At, &p.Approver, &p.From, &p.Until, &p.EndedAt, &p.Rows, &p.Least, &p.parts, &p.Hash, &p.body,
		&p.numbers, &p.Audience)
}

func locks(tx *db.Tx, p Publication) ([]Lock, error) {
	return db.List(tx, func(l *Lock, scan db.Scan) error {
		var on string
		err := scan(&l.Kind, &l.Reference, &on, &l.By, &l.EndedAt)
		if err == nil {
			l.On, err = civil.ParseDate(on)
		}
		return err
	}, `SELECT kind, reference, given_on, staff_id, ended_at FROM publication_lock
		WHERE institution_id = $1 AND publication_id = $2`, p.Institution, p.ID)
}

func putLock(tx *db.Tx, p Publication, l Lock) error {
	_, err := tx.Exec(`INSERT INTO publication_lock (institution_id, publication_id, kind, reference, given_on, staff_id, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (institution_id, publication_id, kind)
		DO UPDATE SET reference = $4, given_on = $5, staff_id = $6, ended_at = $7`,
		p.Institution, p.ID, string(l.Kind), l.Reference, l.On.String(), l.By, l.EndedAt)
	return err
}

func putPart(tx *db.Tx, p Publication, n int, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO publication_part (institution_id, publication_id, part, sealed) VALUES ($1, $2, $3, $4)`,
		p.Institution, p.ID, n, sealed)
	return err
}

func part(tx *db.Tx, p Publication, n int) (sealed []byte, err error) {
	err = tx.QueryRow(`SELECT sealed FROM publication_part WHERE institution_id = $1 AND publication_id = $2 AND part = $3`,
		p.Institution, p.ID, n).Scan(&sealed)
	return sealed, err
}

func dropParts(tx *db.Tx, p Publication) error {
	_, err := tx.Exec(`DELETE FROM publication_part WHERE institution_id = $1 AND publication_id = $2`, p.Institution, p.ID)
	return err
}

// some is b, never nil.
func some(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
