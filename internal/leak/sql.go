package leak

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func insert(tx *db.Tx, c Case) error {
	_, err := tx.Exec(`INSERT INTO leak_case (institution_id, leak_id, by_id, format, size, hash, parts, state, created_at, traced_at, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.Institution, c.ID, c.By, string(c.Format), c.Size, c.Hash[:], int64(c.Parts), string(c.State), c.CreatedAt.UnixMilli(), int64(0), "")
	return wrap("keep case", err)
}

// update saves the state, the parts and the result.
func update(tx *db.Tx, c Case) error {
	traced := int64(0)
	if !c.TracedAt.IsZero() {
		traced = c.TracedAt.UnixMilli()
	}
	_, err := tx.Exec(`UPDATE leak_case SET state = $1, parts = $2, traced_at = $3, result = $4
		WHERE institution_id = $5 AND leak_id = $6`, string(c.State), int64(c.Parts), traced, string(c.Result), c.Institution, c.ID)
	return wrap("save case", err)
}

func load(tx *db.Tx, inst id.Institution, which id.Leak) (Case, error) {
	c := Case{Institution: inst, ID: which}
	err := c.scan(tx.QueryRow(`SELECT by_id, format, size, hash, parts, state, created_at, traced_at, result FROM leak_case
		WHERE institution_id = $1 AND leak_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fault.New(fault.NotFound, "leak.unknown")
	}
	return c, wrap("load case", err)
}

func (c *Case) scan(scan func(...any) error, more ...any) error {
	var format, state, result string
	var hash []byte
	var parts, created, traced int64
	if err := scan(append(more, &c.By, &format, &c.Size, &hash, &parts, &state, &created, &traced, &result)...); err != nil {
		return err
	}
	c.Format, c.State, c.Parts, c.Result = Format(format), State(state), int(parts), []byte(result)
	copy(c.Hash[:], hash)
	c.CreatedAt = time.UnixMilli(created).UTC()
	if traced > 0 {
		c.TracedAt = time.UnixMilli(traced).UTC()
	}
	return nil
}

// cases lists them, newest first: identifiers are in the order of time.
func cases(tx *db.Tx, inst id.Institution, limit int) ([]Case, error) {
	rows, err := tx.Query(`SELECT leak_id, by_id, format, size, hash, parts, state, created_at, traced_at, result FROM leak_case
		WHERE institution_id = $1 ORDER BY leak_id DESC LIMIT $2`, inst, int64(limit))
	if err != nil {
		return nil, wrap("list cases", err)
	}
	defer rows.Close()
	var all []Case
	for rows.Next() {
		c := Case{Institution: inst}
		if err := c.scan(rows.Scan, &c.ID); err != nil {
			return nil, wrap("list cases", err)
		}
		all = append(all, c)
	}
	return all, wrap("list cases", rows.Err())
}

func putPart(tx *db.Tx, c Case, n int, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO leak_file (institution_id, leak_id, part, sealed) VALUES ($1, $2, $3, $4)`,
		c.Institution, c.ID, int64(n), sealed)
	return wrap("keep file", err)
}

func part(tx *db.Tx, c Case, n int) (sealed []byte, err error) {
	err = tx.QueryRow(`SELECT sealed FROM leak_file WHERE institution_id = $1 AND leak_id = $2 AND part = $3`,
		c.Institution, c.ID, int64(n)).Scan(&sealed)
	return sealed, wrap("read file", err)
}

func dropFile(tx *db.Tx, c Case) error {
	_, err := tx.Exec(`DELETE FROM leak_file WHERE institution_id = $1 AND leak_id = $2`, c.Institution, c.ID)
	return wrap("drop file", err)
}

func putCustody(tx *db.Tx, c Case, l Custody) error {
	_, err := tx.Exec(`INSERT INTO leak_custody (institution_id, leak_id, n, at, actor, act, hash, chain)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.Institution, c.ID, int64(l.N), l.At.UnixMilli(), l.Actor, l.Act, l.Hash[:], l.Chain[:])
	return wrap("keep custody", err)
}

func custody(tx *db.Tx, inst id.Institution, which id.Leak) ([]Custody, error) {
	rows, err := tx.Query(`SELECT n, at, actor, act, hash, chain FROM leak_custody
		WHERE institution_id = $1 AND leak_id = $2 ORDER BY n`, inst, which)
	if err != nil {
		return nil, wrap("read custody", err)
	}
	defer rows.Close()
	var all []Custody
	for rows.Next() {
		var l Custody
		var n, at int64
		var hash, chain []byte
		if err := rows.Scan(&n, &at, &l.Actor, &l.Act, &hash, &chain); err != nil {
			return nil, wrap("read custody", err)
		}
		l.N, l.At = int(n), time.UnixMilli(at).UTC()
		copy(l.Hash[:], hash)
		copy(l.Chain[:], chain)
		all = append(all, l)
	}
	return all, wrap("read custody", rows.Err())
}

func wrap(doing string, err error) error {
	if err == nil || fault.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("leak: %s: %w", doing, err)
}
