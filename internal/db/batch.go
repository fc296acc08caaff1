package db

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const (
	batchTime = 5 * time.Millisecond // of work before a commit; the rest waits
	retries   = 8                    // attempts for a batch that lost a race
)

// How a whole batch can fail short of being lost.
var (
	errAgain   = errors.New("db: run the batch again")
	errIsolate = errors.New("db: run the functions of the batch one by one")
)

// run settles every job of a batch.
func (l *lane) run(batch []*job) {
	for attempt := 0; ; attempt++ {
		n, err := l.try(batch, attempt == 0)
		if n < len(batch) {
			l.untake(batch[n:])
			batch = batch[:n]
		}
		switch {
		case err == nil:
			l.settle(batch, nil)
			return
		case errors.Is(err, errIsolate) && len(batch) > 1:
			for i := range batch {
				l.run(batch[i : i+1])
			}
			return
		case errors.Is(err, errAgain) && attempt < retries:
			time.Sleep(rand.N(time.Millisecond << attempt))
		case errors.Is(err, errAgain) && fault.KindOf(err) != fault.Unavailable:
			l.settle(batch, fault.New(fault.Unavailable, "db.busy").Because(err))
			return
		default:
			l.settle(batch, err)
			return
		}
	}
}

// settle tells every caller. An err is everybody's.
func (l *lane) settle(batch []*job, err error) {
	l.db.poison(err)
	for _, j := range batch {
		if err != nil && j.err == nil {
			j.err = err
		}
		if j.err != nil {
			l.failed.Add(1)
		}
		j.turn <- false
	}
}

// try runs a batch in one transaction and commits it, and may first ask ahead for
// all of it. It returns how many jobs it came to before its time was up. After an
// error nothing of the batch is in the database, unless the error is
// db.commit_unknown.
func (l *lane) try(batch []*job, ahead bool) (n int, err error) {
	n = len(batch)
	for _, j := range batch {
		j.known = nil
	}
	if err := l.w.begin(batch[0].inst); err != nil {
		return n, err
	}
	if ahead {
		if err := l.ask(batch); err != nil {
			return n, l.abandon(errors.Join(errAgain, err)) // whoever needs the answer says what is wrong
		}
	}
	wrote := false
	begun := time.Now()
	for i, j := range batch {
		if i > 0 && time.Since(begun) > batchTime {
			n = i
			break
		}
		if wrote {
			j.known = nil
		}
		if err := l.step(j, len(batch) == 1); err != nil {
			return n, l.abandon(err)
		}
		wrote = wrote || j.tx.wrote
	}
	batch = batch[:n]
	if !slices.ContainsFunc(batch, (*job).writes) {
		if err := l.w.rollback(); err != nil {
			return n, err
		}
		l.announce(batch, nil)
		return n, nil
	}
	after, err := l.flush(batch)
	if err != nil {
		return n, l.abandon(err)
	}
	if err := l.w.commit(); err != nil {
		return n, l.abandon(err)
	}
	l.commits.Add(1)
	l.announce(batch, after)
	return n, nil
}

func (l *lane) abandon(err error) error {
	if e := l.w.rollback(); e != nil {
		return errors.Join(err, e)
	}
	return err
}

// step runs the function of one job under its own savepoint. Its failure is the
// job's affair (j.err); the error returned is the batch's.
func (l *lane) step(j *job, alone bool) error {
	if j.state.Load() == gone {
		return nil // its goroutine has ended; j.err says so
	}
	j.tx = Tx{c: l.w, inst: j.inst, now: l.db.cfg.Now(), saves: !alone, known: j.known}
	j.err = nil
	if j.eager && !alone {
		if err := j.tx.write(); err != nil {
			return err
		}
	}
	if j.self {
		j.run()
	} else {
		j.turn <- true
		<-l.back
	}
	if j.err == nil {
		j.err = j.tx.err
	}
	if j.err == nil {
		if len(j.tx.deferred) > 0 && l.db.cfg.Flush == nil {
			j.err = errors.New("db: Tx.Defer without Config.Flush")
		} else if j.tx.saved {
			return l.w.release()
		}
	}
	if j.err == nil {
		return nil
	}
	return l.undo(j, alone)
}

// undo takes back what a failed function did.
func (l *lane) undo(j *job, alone bool) error {
	if again(j.tx.err) {
		return j.tx.err
	}
	switch l.w.state() {
	case txGone: // the engine has rolled everything back
		return j.err
	case txSpoilt:
		if !alone && !j.tx.saved {
			j.eager = true
			return errAgain
		}
	case txOpen:
	}
	if j.tx.saved {
		return l.w.undo()
	}
	return nil // it wrote nothing, or is alone and will be rolled back
}

// writes reports whether the job succeeded and has something to commit.
func (j *job) writes() bool {
	return j.err == nil && (j.tx.wrote || len(j.tx.deferred) > 0)
}

// flush hands the deferred items to Config.Flush, institution by institution.
func (l *lane) flush(batch []*job) (after []func(), err error) {
	done := map[id.Institution]bool{}
	for i, j := range batch {
		if j.err != nil || len(j.tx.deferred) == 0 || done[j.inst] {
			continue
		}
		done[j.inst] = true
		items := j.tx.deferred
		for _, k := range batch[i+1:] {
			if k.err == nil && k.inst == j.inst {
				items = append(items, k.tx.deferred...)
			}
		}
		tx := &Tx{c: l.w, inst: j.inst, now: l.db.cfg.Now()}
		err := protect(func(tx *Tx) error { return l.db.cfg.Flush(tx, items) }, tx)
		if err == nil {
			err = tx.err
		}
		switch {
		case err == nil:
			after = append(after, tx.after...)
		case again(tx.err) || fault.KindOf(err) == fault.Unavailable || len(batch) == 1:
			return nil, err
		default:
			return nil, errIsolate // let only the culprit fail
		}
	}
	return after, nil
}

// announce runs what waited for the commit, in order, before any caller is
// told: nobody who has seen the change can meet a cache that has not.
func (l *lane) announce(batch []*job, after []func()) {
	for _, j := range batch {
		if j.err != nil {
			continue
		}
		l.batched.Add(1)
		for _, f := range j.tx.after {
			safely(f)
		}
	}
	for _, f := range after {
		safely(f)
	}
}

// safely runs f. Its panic is nobody's error: what it waited for is done.
func safely(f func()) {
	_ = protect(func(*Tx) error { f(); return nil }, nil)
}
