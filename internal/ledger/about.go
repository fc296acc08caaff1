package ledger

import (
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// spanRows is how many entries share a span of event_subject: few enough that the
// pages of the newest span stay in memory and a batch's rows share them, many
// enough that a family's question, one look into each span, is short: ten million
// entries are 1,221 spans. The schema and the texts below repeat the number.
const spanRows = 8192

// spans lists the spans of an institution's log, newest first.
const spans = `(WITH RECURSIVE span(institution_id, n) AS (
SELECT institution_id, next / 8192 FROM log_counter WHERE institution_id = $1
UNION ALL SELECT institution_id, n - 1 FROM span WHERE n > 0) SELECT institution_id, n FROM span) AS span`

var insertSubjects = valuesTexts("INSERT INTO event_subject (institution_id, span, subject_id, idx) VALUES ", 4)

const searchSubject = `SELECT e.idx, e.body FROM ` + spans + ` CROSS JOIN event_subject s CROSS JOIN event e
WHERE s.institution_id = span.institution_id AND s.span = span.n AND s.idx >= $2 AND s.idx < $3 AND s.subject_id = $4
AND e.institution_id = s.institution_id AND e.idx = s.idx ORDER BY e.idx DESC LIMIT $5`

const forgetSubject = `DELETE FROM event_subject
WHERE institution_id = $1 AND span IN (SELECT n FROM ` + spans + `) AND subject_id = $2`

// A family opens its own record without an account, so actor is null there.
const firstLooks = `SELECT s.subject_id, MIN(e.at) FROM ` + spans + ` CROSS JOIN event_subject s CROSS JOIN event e
WHERE s.institution_id = span.institution_id AND s.span = span.n AND s.subject_id > $2 AND s.subject_id <= $3
AND e.institution_id = s.institution_id AND e.idx = s.idx AND e.type IN ('reveal', 'message.sent') AND e.actor IS NOT NULL
GROUP BY s.subject_id`

// ForSubject lists the entries about a subject, newest first: what the family
// sees. It is empty once the subject is erased.
func ForSubject(tx *db.Tx, subject id.Subject, before int64, limit int) (Page, error) {
	if subject.IsZero() {
		return Page{}, nil
	}
	return List(tx, Filter{Subject: subject, Before: before, Limit: limit})
}

// About returns whom the entries at these indexes are about, by index. An entry
// about nobody, or about somebody erased since, is not in the map. It reads every
// span in which one of them lies, up to 8,192 rows each.
func About(tx *db.Tx, indexes []int64) (map[int64]id.Subject, error) {
	found, read := make(map[int64]id.Subject, len(indexes)), make(map[int64]map[int64]id.Subject)
	for _, idx := range indexes {
		n := idx / spanRows
		all, known := read[n]
		if !known {
			var err error
			all, err = db.Map[int64, id.Subject](tx, `SELECT idx, subject_id FROM event_subject WHERE institution_id = $1 AND span = $2`,
				tx.Institution().Bytes(), n)
			if err != nil {
				return nil, err
			}
			read[n] = all
		}
		if who, ok := all[idx]; ok {
			found[idx] = who
		}
	}
	return found, nil
}

// FirstLooks returns when staff or a program first opened a value of each subject
// or wrote to it, for subjects with after < identifier <= last. Who was never
// looked at is not in the map.
func FirstLooks(tx *db.Tx, after, last id.Subject) (map[id.Subject]time.Time, error) {
	return db.Map[id.Subject, time.Time](tx, firstLooks, tx.Institution().Bytes(), after.Bytes(), last.Bytes())
}

// Forget removes the list of entries about a subject, as part of an erasure.
// The entries stay; with the subject's salt gone too, nothing connects them to
// anybody.
func Forget(tx *db.Tx, subject id.Subject) error {
	tx.Defer(forgotten(subject))
	_, err := tx.Exec(forgetSubject, tx.Institution().Bytes(), subject.Bytes())
	return err
}

// forgotten is a subject that was erased in a batch. Entries about it that came
// earlier in the same batch are written after its list was removed, and must not
// begin a new one.
type forgotten id.Subject

func (f forgotten) strike(list []*Pending) {
	for _, p := range list {
		if p.about == id.Subject(f) {
			p.about = id.Subject{}
		}
	}
}
