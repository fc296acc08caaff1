package intake

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/roster"
)

func insert(tx *db.Tx, b Batch) error {
	_, err := tx.Exec(`INSERT INTO import_batch (institution_id, batch_id, store_id, by_id, released_by, kind, basis,
			document, document_hash, notice_id, state, format, read_on, row_count, good, done, mark, made, known,
			parts, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		b.Institution, b.ID, b.Store, b.By, b.ReleasedBy, string(b.Kind), string(b.Basis), b.Document.Code,
		hashColumn(b.Document.Hash), b.Notice, string(b.State), b.Format, civil.DateOf(b.ReadOn).String(), b.Rows,
		b.Good, b.Done, b.Mark, b.Made, b.Known, b.Parts, b.CreatedAt, b.ChangedAt)
	return wrap("insert batch", err)
}

func update(tx *db.Tx, b Batch) error {
	_, err := tx.Exec(`UPDATE import_batch SET released_by = $1, document = $2, document_hash = $3, state = $4,
			done = $5, mark = $6, made = $7, known = $8, parts = $9, changed_at = $10
		WHERE institution_id = $11 AND batch_id = $12`,
		b.ReleasedBy, b.Document.Code, hashColumn(b.Document.Hash), string(b.State), b.Done, b.Mark, b.Made,
		b.Known, b.Parts, tx.Now(), b.Institution, b.ID)
	return wrap("update batch", err)
}

const columns = `batch_id, store_id, by_id, released_by, kind, basis, document, document_hash, notice_id, state,
	format, read_on, row_count, good, done, mark, made, known, parts, created_at, changed_at`

// load reads a batch; fault.NotFound if there is none.
func load(tx *db.Tx, inst id.Institution, batch id.Batch) (Batch, error) {
	all, err := many(tx, inst, `SELECT `+columns+` FROM import_batch
		WHERE institution_id = $1 AND batch_id = $2`, inst, batch)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "intake.unknown")
	}
	if err != nil {
		return Batch{}, err
	}
	return all[0], nil
}

// newest lists batches, newest first: their identifiers are in order of time.
func newest(tx *db.Tx, inst id.Institution, limit int) ([]Batch, error) {
	return many(tx, inst, `SELECT `+columns+` FROM import_batch
		WHERE institution_id = $1 ORDER BY batch_id DESC LIMIT $2`, inst, limit)
}

// kept lists batches that still have a file and did not change since a moment.
func kept(tx *db.Tx, inst id.Institution, before time.Time) ([]Batch, error) {
	return many(tx, inst, `SELECT `+columns+` FROM import_batch
		WHERE institution_id = $1 AND changed_at < $2 AND parts > 0 ORDER BY batch_id`, inst, before)
}

func many(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Batch, error) {
	all, err := db.List(tx, func(b *Batch, scan db.Scan) error {
		b.Institution = inst
		var day string
		if err := scan(&b.ID, &b.Store, &b.By, &b.ReleasedBy, &b.Kind, &b.Basis, &b.Document.Code, &b.Document.Hash, &b.Notice,
			&b.State, &b.Format, &day, &b.Rows, &b.Good, &b.Done, &b.Mark, &b.Made, &b.Known, &b.Parts, &b.CreatedAt, &b.ChangedAt); err != nil {
			return err
		}
		on, err := civil.ParseDate(day)
		b.ReadOn = on.Start()
		return err
	}, query, args...)
	return all, wrap("read batches", err)
}

func putPart(tx *db.Tx, b Batch, part int, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO import_file (institution_id, batch_id, part, sealed) VALUES ($1, $2, $3, $4)`,
		b.Institution, b.ID, part, sealed)
	return wrap("keep file", err)
}

// part reads one sealed part of the file; Erased if it is gone.
func part(tx *db.Tx, b Batch, n int) (sealed []byte, err error) {
	err = tx.QueryRow(`SELECT sealed FROM import_file WHERE institution_id = $1 AND batch_id = $2 AND part = $3`,
		b.Institution, b.ID, n).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.Erased, "intake.file_gone")
	}
	return sealed, wrap("read file", err)
}

func dropFile(tx *db.Tx, b Batch) error {
	_, err := tx.Exec(`DELETE FROM import_file WHERE institution_id = $1 AND batch_id = $2`, b.Institution, b.ID)
	return wrap("drop file", err)
}

const insertProblem = `INSERT INTO import_problem (institution_id, batch_id, line, seq, header, code, args, notice)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

// putProblems keeps problems of different lines or, for one line, all at once.
func putProblems(tx *db.Tx, b Batch, all []roster.Problem) error {
	rows := make([][]any, 0, len(all))
	for i, p := range all {
		args, err := json.Marshal(append([]any{}, p.Args...))
		if err != nil {
			return wrap("keep problem", err)
		}
		seq := i
		if p.Code == known {
			seq = 1 << 20 // of a line that has no other
		}
		rows = append(rows, []any{b.Institution, b.ID, p.Row, seq, p.Column, p.Code, string(args), p.Notice})
	}
	return wrap("keep problem", tx.ExecMany(insertProblem, rows))
}

// problems lists what is kept, in order of lines.
func problems(tx *db.Tx, b Batch, limit int) ([]roster.Problem, error) {
	return readProblems(tx, `SELECT line, header, code, args, notice FROM import_problem
		WHERE institution_id = $1 AND batch_id = $2 ORDER BY line, seq LIMIT $3`, b.Institution, b.ID, limit)
}

// held lists the lines whose learner was held already.
func held(tx *db.Tx, b Batch) ([]roster.Problem, error) {
	return readProblems(tx, `SELECT line, header, code, args, notice FROM import_problem
		WHERE institution_id = $1 AND batch_id = $2 AND code = $3 ORDER BY line`, b.Institution, b.ID, known)
}

func readProblems(tx *db.Tx, query string, args ...any) ([]roster.Problem, error) {
	all, err := db.List(tx, func(p *roster.Problem, scan db.Scan) error {
		var args string
		err := scan(&p.Row, &p.Column, &p.Code, &args, &p.Notice)
		if err == nil {
			p.Args, err = decodeArgs(args)
		}
		return err
	}, query, args...)
	return all, wrap("read problems", err)
}

// decodeArgs gives whole numbers back as int, which the words count with.
func decodeArgs(text string) (args []any, err error) {
	if err := json.Unmarshal([]byte(text), &args); err != nil {
		return nil, err
	}
	for i, a := range args {
		if f, ok := a.(float64); ok {
			if n, err := strconv.Atoi(strconv.FormatFloat(f, 'f', -1, 64)); err == nil {
				args[i] = n
			}
		}
	}
	return args, nil
}

func hashColumn(h [32]byte) []byte {
	if h == ([32]byte{}) {
		return nil
	}
	return h[:]
}

func wrap(doing string, err error) error {
	if err == nil || fault.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("intake: %s: %w", doing, err)
}
