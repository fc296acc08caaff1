package web

import (
	"maps"
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/survey"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathScans is where an officer has the institution's own folders scanned for
// personal information (S1-06, S0-17).
const PathScans = "/staff/scans"

// How much of a report a page shows; the file has all of it.
const (
	maxFound = 200 // places in all
	maxEach  = 20  // places of one file
)

func (p *staffPages) scanRoutes() []Route {
	start, read := Only(Institution, officers...), Only(Institution, examiners...)
	return []Route{
		{Pattern: "GET " + PathScans, Handler: p.scans, Access: read, Menu: "survey.title"},
		{Pattern: "POST " + PathScans, Handler: p.startScan, Access: start},
		{Pattern: "GET " + PathScans + "/{id}", Handler: p.scan, Access: read},
		{Pattern: "GET " + PathScans + "/{id}/state", Handler: p.watchScan, Access: read},
		{Pattern: "POST " + PathScans + "/{id}/stop", Handler: p.stopScan, Access: start},
		{Pattern: "GET " + PathScans + "/{id}/report", Handler: p.scanReport, Access: read},
		{Pattern: "POST " + PathScans + "/{id}/report", Handler: p.printScan, Access: read, Timeout: longTask},
	}
}

func scanPath(which id.Survey) string { return PathScans + "/" + which.String() }

// scansPage lists the scans and starts one.
type scansPage struct {
	ui.Page
	List  []ui.Task
	Roots []ui.Option
	Root  string
	May   bool
}

func (p *staffPages) scansPage(r *Request) (scansPage, error) {
	v := scansPage{Page: r.Page("survey.title"), May: may(officers, r.Actor.Role)}
	for _, root := range p.Surveys.Offered(r.Actor.Institution) {
		v.Roots = append(v.Roots, ui.Option{Value: root.Name, Text: root.Name})
	}
	if p.Surveys == nil {
		return v, nil
	}
	if len(v.Roots) > 0 {
		v.Root = v.Roots[0].Value
	}
	list, err := p.Surveys.List(r.Context(), r.Actor)
	for _, s := range list {
		v.List = append(v.List, ui.Task{Text: r.P.T("survey.line", s.Root, r.P.Time(s.Started), surveyResult(r.P, s)),
			Href: scanPath(s.ID), Status: r.P.T("survey.state." + string(s.State)), Kind: surveyKind(s)})
	}
	return v, err
}

func surveyResult(p lang.Printer, s survey.Survey) string {
	switch {
	case s.State == survey.Running:
		return p.T("survey.line.running")
	case nothingRead(s):
		return p.T("survey.line.failed")
	case s.Figures.Found == 0 && (s.State != survey.Done || s.Figures.Problems > 0):
		return p.T("survey.line.partly")
	case s.Figures.Found == 0:
		return p.T("survey.line.clean")
	case s.Figures.Problems > 0:
		return p.T("survey.line.found_partly", s.Figures.Found, s.Figures.Under14, s.Figures.Problems)
	}
	return p.T("survey.line.found", s.Figures.Found, s.Figures.Under14)
}

// nothingRead tells a scan that ended before its first file: there is no report,
// and it must not pass for one that found nothing.
func nothingRead(s survey.Survey) bool {
	return s.State != survey.Done && s.State != survey.Running && s.Figures.Items == 0
}

func surveyKind(s survey.Survey) ui.Kind {
	switch {
	case s.State == survey.Running:
		return ui.Info
	case s.State == survey.Done && s.Figures.Found == 0 && s.Figures.Problems == 0:
		return ui.Success
	}
	return ui.Warning
}

func (p *staffPages) scans(w http.ResponseWriter, r *Request) error {
	v, err := p.scansPage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) startScan(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if p.Surveys == nil {
		return fault.New(fault.NotFound, "page.unknown")
	}
	s, err := p.Surveys.Start(r.Context(), r.Actor, r.PostForm.Get("root"))
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return showAgain(w, r, lines, p.scansPage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := scanPath(s.ID)
	return r.GoSaying(w, here, "flash.survey_started")
}

// scanPage is one scan: where it stands, and its figures.
type scanPage struct {
	ui.Page
	survey.Survey
	Here     string
	StateIs  string
	Kind     ui.Kind
	Progress string
	Rows     []ui.Row
	MayStop  bool
	MayRead  bool
}

func (p *staffPages) loadScan(r *Request) (survey.Survey, string, error) {
	which, err := id.Parse[id.Survey](r.PathValue("id"))
	if err != nil || p.Surveys == nil {
		return survey.Survey{}, "", fault.New(fault.NotFound, "survey.unknown")
	}
	s, at, err := p.Surveys.Look(r.Context(), r.Actor, which)
	return s, r.P.T("survey.progress", at.Done, scan.Size(at.Bytes), at.Found), err
}

func (p *staffPages) scan(w http.ResponseWriter, r *Request) error {
	s, progress, err := p.loadScan(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	v := scanPage{Page: r.Page("survey.one", s.Root), Survey: s, Here: scanPath(s.ID), Progress: progress,
		StateIs: r.P.T("survey.state." + string(s.State)), Kind: surveyKind(s), MayStop: s.State == survey.Running && may(officers, r.Actor.Role),
		MayRead: s.State != survey.Running && !nothingRead(s)}
	v.Path = PathScans
	f := s.Figures
	v.Rows = []ui.Row{{Key: r.P.T("survey.folder"), Value: s.Root}, {Key: r.P.T("survey.by"), Value: names[s.By.String()]},
		{Key: r.P.T("survey.started"), Value: r.P.Time(s.Started)}}
	if s.State != survey.Running {
		v.Rows = append(v.Rows, ui.Row{Key: r.P.T("survey.ended"), Value: r.P.Time(s.Ended)})
	}
	if v.MayRead {
		v.Rows = append(v.Rows,
			ui.Row{Key: r.P.T("survey.items"), Value: r.P.T("survey.size", f.Items, scan.Size(f.Bytes))},
			ui.Row{Key: r.P.T("survey.found"), Value: r.P.T("survey.found.value", f.Found, f.Under14, f.From14To17)},
			ui.Row{Key: r.P.T("survey.problems"), Value: r.P.Number(f.Problems)}, ui.Row{Key: r.P.T("survey.skipped"), Value: r.P.Number(f.Skipped)})
	}
	return r.Show(w, v.body())
}

// watchScan tells a script how far the scan got.
func (p *staffPages) watchScan(w http.ResponseWriter, r *Request) error {
	s, progress, err := p.loadScan(r)
	if err != nil {
		return err
	}
	answer := map[string]any{"text": progress}
	if s.State != survey.Running {
		answer["next"] = scanPath(s.ID)
	}
	return r.JSON(w, answer)
}

func (p *staffPages) stopScan(w http.ResponseWriter, r *Request) error {
	s, _, err := p.loadScan(r)
	if err == nil {
		err = p.Surveys.Stop(r.Context(), r.Actor, s.ID)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := scanPath(s.ID)
	return r.GoSaying(w, here, "flash.survey_stopped")
}

// reportPage is what a scan found, under masks.
type reportPage struct {
	ui.Page
	Here    string
	Head    string // what was looked at, and when
	Answer  string
	Minors  bool
	Advice  []string
	Kinds   ui.Table
	Parts   []foundPart
	Problem []ui.Row
	Skipped []ui.Row // how many files were left out, by the reason
	More    bool

	skipped map[string]int64 // by code
}

// foundPart is what one file, sheet or table holds.
type foundPart struct {
	Name  string
	Table ui.Table
}

func (v reportPage) kind() ui.Kind {
	switch {
	case v.Minors:
		return ui.Danger
	case len(v.Kinds.Rows)+len(v.Problem) > 0:
		return ui.Warning
	}
	return ui.Success
}

func (p *staffPages) scanReport(w http.ResponseWriter, r *Request) error {
	s, _, err := p.loadScan(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	j, sum, err := p.Surveys.Report(r.Context(), r.Actor, s.ID)
	if err != nil {
		return p.deny(w, r, err)
	}
	defer j.Close()
	v := reportPage{Page: r.Page("survey.report"), Here: scanPath(s.ID), Advice: scan.Advice(r.P, sum), Minors: sum.Under14 > 0,
		Head: r.P.T("survey.report.head", s.Root, r.P.Time(s.Started), sum.Items, scan.Size(sum.Bytes)), Answer: scan.Answer(r.P, sum)}
	v.Path = PathScans
	v.Kinds = kindTable(r.P, sum)
	if err := v.fill(j); err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// printScan answers with the whole report as a page of its own.
func (p *staffPages) printScan(w http.ResponseWriter, r *Request) error {
	s, _, err := p.loadScan(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	j, sum, err := p.Surveys.Report(r.Context(), r.Actor, s.ID)
	if err != nil {
		return p.deny(w, r, err)
	}
	defer j.Close()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="wardfold-scan-`+s.Started.Format("2006-01-02")+`.html"`)
	return scan.WriteHTML(w, j, sum, r.P)
}

func kindTable(p lang.Printer, sum scan.Summary) ui.Table {
	t := ui.Table{Caption: p.T("scan.what"), Hidden: true, Heads: []ui.Head{{Text: p.T("scan.col.kind")}, {Text: scan.LevelName(p, detect.Certain)},
		{Text: scan.LevelName(p, detect.Likely)}, {Text: scan.LevelName(p, detect.Possible)}, {Text: p.T("scan.minor.under_14")}, {Text: p.T("scan.minor.from_14_to_17")}}}
	for k := range detect.Every.All() {
		if c := sum.Kinds[k]; c.All() > 0 {
			t.Rows = append(t.Rows, ui.Words(scan.KindName(p, k), p.Number(c.Certain), p.Number(c.Likely), p.Number(c.Possible), p.Number(c.Under14), p.Number(c.From14To17)))
		}
	}
	return t
}

// fill takes the first places of each file from the journal.
func (v *reportPage) fill(j *scan.Journal) error {
	total, each := 0, 0
	v.skipped = make(map[string]int64)
	for l, err := range j.Lines() {
		if err != nil {
			return err
		}
		part, cells := placeOf(v.P, l)
		switch {
		case l.Problem != nil && !l.Problem.Skipped && len(v.Problem) < maxFound:
			v.Problem = append(v.Problem, ui.Row{Key: l.Problem.Location, Value: scan.ProblemWords(v.P, l.Problem)})
		case l.Problem != nil && l.Problem.Skipped:
			v.skipped[l.Problem.Code]++
		case l.Over != nil:
			v.More = true
		case cells == nil:
		case total >= maxFound:
			v.More = true
		default:
			if n := len(v.Parts); n == 0 || v.Parts[n-1].Name != part {
				each = 0
				v.Parts = append(v.Parts, foundPart{part, ui.Table{Caption: part, Hidden: true, Heads: []ui.Head{{Text: v.P.T("scan.col.where")},
					{Text: v.P.T("scan.col.kind")}, {Text: v.P.T("scan.col.sure")}, {Text: v.P.T("scan.col.sample")}, {Text: v.P.T("scan.col.why")}}}})
			}
			if each++; each > maxEach {
				v.More = true
				continue
			}
			total++
			t := &v.Parts[len(v.Parts)-1].Table
			t.Rows = append(t.Rows, ui.Words(cells...))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(v.skipped)) {
		v.Skipped = append(v.Skipped, ui.Row{Key: scan.SkipWords(v.P, code), Value: v.P.T("survey.files", v.skipped[code])})
	}
	return nil
}

// placeOf is one result as a row of the table of its part; nil for anything else.
func placeOf(p lang.Printer, l scan.Line) (part string, cells []string) {
	switch {
	case l.People != nil:
		return l.People.Location, []string{p.T("scan.whole_table"), "", "", "", scan.PeopleWords(p, l.People)}
	case l.Column != nil:
		c := l.Column
		return c.Part, []string{p.T("scan.whole_column", c.Column, c.Header), scan.KindName(p, c.Kind), scan.LevelName(p, c.Level),
			p.T("scan.share", c.Valid, c.Filled), scan.ReasonNames(p, c.Reasons) + scan.SampleWords(p, c)}
	case l.Finding != nil && !l.Finding.Masked:
		f := l.Finding
		why := scan.ReasonNames(p, f.Reasons)
		if f.Minor == detect.Under14.String() || f.Minor == detect.From14To17.String() {
			why = p.T("scan.list", scan.MinorName(p, f.Minor), why)
		}
		return f.Part, []string{scan.PlaceWords(p, f), scan.KindName(p, f.Kind), scan.LevelName(p, f.Level), f.Sample, why}
	}
	return "", nil
}
