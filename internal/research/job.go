package research

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/check"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// job is one try of one list: all that it needs is at hand, and nothing outside it
// changes.
type job struct {
	data     Dataset // as settled
	list     *table.Table
	register *table.Table // of the population; nil without one
	crowd    int          // people of the population, as stated
	people   *roll        // of list
	earlier  []*roll      // of releases that are out
	rand     io.Reader

	report Report
	file   []byte // the result
}

// try makes the list anonymous and tries the result. It fails only for what is no
// verdict; a test that fails is in the report.
func (j *job) try(ctx context.Context) error {
	j.report = Report{}
	if code, column, row := j.telling(); code != "" {
		j.report.add(Test{Code: Conditions, Why: code, Column: column, Row: row})
		return nil
	}
	sensitive := named(j.data.Columns, Sensitive)
	work := anon.Job{Models: j.data.Settings.models(sensitive), Population: j.register, Limit: j.data.Settings.Limit,
		Progress: func(int, int) error { return ctx.Err() }}
	for _, m := range work.Models {
		j.report.Models = append(j.report.Models, m.Name())
	}
	if err := j.attributes(&work); err != nil {
		return j.unreached(err)
	}
	rest, held, rows, err := j.holdBack()
	if err != nil {
		return err
	}
	work.Table = rest
	kept, unknown := j.together(&work, rows)
	res, err := j.recode(work)
	if e, ok := errors.AsType[*anon.Error](err); ok && e.Code == anon.Unreachable && len(kept) > 0 {
		j.report.add(Test{Code: Together, Why: "research.overlap", Limit: float64(j.data.Settings.K)})
	}
	if err != nil {
		return j.unreached(err)
	}
	j.report.add(Test{Code: Conditions, Passed: true, Figure: float64(res.Risk(1).Least), Limit: float64(j.data.Settings.K)})
	j.number(res, rows)
	if err := errors.Join(j.write(res), j.count(work)); err != nil {
		return err
	}
	if err := j.measure(res, sensitive, held); err != nil {
		return err
	}
	j.apart(kept, unknown)
	j.look(work)
	return ctx.Err()
}

// telling finds what names a person by itself in a column that would leave: a
// "grade" that is really an identity number; and a person who has two records, among
// whom nobody could hide.
func (j *job) telling() (code, column string, row int) {
	if column, row, found := repeated(j.list, j.data.Columns); found {
		return "research.twice", column, row
	}
	for _, c := range j.data.Columns {
		if c.Role == Identifier || c.Role == Dropped {
			continue
		}
		if kind, row, found := anon.Direct(j.list.Column(c.Name)); found {
			return "research.direct." + string(kind), c.Name, row
		}
	}
	return "", "", 0
}

// unreached turns an error of the engine into a test that failed.
func (j *job) unreached(err error) error {
	if e, ok := errors.AsType[*anon.Error](err); ok {
		j.report.add(Test{Code: Conditions, Why: "research.job." + string(e.Code), Column: e.Column, Row: e.Row, Limit: float64(j.data.Settings.K)})
		return nil
	}
	if e, ok := errors.AsType[*unfit](err); ok {
		j.report.add(Test{Code: Conditions, Why: "research.unfit." + string(e.scale), Column: e.column, Row: e.row})
		return nil
	}
	return err
}

// unfit is a value that is not of the scale of its column.
type unfit struct {
	column string
	row    int
	scale  hierarchy.Kind
}

func (u *unfit) Error() string {
	return fmt.Sprintf("research: column %q, row %d: not %s", u.column, u.row, u.scale)
}

// attributes makes the hierarchies, over the values of the list and the register.
func (j *job) attributes(work *anon.Job) error {
	for _, c := range j.data.Columns {
		if c.Role != Quasi {
			continue
		}
		col := j.list.Column(c.Name)
		values := slices.Clone(col.Values)
		if j.register != nil {
			more := j.register.Column(c.Name)
			if more == nil {
				return &anon.Error{Code: anon.NoCrowd, Column: c.Name}
			}
			values = union(values, more.Values)
		}
		scale := c.Scale
		if scale == "" {
			scale = hierarchy.Guess(values)
		}
		h, err := hierarchy.Generate(scale, values)
		if e, ok := errors.AsType[*hierarchy.Error](err); ok && e.Code == hierarchy.Unfit && e.At < len(col.Values) {
			return &unfit{c.Name, int(col.First[e.At]) + 2, scale}
		}
		if err != nil {
			return &anon.Error{Code: anon.NotInCrowd, Column: c.Name}
		}
		work.Quasi = append(work.Quasi, anon.Attribute{Column: c.Name, Hierarchy: h, Cut: h.Ordered()})
	}
	return nil
}

