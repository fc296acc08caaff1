package detect

import "maps"

// Fork is an empty table of the same columns: what t has decided about them
// stays decided, and the fork decides nothing more. Forks may take rows at the same
// time as each other, in other goroutines; Add brings their counts together.
func (t *Table) Fork() *Table {
	f := &Table{work: newWork(t.work.Scanner), seed: t.seed, forked: true, columns: make([]column, len(t.columns))}
	f.work.floor, f.work.linked = t.work.floor, t.work.linked
	for i := range t.columns {
		c := &t.columns[i]
		f.columns[i] = column{Column: Column{Header: c.Header}, hint: c.hint, decided: c.decided, settled: c.settled, lunar: c.lunar}
	}
	return f
}

// Cell takes one cell of a column by itself, as of a row that is not counted until
// End. It tells what kind of its column the cell is, None if it is not or is
// masked, and the class of age that it tells. It keeps the text until End.
func (t *Table) Cell(i int, text string) (Kind, Minor) {
	if text == "" {
		return None, Unknown
	}
	k, minor := t.cell(t.column(i), text)
	if k != None {
		t.who.take(k, minor, text)
	}
	return k, minor
}

// Add counts the rows of a fork of t as if they came behind those of t. The fork
// must not be used after.
func (t *Table) Add(fork *Table) {
	for i := range fork.columns {
		t.column(i).add(&fork.columns[i], t.rows)
	}
	t.rows += fork.rows
	t.people.merge(&fork.people)
}

// add adds the counts of another column, whose rows come behind the first so
// many.
func (c *column) add(o *column, rows int64) {
	c.Filled += o.Filled
	for k := range c.valid {
		c.valid[k] += o.valid[k]
		c.young[k] += o.young[k]
		c.teen[k] += o.teen[k]
		c.masked[k] += o.masked[k]
		if c.first[k] == 0 && o.first[k] > 0 {
			c.first[k] = rows + o.first[k]
		}
	}
	if c.Inside == nil {
		c.Inside = maps.Clone(o.Inside)
		return
	}
	for kind, n := range o.Inside {
		c.Inside[kind] += n
	}
}
