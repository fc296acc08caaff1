package db

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const (
	queueLimit = 4096 // callers waiting for one lane; more are refused
	batchLimit = 256  // functions sharing one commit
)

// A lane is one writer: a connection, the queue of callers, and the goroutine that
// serves them. A caller who finds the lane idle serves itself. SQLite has one lane;
// PostgreSQL has several, each serving the institutions that hash to it.
type lane struct {
	db    *DB
	w     conn
	mixed bool          // one transaction may serve several institutions
	back  chan struct{} // a caller gives the connection back
	done  chan struct{} // the goroutine has ended

	mu     sync.Mutex
	ready  sync.Cond
	queue  []*job
	busy   bool // somebody has the connection: the goroutine, or a caller who came alone
	closed bool

	commits, batched, failed atomic.Uint64
}

// A job is one caller's function on its way through a lane. The function runs
// on the caller's own goroutine, when the lane gives it its turn: so a panic, a
// runtime.Goexit or a debugger is the caller's affair and never the lane's.
type job struct {
	inst  id.Institution
	fn    func(*Tx) error
	ctl   func(conn) error // instead of fn: housekeeping between batches
	ahead []Question       // what fn is going to ask
	known []answer         // what the running transaction has said to it
	state atomic.Int32     // queued, taken or gone
	turn  chan bool        // true: run fn now; false: err is final
	tx    Tx
	eager bool // open the savepoint before fn, for a read of it failed
	self  bool // its caller serves itself: there is no turn to wait for
	err   error
}

const (
	queued = iota
	taken  // the lane has it: the caller must wait
	gone   // the caller has left
)

var errGone = errors.New("db: the goroutine of the transaction ended inside it")

var jobs = sync.Pool{New: func() any { return &job{turn: make(chan bool, 1)} }}

func startLane(d *DB, w conn) *lane {
	l := &lane{db: d, w: w, mixed: d.Kind() == "sqlite", back: make(chan struct{}), done: make(chan struct{})}
	l.ready.L = &l.mu
	go l.loop()
	return l
}

// do queues fn, runs it when its turn comes, and returns when its fate is
// settled.
func (l *lane) do(ctx context.Context, inst id.Institution, ahead []Question, fn func(*Tx) error) error {
	j := jobs.Get().(*job)
	j.inst, j.fn, j.ahead = inst, fn, ahead
	return l.submit(ctx, j)
}

// control runs f on the lane's goroutine between two batches.
func (l *lane) control(ctx context.Context, f func(conn) error) error {
	j := jobs.Get().(*job)
	j.ctl = f
	return l.submit(ctx, j)
}

func (l *lane) submit(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.state.Store(queued)
	if alone, err := l.put(j); err != nil {
		return err
	} else if alone {
		return l.serve(j)
	}
	cancel := ctx.Done()
	for {
		select {
		case run := <-j.turn:
			if run {
				l.call(j)
				continue
			}
			return l.drop(j)
		case <-cancel:
			if j.state.CompareAndSwap(queued, gone) {
				return ctx.Err()
			}
			cancel = nil // too late to leave
		}
	}
}

// serve runs the only job of an idle lane on the goroutine of its caller, whom it
// saves four changes of goroutine.
func (l *lane) serve(j *job) error {
	whole := false
	defer func() {
		if !whole { // the function has ended this goroutine
			l.failed.Add(1)
			l.db.poison(l.w.rollback())
		}
		l.leave()
	}()
	j.self = true
	l.run([]*job{j})
	<-j.turn // settled
	whole = true
	l.db.poison(l.w.tidy(l.commits.Load()))
	return l.drop(j)
}

// leave makes the lane idle, or hands it to the goroutine if others have come.
func (l *lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	if len(l.queue) > 0 || l.closed {
		l.ready.Signal()
	}
}

// drop returns what became of j, which is used again.
func (l *lane) drop(j *job) error {
	err := j.err
	*j = job{turn: j.turn}
	jobs.Put(j)
	return err
}

// call runs the function of j with the lane's connection, and gives the
// connection back whatever happens.
func (l *lane) call(j *job) {
	defer func() { l.back <- struct{}{} }()
	j.run()
}

func (j *job) run() {
	j.err = errGone // stays if fn ends the goroutine
	j.state.Store(gone)
	err := protect(j.fn, &j.tx)
	j.state.Store(taken)
	j.err = err
}

// put queues j, or reports that the lane is idle and is the caller's own.
func (l *lane) put(j *job) (alone bool, err error) {
	if err := l.db.failure(); err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return false, fault.New(fault.Unavailable, "db.closed")
	case len(l.queue) >= queueLimit:
		return false, fault.New(fault.Unavailable, "db.busy")
	case !l.busy && len(l.queue) == 0 && j.ctl == nil:
		l.busy = true
		return true, nil
	}
	l.queue = append(l.queue, j)
	if len(l.queue) == 1 && !l.busy {
		l.ready.Signal()
	}
	return false, nil
}

// take waits for work and for the connection and returns the next batch: the oldest
// job and those that may share its transaction, in order. It returns nil when the
// lane is closed and empty. leave gives the connection back.
func (l *lane) take(batch []*job) []*job {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.busy || len(l.queue) == 0 && !l.closed {
		l.ready.Wait()
	}
	l.busy = true
	batch = batch[:0]
	rest := l.queue[:0]
	full := false
	for _, j := range l.queue {
		switch {
		case full || len(batch) > 0 && !l.mixed && j.inst != batch[0].inst:
			rest = append(rest, j)
		case j.ctl != nil && len(batch) > 0:
			full = true
			rest = append(rest, j)
		case j.state.Load() != taken && !j.state.CompareAndSwap(queued, taken):
			// its caller has left
		default:
			batch = append(batch, j)
			full = j.ctl != nil || len(batch) == batchLimit
		}
	}
	clear(l.queue[len(rest):])
	l.queue = rest
	return batch
}

// untake puts jobs that a batch had no time for back at the head of the queue.
func (l *lane) untake(js []*job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(append(make([]*job, 0, len(js)+len(l.queue)), js...), l.queue...)
}

func (l *lane) loop() {
	defer close(l.done)
	buf := make([]*job, 0, batchLimit)
	for {
		batch := l.take(buf)
		switch {
		case len(batch) == 0:
			if l.ended() {
				return
			}
		case batch[0].ctl != nil:
			j := batch[0]
			j.err = j.ctl(l.w)
			l.db.poison(j.err)
			j.turn <- false
		default:
			l.run(batch)
			l.db.poison(l.w.tidy(l.commits.Load()))
		}
		l.leave()
	}
}

func (l *lane) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed && len(l.queue) == 0
}

// close refuses new callers, lets the queued ones finish, and waits.
func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.ready.Broadcast()
	l.mu.Unlock()
	<-l.done
}
