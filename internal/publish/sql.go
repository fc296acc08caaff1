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
		string(p.State), p.By, milli(p.At), p.Approver, milli(p.From), milli(p.Until), milli(p.EndedAt), p.Rows, p.Least, p.parts,
		p.Hash[:], some(p.body), some(p.numbers), string(cmp.Or(p.Audience, Anybody)))
	return err
}

// update writes what changes after the draft was made.
func update(tx *db.Tx, p Publication) error {
	_, err := tx.Exec(`UPDATE publication SET state = $1, approved_by = $2, published_at = $3, until_at = $4, ended_at = $5,
		fits = $6, parts = $7, hash = $8, body = $9, numbers = $10 WHERE institution_id = $11 AND publication_id = $12`,
		string(p.State), p.Approver, milli(p.From), milli(p.Until), milli(p.EndedAt), p.Least, p.parts, p.Hash[:], some(p.body), some(p.numbers),
		p.Institution, p.ID)
	return err
}

func load(tx *db.Tx, inst id.Institution, which id.Publication) (Publication, error) {
	p, err := read(inst, tx.QueryRow(`SELECT `+columns+` FROM publication WHERE institution_id = $1 AND publication_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.New(fault.NotFound, "publish.unknown")
	}
	if err == nil && p.Occasion == Story {
		p.Locks, err = locks(tx, p)
	}
	return p, err
}

func newest(tx *db.Tx, inst id.Institution) ([]Publication, error) {
	list, err := readAll(inst)(tx.Query(`SELECT `+columns+` FROM publication WHERE institution_id = $1 ORDER BY publication_id DESC LIMIT $2`, inst, most))
	for i, p := range list {
		if err == nil && p.Occasion == Story && p.State == Draft {
			list[i].Locks, err = locks(tx, p)
		}
	}
	return list, err
}

// due are drafts that waited too long, and notices whose days are over.
func due(tx *db.Tx, inst id.Institution, now time.Time) ([]Publication, error) {
	over, err := readAll(inst)(tx.Query(`SELECT `+columns+` FROM publication
		WHERE institution_id = $1 AND state = 'published' AND until_at <= $2 ORDER BY until_at LIMIT 100`, inst, milli(now)))
	if err != nil {
		return nil, err
	}
	stale, err := readAll(inst)(tx.Query(`SELECT `+columns+` FROM publication
		WHERE institution_id = $1 AND state = 'draft' AND prepared_at <= $2 ORDER BY publication_id LIMIT 100`,
		inst, milli(now.AddDate(0, 0, -DraftDays))))
	return append(over, stale...), err
}

func readAll(inst id.Institution) func(*db.Rows, error) ([]Publication, error) {
	return func(rows *db.Rows, err error) (list []Publication, _ error) {
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			p, err := read(inst, rows.Scan)
			if err != nil {
				return nil, err
			}
			list = append(list, p)
		}
		return list, rows.Err()
	}
}

func read(inst id.Institution, scan func(...any) error) (Publication, error) {
	p := Publication{Institution: inst}
	var occasion, audience, ages, state string
	var at, from, until, ended int64
	var hash []byte
	err := scan(&p.ID, &p.Title, &occasion, &p.Article, &p.Days, &ages, &p.People.School, &p.People.Grade, &p.People.Class, &state, &p.By, &at,
		&p.Approver, &from, &until, &ended, &p.Rows, &p.Least, &p.parts, &hash, &p.body, &p.numbers, &audience)
	p.Occasion, p.Audience, p.Ages, p.State = Occasion(occasion), Audience(audience), Ages(ages), State(state)
	p.At, p.From, p.Until, p.EndedAt = moment(at), moment(from), moment(until), moment(ended)
	copy(p.Hash[:], hash)
	return p, err
}

func locks(tx *db.Tx, p Publication) ([]Lock, error) {
	rows, err := tx.Query(`SELECT kind, reference, given_on, staff_id, ended_at FROM publication_lock
		WHERE institution_id = $1 AND publication_id = $2`, p.Institution, p.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Lock
	for rows.Next() {
		var l Lock
		var kind, on string
		var ended int64
		if err := rows.Scan(&kind, &l.Reference, &on, &l.By, &ended); err != nil {
			return nil, err
		}
		l.Kind, l.EndedAt = LockKind(kind), moment(ended)
		if l.On, err = civil.ParseDate(on); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

func putLock(tx *db.Tx, p Publication, l Lock) error {
	_, err := tx.Exec(`INSERT INTO publication_lock (institution_id, publication_id, kind, reference, given_on, staff_id, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (institution_id, publication_id, kind)
		DO UPDATE SET reference = $4, given_on = $5, staff_id = $6, ended_at = $7`,
		p.Institution, p.ID, string(l.Kind), l.Reference, l.On.String(), l.By, milli(l.EndedAt))
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

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
