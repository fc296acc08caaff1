package ledger

import (
	"fmt"

	"github.com/wardfold/wardfold/internal/db"
)

const takeIndex = `INSERT INTO log_counter (institution_id, next, newest, skew) VALUES ($1, $2, $3, $4)
ON CONFLICT (institution_id) DO UPDATE SET
  next = log_counter.next + excluded.next,
  skew = CASE
    WHEN log_counter.skew >= excluded.skew AND log_counter.skew >= log_counter.newest - $5 THEN log_counter.skew
    WHEN excluded.skew >= log_counter.newest - $5 THEN excluded.skew
    ELSE log_counter.newest - $5 END,
  newest = CASE WHEN log_counter.newest >= excluded.newest THEN log_counter.newest ELSE excluded.newest END
RETURNING next`

// chunks are the numbers of rows that one INSERT takes, largest first: few, so
// that each text is prepared once. One statement for many rows costs SQLite a
// third less than many statements.
var chunks = []int{64, 16, 4, 1}

var insertEvents = valuesTexts("INSERT INTO event (institution_id, idx, at, type, actor, body) VALUES ", 6)

// valuesTexts returns the text of an INSERT for each of chunks.
func valuesTexts(prefix string, columns int) []string {
	texts := make([]string, len(chunks))
	for i, rows := range chunks {
		b := []byte(prefix)
		for p := range rows * columns {
			switch {
			case p == 0:
				b = append(b, '(')
			case p%columns == 0:
				b = append(b, "), ("...)
			default:
				b = append(b, ", "...)
			}
			b = fmt.Appendf(b, "$%d", p+1)
		}
		texts[i] = string(append(b, ')'))
	}
	return texts
}

// insert runs the texts of valuesTexts over values, which are rows laid end to
// end.
func insert(tx *db.Tx, texts []string, columns int, values []any) error {
	for i, rows := range chunks {
		for n := rows * columns; len(values) >= n; values = values[n:] {
			if _, err := tx.Exec(texts[i], values[:n]...); err != nil {
				return err
			}
		}
	}
	return nil
}

const searchAll = `SELECT idx, body FROM event WHERE institution_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx DESC LIMIT $4`

const searchActor = `SELECT idx, body FROM event WHERE institution_id = $1 AND idx >= $2 AND idx < $3 AND actor = $4
ORDER BY idx DESC LIMIT $5`

// The list repeats the condition of the partial index, word for word, so that
// SQLite sees that the index covers the question.
const searchType = `SELECT idx, body FROM event WHERE institution_id = $1 AND idx >= $2 AND idx < $3 AND type = $4
AND type NOT IN ('reveal', 'search', 'view.masked') ORDER BY idx DESC LIMIT $5`
