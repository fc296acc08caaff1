package anon_test

import (
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

func tableOf(t testing.TB, file string) *table.Table {
	t.Helper()
	data, err := table.Read(strings.NewReader(file), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func flat(t testing.TB, values ...string) *hierarchy.Hierarchy {
	t.Helper()
	h, err := hierarchy.Generate(hierarchy.Categories, values)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A job that cannot be done says why, by row and column, and shows no value.
func TestABadJobIsRefusedByRowAndColumn(t *testing.T) {
	data := tableOf(t, "a,b,s\nx,1,p\ny,2,q\nx,1,p\ny,3,q\n")
	quasi := func() []anon.Attribute { return []anon.Attribute{{Column: "a", Hierarchy: flat(t, "x", "y")}} }
	many := make([]anon.Attribute, 65)
	for name, c := range map[string]struct {
		job  anon.Job
		want anon.Error
	}{
		"no column":        {anon.Job{Quasi: []anon.Attribute{{Column: "z", Hierarchy: flat(t, "x")}}}, anon.Error{Code: anon.NoColumn, Column: "z"}},
		"no quasi":         {anon.Job{}, anon.Error{Code: anon.NoQuasi}},
		"too many":         {anon.Job{Quasi: many}, anon.Error{Code: anon.ManyQuasi}},
		"twice":            {anon.Job{Quasi: append(quasi(), quasi()...)}, anon.Error{Code: anon.TwiceUsed, Column: "a"}},
		"not covered":      {anon.Job{Quasi: []anon.Attribute{{Column: "b", Hierarchy: flat(t, "1", "2")}}}, anon.Error{Code: anon.NotCovered, Row: 5, Column: "b"}},
		"too small":        {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.K(5)}}, anon.Error{Code: anon.TooSmall, Row: 4}},
		"no model":         {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.K(0)}}, anon.Error{Code: anon.NoModel}},
		"sensitive quasi":  {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.Distinct{Column: "a", L: 2}}}, anon.Error{Code: anon.TwiceUsed, Column: "a"}},
		"unreachable":      {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.K(2), anon.Distinct{Column: "s", L: 3}}}, anon.Error{Code: anon.Unreachable}},
		"no population":    {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.KMap(2)}}, anon.Error{Code: anon.NoCrowd}},
		"t out of range":   {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.Close{Column: "s", T: 2}}}, anon.Error{Code: anon.NoModel}},
		"limit":            {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.K(2)}, Limit: 2}, anon.Error{Code: anon.NoModel}},
		"strange people":   {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.KMap(1)}, Population: tableOf(t, "a,b\nx,1\nw,2\n")}, anon.Error{Code: anon.NotInCrowd, Row: 3, Column: "a"}},
		"people, no colum": {anon.Job{Quasi: quasi(), Models: []anon.Model{anon.KMap(1)}, Population: tableOf(t, "b\n1\n")}, anon.Error{Code: anon.NoColumn, Column: "a"}},
	} {
		if c.job.Table = data; c.job.Models == nil {
			c.job.Models = []anon.Model{anon.K(2)}
		}
		for _, make := range []func(anon.Job) (*anon.Result, error){anon.Local, func(j anon.Job) (*anon.Result, error) { return anon.Uniform(j, anon.LeastLoss) }} {
			_, err := make(c.job)
			if e, ok := errors.AsType[*anon.Error](err); !ok || *e != c.want {
				t.Errorf("%s: %v, want %v", name, err, &c.want)
			}
		}
	}
	deep := make([]anon.Attribute, 23)
	file, cells := "q0", "x"
	for i := range deep {
		deep[i] = anon.Attribute{Column: "q" + string(rune('a'+i)), Hierarchy: flat(t, "x", "y")}
		file, cells = file+","+deep[i].Column, cells+",x"
	}
	_, err := anon.Uniform(anon.Job{Table: tableOf(t, file+"\n"+cells+"\n"), Quasi: deep, Models: []anon.Model{anon.K(1)}}, anon.LeastLoss)
	if e, ok := errors.AsType[*anon.Error](err); !ok || e.Code != anon.Lattice {
		t.Errorf("8 million combinations: %v", err)
	}
}

// One value, missing values and a table of one class are no trouble.
func TestPlainTablesAreTakenAsTheyAre(t *testing.T) {
	for name, file := range map[string]string{
		"one value":      "a,s\nx,1\nx,2\nx,3\n",
		"missing values": "a,s\n,1\n,2\n?,3\n?,4\n",
		"exactly k":      "a,s\nx,1\ny,2\n",
	} {
		data := tableOf(t, file)
		for _, cut := range []bool{false, true} {
			j := anon.Job{Table: data, Models: []anon.Model{anon.K(2)},
				Quasi: []anon.Attribute{{Column: "a", Hierarchy: flat(t, data.Column("a").Values...), Cut: cut}}}
			res, err := anon.Local(j)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if u := res.Utility(); u.Records != data.Rows() || res.Risk(0.5).Least < 2 {
				t.Errorf("%s: %+v", name, u)
			}
			if rows := released(t, res, "s"); len(rows) != data.Rows() {
				t.Errorf("%s: %d rows came out", name, len(rows))
			}
		}
	}
}