// union appends to a list of different values those of another that it lacks.
func union(values, more []string) []string {
	known := make(map[string]bool, len(values))
	for _, v := range values {
		known[v] = true
	}
	for _, v := range more {
		if !known[v] {
			values = append(values, v)
		}
	}
	return values
}

// mostHeld is how many people are held back at most: more do not make a trial
// surer.
const mostHeld = 500

// holdBack takes a twentieth of the people out of the list for the trial. People of
// an earlier release stay in it: if some of them were missing, the two releases
// would tell who.
func (j *job) holdBack() (rest, held *table.Table, rows []int32, err error) {
	var old, fresh []int32
	known := j.known()
	for row := range j.list.Rows() {
		if known[row] {
			old = append(old, int32(row))
		} else {
			fresh = append(fresh, int32(row))
		}
	}
	n := min(mostHeld, len(fresh)/20)
	if len(old) > 0 {
		n = 0
	}
	_, held, picked, err := anon.HoldBack(j.list.Pick(fresh), n, j.rand)
	if err != nil {
		return nil, nil, nil, err
	}
	rows = slices.Clone(old)
	for _, p := range picked {
		rows = append(rows, fresh[p])
	}
	slices.Sort(rows)
	if j.report.Held = held.Rows(); j.report.Held == 0 {
		held = nil
	}
	return j.list.Pick(rows), held, rows, nil
}

// known says of each person of the list whether an earlier release showed them.
func (j *job) known() []bool {
	out := make([]bool, j.list.Rows())
	for _, e := range j.earlier {
		class, _, ok := before(j.people, e)
		for p := range class {
			out[p] = out[p] || ok && class[p] >= 0
		}
	}
	return out
}

// together makes the engine keep together what earlier releases showed together.
// It returns the releases that have people in common, and whether there is one of
// which nobody can say.
func (j *job) together(work *anon.Job, rows []int32) (shared []*roll, unknown bool) {
	key := make([]string, len(rows))
	k := j.data.Settings.K
	for _, e := range j.earlier {
		class, n, ok := before(j.people, e)
		if !ok && e.population == j.data.Population {
			unknown = true
		}
		if n == 0 {
			continue
		}
		shared, k = append(shared, e), min(k, e.k)
		for i, row := range rows {
			key[i] += fmt.Sprint(class[row], " ")
		}
	}
	j.report.Earlier = len(shared)
	if len(shared) == 0 {
		return nil, unknown
	}
	// Who was in none stays together too: a few of them among people who were are what
	// tells two releases apart.
	number, of := map[string]int32{}, make([]int32, len(rows))
	for i, x := range key {
		n, seen := number[x]
		if !seen {
			n = int32(len(number))
			number[x] = n
		}
		of[i] = n
	}
	work.Models = append(work.Models, anon.Together{Earlier: of, K: k})
	return shared, unknown
}

func (j *job) recode(work anon.Job) (*anon.Result, error) {
	if j.data.Settings.Method == Uniform {
		return anon.Uniform(work, anon.MostGranule)
	}
	return anon.Local(work)
}

// number writes the class of each person into the roll.
func (j *job) number(res *anon.Result, rows []int32) {
	for p := range j.people.class {
		j.people.class[p] = -1
	}
	for i, c := range res.Of() {
		j.people.class[rows[i]] = c
	}
}

// write makes the file.
func (j *job) write(res *anon.Result) error {
	var b bytes.Buffer
	w := table.NewWriter(&b, j.list.GB18030())
	err := errors.Join(res.Write(w, named(j.data.Columns, Sensitive, Plain)), w.Flush())
	j.file = b.Bytes()
	return err
}

// count reads the file as its recipient will and counts anew. What was asked for
// because of earlier releases is counted with these.
func (j *job) count(work anon.Job) error {
	out, err := table.Read(bytes.NewReader(j.file), table.Options{Comma: ','})
	if err != nil {
		return err
	}
	models := slices.DeleteFunc(slices.Clone(work.Models), func(m anon.Model) bool { _, ok := m.(anon.Together); return ok })
	found, err := check.Release{Table: out, Quasi: work.Quasi, Models: models, Source: work.Table, Population: j.register}.Test()
	if err != nil {
		return err
	}
	j.report.add(Test{Code: Written, Passed: len(found) == 0, Figure: float64(len(found))})
	return nil
}
