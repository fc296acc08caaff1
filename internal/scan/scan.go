// Package scan finds personal information in what package source opens: the job
// from the first file to the report.
//
// A Job walks the items of a source with several readers and examiners, keeps
// the results of each item in order, and writes them to a journal: lines that
// hold masked values only. Whoever stops a scan goes on from the journal. A
// report is the journal told once more: as text, JSON, SARIF or a page that
// prints. What a person has accepted, with a reason and until a day, stands in a
// Baseline and does not count.
//
// Nothing here holds a value in clear longer than the piece it was found in.
package scan

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Job is one scan. It runs once.
type Job struct {
	Source   *source.Source
	Scanner  *detect.Scanner
	On       string // the day for which the scanner computes ages: 2006-01-02
	Journal  *Journal
	Baseline *Baseline
	Now      func() time.Time

	// Workers is how many pieces are examined at once; 0 is one for each processor.
	Workers int
	// Listed is how many findings of one part are listed; the rest is counted. 0
	// is DefaultListed, negative lists all.
	Listed int
	// Least is the level from which findings count as found; zero counts all.
	Least detect.Level
	// Planted are values whose finding counts whatever the level; may be nil.
	Planted *Plants
	// Known are the hosts that a site may involve.
	Known []string
	// Options are what else decides the results, in any form: a journal goes on
	// only with the same.
	Options string
	// Progress is called a few times a second, never concurrently.
	Progress func(Progress)
}

// DefaultListed is how many findings of one part are listed.
const DefaultListed = 10_000

// Progress is how far a scan got.
type Progress struct {
	Items, Done  int64 // items known, items done
	Bytes, Total int64 // bytes read, bytes known
	Listed       bool  // all items are known: Total is final
	Found        int64
	Since        time.Duration
}

// Left estimates the time that remains; ok is false while nobody can tell.
func (p Progress) Left() (left time.Duration, ok bool) {
	if !p.Listed || p.Bytes == 0 || p.Since < time.Second {
		return 0, false
	}
	return time.Duration(float64(p.Since) / float64(p.Bytes) * float64(max(p.Total-p.Bytes, 0))), true
}

// Rate is bytes a second.
func (p Progress) Rate() float64 { return float64(p.Bytes) / max(p.Since.Seconds(), 1e-9) }

// run is a job while it runs.
type run struct {
	*Job
	began   time.Time
	numbers *detect.Scanner // of the kinds that prove themselves only
	alone   bool            // no others are wanted

	tasks   chan task
	results chan *exam
	window  chan struct{} // how far readers may run ahead of the report

	items, total, done, doneBytes, found atomic.Int64
	listed                               atomic.Bool
	reading                              sync.Map // *exam: what is begun and not in the journal
}

// task is one piece to be examined.
type task struct {
	e     *exam
	part  *part
	seq   int // of the piece within the item
	nth   int // of the piece within the part
	piece *flow.Piece
}

// ahead is how many items may be finished before one that takes long.
const ahead = 1024

// Run scans. The summary tells what was found by then even with an error.
// Errors: the context's; those of the journal; those of listing the source.
func (j *Job) Run(ctx context.Context) (Summary, error) {
	if j.Workers <= 0 {
		j.Workers = runtime.GOMAXPROCS(0)
	}
	if j.Listed == 0 {
		j.Listed = DefaultListed
	}
	r := &run{Job: j, began: j.Now(), numbers: j.Scanner.Only(detect.Numbers), alone: j.Scanner.Kinds()&^detect.Numbers == 0,
		tasks: make(chan task, j.Workers), results: make(chan *exam), window: make(chan struct{}, ahead)}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sum, err := j.Journal.begin(Head{Version: 1, Target: j.Source.Name, Kind: j.Source.Kind, Started: r.began.UTC(), On: j.On, Options: j.Options}, j)
	if err != nil {
		return sum, err
	}
	stop := r.report()
	defer stop()
	queue := make(chan *exam, ahead)
	var readers, examiners sync.WaitGroup
	for range j.Workers {
		readers.Go(func() { r.read(ctx, queue) })
		examiners.Go(r.examine)
	}
	listing := make(chan error, 1)
	go func() {
		err := r.list(ctx, queue)
		close(queue)
		readers.Wait()
		close(r.tasks)
		examiners.Wait()
		close(r.results)
		listing <- err
	}()
	err = r.collect(&sum, cancel)
	err = errors.Join(err, <-listing)
	if cause := context.Cause(ctx); err == nil && cause != nil {
		err = cause
	}
	if err == nil {
		err = j.Journal.drop(&sum, j.Source.Name, j)
	}
	sum.Ended, sum.Stopped = j.Now().UTC(), err != nil
	return sum, err
}

