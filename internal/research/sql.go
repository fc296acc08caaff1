package research

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

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
	_, err := tx.Exec(`INSERT INTO research_dataset (institution_id, `+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
		d.Institution, d.ID, d.Population, d.Purpose, d.Recipient, string(d.State), d.By, d.At, d.Approver, d.ApprovedAt,
		d.CollectedBy, d.CollectedAt, d.EndedAt, d.Rows, db.JSON(d.Columns), db.JSON(d.Settings), db.JSON(d.Report), d.Certificate, d.Hash[:], d.tries,
		strings.Join(d.kinds, "\n"), d.source, d.people, d.result, d.holder, d.touched, d.sum)
	return err
}

// update writes what changes after a data set was proposed.
func update(tx *db.Tx, d Dataset) error {
	_, err := tx.Exec(`UPDATE research_dataset SET state = $1, approved_by = $2, approved_at = $3, collected_by = $4, collected_at = $5,
		ended_at = $6, columns = $7, settings = $8, report = $9, certificate = $10, hash = $11, tries = $12, kinds = $13,
		source_parts = $14, people_parts = $15, result_parts = $16, result_id = $17, touched_at = $18
		WHERE institution_id = $19 AND dataset_id = $20`,
		string(d.State), d.Approver, d.ApprovedAt, d.CollectedBy, d.CollectedAt, d.EndedAt, db.JSON(d.Columns), db.JSON(d.Settings), db.JSON(d.Report),
		d.Certificate, d.Hash[:], d.tries, strings.Join(d.kinds, "\n"), d.source, d.people, d.result, d.holder, tx.Now(),
		d.Institution, d.ID)
	return err
}

func load(tx *db.Tx, inst id.Institution, which id.Dataset) (Dataset, error) {
	d := Dataset{Institution: inst}
	err := d.scan(tx.QueryRow(`SELECT `+columns+` FROM research_dataset WHERE institution_id = $1 AND dataset_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "research.unknown")
	}
	return d, err
}

func newest(tx *db.Tx, inst id.Institution) ([]Dataset, error) {
	return many(tx, inst, `SELECT `+columns+` FROM research_dataset WHERE institution_id = $1 ORDER BY dataset_id DESC LIMIT $2`, inst, most)
}

// stale are data sets with which nobody went on for too long, in a state.
func stale(tx *db.Tx, inst id.Institution, state State) ([]Dataset, error) {
	return many(tx, inst, `SELECT `+columns+` FROM research_dataset
		WHERE institution_id = $1 AND state = $2 AND touched_at <= $3 ORDER BY touched_at LIMIT 100`,
		inst, string(state), tx.Now().AddDate(0, 0, -WaitDays))
}

func many(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Dataset, error) {
	return db.List(tx, func(d *Dataset, scan db.Scan) error {
		d.Institution = inst
		return d.scan(scan)
	}, query, args...)
}

func (d *Dataset) scan(scan db.Scan) error {
	var kinds string
	err := scan(&d.ID, &d.Population, &d.Purpose, &d.Recipient, &d.State, &d.By, &d.At, &d.Approver, &d.ApprovedAt,
		&d.CollectedBy, &d.CollectedAt, &d.EndedAt, &d.Rows, db.JSON(&d.Columns), db.JSON(&d.Settings), db.JSON(&d.Report),
		&d.Certificate, &d.Hash, &d.tries, &kinds, &d.source, &d.people, &d.result, &d.holder, &d.touched, &d.sum)
	if kinds != "" {
		d.kinds = strings.Split(kinds, "\n")
	}
	return err
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
	parts, err := db.Column[[]byte](tx, `SELECT commitments FROM research_roll WHERE institution_id = $1 AND dataset_id = $2 ORDER BY part`,
		d.Institution, d.ID)
	r := &roll{dataset: d.ID, population: d.Population, k: d.Settings.K, kinds: d.kinds}
	r.parse(slices.Concat(parts...))
	return r, err
}

// released reads the rolls of all releases that are out, but for one.
func released(tx *db.Tx, inst id.Institution, but id.Dataset) (rolls []*roll, err error) {
	list, err := many(tx, inst, `SELECT `+columns+` FROM research_dataset
		WHERE institution_id = $1 AND state IN ('approved', 'collected') ORDER BY dataset_id`, inst)
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
		inst, p.ID, p.Name, p.People, int64(p.Total), p.By, p.At)
	return err
}

func populations(tx *db.Tx, inst id.Institution) ([]Population, error) {
	list, err := db.List(tx, (*Population).scan, `SELECT population_id, name, people, total, set_by, set_at FROM research_population
		WHERE institution_id = $1 ORDER BY name LIMIT 500`, inst)
	for i := range list {
		if list[i].Spent, err = spent(tx, inst, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, err
}

func (p *Population) scan(scan db.Scan) error {
	return scan(&p.ID, &p.Name, &p.People, &p.Total, &p.By, &p.At)
}

func loadPopulation(tx *db.Tx, inst id.Institution, which id.Population) (p Population, err error) {
	err = p.scan(tx.QueryRow(`SELECT population_id, name, people, total, set_by, set_at FROM research_population
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
func spent(tx *db.Tx, inst id.Institution, which id.Population) (sum noise.Epsilon, err error) {
	err = tx.QueryRow(`SELECT coalesce(sum(epsilon), 0) FROM research_tally
		WHERE institution_id = $1 AND population_id = $2 AND year = $3`, inst, which, civil.DateOf(tx.Now()).Year()).Scan(&sum)
	return sum, err
}

// asked finds the answer to a question that was asked before.
func asked(tx *db.Tx, d Dataset, question []byte) (t Tally, err error) {
	err = t.scan(tx.QueryRow(`SELECT tally_id, dataset_id, epsilon, answer, staff_id, at FROM research_tally
		WHERE institution_id = $1 AND population_id = $2 AND question = $3`, d.Institution, d.Population, question).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Tally{}, nil
	}
	t.Again = err == nil
	return t, err
}

func (t *Tally) scan(scan db.Scan) error {
	return scan(&t.ID, &t.Dataset, &t.Epsilon, db.JSON(t), &t.By, &t.At)
}

func putTally(tx *db.Tx, d Dataset, t Tally, question []byte, text string) error {
	_, err := tx.Exec(`INSERT INTO research_tally (institution_id, tally_id, population_id, dataset_id, question, year, epsilon, answer, staff_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, d.Institution, t.ID, d.Population, d.ID, question,
		civil.DateOf(t.At).Year(), int64(t.Epsilon), text, t.By, t.At)
	return err
}

// tallies lists what was counted of a data set, the newest first.
func tallies(tx *db.Tx, inst id.Institution, which id.Dataset) ([]Tally, error) {
	return db.List(tx, (*Tally).scan, `SELECT tally_id, dataset_id, epsilon, answer, staff_id, at FROM research_tally
		WHERE institution_id = $1 AND dataset_id = $2 ORDER BY tally_id DESC LIMIT 100`, inst, which)
}
