package ledger

import (
	"bytes"
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/verify"
)

// aheadTiles is how many full bundles, and the tiles above them, are read at a
// time: 4096 entries, a megabyte and a half.
const aheadTiles = 16

// mostActors bounds what is remembered of actors: 64 bytes each.
const mostActors = 4096

// ahead holds bundles and tiles that were read before they were asked for. A
// verification asks for them in order.
type ahead struct {
	first   int64    // number of the first
	bundles [][]byte // nil where the fast way found something to look at again
	tiles   [][]byte
	known   map[string][16]byte // actors as printed and as stored
	room    [aheadTiles][]byte  // for the bundles, used again: nobody keeps one beyond the next
	done    chan error          // of a reading that goes on; nil if none does
}

func newAhead() *ahead { return &ahead{known: map[string][16]byte{}} }

// settle waits for a reading that goes on.
func (a *ahead) settle() error {
	if a.done == nil {
		return nil
	}
	err := <-a.done
	a.done = nil
	return err
}

// has reports whether tile n lies in what was read.
func (a *ahead) has(n int64) bool { return n >= a.first && n < a.first+int64(len(a.bundles)) }

// readAhead returns a full bundle or a full tile of leaves if the fast way has
// it, and nil if it has to be read by itself. While the caller hashes one part,
// the next is read.
func (s *source) readAhead(ctx context.Context, want verify.Tile) ([]byte, error) {
	if want.Level > 0 || want.Width != tileWidth {
		return nil, nil
	}
	if want.Level == 0 {
		if at := want.N - s.now.first; at >= 0 && at < int64(len(s.now.tiles)) {
			return s.now.tiles[at], nil
		}
		return nil, nil
	}
	if !s.now.has(want.N) {
		if err := s.turn(ctx, want.N); err != nil {
			return nil, err
		}
	}
	return s.now.bundles[want.N-s.now.first], nil
}

// turn makes what was read behind the present part the present one, and begins to
// read what comes after it.
func (s *source) turn(ctx context.Context, n int64) error {
	err := s.then.settle()
	s.now, s.then = s.then, s.now
	if err == nil && !s.now.has(n) {
		err = s.fill(ctx, s.now, n)
	}
	if next := n + aheadTiles; err == nil && next < s.size/tileWidth {
		a := s.then
		a.done = make(chan error, 1)
		go func() { a.done <- s.fill(ctx, a, next) }()
	}
	return err
}

func (s *source) fill(ctx context.Context, a *ahead, n int64) error {
	return s.l.DB.View(ctx, s.inst, func(tx *db.Tx) error { return a.read(tx, n, s.size/tileWidth) })
}

// selectBundle joins the entries of a range and their searchable columns into one
// row. A value a column would be four allocations a row: to read the log is then
// dearer than to hash it. Both engines join in the order of the inner SELECT; if
// one did not, hashes would not fit, and what does not fit is read again by rows.
const selectBundle = `SELECT COUNT(*), string_agg(CAST(at AS text), ','), string_agg(type, ','), string_agg(COALESCE(actor, $1), $2),
string_agg(body, $3)
FROM (SELECT at, type, actor, body FROM event WHERE institution_id = $4 AND idx >= $5 AND idx < $6 ORDER BY idx) AS bundle`

var (
	newline  = []byte("\n")
	nobody   = make([]byte, 16)
	together = []byte{}
)

// read fills ahead from tile n on, as far as full tiles go.
func (a *ahead) read(tx *db.Tx, n, full int64) error {
	a.first, a.bundles, a.tiles = n, a.bundles[:0], a.tiles[:0]
	last := min(full, n+aheadTiles)
	rows, err := tx.Query(`SELECT n, data FROM tile WHERE institution_id = $1 AND level = 0 AND n >= $2 AND n < $3 ORDER BY n`,
		tx.Institution().Bytes(), n, last)
	if err != nil {
		return err
	}
	for rows.Next() {
		var at int64
		var data []byte
		if err := rows.Scan(&at, &data); err != nil {
			return err
		}
		if at != n+int64(len(a.tiles)) {
			break // one is missing; whoever asks for it finds out
		}
		a.tiles = append(a.tiles, data)
	}
	for k := n; k < last; k++ {
		room := &a.room[k-n]
		b, err := a.bundle(tx, k, *room)
		if err != nil {
			return err
		}
		if b != nil {
			*room = b
		}
		a.bundles = append(a.bundles, b)
	}
	return nil
}

// bundle reads full bundle k into room, or returns nil if anything about it is not
// plain: then the slow way says what.
func (a *ahead) bundle(tx *db.Tx, k int64, room []byte) ([]byte, error) {
	var count int64
	var bodies, at, types, actors []byte
	err := tx.QueryRow(selectBundle, nobody, together, newline, tx.Institution().Bytes(), k*tileWidth, (k+1)*tileWidth).
		Scan(&count, &at, &types, &actors, &bodies)
	if err != nil || count != tileWidth || len(actors) != tileWidth*16 {
		return nil, err
	}
	out := slices.Grow(room[:0], len(bodies)+2*tileWidth)
	for i := range tileWidth {
		body, moreBodies, ok1 := bytes.Cut(bodies, newline)
		ms, moreAt, ok2 := bytes.Cut(at, []byte(","))
		kind, moreTypes, ok3 := bytes.Cut(types, []byte(","))
		// There must be as many parts as rows: then no part has a separator in it,
		// and each part is a whole value.
		if more := i < tileWidth-1; ok1 != more || ok2 != more || ok3 != more {
			return nil, nil
		}
		bodies, at, types = moreBodies, moreAt, moreTypes
		if !a.agree(body, ms, kind, actors[i*16:][:16]) {
			return nil, nil
		}
		if out, err = verify.AppendEntry(out, body); err != nil {
			return nil, nil // too long: the slow way says which
		}
	}
	return out, nil
}

// agree compares the columns of one row with the beginning of its entry, in which
// they stand: {"t":at,"y":"kind","e":"evt_…","a":"…".
func (a *ahead) agree(body, at, kind, actor []byte) bool {
	rest, ok := cut(body, `{"t":`, at, `,"y":"`, kind, `","e":"evt_`)
	if !ok || len(rest) < 27 {
		return false
	}
	rest, named := bytes.CutPrefix(rest[27:], []byte(`,"a":"`))
	if !named {
		return bytes.Equal(actor, nobody)
	}
	who, _, _ := bytes.Cut(rest, []byte(`"`))
	raw, ok := a.known[string(who)]
	if !ok {
		b, _ := actorBytes(string(who)).([]byte)
		if len(b) != 16 {
			return false
		}
		if raw = [16]byte(b); len(a.known) < mostActors {
			a.known[string(who)] = raw
		}
	}
	return raw != [16]byte{} && bytes.Equal(raw[:], actor)
}

// cut removes the parts from the beginning of b.
func cut(b []byte, one string, two []byte, three string, four []byte, five string) ([]byte, bool) {
	n := len(one) + len(two) + len(three) + len(four) + len(five)
	if len(b) < n || string(b[:len(one)]) != one {
		return nil, false
	}
	rest := b[len(one):]
	if !bytes.Equal(rest[:len(two)], two) {
		return nil, false
	}
	rest = rest[len(two):]
	if string(rest[:len(three)]) != three {
		return nil, false
	}
	rest = rest[len(three):]
	if !bytes.Equal(rest[:len(four)], four) {
		return nil, false
	}
	rest = rest[len(four):]
	return rest[len(five):], string(rest[:len(five)]) == five
}
