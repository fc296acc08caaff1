package research

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `dataset_id, population_id, purpose, recipient, state, proposed_by, proposed_at, approved_by, approved_at,
	collected_by, collected_at, ended_at, row_count, columns, settings, report, certificate, hash, tries, kinds,
	source_parts, people_parts, result_parts, result_id, touched_at, source_sum`

// most is how many data sets a list shows, the newest first.
const most = 100

func insert(tx *db.Tx, d Dataset) error {
	cols, settings, report, err := d.texts()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO research_dataset (institution_id, `+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
		d.Institution, d.ID, d.Population, d.Purpose, d.Recipient, string(d.State), d.By, milli(d.At), d.Approver, milli(d.ApprovedAt),
		d.CollectedBy, milli(d.CollectedAt), milli(d.EndedAt), d.Rows, cols, settings, report, d.Certificate, d.Hash[:], d.tries,
		strings.Join(d.kinds, "\n"), d.source, d.people, d.result, d.holder, milli(d.touched), d.sum)
	return err
}

// update writes what changes after a data set was proposed.
func update(tx *db.Tx, d Dataset) error {
	cols, settings, report, err := d.texts()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE research_dataset SET state = $1, approved_by = $2, approved_at = $3, collected_by = $4, collected_at = $5,
		ended_at = $6, columns = $7, settings = $8, report = $9, certificate = $10, hash = $11, tries = $12, kinds = $13,
		source_parts = $14, people_parts = $15, result_parts = $16, result_id = $17, touched_at = $18
		WHERE institution_id = $19 AND dataset_id = $20`,
		string(d.State), d.Approver, milli(d.ApprovedAt), d.CollectedBy, milli(d.CollectedAt), milli(d.EndedAt), cols, settings, report,
		d.Certificate, d.Hash[:], d.tries, strings.Join(d.kinds, "\n"), d.source, d.people, d.result, d.holder, milli(tx.Now()),
		d.Institution, d.ID)
	return err
}

// texts are the parts of a record that are kept as JSON.
func (d Dataset) texts() (cols, settings, report string, err error) {
	a, err := json.Marshal(d.Columns)
	b, err2 := json.Marshal(d.Settings)
	c, err3 := json.Marshal(d.Report)
	return string(a), string(b), string(c), errors.Join(err, err2, err3)
}

