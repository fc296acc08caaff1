package release

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `export_id, application_id, grant_id, staff_id, store_id, purpose, fields, format, state,
	prepared_at, expires_at, collected_at, people, left_out, decoys, file_hash, aliases`

func insert(tx *db.Tx, e Export) error {
	_, err := tx.Exec(`INSERT INTO release_export (institution_id, `+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		e.Institution, e.ID, e.Application, e.Grant, e.Collector, e.Store, e.Purpose, strings.Join(e.Fields, " "),
		string(e.Format), string(e.State), e.Prepared.UnixMilli(), e.Expires.UnixMilli(), int64(0), e.People, e.LeftOut, e.Decoys, []byte{}, e.Aliases)
	return wrap("register an export", err)
}

// settle writes what became of a prepared export. Conflict: release.collected,
// when somebody else was first.
func settle(tx *db.Tx, e Export) error {
	n, err := tx.Exec(`UPDATE release_export SET state = $1, collected_at = $2, people = $3, left_out = $4, decoys = $5, file_hash = $6
		WHERE institution_id = $7 AND export_id = $8 AND state = 'prepared'`,
		string(e.State), e.Collected.UnixMilli(), e.People, e.LeftOut, e.Decoys, e.Hash[:], e.Institution, e.ID)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "release.collected")
	}
	return wrap("settle an export", err)
}

// Load reads one export. NotFound: release.unknown.
func Load(tx *db.Tx, inst id.Institution, which id.Export) (Export, error) {
	e := Export{Institution: inst}
	err := e.scan(tx.QueryRow(`SELECT `+columns+` FROM release_export WHERE institution_id = $1 AND export_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return e, fault.New(fault.NotFound, "release.unknown")
	}
	return e, wrap("read an export", err)
}

// Since lists the exports prepared from a moment on, the newest first.
func Since(tx *db.Tx, inst id.Institution, from time.Time, limit int) ([]Export, error) {
	return many(tx, inst, `SELECT `+columns+` FROM release_export
		WHERE institution_id = $1 AND prepared_at >= $2 ORDER BY prepared_at DESC, export_id LIMIT $3`, inst, from.UnixMilli(), limit)
}

func of(tx *db.Tx, inst id.Institution, who id.Staff, limit int) ([]Export, error) {
	return many(tx, inst, `SELECT `+columns+` FROM release_export
		WHERE institution_id = $1 AND staff_id = $2 ORDER BY prepared_at DESC, export_id LIMIT $3`, inst, who, limit)
}

func many(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Export, error) {
	all, err := db.List(tx, func(e *Export, scan db.Scan) error {
		e.Institution = inst
		return e.scan(scan)
	}, query, args...)
	return all, wrap("list exports", err)
}

func (e *Export) scan(scan db.Scan) error {
	var fields string
	err := scan(&e.ID, &e.Application, &e.Grant, &e.Collector, &e.Store, &e.Purpose, &fields, &e.Format, &e.State,
		&e.Prepared, &e.Expires, &e.Collected, &e.People, &e.LeftOut, &e.Decoys, &e.Hash, &e.Aliases)
	e.Fields = strings.Fields(fields)
	return err
}

func insertRows(tx *db.Tx, e Export, rows []Row) error {
	args := make([][]any, len(rows))
	for i, r := range rows {
		args[i] = []any{e.Institution, e.ID, i, r.Child, r.Guardian, r.pack()}
	}
	return wrap("register the rows of an export", tx.ExecMany(`INSERT INTO release_row
		(institution_id, export_id, n, child_id, guardian_id, versions) VALUES ($1, $2, $3, $4, $5, $6)`, args))
}

// Rows returns what was in an export, in the order of registration.
func Rows(tx *db.Tx, inst id.Institution, which id.Export) ([]Row, error) {
	all, err := db.List(tx, func(r *Row, scan db.Scan) error {
		var versions string
		err := scan(&r.Child, &r.Guardian, &versions)
		r.Versions = unpack(versions)
		return err
	}, `SELECT child_id, guardian_id, versions FROM release_row
		WHERE institution_id = $1 AND export_id = $2 ORDER BY n`, inst, which)
	return all, wrap("read the rows of an export", err)
}

func (r Row) pack() string {
	var b strings.Builder
	for i, f := range slices.Sorted(maps.Keys(r.Versions)) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f + ":" + strconv.FormatUint(uint64(r.Versions[f]), 10))
	}
	return b.String()
}

func unpack(s string) map[string]uint32 {
	m := map[string]uint32{}
	for _, part := range strings.Fields(s) {
		field, version, _ := strings.Cut(part, ":")
		if n, err := strconv.ParseUint(version, 10, 32); err == nil {
			m[field] = uint32(n)
		}
	}
	return m
}

// fromSource reports whether every field is held by a live source system.
func fromSource(tx *db.Tx, inst id.Institution, fields []string) (bool, error) {
	held, err := db.Column[string](tx, `SELECT fields FROM business_system WHERE institution_id = $1 AND source = 1 AND live_at > 0`, inst)
	all := strings.Fields(strings.Join(held, " "))
	return !slices.ContainsFunc(fields, func(f string) bool { return !slices.Contains(all, f) }), wrap("look up the source", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("release: %s: %w", doing, err)
}