// list gives the items to the readers, those done before excepted.
func (r *run) list(ctx context.Context, queue chan<- *exam) error {
	seq := 0
	for it, err := range r.Source.Items(ctx) {
		problem, ok := errors.AsType[*flow.Problem](err)
		if ok && it.Name == "" {
			it.Name = problem.Name
		}
		e := newExam(r, seq, it)
		switch {
		case ok:
			e.problem(problem)
		case err != nil:
			return err
		case r.Journal.knows(it, r):
			continue
		}
		seq++
		r.items.Add(1)
		r.total.Add(max(it.Size, 0))
		select {
		case r.window <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err != nil {
			e.finish()
			continue
		}
		select {
		case queue <- e:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	r.listed.Store(true)
	return nil
}

// read reads items and gives their pieces to the examiners.
func (r *run) read(ctx context.Context, queue <-chan *exam) {
	for e := range queue {
		r.reading.Store(e, nil)
		seq := 0
		for p, err := range r.Source.Read(ctx, e.item) {
			if problem, ok := errors.AsType[*flow.Problem](err); ok {
				e.problem(problem)
				continue
			}
			if err != nil {
				e.broken.Store(true)
				break
			}
			e.read.Store(p.Read)
			e.open.Add(1)
			r.tasks <- e.meet(seq, p)
			seq++
		}
		e.finish()
	}
}

func (r *run) examine() {
	for t := range r.tasks {
		t.e.piece(t)
		t.piece.Release()
		t.e.finish()
	}
}

// collect writes the results to the journal in the order of the items.
func (r *run) collect(sum *Summary, cancel context.CancelCauseFunc) (err error) {
	waiting := make(map[int]*exam)
	next := 0
	for e := range r.results {
		waiting[e.seq] = e
		for ; waiting[next] != nil; next++ {
			done := waiting[next]
			delete(waiting, next)
			if err == nil && !done.broken.Load() {
				if err = r.Journal.write(done.lines(), sum, r.Job); err != nil {
					cancel(err)
				}
				r.found.Store(sum.Found)
			}
			r.reading.Delete(done)
			r.doneBytes.Add(max(done.item.Size, 0))
			r.done.Add(1)
			<-r.window
		}
	}
	return errors.Join(err, r.Journal.flush())
}

// report calls Progress until the returned function is called.
func (r *run) report() (stop func()) {
	if r.Progress == nil {
		return func() {}
	}
	quit, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				r.Progress(r.progress())
				return
			case <-tick.C:
				r.Progress(r.progress())
			}
		}
	}()
	return func() { close(quit); <-over }
}

func (r *run) progress() Progress {
	p := Progress{Items: r.items.Load(), Done: r.done.Load(), Bytes: r.doneBytes.Load(), Total: r.total.Load(),
		Listed: r.listed.Load(), Found: r.found.Load(), Since: r.Now().Sub(r.began)}
	r.reading.Range(func(k, _ any) bool {
		p.Bytes += k.(*exam).read.Load()
		p.Found += k.(*exam).found.Load()
		return true
	})
	return p
}
