package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/source"
)

type publishVerbs struct {
	Check publishCheckVerb `cmd:""`
}

// publishCheckVerb judges a notice that somebody has, as the desk would: S3-50,
// S3-51. It needs no installation. Exit status: 0 it may be published as it is,
// 1 it may not, 2 it could not be read.
type publishCheckVerb struct {
	File     string           `arg:""`
	Title    string           `placeholder:"TEXT"`
	Occasion publish.Occasion `default:"ordinary" placeholder:"KIND"`
	Article  string           `placeholder:"TEXT"`
	Audience publish.Audience `default:"anybody" placeholder:"WHO"`
	Days     int              `default:"7" placeholder:"N"`
	Ages     string           `default:"unknown" enum:"unknown,under_14,from_14" placeholder:"under_14|from_14"`
	School   int              `placeholder:"N"`
	Grade    int              `placeholder:"N"`
	Class    int              `placeholder:"N"`
	Output   string           `short:"o" placeholder:"FILE"`
}

// judged is the verdict on one sheet, in JSON.
type judged struct {
	Sheet    string          `json:"sheet"`
	Passed   bool            `json:"passed"`
	Least    int             `json:"fits_at_least"`
	Proposed int             `json:"proposal_fits_at_least"`
	Problems []noticeProblem `json:"problems"`

	verdict publish.Verdict
}

type noticeProblem struct {
	Code   string `json:"code"`
	Column int    `json:"column,omitempty"`
	Row    int    `json:"row,omitempty"`
	Rows   int    `json:"rows,omitempty"`
	Kind   string `json:"kind,omitempty"`
	Rule   string `json:"rule,omitempty"`
	Source string `json:"source,omitempty"`
	Advice bool   `json:"advice,omitempty"`
}

// Run judges every list of the file.
func (v publishCheckVerb) Run(ctx context.Context, t *console, _ *command) error {
	sheets, err := v.read(ctx)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return refuse(exitUsage, "publish.cli.unread", v.File, t.p.T("fault."+f.Code, f.Args...)).because(err)
	}
	if err != nil {
		return err
	}
	on := civil.DateOf(time.Now())
	scanner := detect.New(detect.Options{On: detect.On(on.Year(), int(on.Month()), on.Day())})
	all, refused := []judged{}, 0
	for _, s := range sheets {
		j := v.judge(scanner, s)
		if !j.Passed {
			refused++
		}
		all = append(all, j)
	}
	if err := v.save(all); err != nil {
		return err
	}
	if err := t.answer(all, func() {
		for _, j := range all {
			v.tell(t, j)
		}
	}); err != nil {
		return err
	}
	if v.Output != "" && !t.json {
		t.say("publish.cli.wrote", v.Output)
		if !prose(all[0]) {
			t.say("publish.cli.wrote.numbers")
		}
	}
	if refused > 0 {
		return refuse(exitWrong, "publish.cli.refused", refused, len(all))
	}
	return nil
}

