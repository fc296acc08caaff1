package grant

import (
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Alarms are the numbers of different subjects opened by one person on one day
// at which somebody should look. Source: house rule R14; the 500 of the
// criminal interpretation of 2017 art. 5 stands behind the middle one.
var Alarms = []int{50, 500, 5000}

// days counts, in memory, which subjects each person has opened today (day of
// Asia/Shanghai). After a start the count begins at the number of today's
// entries of that person in the ledger, which is never less than the number of
// subjects: a restart cannot be used to look further, and costs no write on the
// way of every look. With several nodes each counts what it let through since
// it first read the ledger that day.
type days struct {
	mu    sync.Mutex
	day   civil.Date
	spent map[person]*spent
}

type spent struct {
	before int // entries of today before this process looked
	seen   map[id.Subject]struct{}
}

func (s *spent) count() int { return s.before + len(s.seen) }

// Left reports whether a person may open one more subject today under a quota.
// A subject opened already today costs nothing.
func (r *Register) Left(tx *db.Tx, inst id.Institution, staff id.Staff, subj id.Subject, quota int) (bool, error) {
	s, err := r.today(tx, person{inst, staff})
	if err != nil {
		return false, err
	}
	r.spent.mu.Lock()
	defer r.spent.mu.Unlock()
	_, again := s.seen[subj]
	return again || s.count() < quota, nil
}

// Spend counts a subject as opened today. Call it in the body of the act: the
// functions of one institution run one after the other, so no two can take the
// last place. If the act is rolled back the subject stays counted, which errs on
// the strict side. It returns the number so far, and the alarm that this very
// subject has reached, or 0.
func (r *Register) Spend(tx *db.Tx, inst id.Institution, staff id.Staff, subj id.Subject) (n, alarm int, err error) {
	s, err := r.today(tx, person{inst, staff})
	if err != nil {
		return 0, 0, err
	}
	r.spent.mu.Lock()
	defer r.spent.mu.Unlock()
	if _, again := s.seen[subj]; again {
		return s.count(), 0, nil
	}
	s.seen[subj] = struct{}{}
	for _, a := range Alarms {
		if s.count() == a {
			alarm = a
		}
	}
	return s.count(), alarm, nil
}

func (r *Register) today(tx *db.Tx, who person) (*spent, error) {
	day := civil.DateOf(tx.Now())
	r.spent.mu.Lock()
	if r.spent.day != day {
		r.spent.day, r.spent.spent = day, make(map[person]*spent)
	}
	s := r.spent.spent[who]
	r.spent.mu.Unlock()
	if s != nil {
		return s, nil
	}
	before, err := openedSince(tx, who, day.Start())
	if err != nil {
		return nil, err
	}
	r.spent.mu.Lock()
	defer r.spent.mu.Unlock()
	if s := r.spent.spent[who]; s != nil {
		return s, nil
	}
	s = &spent{before: before, seen: make(map[id.Subject]struct{})}
	r.spent.spent[who] = s
	return s, nil
}

// page is how many entries are read at once, newest first.
const page = 500

// openedSince counts a person's entries that opened a value since a moment. It
// walks back from the newest and stops at the first that is clearly older, so
// its cost is that of one day. A clock that went back by less than an hour does
// not end the walk early.
func openedSince(tx *db.Tx, who person, since time.Time) (int, error) {
	n, last := 0, int64(1)<<62
	for {
		rows, err := tx.Query(`SELECT idx, at, type FROM event
			WHERE institution_id = $1 AND actor = $2 AND idx < $3 ORDER BY idx DESC LIMIT $4`,
			who.inst, who.staff.Bytes(), last, int64(page))
		if err != nil {
			return 0, wrap("count the use of", err)
		}
		read := 0
		for ; rows.Next(); read++ {
			var at int64
			var kind string
			if err := rows.Scan(&last, &at, &kind); err != nil {
				return 0, wrap("count the use of", err)
			}
			if at < since.Add(-time.Hour).UnixMilli() {
				return n, nil
			}
			if at >= since.UnixMilli() && (kind == "reveal" || kind == "message.sent") {
				n++
			}
		}
		if read < page {
			return n, nil
		}
	}
}
