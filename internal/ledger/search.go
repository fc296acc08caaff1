package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Filter says which entries to look for. Zero fields do not restrict.
type Filter struct {
	Type    Type
	Actor   string // "stf_…" or "key_…"
	Subject id.Subject
	Purpose string
	Store   id.Store
	Denied  bool // only refusals
	From    time.Time
	To      time.Time // exclusive
	Before  int64     // only entries with a smaller index; 0 means from the newest
	Limit   int       // 0 means 50; at most 500
}

// Page is a part of the answer, newest entries first.
type Page struct {
	Entries []Entry
	Next    int64 // Filter.Before for the next page; 0 when there is no more
}

// searchRows is the most entries that one call of List looks at. A filter
// that matches little then returns a short page, perhaps an empty one, with
// Next set: asking on is the caller's choice, and no search holds the database.
const searchRows = 20_000

// List finds entries of the transaction's institution, newest first. It
// reads through the index on the subject, the actor or the type, whichever the
// filter has, within the range of indexes that From and To allow.
func List(tx *db.Tx, f Filter) (Page, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 500)
	actor := actorBytes(f.Actor)
	if f.Actor != "" && actor == nil {
		return Page{}, fault.At("actor", "ledger.bad_filter")
	}
	from, before, err := within(tx, f.From, f.To)
	if err != nil {
		return Page{}, err
	}
	if f.Before > 0 {
		before = min(before, f.Before)
	}
	query, key := f.source(actor)
	var page Page
	for seen := 0; ; {
		rows, err := f.rows(tx, query, key, from, before)
		if err != nil {
			return Page{}, err
		}
		for rows.Next() {
			e, err := scanEntry(rows)
			if err != nil {
				return Page{}, err
			}
			before = e.Index
			if seen++; f.match(&e) {
				page.Entries = append(page.Entries, e)
			}
			if len(page.Entries) == f.Limit || seen == searchRows {
				if before > from {
					page.Next = before
				}
				return page, nil
			}
		}
		if rows.Len() < pageRows/8 {
			return page, nil
		}
	}
}

// source picks the statement and the value of its index, if any.
func (f *Filter) source(actor any) (query string, key any) {
	switch {
	case !f.Subject.IsZero():
		return searchSubject, f.Subject.Bytes()
	case actor != nil:
		return searchActor, actor
	case f.Type != "" && !f.Type.hot():
		return searchType, string(f.Type)
	}
	return searchAll, nil
}

func (f *Filter) rows(tx *db.Tx, query string, key any, from, before int64) (*counted, error) {
	args := []any{tx.Institution().Bytes(), from, before}
	if key != nil {
		args = append(args, key)
	}
	rows, err := tx.Query(query, append(args, pageRows/8)...)
	return &counted{Rows: rows}, err
}

// counted counts the rows of an answer as they are read.
type counted struct {
	*db.Rows
	n int
}

func (c *counted) Next() bool {
	if !c.Rows.Next() {
		return false
	}
	c.n++
	return true
}

func (c *counted) Len() int { return c.n }

func (f *Filter) match(e *Entry) bool {
	return (f.Type == "" || e.Type == f.Type) &&
		(f.Actor == "" || e.Actor == f.Actor) &&
		(f.Purpose == "" || e.Purpose == f.Purpose) &&
		(f.Store.IsZero() || e.Store == f.Store) &&
		(!f.Denied || e.Code != "") &&
		(f.From.IsZero() || !e.At.Before(f.From)) &&
		(f.To.IsZero() || e.At.Before(f.To))
}

// At returns the entry at an index. NotFound, ledger.no_entry.
func At(tx *db.Tx, index int64) (Entry, error) {
	var body []byte
	err := tx.QueryRow(`SELECT body FROM event WHERE institution_id = $1 AND idx = $2`,
		tx.Institution().Bytes(), index).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, fault.New(fault.NotFound, "ledger.no_entry")
	}
	if err != nil {
		return Entry{}, err
	}
	e, err := Decode(body)
	return Entry{index, e, string(body)}, err
}

// Find returns the entry of an event whose identifier was made at the event's
// own time, as Append does. NotFound, ledger.no_entry.
func Find(tx *db.Tx, event id.Event) (Entry, error) {
	at := event.Time()
	f := Filter{From: at, To: at.Add(time.Millisecond), Limit: 500}
	for {
		page, err := List(tx, f)
		if err != nil {
			return Entry{}, err
		}
		for _, e := range page.Entries {
			if e.ID == event {
				return e, nil
			}
		}
		if f.Before = page.Next; f.Before == 0 {
			return Entry{}, fault.New(fault.NotFound, "ledger.no_entry")
		}
	}
}

func scanEntry(rows *counted) (Entry, error) {
	var idx int64
	var body []byte
	if err := rows.Scan(&idx, &body); err != nil {
		return Entry{}, err
	}
	e, err := Decode(body)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", idx, err)
	}
	return Entry{idx, e, string(body)}, nil
}

// within returns the indexes [lo, hi) outside of which no entry lies in
// [from, to). There is no index on time: entries are nearly in order of time,
// and log_counter.skew says how nearly. Let M(i) be the newest time up to entry
// i; M never falls, and at(i) lies in [M(i)-skew, M(i)].
//
// The first entry with M(i) >= from is the first that can match; every entry
// from there on has at(i) >= from-skew, so an entry with at(i) < from-skew lies
// before it. Likewise, once at(i) >= to+skew, every later entry is at or after
// to.
func within(tx *db.Tx, from, to time.Time) (lo, hi int64, err error) {
	var skew int64
	err = tx.QueryRow(`SELECT next, skew FROM log_counter WHERE institution_id = $1`,
		tx.Institution().Bytes()).Scan(&hi, &skew)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err == nil && !from.IsZero() {
		lo, err = bisect(tx, 0, hi, sub(from.UnixMilli(), skew))
	}
	if err == nil && !to.IsZero() {
		hi, err = bisect(tx, lo, hi, add(to.UnixMilli(), skew))
	}
	return lo, hi, err
}

// bisect returns an index r in [lo, hi] such that entry r-1, unless it is
// before lo, is older than ms, and entry r, unless it is hi, is not.
func bisect(tx *db.Tx, lo, hi, ms int64) (int64, error) {
	for lo < hi {
		mid := lo + (hi-lo)/2
		var at int64
		err := tx.QueryRow(`SELECT at FROM event WHERE institution_id = $1 AND idx = $2`,
			tx.Institution().Bytes(), mid).Scan(&at)
		if err != nil {
			return 0, err
		}
		if at < ms {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, nil
}

func sub(a, b int64) int64 {
	if a < math.MinInt64+b {
		return math.MinInt64
	}
	return a - b
}

func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