func (v publishCheckVerb) read(ctx context.Context) ([]publish.Sheet, error) {
	switch info, err := os.Stat(v.File); {
	case err == nil && info.IsDir():
		return nil, refuse(exitUsage, "cli.is_folder", v.File)
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	src, err := source.Open(ctx, v.File, source.Options{})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	var sheets []publish.Sheet
	for it, err := range src.Items(ctx) {
		if err != nil {
			return nil, err
		}
		more, err := publish.Read(ctx, src.Read(ctx, it))
		if err != nil {
			return nil, err
		}
		sheets = append(sheets, more...)
	}
	if len(sheets) == 0 {
		return nil, fault.New(fault.Invalid, "publish.nothing")
	}
	return sheets, nil
}

func (v publishCheckVerb) judge(scanner *detect.Scanner, s publish.Sheet) judged {
	n := publish.Notice{Title: v.Title + " " + s.Title, Occasion: v.Occasion, Article: v.Article, Audience: v.Audience, Days: v.Days,
		People: publish.Population{School: v.School, Grade: v.Grade, Class: v.Class}, Header: s.Header, Rows: s.Rows}
	if v.Ages != "unknown" {
		n.Ages = publish.Ages(v.Ages)
	}
	j := judged{Sheet: filepath.Base(s.Name), verdict: publish.Judge(scanner, n, nil), Problems: []noticeProblem{}}
	j.Passed, j.Least, j.Proposed = j.verdict.Passed(), j.verdict.Fits.Least, j.verdict.Proposal.Fits.Least
	for _, p := range j.verdict.Problems {
		j.Problems = append(j.Problems, noticeProblem{p.Code, p.Column, p.Row, p.Rows, p.Kind.String(), p.Rule.ID, p.Rule.Source, p.Advice})
	}
	return j
}

// prose reports whether it is a text that was judged.
func prose(j judged) bool { return len(j.verdict.Columns) == 1 && j.verdict.Columns[0].Header == "" }

// tell says it in words: what is wrong, where, by which rule.
func (v publishCheckVerb) tell(t *console, j judged) {
	switch {
	case j.Passed && prose(j):
		t.say("publish.cli.passes_text", j.Sheet)
	case j.Passed:
		t.say("publish.cli.passes", j.Sheet, j.Least)
	default:
		t.say("publish.cli.fails", j.Sheet)
	}
	for _, p := range j.verdict.Problems {
		kind := ""
		if p.Kind != detect.None {
			kind = t.p.T("scan.kind." + p.Kind.String())
		}
		header := ""
		if p.Column > 0 && p.Column <= len(j.verdict.Columns) {
			header = j.verdict.Columns[p.Column-1].Header
		}
		source := p.Rule.Source
		if source == "" {
			source = t.p.T("publish.cli.format")
		}
		line := "publish.cli.problem"
		if p.Advice {
			line = "publish.cli.advice"
		}
		t.say(line, t.p.T("publish.problem."+p.Code, p.Column, header, p.Row, p.Rows, kind), source)
	}
	v.hint(t, j)
	if len(j.verdict.Problems) == 0 || v.Output != "" || len(j.verdict.Proposal.Rows) == 0 {
		return
	}
	if prose(j) {
		t.say("publish.cli.propose_text")
		return
	}
	t.say("publish.cli.propose", j.Proposed)
	t.say("publish.cli.count")
}

// hint says what was not told, as far as the verdict hangs on it.
func (v publishCheckVerb) hint(t *console, j judged) {
	shows := func(codes ...string) bool {
		return slices.ContainsFunc(j.Problems, func(p noticeProblem) bool { return slices.Contains(codes, p.Code) })
	}
	if shows("article") {
		t.say("publish.cli.hint.article")
	}
	if v.Ages == "unknown" && j.verdict.Ages == publish.Young && shows("name_on_hidden") && !v.Occasion.ByNumber() {
		t.say("publish.cli.hint.ages")
	}
	if v.School+v.Grade+v.Class == 0 && shows("few") {
		t.say("publish.cli.hint.people", publish.Usual.School, publish.Usual.Grade, publish.Usual.Class)
	}
}

// save writes the proposal for the first list that needs one.
func (v publishCheckVerb) save(all []judged) error {
	if v.Output == "" {
		return nil
	}
	p := all[0].verdict.Proposal
	if i := slices.IndexFunc(all, func(j judged) bool { return !j.Passed }); i >= 0 {
		p = all[i].verdict.Proposal
	}
	f, err := os.OpenFile(v.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return refuse(exitOutside, "publish.cli.output", v.Output).because(err)
	}
	defer f.Close()
	if _, err := f.WriteString("\uFEFF"); err != nil { // so that spreadsheets read it as UTF-8
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(append([][]string{p.Header}, p.Rows...)); err != nil {
		return err
	}
	return f.Sync()
}
