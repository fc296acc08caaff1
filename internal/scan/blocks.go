package scan

import (
	"cmp"
	"slices"

	"github.com/wardfold/wardfold/internal/source"
)

// Dropped are lines of a journal that count no more: of an item that has changed
// since, or is gone.
type Dropped struct {
	Target string `json:"target"`
	From   int64  `json:"from"` // in bytes of the journal
	To     int64  `json:"to"`
}

// block is where the lines of an item stand in a journal that was there before.
type block struct {
	Dropped
	kept bool // the item is still there, and has not changed
}

// blocks are those of items done before. Two files may have the same name under
// their masks, so each of them keeps one block.
type blocks map[string][]*block

func keyOf(target, name, stamp string) string { return target + "\x00" + name + "\x00" + stamp }

func (b blocks) add(d *Done, from, to int64) {
	key := keyOf(d.Target, d.Name, d.Stamp)
	b[key] = append(b[key], &block{Dropped: Dropped{d.Target, from, to}})
}

// remove takes out what was dropped before.
func (b blocks) remove(dropped []Dropped) {
	from := make(map[int64]bool, len(dropped))
	for _, d := range dropped {
		from[d.From] = true
	}
	for key, list := range b {
		b[key] = slices.DeleteFunc(list, func(x *block) bool { return from[x.From] })
	}
}

// knows reports whether an item was done before and has not changed since.
func (j *Journal) knows(it source.Item, r *run) bool {
	if len(j.done) == 0 || it.Stamp == "" {
		return false
	}
	name, _ := veil(r.Scanner, it.Name)
	for _, b := range j.done[keyOf(r.Source.Name, name, it.Stamp)] {
		if !b.kept {
			b.kept = true
			return true
		}
	}
	return false
}

// Resumed is how many items the journal knew when it was opened.
func (j *Journal) Resumed() (n int) {
	for _, list := range j.done {
		n += len(list)
	}
	return n
}

// drop drops the results of items that are not as they were, once all items of a
// target were listed, and counts the rest again.
func (j *Journal) drop(sum *Summary, target string, job *Job) error {
	n := len(j.dropped)
	for _, list := range j.done {
		for _, b := range list {
			if b.Target == target && !b.kept {
				j.dropped = append(j.dropped, b.Dropped)
			}
		}
	}
	if len(j.dropped) == n {
		return nil
	}
	for i := range j.dropped[n:] {
		if err := j.put(Line{Dropped: &j.dropped[n+i]}); err != nil {
			return err
		}
	}
	j.done.remove(j.dropped)
	j.sortDropped()
	var err error
	*sum, err = j.again(target, job)
	return err
}

func (j *Journal) sortDropped() {
	slices.SortFunc(j.dropped, func(a, b Dropped) int { return cmp.Compare(a.From, b.From) })
}

// again adds up what is there of a target.
func (j *Journal) again(target string, job *Job) (Summary, error) {
	sum := newSummary(j.heads[target])
	for l, err := range j.Lines() {
		if err != nil {
			return sum, err
		}
		if l.target() == target {
			sum.take(l, job)
		}
	}
	return sum, nil
}
