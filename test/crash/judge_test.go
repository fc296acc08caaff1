package crash_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// judge compares what is left on the disk with what was said.
type judge struct {
	*house.House
	*book
	place place
	dead  map[string]bool // tombstones
	mu    sync.Mutex
}

func (j *judge) fail(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.complain(format, args...)
}

// check runs every check. since is the first claim that was not checked before;
// whole looks at every family, not only at those of recent claims.
func (j *judge) check(ctx context.Context, since int, whole bool) error {
	if err := j.DB.Check(ctx); err != nil {
		return fmt.Errorf("the database is damaged: %w", err)
	}
	recent := map[int]bool{}
	for _, c := range j.entries[since:] {
		recent[c.N] = true
	}
	var list []*known
	for n, k := range j.families {
		if whole || recent[n] || k.Dying != k.Erased || k.Maybe || k.MaybeTo > 0 || !k.Enrolled {
			list = append(list, k)
		}
	}
	first := since
	if whole {
		first = 0
	}
	err := j.DB.View(ctx, j.place.Institution, func(tx *db.Tx) error {
		for _, c := range j.entries[first:] {
			if err := j.entry(tx, c); err != nil {
				return err
			}
		}
		for _, step := range []func(*db.Tx) error{j.wholeness, j.standing, j.versions} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return j.states(tx, list)
	})
	if err != nil {
		return err
	}
	if err := j.open(ctx, list); err != nil {
		return err
	}
	return j.log(ctx)
}

// types says which entry an act leaves.
var types = map[string]ledger.Type{opReveal: ledger.Reveal, opEnrol: ledger.EnrolCompleted, opStop: ledger.ConsentWithdrawn,
	opGive: ledger.ConsentGiven, opCorrect: ledger.Correct, opErase: ledger.Erased}

// entry: what was acknowledged or shown stands in the log, where it was said to
// stand, about whom it was said to be (I1, I9).
func (j *judge) entry(tx *db.Tx, c claim) error {
	e, err := ledger.At(tx, c.Index)
	if err != nil {
		j.fail("%s of family %d has no entry at %d: %v", c.Op, c.N, c.Index, err)
		return nil
	}
	if e.Event.ID != c.Event || e.Type != types[c.Op] || !e.Allow {
		j.fail("%s of family %d: the entry at %d is another one, %s", c.Op, c.N, c.Index, e.Type)
	}
	if c.Op == opReveal && (len(e.Fields) != 1 || e.Fields[0] != c.Field || e.Purpose != "contact.class" ||
		e.Actor != j.place.Clerk.String()) {
		j.fail("the entry at %d does not say who saw what for which purpose", c.Index)
	}
	sum, err := j.Vault.Commitment(tx, j.place.Institution, c.Subject, c.Event)
	if fault.KindOf(err) == fault.Erased {
		return nil
	}
	if err == nil && c.Op != opErase && sum != e.Commitment {
		j.fail("%s of family %d: the entry at %d is about somebody else", c.Op, c.N, c.Index)
	}
	return err
}

// counts are pairs of numbers that one transaction keeps equal, whatever was
// acknowledged.
var counts = map[string][2]string{
	"entries and their counter":         {`SELECT COUNT(*) FROM event`, `SELECT next FROM log_counter`},
	"indexes without a gap":             {`SELECT COUNT(*) FROM event`, `SELECT MAX(idx) + 1 FROM event`},
	"enrolments and their entries":      {`SELECT COUNT(*) FROM enrolment WHERE child_id IS NOT NULL`, `SELECT COUNT(*) FROM event WHERE type = 'enrol.completed'`},
	"erased children and their entries": {`SELECT COUNT(*) FROM subject WHERE state = 'erased' AND kind = 'child'`, `SELECT COUNT(*) FROM event WHERE type = 'erased'`},
	"grants and their entries":          {`SELECT COUNT(*) FROM staff_grant`, `SELECT COUNT(*) FROM event WHERE type = 'grant.requested'`},
	"ended grants and their entries":    {`SELECT COUNT(*) FROM staff_grant WHERE state = 'ended'`, `SELECT COUNT(*) FROM event WHERE type = 'grant.ended'`},
	"withdrawals and their entries":     {`SELECT COUNT(*) FROM consent_event WHERE kind = 'withdrawn'`, `SELECT COUNT(*) FROM event WHERE type = 'consent.withdrawn'`},
	"distinct receipts":                 {`SELECT COUNT(DISTINCT receipt) FROM enrolment WHERE child_id IS NOT NULL`, `SELECT COUNT(*) FROM enrolment WHERE child_id IS NOT NULL`},
	"living subjects and keys":          {`SELECT COUNT(*) FROM subject WHERE state <> 'erased'`, `SELECT COUNT(*) FROM subject_key`},
	"two sealed fields each":            {`SELECT 2 * COUNT(*) FROM subject WHERE state <> 'erased'`, `SELECT COUNT(*) FROM sealed_field`},
	"living children and family ties":   {`SELECT COUNT(*) FROM subject WHERE state <> 'erased' AND kind = 'child'`, `SELECT COUNT(*) FROM family`},
	"living children and consents":      {`SELECT COUNT(*) FROM subject WHERE state <> 'erased' AND kind = 'child'`, `SELECT COUNT(*) FROM subject WHERE standings <> ''`},
	"one current key":                   {`SELECT 1`, `SELECT COUNT(*) FROM institution_key WHERE retired_at = 0`},
	"no entries listed for the erased":  {`SELECT 0`, `SELECT COUNT(*) FROM event_subject e JOIN subject s ON s.institution_id = e.institution_id AND s.subject_id = e.subject_id WHERE s.state = 'erased'`},
}

