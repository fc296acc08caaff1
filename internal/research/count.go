package research

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// mostCells is how many counts an answer may have.
const mostCells = 2000

// Tally is noisy counts that were released: of all, by the first column, by the
// first and second, and so on. The counts under a line add up to it.
type Tally struct {
	ID      id.Tally      `json:"-"`
	Dataset id.Dataset    `json:"-"`
	Epsilon noise.Epsilon `json:"-"`
	By      id.Staff      `json:"-"`
	At      time.Time     `json:"-"`
	Again   bool          `json:"-"` // it was asked before, and spent nothing now

	Columns []string `json:"columns"`
	Margin  int64    `json:"margin"` // how far a count is off in at most 1 of 20 cases, before they were made to agree
	Lines   []Line   `json:"lines"`
}

// Line is one count. Values has one value for each of the first columns; none is the
// count of all.
type Line struct {
	Values []string `json:"values"`
	Count  int64    `json:"count"`
	above  int32
	true   int64
}

// Count releases counts of the people of a sealed list by up to three columns, with
// noise that gives away epsilon. The budget is spent, the answer is written and the
// entry is durable before it is shown (I1). Whoever asks the same of the same list
// again, with whatever epsilon, gets the same answer and spends nothing: fresh noise
// could be averaged away.
//
// Every combination of values has its line, also where nobody is: which values there
// are at all is taken to be known to everybody.
//
// Errors: fault.Invalid at columns or epsilon; fault.Limited research.spent with
// what is left; Denied for a budget that one set oneself; Conflict research.state.….
func (s *Service) Count(ctx context.Context, a actor.Actor, which id.Dataset, columns []string, epsilon noise.Epsilon) (Tally, error) {
	if epsilon == 0 || epsilon > MostBudget {
		return Tally{}, fault.At("epsilon", "research.epsilon", MostBudget.String())
	}
	if len(columns) == 0 || len(columns) > 3 {
		return Tally{}, fault.At("columns", "research.count_columns")
	}
	var d Dataset
	var t Tally
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchCount}, func(tx *db.Tx, c *gate.Case) error {
		if err := s.know(which, &d)(tx, c); err != nil {
			return err
		}
		p, err := loadPopulation(tx, a.Institution, d.Population)
		c.Facts.OwnRequest = !a.Staff.IsZero() && a.Staff == p.By
		return err
	}, func(tx *db.Tx, permit seal.Permit, c *gate.Case) (err error) {
		question := d.question(columns)
		if t, err = asked(tx, d, question); err != nil || t.Again {
			c.Ref = t.ID.String()
			return err
		}
		if t, err = s.answer(tx, permit, d, columns, epsilon); err != nil {
			return err
		}
		t.By, t.At = a.Staff, tx.Now()
		text, err := json.Marshal(t)
		if err != nil {
			return err
		}
		c.Ref, c.Count, c.Hash = t.ID.String(), int(epsilon), sha256.Sum256(text)
		return putTally(tx, d, t, question, string(text))
	})
	if err != nil {
		return Tally{}, err
	}
	return t, nil
}

// answer spends the budget and draws the noise, inside the gate.
func (s *Service) answer(tx *db.Tx, permit seal.Permit, d Dataset, columns []string, epsilon noise.Epsilon) (Tally, error) {
	p, err := loadPopulation(tx, d.Institution, d.Population)
	if err != nil {
		return Tally{}, err
	}
	if _, err := (noise.Budget{Total: p.Total, Spent: p.Spent}).Spend(epsilon); err != nil {
		left := noise.Budget{Total: p.Total, Spent: p.Spent}.Left()
		return Tally{}, fault.New(fault.Limited, "research.spent", left.String(), p.Total.String())
	}
	list, err := openTable(tx, s.Gate.Vault, permit, d, sourceField, d.source)
	if err != nil {
		return Tally{}, err
	}
	t := Tally{ID: id.Make[id.Tally](tx.Now()), Dataset: d.ID, Epsilon: epsilon, Columns: columns}
	if column, row, found := repeated(list, d.Columns); found {
		return Tally{}, fault.At("columns", "research.twice", column, row)
	}
	if t.Lines, err = lines(d, list, columns); err != nil {
		return Tally{}, err
	}
	if err := s.blur(&t); err != nil {
		return Tally{}, err
	}
	return t, nil
}

