package catalogue

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func insertPurpose(tx *db.Tx, inst id.Institution, by id.Staff, p Purpose) error {
	version, err := nextVersion(tx, `SELECT COALESCE(MAX(version), 0) FROM purpose
		WHERE institution_id = $1 AND code = $2`, inst, p.Code)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO purpose (institution_id, code, version, body, defined_by, defined_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		inst, p.Code, version, string(canonical(p)), by, tx.Now())
	return wrap("define purpose", err)
}

// selectPurposes returns the newest version of each purpose, ended ones too.
func selectPurposes(tx *db.Tx, inst id.Institution) ([]Purpose, error) {
	all, err := db.List(tx, func(p *Purpose, scan db.Scan) error { return scan(db.JSON(p)) },
		`SELECT body FROM purpose AS p WHERE institution_id = $1
		AND version = (SELECT MAX(version) FROM purpose WHERE institution_id = p.institution_id AND code = p.code)
		ORDER BY code`, inst)
	return all, wrap("list purposes", err)
}

func insertSchema(tx *db.Tx, inst id.Institution, s Schema) (version int, err error) {
	version, err = nextVersion(tx, `SELECT COALESCE(MAX(version), 0) FROM field_budget
		WHERE institution_id = $1 AND code = $2`, inst, s.Code)
	if err != nil {
		return 0, err
	}
	f := s.Fingerprint()
	_, err = tx.Exec(`INSERT INTO field_budget
			(institution_id, code, version, items, fingerprint, proposed_by, proposed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		inst, s.Code, version, string(canonical(s.Items)), f[:], s.ProposedBy, s.ProposedAt)
	return version, wrap("propose schema", err)
}

func approveSchema(tx *db.Tx, inst id.Institution, s Schema) error {
	n, err := tx.Exec(`UPDATE field_budget SET approved_by = $1, approved_at = $2, signer = $3, signature = $4
		WHERE institution_id = $5 AND code = $6 AND version = $7 AND approved_at = 0`,
		s.ApprovedBy, s.ApprovedAt, s.Signer, s.Signature, inst, s.Code, s.Version)
	if err == nil && n != 1 {
		return fault.New(fault.Conflict, "catalogue.approved")
	}
	return wrap("approve schema", err)
}

// selectSchemas returns every version of every schema, newest first within a code.
func selectSchemas(tx *db.Tx, inst id.Institution) ([]Schema, error) {
	all, err := db.List(tx, func(s *Schema, scan db.Scan) error {
		return scan(&s.Code, &s.Version, db.JSON(&s.Items), &s.ProposedBy, &s.ProposedAt, &s.ApprovedBy, &s.ApprovedAt,
			&s.Signer, &s.Signature)
	}, `SELECT code, version, items, proposed_by, proposed_at, approved_by, approved_at,
			signer, signature
		FROM field_budget WHERE institution_id = $1 ORDER BY code, version DESC`, inst)
	return all, wrap("list schemas", err)
}

func insertNotice(tx *db.Tx, inst id.Institution, n Notice) error {
	_, err := tx.Exec(`INSERT INTO notice (institution_id, notice_id, code, version, published_by, published_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		inst, n.ID, n.Code, n.Version, n.PublishedBy, n.PublishedAt)
	if err != nil {
		return wrap("publish notice", err)
	}
	for _, tag := range n.Languages() {
		h := n.Hash(tag)
		_, err := tx.Exec(`INSERT INTO notice_text (institution_id, notice_id, language, hash, body)
			VALUES ($1, $2, $3, $4, $5)`, inst, n.ID, tag, h[:], string(n.Canonical(tag)))
		if err != nil {
			return wrap("publish notice", err)
		}
	}
	return nil
}

func nextNoticeVersion(tx *db.Tx, inst id.Institution, code string) (int, error) {
	return nextVersion(tx, `SELECT COALESCE(MAX(version), 0) FROM notice
		WHERE institution_id = $1 AND code = $2`, inst, code)
}

func currentNotice(tx *db.Tx, inst id.Institution, code string) (n id.Notice, err error) {
	err = tx.QueryRow(`SELECT notice_id FROM notice WHERE institution_id = $1 AND code = $2
		ORDER BY version DESC LIMIT 1`, inst, code).Scan(&n)
	return n, missing("catalogue.notice_unknown", err)
}

func selectNotice(tx *db.Tx, inst id.Institution, which id.Notice) (Notice, error) {
	n := Notice{ID: which, Words: map[string]Words{}}
	err := tx.QueryRow(`SELECT code, version, published_by, published_at FROM notice
		WHERE institution_id = $1 AND notice_id = $2`, inst, which).
		Scan(&n.Code, &n.Version, &n.PublishedBy, &n.PublishedAt)
	if err != nil {
		return Notice{}, missing("catalogue.notice_unknown", err)
	}
	texts, err := db.List(tx, func(t *text, scan db.Scan) error { return scan(db.JSON(t)) },
		`SELECT body FROM notice_text WHERE institution_id = $1 AND notice_id = $2`, inst, which)
	if err != nil {
		return Notice{}, wrap("read notice", err)
	}
	for _, t := range texts {
		n.Controller, n.Contact, n.Officer, n.Asks = t.Controller, t.Contact, t.Officer, t.Asks
		n.Words[t.Language] = t.Words
	}
	return n, nil
}

func nextVersion(tx *db.Tx, query string, inst id.Institution, code string) (int, error) {
	var n int
	err := tx.QueryRow(query, inst, code).Scan(&n)
	return n + 1, wrap("count versions", err)
}

func missing(code string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, code)
	}
	return wrap("look up", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("catalogue: %s: %w", what, err)
}