// wholeness: no act is there by half.
func (j *judge) wholeness(tx *db.Tx) error {
	for what, q := range counts {
		var a, b int64
		if err := tx.QueryRow(q[0]).Scan(&a); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if err := tx.QueryRow(q[1]).Scan(&b); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if a != b {
			j.fail("%s: %d and %d", what, a, b)
		}
	}
	return nil
}

// standing: the grants are where they were said to be, or one step further if
// that step was begun.
func (j *judge) standing(tx *db.Tx) error {
	states := map[string]grant.State{opAsk: grant.Asked, opApprove: grant.Approved, opEnd: grant.Ended}
	next := map[grant.State]grant.State{grant.Asked: grant.Approved, grant.Approved: grant.Ended}
	for gid, op := range j.grants {
		g, err := grant.Load(tx, j.place.Institution, gid)
		want := states[op]
		if err != nil || g.State != want && !(j.unsure[gid] && g.State == next[want]) {
			j.fail("a grant was acknowledged as %s and is %q, %v", want, g.State, err)
		}
	}
	return nil
}

// versions: no acknowledged rotation is undone.
func (j *judge) versions(tx *db.Tx) error {
	var current int64
	err := tx.QueryRow(`SELECT version FROM institution_key WHERE institution_id = $1 AND retired_at = 0`,
		j.place.Institution.Bytes()).Scan(&current)
	if err == nil && current < int64(j.version) {
		j.fail("the key was rotated to version %d and is at %d", j.version, current)
	}
	return err
}

// states: consents are as they were acknowledged, and the derived state is the
// fold of the events. What was begun and not acknowledged is settled here: from
// now on the book knows.
func (j *judge) states(tx *db.Tx, list []*known) error {
	for _, k := range list {
		if !k.Enrolled {
			delete(j.families, k.N) // never acknowledged; wholeness has counted it
			continue
		}
		row, err := subject.Load(tx, j.place.Institution, k.Child)
		if err != nil {
			j.fail("the enrolment of family %d is lost: %v", k.N, err)
			continue
		}
		gone := row.State == subject.Erased
		if gone != k.Erased && (k.Erased || !k.Dying) {
			j.fail("family %d: erased %t, acknowledged %t", k.N, gone, k.Erased)
		}
		k.Erased, k.Dying = gone, gone
		if gone {
			j.buried(k)
			continue
		}
		state, err := consent.Live(tx, j.place.Institution, k.Child, optional)
		if err != nil {
			return err
		}
		if live := state == consent.StateLive; live != k.Optional && !k.Maybe {
			j.fail("family %d: the optional purpose is %s", k.N, state)
		} else {
			k.Optional, k.Maybe = live, false
		}
		folded, err := consent.Standings(tx, j.place.Institution, k.Child)
		if err != nil {
			return err
		}
		for _, st := range folded {
			if s, err := consent.Live(tx, j.place.Institution, k.Child, st.Purpose); err != nil || s != st.State {
				j.fail("family %d: %s is %s and folds to %s, %v", k.N, st.Purpose, s, st.State, err)
			}
		}
	}
	return nil
}

// buried: an erasure has its tombstone, so that a restored backup erases too.
func (j *judge) buried(k *known) {
	for _, x := range []id.Subject{k.Child, k.Guard} {
		if !j.dead[x.String()] {
			j.fail("family %d is erased without a tombstone", k.N)
		}
	}
}

// open reads every value of the living through their own copy, and tries to
// read the dead (I10).
func (j *judge) open(ctx context.Context, list []*known) error {
	work := make(chan *known)
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			for k := range work {
				if k.Erased {
					j.refuses(ctx, k)
				} else if k.Enrolled {
					j.holds(ctx, k)
				}
			}
		})
	}
	for _, k := range list {
		work <- k
	}
	close(work)
	all.Wait()
	return nil
}

func (j *judge) refuses(ctx context.Context, k *known) {
	clerk := j.place.staff(j.place.Clerk, actor.Clerk)
	for who, field := range map[id.Subject]string{k.Child: subject.LearnerName, k.Guard: subject.GuardianPhone} {
		if _, err := j.Desk.Reveal(ctx, clerk, who, field, "contact.class"); fault.KindOf(err) != fault.Erased {
			j.fail("family %d is erased, and its %s answers %v", k.N, field, err)
		}
	}
}

func (j *judge) holds(ctx context.Context, k *known) {
	file, _, err := j.Family.Copy(ctx, j.place.guardian(k.Guard), k.Child)
	var doc struct {
		Fields   map[string]string
		Receipts []string
	}
	if err == nil {
		err = json.Unmarshal(file, &doc)
	}
	if err != nil {
		j.fail("family %d cannot be read: %v", k.N, err)
		return
	}
	if len(doc.Receipts) != 1 || doc.Receipts[0] != k.Receipt {
		j.fail("family %d has lost its receipt", k.N)
	}
	f := k.family
	for f.Names = k.Names; f.Names < k.MaybeTo && doc.Fields[subject.LearnerName] != learnerName(f.N, f.Names); {
		f.Names++
	}
	for _, field := range []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone} {
		if doc.Fields[field] != value(f, field) {
			j.fail("family %d holds another %s than was acknowledged", k.N, field)
		}
	}
	k.Names, k.MaybeTo = f.Names, 0
}

// log: the whole log verifies from the first leaf, with every head that was
// ever signed and the guard.
func (j *judge) log(ctx context.Context) error {
	r, err := j.Log.VerifyAll(ctx, j.place.Institution, nil)
	if err == nil && (!r.OK || r.Waiting > 0) {
		j.fail("the log does not verify: %s at %d, %d waiting", r.Code, r.At, r.Waiting)
	}
	return err
}
