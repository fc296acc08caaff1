package scan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"os"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/fault"
)

// Journal is the record of a scan on disk: a line of JSON for each result, those
// of an item together and a Done after them. Values stand in it under a mask. A
// journal that ends in the middle of an item is good up to the item before.
type Journal struct {
	f       *os.File
	w       *bufio.Writer
	heads   map[string]Head // by target
	done    blocks          // of items done before
	dropped []Dropped       // in the order of the file
	base    *Baseline       // says what is accepted now, whatever was when a line was written; may be nil
}

// lineMax bounds a line of a journal, in bytes.
const lineMax = 1 << 20

// OpenJournal opens a journal to go on from, or makes it. "" makes one that
// vanishes with the process. One journal may hold several targets, one after the
// other. Errors: fault.Invalid scan.journal for a file that is none; those of the
// disk.
func OpenJournal(path string) (*Journal, error) {
	j := &Journal{heads: make(map[string]Head), done: make(blocks)}
	var err error
	if path == "" {
		if j.f, err = os.CreateTemp("", "wardfold-scan-*"); err == nil {
			err = os.Remove(j.f.Name())
		}
	} else {
		j.f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if err := j.recover(); err != nil {
		return nil, errors.Join(err, j.f.Close())
	}
	j.w = bufio.NewWriterSize(j.f, 64<<10)
	return j, nil
}

// recover reads what is there and cuts off what is not whole.
func (j *Journal) recover() error {
	good, at := int64(0), int64(0)
	for line, err := range j.raw() {
		if err != nil {
			break // the rest was cut while it was written
		}
		at += int64(len(line)) + 1
		var l Line
		err := json.Unmarshal(line, &l)
		_, known := j.heads[l.target()]
		switch {
		case good == 0 && (err != nil || l.Head == nil):
			return fault.New(fault.Invalid, "scan.journal").Because(err)
		case err != nil || l.Head == nil && !known:
			at = -1
		case l.Head != nil:
			j.heads[l.Head.Target], good = *l.Head, at
		case l.Dropped != nil:
			j.dropped, good = append(j.dropped, *l.Dropped), at
		case l.Done != nil:
			j.done.add(l.Done, good, at)
			good = at
		}
		if at < 0 {
			break
		}
	}
	if info, err := j.f.Stat(); err != nil || good == 0 && info.Size() > 0 {
		return fault.New(fault.Invalid, "scan.journal").Because(err) // never cut what is somebody's file
	}
	j.done.remove(j.dropped)
	j.sortDropped()
	if err := j.f.Truncate(good); err != nil {
		return err
	}
	_, err := j.f.Seek(good, io.SeekStart)
	return err
}

// raw gives the lines of the file, whole ones only.
func (j *Journal) raw() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s := bufio.NewScanner(io.NewSectionReader(j.f, 0, 1<<62))
		s.Buffer(make([]byte, 64<<10), lineMax)
		s.Split(wholeLines)
		for s.Scan() {
			if !yield(s.Bytes(), nil) {
				return
			}
		}
		if err := s.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// wholeLines leaves out a last line without its end.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF {
		return len(data), nil, nil
	}
	return 0, nil, nil
}

// Lines gives what the journal holds.
func (j *Journal) Lines() iter.Seq2[Line, error] { return j.of("") }

// of gives the lines of one sort, named as in Line, without reading the others:
// a report asks for one sort after the other. "" is all of them.
func (j *Journal) of(sort string) iter.Seq2[Line, error] {
	begin := []byte(`{"` + sort)
	return func(yield func(Line, error) bool) {
		if err := j.flush(); err != nil {
			yield(Line{}, err)
			return
		}
		at, dropped := int64(0), j.dropped
		for raw, err := range j.raw() {
			from := at
			at += int64(len(raw)) + 1
			for len(dropped) > 0 && dropped[0].To <= from {
				dropped = dropped[1:]
			}
			if err == nil && (!bytes.HasPrefix(raw, begin) || len(dropped) > 0 && dropped[0].From <= from) {
				continue
			}
			var l Line
			if err == nil {
				err = json.Unmarshal(raw, &l)
			}
			if j.base != nil {
				j.base.mark(&l)
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// begin starts a target, or goes on with it. Errors: fault.Invalid
// scan.journal_options if it was begun with other options.
func (j *Journal) begin(h Head, job *Job) (Summary, error) {
	j.base = job.Baseline
	old, ok := j.heads[h.Target]
	switch {
	case !ok:
		j.heads[h.Target] = h
		return newSummary(h), j.put(Line{Head: &h})
	case old.Options != h.Options:
		return newSummary(old), fault.New(fault.Invalid, "scan.journal_options")
	}
	return j.again(h.Target, job)
}

func (j *Journal) put(l Line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = j.w.Write(append(b, '\n'))
	return err
}

// write adds the results of an item and counts them. They reach the disk
// together, Done last.
func (j *Journal) write(lines []Line, sum *Summary, job *Job) error {
	for i := range lines {
		job.Baseline.mark(&lines[i])
		sum.take(lines[i], job)
		if err := j.put(lines[i]); err != nil {
			return err
		}
	}
	return j.w.Flush() // whoever ends the process does not ask
}

func (j *Journal) flush() error {
	if j.w == nil {
		return nil
	}
	return j.w.Flush()
}

// Close ends the journal; one without a path is gone then.
func (j *Journal) Close() error { return errors.Join(j.flush(), j.f.Close()) }

// ReadJournal opens a finished journal for reading only. Errors: fault.Invalid
// scan.journal; those of the disk.
func ReadJournal(path string) (*Journal, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	j := &Journal{f: f, heads: make(map[string]Head)}
	for l, err := range j.Lines() {
		if err == nil && l.Head != nil {
			j.heads[l.Head.Target] = *l.Head
			return j, j.readDropped()
		}
		break
	}
	return nil, errors.Join(fault.New(fault.Invalid, "scan.journal"), f.Close())
}

func (j *Journal) readDropped() error {
	var list []Dropped
	for l, err := range j.of("dropped") {
		if err != nil {
			return err
		}
		list = append(list, *l.Dropped)
	}
	j.dropped = list
	j.sortDropped()
	return nil
}

// Summary adds the lines of a journal of one target up once more. ended is when
// the scan did.
func (j *Journal) Summary(ended time.Time) (sum Summary, err error) {
	job := &Job{Least: detect.Likely}
	for l, err := range j.Lines() {
		if err != nil {
			return sum, err
		}
		if l.Head != nil {
			sum = newSummary(*l.Head)
			sum.Ended = ended
			continue
		}
		sum.take(l, job)
	}
	return sum, nil
}
