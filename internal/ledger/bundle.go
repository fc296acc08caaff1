package ledger

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/verify"
)

// columnError says that a search would find an entry under a false name.
type columnError struct{ idx int64 }

func (e *columnError) Error() string {
	return fmt.Sprintf("ledger: the columns of entry %d do not say what the entry says", e.idx)
}

const selectBundle = `SELECT idx, at, type, actor, body FROM event WHERE institution_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`

// reader reads entry bundles, one after the other, into the same memory: what each
// bundle left for the collector would cost more than to hash it.
type reader struct {
	rows db.Rows
	row  columns
	into []any // the places of row
}

func newReader() *reader {
	r := &reader{row: columns{known: map[string][16]byte{}}}
	r.into = []any{&r.row.idx, &r.row.at, &r.row.kind, &r.row.actor, &r.row.body}
	return r
}

// bundle reads an entry bundle into room and compares the searchable columns of
// its entries with what the entries say.
func (r *reader) bundle(tx *db.Tx, room []byte, want verify.Tile) ([]byte, error) {
	next := want.N * tileWidth
	end := next + int64(want.Width)
	if err := tx.QueryInto(&r.rows, selectBundle, tx.Institution().Bytes(), next, end); err != nil {
		return nil, err
	}
	out := room[:0]
	for ; r.rows.Next(); next++ {
		if err := r.rows.Scan(r.into...); err != nil {
			return nil, err
		}
		if r.row.idx != next {
			break
		}
		if !r.row.agree() {
			return nil, &columnError{r.row.idx}
		}
		var err error
		if out, err = verify.AppendEntry(out, r.row.body); err != nil {
			return nil, err
		}
	}
	if next != end {
		return nil, &gapError{next}
	}
	return out, nil
}

// columns is one row of table event.
type columns struct {
	idx, at           int64
	kind, actor, body []byte
	want              []byte              // scratch
	known             map[string][16]byte // actors as printed and as stored
}

// mostActors bounds what is remembered of actors: 64 bytes each.
const mostActors = 4096

// agree compares the columns with the beginning of the entry, in which they
// stand: {"t":at,"y":"kind","e":"…","a":"…". To parse every entry would take
// longer than to hash it.
func (c *columns) agree() bool {
	c.want = strconv.AppendInt(append(c.want[:0], `{"t":`...), c.at, 10)
	c.want = append(append(append(c.want, `,"y":"`...), c.kind...), `","e":"evt_`...)
	rest, ok := bytes.CutPrefix(c.body, c.want)
	if !ok || len(rest) < 27 {
		return false
	}
	rest, named := bytes.CutPrefix(rest[27:], []byte(`,"a":"`))
	if !named || len(c.actor) == 0 {
		return !named && len(c.actor) == 0
	}
	end := max(0, bytes.IndexByte(rest, '"'))
	return c.actorIs(rest[:end])
}

// actorIs compares the actor as it is stored with one as it is printed. Few act
// much, so what a name means is remembered.
func (c *columns) actorIs(printed []byte) bool {
	raw, ok := c.known[string(printed)]
	if !ok {
		b, _ := actorBytes(string(printed)).([]byte)
		if len(b) != len(raw) {
			return false
		}
		if raw = [16]byte(b); len(c.known) < mostActors {
			c.known[string(printed)] = raw
		}
	}
	return bytes.Equal(raw[:], c.actor)
}
