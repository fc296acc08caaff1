package scan

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/fault"
)

// Baseline lists the results that somebody has looked at and accepted, each with
// a reason and a last day. It holds no value, only fingerprints.
type Baseline struct {
	Accepted []Entry `json:"accepted"`

	by    map[string]*Entry
	today string
}

// Entry accepts one result until the end of a day.
type Entry struct {
	ID       string      `json:"id"`
	Location string      `json:"location"` // for people; the ID decides
	Kind     detect.Kind `json:"kind"`
	Reason   string      `json:"reason"`
	Until    string      `json:"until"` // 2006-01-02
}

// Accepted is how a result stands in a baseline.
type Accepted struct {
	Reason  string `json:"reason"`
	Until   string `json:"until"`
	Expired bool   `json:"expired,omitempty"` // it counts again
}

// ReadBaseline reads a baseline; a file that is not there is an empty one. now
// decides what has expired. Errors: fault.Invalid scan.baseline.
func ReadBaseline(path string, now time.Time) (*Baseline, error) {
	b := &Baseline{today: now.Format(time.DateOnly), by: make(map[string]*Entry)}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(f, 1<<30))
	d.DisallowUnknownFields()
	if err := d.Decode(b); err != nil {
		return nil, fault.New(fault.Invalid, "scan.baseline", path).Because(err)
	}
	for i := range b.Accepted {
		e := &b.Accepted[i]
		if _, err := time.Parse(time.DateOnly, e.Until); err != nil || e.Reason == "" || e.ID == "" {
			return nil, fault.New(fault.Invalid, "scan.baseline_entry", i+1).Because(err)
		}
		b.by[e.ID] = e
	}
	return b, nil
}

// find tells how a result stands; nil if it is not accepted.
func (b *Baseline) find(id string) *Accepted {
	if b == nil {
		return nil
	}
	e := b.by[id]
	if e == nil {
		return nil
	}
	return &Accepted{e.Reason, e.Until, e.Until < b.today}
}

// mark notes on a result that it is accepted.
func (b *Baseline) mark(l *Line) {
	switch {
	case l.Finding != nil:
		l.Finding.Accepted = b.find(l.Finding.ID)
	case l.Column != nil:
		l.Column.Accepted = b.find(l.Column.ID)
	case l.Over != nil:
		l.Over.Accepted = b.find(l.Over.ID)
	}
}

// May reports whether Accept would take a reason and a last day, before a long
// scan and not after it. Errors: fault.Invalid scan.reason, scan.until.
func (b *Baseline) May(reason, until string) error {
	if reason == "" {
		return fault.New(fault.Invalid, "scan.reason")
	}
	if _, err := time.Parse(time.DateOnly, until); err != nil || until < b.today {
		return fault.New(fault.Invalid, "scan.until").Because(err)
	}
	return nil
}

// Accept takes every result of a journal into the baseline that is not masked
// and not accepted yet, or whose acceptance has expired. It returns how many.
// Errors: fault.Invalid scan.reason, scan.until; those of the journal.
func (b *Baseline) Accept(j *Journal, reason, until string) (n int, err error) {
	if err := b.May(reason, until); err != nil {
		return 0, err
	}
	for l, err := range j.Lines() {
		if err != nil {
			return n, err
		}
		e := Entry{Reason: reason, Until: until}
		switch {
		case l.Finding != nil && !l.Finding.Masked:
			e.ID, e.Location, e.Kind = l.Finding.ID, l.Finding.Location, l.Finding.Kind
		case l.Column != nil:
			e.ID, e.Location, e.Kind = l.Column.ID, l.Column.Location, l.Column.Kind
		case l.Over != nil:
			e.ID, e.Location, e.Kind = l.Over.ID, l.Over.Location, l.Over.Kind
		default:
			continue
		}
		if old := b.by[e.ID]; old == nil {
			b.Accepted = append(b.Accepted, e)
			b.by[e.ID] = &e
			n++
		} else if old.Until < b.today {
			for i := range b.Accepted {
				if b.Accepted[i].ID == e.ID {
					b.Accepted[i] = e
				}
			}
			b.by[e.ID] = &e
			n++
		}
	}
	return n, nil
}

// Save writes the baseline so that it is there whole or not at all.
func (b *Baseline) Save(path string) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(path, append(data, '\n'))
}
