package grant

import (
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// days counts, in memory, which subjects each person has opened today (day of
// Asia/Shanghai). After a start the set is made anew from the log, so a restart
// cannot be used to look further, and the way of every look costs no write. An
// entry whose subject was erased since counts as one more, for nobody can tell
// any longer whose it was. With several nodes each counts what it let through
// since it first read the log that day.
type days struct {
	mu    sync.Mutex
	day   civil.Date
	spent map[person]*spent
}

type spent struct {
	nameless int // entries of today about subjects erased since
	seen     map[id.Subject]struct{}
	lately   []int64 // moments of openings in milliseconds, for the alarm of speed
	fast     int     // how often that alarm rang today
	rung     int     // the highest level that rang, as far as this process knows
}

func (s *spent) count() int { return s.nameless + len(s.seen) }

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

// Spend counts a subject as opened today and rings the alarms that this reaches.
// Call it in the body of the act: the functions of one institution run one after
// the other, so no two can take the last place. If the act is rolled back the
// subject stays counted, which errs on the strict side. It returns how many
// different subjects there are so far.
func (r *Register) Spend(tx *db.Tx, a actor.Actor, subj id.Subject) (n int, err error) {
	s, err := r.today(tx, person{a.Institution, a.Staff})
	if err != nil {
		return 0, err
	}
	r.spent.mu.Lock()
	s.seen[subj] = struct{}{}
	n = s.count()
	level, fast := s.reached(tx.Now())
	r.spent.mu.Unlock()
	if level > 0 {
		err = r.ring(tx, a, Volume, level, n)
		tx.AfterCommit(func() {
			r.spent.mu.Lock()
			defer r.spent.mu.Unlock()
			s.rung = max(s.rung, level)
		})
	}
	if err == nil && fast > 0 {
		err = r.ring(tx, a, Speed, fast, n)
	}
	return n, err
}

// Seen returns how many different subjects a person has opened today.
func (r *Register) Seen(tx *db.Tx, inst id.Institution, staff id.Staff) (int, error) {
	s, err := r.today(tx, person{inst, staff})
	if err != nil {
		return 0, err
	}
	r.spent.mu.Lock()
	defer r.spent.mu.Unlock()
	return s.count(), nil
}

// reached returns the level of volume that has not rung yet, and the number of
// openings at which the alarm of speed rings now; zero for neither.
func (s *spent) reached(now time.Time) (level, fast int) {
	for _, a := range Alarms {
		if s.count() >= a && a > s.rung {
			level = a
		}
	}
	s.lately = append(s.lately, now.UnixMilli())
	if len(s.lately) < SpeedCount {
		return level, 0
	}
	if now.UnixMilli()-s.lately[len(s.lately)-SpeedCount] >= SpeedWithin.Milliseconds() {
		s.lately = append(s.lately[:0], s.lately[len(s.lately)-SpeedCount+1:]...)
		return level, 0
	}
	s.lately = s.lately[:0]
	s.fast++
	return level, s.fast * SpeedCount
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
	read, err := readDay(tx, who, day.Start())
	if err != nil {
		return nil, err
	}
	r.spent.mu.Lock()
	defer r.spent.mu.Unlock()
	if s := r.spent.spent[who]; s != nil {
		return s, nil
	}
	r.spent.spent[who] = read
	return read, nil
}

// page is how many entries are read at once, newest first.
const page = 500

// opening are the types of entry by which somebody learns something of a
// subject, or reaches them.
var opening = map[string]bool{"reveal": true, "message.sent": true, "call.asked": true}

// readDay makes a person's day anew from the log. It walks back from the newest
// entry and stops at the first that is clearly older, so its cost is that of one
// day. A clock that went back by less than an hour does not end the walk early.
func readDay(tx *db.Tx, who person, since time.Time) (*spent, error) {
	var opened []int64
	for last := int64(1) << 62; ; {
		rows, err := tx.Query(`SELECT idx, at, type FROM event
			WHERE institution_id = $1 AND actor = $2 AND idx < $3 ORDER BY idx DESC LIMIT $4`,
			who.inst, who.staff.Bytes(), last, int64(page))
		if err != nil {
			return nil, wrap("count the use of", err)
		}
		read := 0
		for ; rows.Next(); read++ {
			var at int64
			var kind string
			if err := rows.Scan(&last, &at, &kind); err != nil {
				return nil, wrap("count the use of", err)
			}
			if at < since.Add(-time.Hour).UnixMilli() {
				return spentOn(tx, opened)
			}
			if at >= since.UnixMilli() && opening[kind] {
				opened = append(opened, last)
			}
		}
		if read < page {
			return spentOn(tx, opened)
		}
	}
}

// spentOn counts the subjects of a day's openings.
func spentOn(tx *db.Tx, opened []int64) (*spent, error) {
	about, err := ledger.About(tx, opened)
	if err != nil {
		return nil, wrap("count the use of", err)
	}
	s := &spent{seen: make(map[id.Subject]struct{}), nameless: len(opened) - len(about)}
	for _, subj := range about {
		s.seen[subj] = struct{}{}
	}
	s.rangUpTo()
	return s, nil
}

// rangUpTo notes the levels that rang before: their entries are in the log with
// the openings that reached them.
func (s *spent) rangUpTo() {
	for _, a := range Alarms {
		if s.count() >= a {
			s.rung = a
		}
	}
}
