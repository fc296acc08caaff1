package application

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Digest is what waits for whose decision on a working day: counts and dates, no
// title and nobody's information.
type Digest struct {
	Institution id.Institution
	On          civil.Date
	People      []Waits // by login
}

// Waits is what waits for one person.
type Waits struct {
	Who     id.Staff
	Login   string
	Waiting int       // applications with a step that is this person's to decide now
	Late    int       // of these, those past their day
	Due     time.Time // when the first of them was or is due, exclusive
}

// morning is when a working day's reminder goes out.
const morning = 8 * time.Hour

// Digest is what the deciders are to be reminded of today: nobody on a day off,
// before eight, when they have been, and when nothing waits. Everybody who could
// decide is in it, stand-ins and colleagues of the same duty too.
func (s *Service) Digest(ctx context.Context, inst id.Institution) (d Digest, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		d = Digest{Institution: inst, On: civil.DateOf(tx.Now())}
		if due, err := s.toRemind(tx, d); !due || err != nil {
			return err
		}
		all, err := pending(tx, inst, 1000)
		if err != nil || len(all) == 0 {
			return err
		}
		b, err := s.bench(tx, inst)
		if err != nil {
			return err
		}
		logins, err := account.Everybody(tx, inst)
		if err != nil {
			return err
		}
		for _, x := range logins {
			if w := b.waits(x.ID, all, tx.Now()); w.Waiting > 0 {
				w.Login = x.Login
				d.People = append(d.People, w)
			}
		}
		slices.SortFunc(d.People, func(a, b Waits) int { return cmp.Compare(a.Login, b.Login) })
		return nil
	})
	return d, err
}

// toRemind reports whether it is time for the day's reminder.
func (s *Service) toRemind(tx *db.Tx, d Digest) (bool, error) {
	works, err := s.calendar().IsWorkingDay(d.On)
	if err != nil { // the holidays of that year are not known here yet
		works = d.On.Weekday() != time.Saturday && d.On.Weekday() != time.Sunday
	}
	if !works || tx.Now().Before(d.On.Start().Add(morning)) {
		return false, nil
	}
	var n int
	err = tx.QueryRow(`SELECT count(*) FROM reminder WHERE institution_id = $1 AND day = $2`, d.Institution, d.On.String()).Scan(&n)
	return n == 0, wrap("look for the reminder of an", err)
}

func (b Bench) waits(who id.Staff, all []Application, at time.Time) Waits {
	w := Waits{Who: who}
	for _, x := range all {
		if !b.canDecide(x, who, at) {
			continue
		}
		w.Waiting++
		if x.Overdue(at) {
			w.Late++
		}
		if w.Due.IsZero() || x.Due.Before(w.Due) {
			w.Due = x.Due
		}
	}
	return w
}

// Reminded notes that the reminder of a day has gone out.
func (s *Service) Reminded(ctx context.Context, d Digest) error {
	return s.Gate.DB.Update(ctx, d.Institution, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO reminder (institution_id, day, at) VALUES ($1, $2, $3)
			ON CONFLICT (institution_id, day) DO NOTHING`, d.Institution, d.On.String(), tx.Now())
		return wrap("note the reminder of an", err)
	})
}