func load(tx *db.Tx, inst id.Institution, which id.Dataset) (Dataset, error) {
	d, err := read(inst, tx.QueryRow(`SELECT `+columns+` FROM research_dataset WHERE institution_id = $1 AND dataset_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "research.unknown")
	}
	return d, err
}

func newest(tx *db.Tx, inst id.Institution) ([]Dataset, error) {
	return readAll(inst)(tx.Query(`SELECT `+columns+` FROM research_dataset WHERE institution_id = $1 ORDER BY dataset_id DESC LIMIT $2`, inst, most))
}

// stale are data sets with which nobody went on for too long, in a state.
func stale(tx *db.Tx, inst id.Institution, state State) ([]Dataset, error) {
	return readAll(inst)(tx.Query(`SELECT `+columns+` FROM research_dataset
		WHERE institution_id = $1 AND state = $2 AND touched_at <= $3 ORDER BY touched_at LIMIT 100`,
		inst, string(state), milli(tx.Now().AddDate(0, 0, -WaitDays))))
}

func readAll(inst id.Institution) func(*db.Rows, error) ([]Dataset, error) {
	return func(rows *db.Rows, err error) (list []Dataset, _ error) {
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			d, err := read(inst, rows.Scan)
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
		return list, rows.Err()
	}
}

func read(inst id.Institution, scan func(...any) error) (Dataset, error) {
	d := Dataset{Institution: inst}
	var state, cols, settings, report, kinds string
	var at, approved, collected, ended, touched int64
	var hash []byte
	err := scan(&d.ID, &d.Population, &d.Purpose, &d.Recipient, &state, &d.By, &at, &d.Approver, &approved, &d.CollectedBy, &collected,
		&ended, &d.Rows, &cols, &settings, &report, &d.Certificate, &hash, &d.tries, &kinds, &d.source, &d.people, &d.result,
		&d.holder, &touched, &d.sum)
	if err != nil {
		return d, err
	}
	d.State, d.At, d.ApprovedAt, d.CollectedAt, d.EndedAt, d.touched = State(state), moment(at), moment(approved), moment(collected), moment(ended), moment(touched)
	copy(d.Hash[:], hash)
	if kinds != "" {
		d.kinds = strings.Split(kinds, "\n")
	}
	return d, errors.Join(json.Unmarshal([]byte(cols), &d.Columns), json.Unmarshal([]byte(settings), &d.Settings), json.Unmarshal([]byte(report), &d.Report))
}

func putParts(tx *db.Tx, d Dataset, field string, parts [][]byte) error {
	for i, sealed := range parts {
		if _, err := tx.Exec(`INSERT INTO research_part (institution_id, dataset_id, field, part, sealed) VALUES ($1, $2, $3, $4, $5)`,
			d.Institution, d.ID, field, i+1, sealed); err != nil {
			return err
		}
	}
	return nil
}

func part(tx *db.Tx, d Dataset, field string, n int) (sealed []byte, err error) {
	err = tx.QueryRow(`SELECT sealed FROM research_part WHERE institution_id = $1 AND dataset_id = $2 AND field = $3 AND part = $4`,
		d.Institution, d.ID, field, n).Scan(&sealed)
	return sealed, err
}

func dropParts(tx *db.Tx, d Dataset, fields ...string) error {
	for _, f := range fields {
		if _, err := tx.Exec(`DELETE FROM research_part WHERE institution_id = $1 AND dataset_id = $2 AND field = $3`, d.Institution, d.ID, f); err != nil {
			return err
		}
	}
	return nil
}

// rollPart is the size of a part of a roll, in bytes.
const rollPart = 512 << 10

// putRoll keeps who is in a release, in parts.
func putRoll(tx *db.Tx, d Dataset, r *roll) error {
	for n, rest := 1, r.bytes(); len(rest) > 0; n++ {
		size := min(len(rest), rollPart)
		if _, err := tx.Exec(`INSERT INTO research_roll (institution_id, dataset_id, part, commitments) VALUES ($1, $2, $3, $4)`,
			d.Institution, d.ID, n, rest[:size]); err != nil {
			return err
		}
		rest = rest[size:]
	}
	return nil
}

func dropRoll(tx *db.Tx, d Dataset) error {
	_, err := tx.Exec(`DELETE FROM research_roll WHERE institution_id = $1 AND dataset_id = $2`, d.Institution, d.ID)
	return err
}

// loadRoll reads who is in a release.
func loadRoll(tx *db.Tx, d Dataset) (*roll, error) {
	rows, err := tx.Query(`SELECT commitments FROM research_roll WHERE institution_id = $1 AND dataset_id = $2 ORDER BY part`, d.Institution, d.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []byte
	for rows.Next() {
		var piece []byte
		if err := rows.Scan(&piece); err != nil {
			return nil, err
		}
		all = append(all, piece...)
	}
	r := &roll{dataset: d.ID, population: d.Population, k: d.Settings.K, kinds: d.kinds}
	r.parse(all)
	return r, rows.Err()
}

// released reads the rolls of all releases that are out, but for one.
func released(tx *db.Tx, inst id.Institution, but id.Dataset) (rolls []*roll, err error) {
	list, err := readAll(inst)(tx.Query(`SELECT `+columns+` FROM research_dataset
		WHERE institution_id = $1 AND state IN ('approved', 'collected') ORDER BY dataset_id`, inst))
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if d.ID == but {
			continue
		}
		r, err := loadRoll(tx, d)
		if err != nil {
			return nil, err
		}
		rolls = append(rolls, r)
	}
	return rolls, nil
}

func putPopulation(tx *db.Tx, inst id.Institution, p Population) error {
	_, err := tx.Exec(`INSERT INTO research_population (institution_id, population_id, name, people, total, set_by, set_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (institution_id, population_id)
		DO UPDATE SET name = $3, people = $4, total = $5, set_by = $6, set_at = $7`,
		inst, p.ID, p.Name, p.People, int64(p.Total), p.By, milli(p.At))
	return err
}

func populations(tx *db.Tx, inst id.Institution) (list []Population, err error) {
	rows, err := tx.Query(`SELECT population_id, name, people, total, set_by, set_at FROM research_population
		WHERE institution_id = $1 ORDER BY name LIMIT 500`, inst)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		p, err := scanPopulation(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Spent, err = spent(tx, inst, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func scanPopulation(scan func(...any) error) (p Population, err error) {
	var total, at int64
	err = scan(&p.ID, &p.Name, &p.People, &total, &p.By, &at)
	p.Total, p.At = noise.Epsilon(total), moment(at)
	return p, err
}

func loadPopulation(tx *db.Tx, inst id.Institution, which id.Population) (Population, error) {
	p, err := scanPopulation(tx.QueryRow(`SELECT population_id, name, people, total, set_by, set_at FROM research_population
		WHERE institution_id = $1 AND population_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.At("population", "research.population")
	}
	if err != nil {
		return p, err
	}
	p.Spent, err = spent(tx, inst, which)
	return p, err
}

// spent is what has been given away about a population in the year of the
// transaction.
func spent(tx *db.Tx, inst id.Institution, which id.Population) (noise.Epsilon, error) {
	var sum int64
	err := tx.QueryRow(`SELECT coalesce(sum(epsilon), 0) FROM research_tally
		WHERE institution_id = $1 AND population_id = $2 AND year = $3`, inst, which, civil.DateOf(tx.Now()).Year()).Scan(&sum)
	return noise.Epsilon(sum), err
}

// asked finds the answer to a question that was asked before.
func asked(tx *db.Tx, d Dataset, question []byte) (t Tally, err error) {
	t, err = scanTally(tx.QueryRow(`SELECT tally_id, dataset_id, epsilon, answer, staff_id, at FROM research_tally
		WHERE institution_id = $1 AND population_id = $2 AND question = $3`, d.Institution, d.Population, question).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Tally{}, nil
	}
	t.Again = err == nil
	return t, err
}

func scanTally(scan func(...any) error) (t Tally, err error) {
	var epsilon, at int64
	var answer string
	if err = scan(&t.ID, &t.Dataset, &epsilon, &answer, &t.By, &at); err != nil {
		return t, err
	}
	t.Epsilon, t.At = noise.Epsilon(epsilon), moment(at)
	return t, json.Unmarshal([]byte(answer), &t)
}

func putTally(tx *db.Tx, d Dataset, t Tally, question []byte, text string) error {
	_, err := tx.Exec(`INSERT INTO research_tally (institution_id, tally_id, population_id, dataset_id, question, year, epsilon, answer, staff_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.Institution, t.ID, d.Population, d.ID, question,
		civil.DateOf(t.At).Year(), int64(t.Epsilon), text, t.By, milli(t.At))
	return err
}

// tallies lists what was counted of a data set, the newest first.
func tallies(tx *db.Tx, inst id.Institution, which id.Dataset) (list []Tally, err error) {
	rows, err := tx.Query(`SELECT tally_id, dataset_id, epsilon, answer, staff_id, at FROM research_tally
		WHERE institution_id = $1 AND dataset_id = $2 ORDER BY tally_id DESC LIMIT 100`, inst, which)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		t, err := scanTally(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
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
