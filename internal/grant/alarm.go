package grant

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Alarms are the numbers of different subjects opened by one person on one day
// at which somebody should look. Source: the criminal interpretation of 2017
// art. 5 counts 50, 500 and 5,000 records (S1-14).
var Alarms = []int{50, 500, 5000}

// So many openings within so long stop a person at once, whatever their grants
// say (S0-20).
const (
	SpeedCount  = 500
	SpeedWithin = 10 * time.Minute
)

// Trouble says what rang.
type Trouble string

// The kinds of alarm.
const (
	Volume Trouble = "volume" // different subjects on one day
	Speed  Trouble = "speed"  // openings within minutes; the person's grants are held

	// Dialled: an alias of a file that the person collected was dialled after the
	// file was over (S0-20). Who dialled is not known.
	Dialled Trouble = "dialled"
)

// Verdict is what somebody who looked at an alarm found.
type Verdict string

// Verdicts lists them; words in package lang under "alarm.verdict."+verdict. The
// last ends every grant of the person; any other lifts a hold.
var Verdicts = []Verdict{"daily_work", "agreed", "mistake", "misuse"}

const misuse = Verdict("misuse")

// Alarm is one ring.
type Alarm struct {
	ID        id.Alarm
	Who       id.Staff
	Store     id.Store // where they work; zero for the whole institution
	Kind      Trouble
	Level     int
	Opened    int // different subjects when it rang
	At        time.Time
	Verdict   Verdict // "" until handled
	Handler   id.Staff
	HandledAt time.Time
}

// Ring writes an alarm about a person down, once a day.
func (r *Register) Ring(tx *db.Tx, about actor.Actor, kind Trouble) error {
	return r.ring(tx, about, kind, 1, 1)
}

// ring writes an alarm down with its entry, once for each level of a day, and
// holds the person's grants when it was speed.
func (r *Register) ring(tx *db.Tx, a actor.Actor, kind Trouble, level, opened int) error {
	x := Alarm{ID: id.Make[id.Alarm](tx.Now()), Who: a.Staff, Store: a.Store, Kind: kind, Level: level, Opened: opened, At: tx.Now()}
	n, err := tx.Exec(`INSERT INTO alarm (institution_id, alarm_id, staff_id, store_id, day, kind, level, opened, at, verdict, handler_id, handled_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (institution_id, staff_id, day, kind, level) DO NOTHING`,
		a.Institution, x.ID, x.Who, x.Store, civil.DateOf(x.At).Start().UnixMilli(), string(kind), int64(level), int64(opened),
		x.At.UnixMilli(), "", id.Staff{}, int64(0))
	if err != nil || n == 0 {
		return wrap("ring about a", err)
	}
	ledger.Append(tx, ledger.Event{Type: ledger.Alarm, Actor: a.ID(), Role: a.Role, Store: a.Store, Allow: true, Count: opened,
		Ref: x.ID.String()})
	if kind != Speed {
		return nil
	}
	r.changed(tx, a.Institution, a.Staff)
	_, err = tx.Exec(`UPDATE staff_grant SET state = 'held'
		WHERE institution_id = $1 AND staff_id = $2 AND state = 'approved'`, a.Institution, a.Staff)
	return wrap("hold every", err)
}

// Handle records what somebody found who looked at an alarm: not the person it
// is about (I8). It lifts the hold, or, on misuse, ends every grant of the
// person. Errors: fault.NotFound alarm.unknown; fault.Conflict alarm.handled;
// fault.Invalid alarm.verdict; what the gate refuses.
func (r *Register) Handle(ctx context.Context, a actor.Actor, which id.Alarm, v Verdict) (Alarm, error) {
	var x Alarm
	facts := func(tx *db.Tx, c *gate.Case) (err error) {
		if !slices.Contains(Verdicts, v) {
			return fault.At("verdict", "alarm.verdict")
		}
		if x, err = alarmOf(tx, a.Institution, which); err != nil {
			return err
		}
		c.Store, c.Ref = x.Store, x.ID.String()
		c.Facts.OwnStore, c.Facts.OwnRequest = within(a, x.Store), a.Staff == x.Who
		return nil
	}
	_, err := r.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.AlarmHandle}, facts, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Count = x.Opened
		n, err := tx.Exec(`UPDATE alarm SET verdict = $1, handler_id = $2, handled_at = $3
			WHERE institution_id = $4 AND alarm_id = $5 AND handled_at = 0`, string(v), a.Staff, tx.Now().UnixMilli(), a.Institution, which)
		if err != nil {
			return wrap("handle an alarm about a", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "alarm.handled")
		}
		x.Verdict, x.Handler, x.HandledAt = v, a.Staff, tx.Now()
		if v == misuse {
			return r.EndAll(tx, a.Institution, x.Who)
		}
		return r.release(tx, a.Institution, x)
	})
	return x, err
}

// release lifts a hold when no other alarm of speed waits about the person.
func (r *Register) release(tx *db.Tx, inst id.Institution, x Alarm) error {
	if x.Kind != Speed {
		return nil
	}
	waiting, err := OpenAlarms(tx, inst, 500)
	if err != nil || slices.ContainsFunc(waiting, func(o Alarm) bool { return o.Who == x.Who && o.Kind == Speed }) {
		return err
	}
	r.changed(tx, inst, x.Who)
	_, err = tx.Exec(`UPDATE staff_grant SET state = 'approved'
		WHERE institution_id = $1 AND staff_id = $2 AND state = 'held'`, inst, x.Who)
	return wrap("release every", err)
}

const alarmColumns = `alarm_id, staff_id, store_id, kind, level, opened, at, verdict, handler_id, handled_at`

func (x *Alarm) scan(scan db.Scan) error {
	return scan(&x.ID, &x.Who, &x.Store, &x.Kind, &x.Level, &x.Opened, &x.At, &x.Verdict, &x.Handler, &x.HandledAt)
}

func alarmOf(tx *db.Tx, inst id.Institution, which id.Alarm) (Alarm, error) {
	var x Alarm
	err := x.scan(tx.QueryRow(`SELECT `+alarmColumns+` FROM alarm WHERE institution_id = $1 AND alarm_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return x, fault.New(fault.NotFound, "alarm.unknown")
	}
	return x, wrap("load an alarm about a", err)
}

// OpenAlarms lists the alarms that nobody has looked at, oldest first.
func OpenAlarms(tx *db.Tx, inst id.Institution, limit int) ([]Alarm, error) {
	return alarms(tx, `SELECT `+alarmColumns+` FROM alarm
		WHERE institution_id = $1 AND handled_at = 0 ORDER BY at, alarm_id LIMIT $2`, inst, int64(limit))
}

// HandledAlarms lists the newest alarms that somebody has looked at.
func HandledAlarms(tx *db.Tx, inst id.Institution, limit int) ([]Alarm, error) {
	return alarms(tx, `SELECT `+alarmColumns+` FROM alarm
		WHERE institution_id = $1 AND handled_at > 0 ORDER BY handled_at DESC, alarm_id LIMIT $2`, inst, int64(limit))
}

func alarms(tx *db.Tx, query string, args ...any) ([]Alarm, error) {
	all, err := db.List(tx, (*Alarm).scan, query, args...)
	return all, wrap("list alarms about a", err)
}
