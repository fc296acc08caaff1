package compartment

import (
	"fmt"
	"strings"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func insertFile(tx *db.Tx, inst id.Institution, f File) error {
	_, err := tx.Exec(`INSERT INTO compartment_file (institution_id, file_id, child_id, sealed, secluded_by, secluded_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, inst, f.ID, f.child, f.sealed, f.By, f.At.UnixMilli())
	return wrap("keep a file", err)
}

// endFile ends a file with everything that was asked for about it.
func endFile(tx *db.Tx, inst id.Institution, which id.SealedFile) error {
	_, err := tx.Exec(`UPDATE compartment_file SET ended_at = $1 WHERE institution_id = $2 AND file_id = $3`,
		tx.Now().UnixMilli(), inst, which)
	if err == nil {
		_, err = tx.Exec(`UPDATE compartment_request SET ended_at = $1 WHERE institution_id = $2 AND file_id = $3 AND ended_at = 0`,
			tx.Now().UnixMilli(), inst, which)
	}
	return wrap("end a file", err)
}

func (f *File) scan(scan db.Scan) error {
	return scan(&f.ID, &f.child, &f.sealed, &f.By, &f.At, &f.Ended)
}

const fileColumns = `file_id, child_id, sealed, secluded_by, secluded_at, ended_at`

// in is the condition that the record is in: not let out, and not erased.
const in = ` AND ended_at = 0 AND EXISTS (SELECT 1 FROM subject s WHERE s.institution_id = compartment_file.institution_id
		AND s.subject_id = compartment_file.child_id AND s.state = 'secluded')`

// files lists the files whose record is in, the newest first: identifiers are in
// the order of time.
func files(tx *db.Tx, inst id.Institution, limit int) ([]File, error) {
	all, err := db.List(tx, (*File).scan, `SELECT `+fileColumns+` FROM compartment_file
		WHERE institution_id = $1`+in+` ORDER BY file_id DESC LIMIT $2`, inst, int64(limit))
	return all, wrap("list files", err)
}

// loadFile finds a file whose record is in; NotFound compartment.unknown.
func loadFile(tx *db.Tx, inst id.Institution, which id.SealedFile) (File, error) {
	all, err := db.List(tx, (*File).scan, `SELECT `+fileColumns+` FROM compartment_file
		WHERE institution_id = $1 AND file_id = $2`+in, inst, which)
	return only(all, wrap("load a file", err))
}

func insertRequest(tx *db.Tx, inst id.Institution, r Request) error {
	_, err := tx.Exec(`INSERT INTO compartment_request (institution_id, request_id, file_id, kind, fields, sealed, asked_by, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		inst, r.ID, r.File, string(r.Kind), strings.Join(r.Fields, " "), r.sealed, r.By, r.At.UnixMilli())
	return wrap("keep a request", err)
}

// agree writes the second officer; Conflict compartment.decided if there is one.
func agree(tx *db.Tx, inst id.Institution, r Request) error {
	n, err := tx.Exec(`UPDATE compartment_request SET agreed_by = $1, agreed_at = $2
		WHERE institution_id = $3 AND request_id = $4 AND agreed_at = 0 AND ended_at = 0`, r.Second, r.Agreed.UnixMilli(), inst, r.ID)
	if err == nil && n != 1 {
		return fault.New(fault.Conflict, "compartment.decided")
	}
	return wrap("agree to a request", err)
}

func (r *Request) scan(scan db.Scan) error {
	var fields string
	err := scan(&r.ID, &r.File, &r.Kind, &fields, &r.sealed, &r.By, &r.At, &r.Second, &r.Agreed, &r.Ended)
	r.Fields = strings.Fields(fields)
	return err
}

const requestColumns = `request_id, file_id, kind, fields, sealed, asked_by, asked_at, agreed_by, agreed_at, ended_at`

// requests lists what was asked for about a file, the newest first.
func requests(tx *db.Tx, inst id.Institution, file id.SealedFile) ([]Request, error) {
	all, err := db.List(tx, (*Request).scan, `SELECT `+requestColumns+` FROM compartment_request
		WHERE institution_id = $1 AND file_id = $2 ORDER BY request_id DESC LIMIT $3`, inst, file, int64(listed))
	return all, wrap("list requests", err)
}

func loadRequest(tx *db.Tx, inst id.Institution, which id.Unsealing) (Request, error) {
	all, err := db.List(tx, (*Request).scan, `SELECT `+requestColumns+` FROM compartment_request
		WHERE institution_id = $1 AND request_id = $2`, inst, which)
	return only(all, wrap("load a request", err))
}

// only returns the one that was looked for; NotFound compartment.unknown.
func only[T any](all []T, err error) (one T, _ error) {
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "compartment.unknown")
	}
	if err != nil {
		return one, err
	}
	return all[0], nil
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("compartment: %s: %w", doing, err)
}