// blur adds noise to each line and makes the lines agree.
func (s *Service) blur(t *Tally) (err error) {
	var tree noise.Tree
	for _, l := range t.Lines {
		tree.Above = append(tree.Above, l.above)
	}
	depth := tree.Depth()
	draw := noise.New(s.Rand)
	noisy := make([]int64, len(t.Lines))
	for i, l := range t.Lines {
		z, err := draw.Laplace(t.Epsilon, depth)
		if err != nil {
			return err
		}
		noisy[i] = l.true + z
	}
	agreed, err := tree.Consistent(noisy)
	if err != nil {
		return err
	}
	for i := range t.Lines {
		t.Lines[i].Count, t.Lines[i].true = agreed[i], 0
	}
	t.Margin, err = noise.Margin(t.Epsilon, depth, 20)
	return err
}

// lines counts truly. Each person is in one line of each length.
func lines(d Dataset, list *table.Table, columns []string) ([]Line, error) {
	var cols []*table.Column
	cells := 1
	for i, name := range columns {
		at := slices.IndexFunc(d.Columns, func(c Column) bool { return c.Name == name })
		if at < 0 || slices.Contains(columns[:i], name) {
			return nil, fault.At("columns", "research.count_columns")
		}
		c := list.Column(name)
		if _, _, direct := anon.Direct(c); direct || d.Columns[at].Role == Identifier || d.Columns[at].Role == Dropped {
			return nil, fault.At("columns", "research.count_name", name)
		}
		if cells *= len(c.Values); cells > mostCells {
			return nil, fault.At("columns", "research.count_many", mostCells)
		}
		cols = append(cols, c)
	}
	out := []Line{{above: -1, Values: []string{}}}
	from := 0
	first := make([]int, len(cols)+1) // the first line of each length
	for depth, c := range cols {
		order := slices.Sorted(slices.Values(c.Values))
		first[depth+1] = len(out)
		for up := from; up < first[depth+1]; up++ {
			for _, v := range order {
				out = append(out, Line{Values: append(slices.Clone(out[up].Values), v), above: int32(up)})
			}
		}
		from = first[depth+1]
	}
	tally(out, first, list, cols)
	return out, nil
}

// tally counts each person into one line of each length.
func tally(out []Line, first []int, list *table.Table, cols []*table.Column) {
	place := make([][]int, len(cols)) // of each value among the sorted ones
	for i, c := range cols {
		order := slices.Sorted(slices.Values(c.Values))
		for _, v := range c.Values {
			at, _ := slices.BinarySearch(order, v)
			place[i] = append(place[i], at)
		}
	}
	for row := range list.Rows() {
		at := 0
		out[0].true++
		for i, c := range cols {
			at = at*len(c.Values) + place[i][c.Code(row)]
			out[first[i+1]+at].true++
		}
	}
}

// question is what was asked of which list.
func (d Dataset) question(columns []string) []byte {
	h := sha256.New()
	for _, part := range append([]string{string(d.sum)}, columns...) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

// Tallies lists the counts that were released of a data set, the newest first.
// Errors: Denied research.denied, NotFound research.unknown.
func (s *Service) Tallies(ctx context.Context, a actor.Actor, which id.Dataset) (list []Tally, err error) {
	if err := s.may(a); err != nil {
		return nil, err
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		_, err := load(tx, a.Institution, which)
		if err != nil {
			return err
		}
		list, err = tallies(tx, a.Institution, which)
		return err
	})
	return list, err
}
