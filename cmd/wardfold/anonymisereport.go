package main

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/verify"
)

//go:embed anonymise.html
var reportPage string

// reportTemplate is the page of the report: one file without scripts, which can be
// printed, mailed and read anywhere.
var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// reportData is what the page shows. It has names of columns and figures, and no
// value of the table.
type reportData struct {
	Lang, Title, Lead  string
	Figures            []string
	Columns, Worst     [][]string
	ColumnsTitle       string
	WorstTitle         string
	ColumnHead         []string
	WorstHead          []string
	CurveTitle, Caveat string
	Plot               plot
}

// sampleRows is how many records the curve of the report is worked out on.
const sampleRows = 100_000

// report writes the page: figures in words, columns, the combinations that gave
// most away before, and what other K would have cost.
func (v anonymiseVerb) report(t *console, p plan, m anon.Report, c verify.Counted) error {
	d := reportData{
		Lang: t.p.HTML(), Title: t.p.T("anonymise.page.title"), Lead: t.p.T("anonymise.page.lead", joined(modelNames(p.job.Models))),
		ColumnsTitle: t.p.T("anonymise.page.columns"), WorstTitle: t.p.T("anonymise.page.worst"),
		ColumnHead: []string{t.p.T("anonymise.page.column"), t.p.T("anonymise.page.kind"), t.p.T("anonymise.page.kept_share")},
		WorstHead:  []string{t.p.T("anonymise.page.together"), t.p.T("anonymise.page.alone"), t.p.T("anonymise.page.below", v.K)},
		CurveTitle: t.p.T("anonymise.page.curve"), Caveat: t.p.T("anonymise.page.caveat"),
	}
	for _, l := range p.lines(m) {
		d.Figures = append(d.Figures, t.p.T(l.key, l.args...))
	}
	var names []string
	for i, a := range p.job.Quasi {
		names = append(names, a.Column)
		d.Columns = append(d.Columns, []string{a.Column, t.p.T("anonymise.kind." + string(a.Hierarchy.Kind())), percent(m.Utility.Columns[i])})
	}
	sample := some(p.job.Table)
	worst := anon.Combinations(sample, names, min(4, len(names)), v.K)
	for _, x := range worst[:min(10, len(worst))] {
		n := float64(max(sample.Rows(), 1))
		d.Worst = append(d.Worst, []string{strings.Join(x.Columns, " + "), percent(float64(x.Alone) / n), percent(float64(x.Below) / n)})
	}
	j := p.job
	j.Table, j.Population = sample, nil
	j.Models = []anon.Model{anon.K(v.K)}
	d.Plot = drawn(anon.Curve(j, 2, 3, 5, 10, 20, 50, 100), v.K, t.p.T("anonymise.page.axis_risk"), t.p.T("anonymise.page.axis_utility"))
	var b bytes.Buffer
	if err := reportTemplate.Execute(&b, d); err != nil {
		return err
	}
	return durable.Write(v.Report, b.Bytes())
}

// some takes every n-th record of a large table.
func some(t *table.Table) *table.Table {
	step := 1 + (t.Rows()-1)/sampleRows
	if step == 1 {
		return t
	}
	var rows []int32
	for r := 0; r < t.Rows(); r += step {
		rows = append(rows, int32(r))
	}
	return t.Pick(rows)
}

// plot is a curve of risk and utility, ready to draw in a field of 640 by 360.
type plot struct {
	Points       []plotPoint
	Path         string
	Risk, Useful string
	XTicks       []tick
	YTicks       []tick
}

type plotPoint struct {
	X, Y   float64
	K      int
	Chosen bool
	Tip    string
}

type tick struct {
	At   float64
	Text string
}