// A stop in the middle stops, and what is not named does not leave.
func TestAJobStopsWhenItIsTold(t *testing.T) {
	j := small(t)
	stop := errors.New("stop")
	j.Progress = func(int, int) error { return stop }
	if _, err := anon.Local(j); !errors.Is(err, stop) {
		t.Errorf("local: %v", err)
	}
	if _, err := anon.Uniform(j, anon.LeastLoss); !errors.Is(err, stop) {
		t.Errorf("uniform: %v", err)
	}
	res, err := anon.Local(small(t))
	if err != nil {
		t.Fatal(err)
	}
	var e *anon.Error
	if err := res.Write(table.NewWriter(io.Discard, false), []string{"nobody"}); !errors.As(err, &e) || e.Code != anon.NoColumn {
		t.Errorf("a column that is not there is kept: %v", err)
	}
	if err := res.Write(table.NewWriter(io.Discard, false), []string{"age"}); !errors.As(err, &e) || e.Code != anon.TwiceUsed {
		t.Errorf("ages leave as they are: %v", err)
	}
	if _, err := res.Measure(0.2, nil, nil, iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("broken chance: %v", err)
	}
}

// S2-05, S2-06: a list whose "grade" is really an identity number cannot be made
// anonymous, whatever the column is called.
func TestIdentifiersAreFoundWhateverTheirColumnIsCalled(t *testing.T) { // S2-05, S2-06
	for file, want := range map[string]anon.Identifier{
		"grade\n三年级\n11010519491231002X\n": anon.ResidentID,
		"grade\n3\n13800005678\n":          anon.Mobile,
		"grade\n3\n6222020200112230003\n":  "",
		"grade\n3\nward@fold.example\n":    anon.Email,
		"grade\n3\n110105194912310021\n":   "", // wrong check digit
		"grade\n3\n12345678901\n":          "", // no mobile number begins like that
		"grade\n三年级\n二〇一六级\n":              "",
	} {
		kind, row, found := anon.Direct(tableOf(t, file).Column("grade"))
		if kind != want || found != (want != "") || found && row != 3 {
			t.Errorf("%q: %v in row %d", file, kind, row)
		}
	}
}

// S2-06, S3-47: a table that was not recoded is found out by the trial, and one
// that was is not.
func TestTheTrialFindsPeopleInAPlainTableOnly(t *testing.T) { // S2-06, S3-47
	j := small(t)
	j.Models = []anon.Model{anon.K(1)}
	plain, err := anon.Local(j)
	if err != nil {
		t.Fatal(err)
	}
	plain.K = 5 // as somebody might claim
	m, err := plain.Measure(0.2, nil, nil, rand.Reader)
	if err != nil || m.Acceptable() || m.Trial.Linked < 0.4 {
		t.Errorf("nothing was done to the table, and it passes: %+v, %v", m.Trial, err)
	}
	j = small(t)
	res, err := anon.Local(j)
	if err != nil {
		t.Fatal(err)
	}
	m, err = res.Measure(0.2, nil, nil, rand.Reader)
	if err != nil || !m.Acceptable() || m.Trial.Linked > 0.2 {
		t.Errorf("%+v, %v", m.Trial, err)
	}
	held := j.Table.Pick([]int32{1, 2, 3})
	x, err := res.Try(anon.Attack{Targets: 50, Held: held, Rand: rand.Reader})
	if err != nil || x.Absent != 1 || x.Present != 1 {
		t.Errorf("records that are in it are not recognised: %+v, %v", x, err)
	}
}

// What is guessed of people in the release and of nobody else, beyond chance, was
// given away by their records.
func TestWhatTheHeldBackDoNotShareWasGivenAway(t *testing.T) { // S2-06
	for name, c := range map[string]struct {
		trial anon.Trial
		ok    bool
	}{
		"knowledge about anybody": {anon.Trial{Targets: 1000, Held: 500, Guessed: 0.9, Learned: 0.85, Base: 0.3, Chance: 0.4}, true},
		"small groups":            {anon.Trial{Targets: 1000, Held: 500, Guessed: 0.5, Learned: 0.3, Base: 0.3, Chance: 0.5}, true},
		"classes by the secret":   {anon.Trial{Targets: 1000, Held: 500, Guessed: 0.9, Learned: 0.3, Base: 0.3, Chance: 0.5}, false},
		"nobody held back":        {anon.Trial{Targets: 1000, Guessed: 0.9, Base: 0.3}, true},
	} {
		if ok := c.trial.Gain() <= c.trial.GainAllowed(); ok != c.ok {
			t.Errorf("%s: gain %.2f, allowed %.2f", name, c.trial.Gain(), c.trial.GainAllowed())
		}
	}
}
