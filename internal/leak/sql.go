package leak

import (
	"database/sql"
	"errors"
	"fmt"

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
	_, err := tx.Exec(`UPDATE leak_case SET state = $1, parts = $2, traced_at = $3, result = $4
		WHERE institution_id = $5 AND leak_id = $6`, string(c.State), int64(c.Parts), c.TracedAt, string(c.Result), c.Institution, c.ID)
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

func (c *Case) scan(scan db.Scan, more ...any) error {
	return scan(append(more, &c.By, &c.Format, &c.Size, &c.Hash, &c.Parts, &c.State, &c.CreatedAt, &c.TracedAt, &c.Result)...)
}

// cases lists them, newest first: identifiers are in the order of time.
func cases(tx *db.Tx, inst id.Institution, limit int) ([]Case, error) {
	all, err := db.List(tx, func(c *Case, scan db.Scan) error {
		c.Institution = inst
		return c.scan(scan, &c.ID)
	}, `SELECT leak_id, by_id, format, size, hash, parts, state, created_at, traced_at, result FROM leak_case
		WHERE institution_id = $1 ORDER BY leak_id DESC LIMIT $2`, inst, int64(limit))
	return all, wrap("list cases", err)
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
	all, err := db.List(tx, func(l *Custody, scan db.Scan) error {
		return scan(&l.N, &l.At, &l.Actor, &l.Act, &l.Hash, &l.Chain)
	}, `SELECT n, at, actor, act, hash, chain FROM leak_custody
		WHERE institution_id = $1 AND leak_id = $2 ORDER BY n`, inst, which)
	return all, wrap("read custody", err)
}

func wrap(doing string, err error) error {
	if err == nil || fault.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("leak: %s: %w", doing, err)
}
