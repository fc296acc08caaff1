package main

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/verify"
)

// inWords says what is wrong with a table, its hierarchies or the job. Rows and
// columns are named, values never.
func inWords(err error) error {
	if _, ok := errors.AsType[*failure](err); ok {
		return err // has words already
	}
	file := ""
	if f, ok := errors.AsType[fileError](err); ok {
		file = filepath.Base(f.path)
	}
	if e, ok := errors.AsType[*table.Error](err); ok {
		return refuse(exitUsage, "anonymise.table."+string(e.Code), file, e.Row, e.Column, e.Other).because(err)
	}
	if e, ok := errors.AsType[*hierarchy.Error](err); ok {
		return refuse(exitUsage, "anonymise.hierarchy."+string(e.Code), file, e.Row).because(err)
	}
	if e, ok := errors.AsType[*anon.Error](err); ok {
		return refuse(exitUsage, "anonymise.job."+string(e.Code), e.Column, e.Row).because(err)
	}
	if p, ok := errors.AsType[*os.PathError](err); ok && errors.Is(err, os.ErrNotExist) {
		return refuse(exitUsage, "cli.no_file", p.Path).because(err)
	}
	return err
}

// unfit says which row keeps a column from being of a kind.
func unfit(err error, kind hierarchy.Kind, c *table.Column) error {
	e, ok := errors.AsType[*hierarchy.Error](err)
	if !ok || e.Code != hierarchy.Unfit {
		return err
	}
	return refuse(exitUsage, "anonymise.unfit."+string(kind), int(c.First[e.At])+2, c.Name).because(err)
}

func percent(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + "%" }

func decimals(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// line is one figure in words.
type line struct {
	key  string
	args []any
}

// lines are the figures of a release, in the order in which a person asks.
func (p plan) lines(m anon.Report) []line {
	u, r := m.Utility, m.Risk
	list := []line{
		{"anonymise.read", []any{u.Records, len(p.job.Quasi)}},
		{"anonymise.classes", []any{u.Classes, r.Least, max(r.Least-1, 0), decimals(u.Average)}},
	}
	if u.Suppressed > 0 {
		list = append(list, line{"anonymise.left_out", []any{u.Suppressed, percent(float64(u.Suppressed) / float64(max(u.Records, 1)))}})
	} else {
		list = append(list, line{"anonymise.none_left_out", nil})
	}
	list = append(list,
		line{"anonymise.granularity", []any{percent(u.Granularity), percent(u.Loss)}},
		line{"anonymise.query", []any{percent(m.QueryError), percent(u.Entropy)}},
		line{"anonymise.risk", []any{percent(r.Prosecutor), percent(r.Marketer), percent(m.Threshold), percent(r.AtRisk)}},
	)
	if p.job.Population != nil {
		list = append(list, line{"anonymise.journalist", []any{percent(r.Journalist), r.Fewest}})
	}
	list = append(list, line{"anonymise.trial", []any{m.Trial.Targets, percent(m.Wrong), percent(m.Trial.Linked), percent(m.Trial.Most)}})
	if p.held != nil {
		list = append(list, line{"anonymise.held", []any{p.held.Rows(), percent(m.Trial.Present), percent(m.Trial.Absent)}})
	}
	if p.held != nil && len(p.sensitive) > 0 {
		list = append(list, line{"anonymise.gain", []any{percent(m.Trial.Guessed), percent(m.Trial.Learned), percent(m.Trial.GainAllowed())}})
	}
	if len(p.sensitive) > 0 {
		list = append(list, line{"anonymise.guess", []any{percent(m.Trial.Guessed), percent(m.Trial.Base)}})
	}
	return list
}

// tell prints the figures.
func (v anonymiseVerb) tell(t *console, p plan, m anon.Report, c verify.Counted) {
	if t.json {
		return
	}
	for _, l := range p.lines(m) {
		t.say(l.key, l.args...)
	}
	for _, a := range p.job.Quasi {
		t.say("anonymise.column", a.Column, t.p.T("anonymise.kind."+string(a.Hierarchy.Kind())), percent(m.Utility.Columns[indexOf(p, a.Column)]))
	}
	if c.Records == 0 {
		return
	}
	t.say("anonymise.written", v.Output, c.Records, hex.EncodeToString(c.SHA256[:]))
	if v.Report != "" {
		t.say("anonymise.report", v.Report)
	}
	if v.Sign != "" {
		t.say("anonymise.certificate", withEnding(v.Output, ".certificate.json"), v.Output)
	}
	if v.K < anon20 {
		t.say("anonymise.room", v.K, anon20)
	}
}

// anon20 is the class size from which a file may leave the house: a risk of 0.05.
const anon20 = 20

func indexOf(p plan, column string) int {
	for i, a := range p.job.Quasi {
		if a.Column == column {
			return i
		}
	}
	return -1
}

// names joins the names of models.
func modelNames(models []anon.Model) (names []string) {
	for _, m := range models {
		names = append(names, m.Name())
	}
	return names
}

func joined(names []string) string { return strings.Join(names, ", ") }
