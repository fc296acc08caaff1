package web

import (
	"encoding/hex"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// researchOnePage is one data set: its columns and conditions to choose, what its
// tests came to, and who has to go on.
type researchOnePage struct {
	ui.Page
	research.Dataset
	Here, StateIs, Seen, Of                  string
	Kind                                     ui.Kind
	Rows, Figures                            []ui.Row
	Failed                                   []string
	Tests, Kept, Worst                       ui.Table
	Plot                                     plot
	Columns                                  []columnChoice
	Attackers, Methods, Thresholds           []ui.Option
	Threshold                                string
	More                                     bool // an unusual condition is set
	MayTry, MayApprove, MayCollect, MayCount bool
	MayEnd, Own                              bool
	CountBy                                  []ui.Option
	By                                       [3]string
	Spend, Left                              string
	Tallies                                  []ui.Table
}

// columnChoice is what may be said of one column.
type columnChoice struct {
	research.Column
	Hint          string
	RoleName      string
	ScaleName     string
	Roles, Scales []ui.Option
}

func (p *staffPages) loadResearch(r *Request) (id.Dataset, error) {
	which, err := id.Parse[id.Dataset](r.PathValue("id"))
	if err != nil || p.Research == nil {
		return which, fault.New(fault.NotFound, "research.unknown")
	}
	return which, nil
}

func (p *staffPages) researchOne(w http.ResponseWriter, r *Request) error {
	return p.showResearch(w, r, nil, nil)
}

// showResearch shows the page; settle changes what was said and is not saved.
func (p *staffPages) showResearch(w http.ResponseWriter, r *Request, errs ui.Errors, settle func(*research.Dataset)) error {
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	d, err := p.Research.Look(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	v := researchOnePage{Page: r.Page("research.menu"), Dataset: d, Here: researchPath(which), StateIs: r.P.T("research.state." + string(d.State)),
		Kind: researchKind(d.State), Seen: hex.EncodeToString(d.Hash[:]), Own: d.By == r.Actor.Staff}
	v.Title, v.Path, v.Errors = d.Purpose, PathResearch, errs
	mine := may(researchers, r.Actor.Role)
	open := d.State == research.Draft || d.State == research.Failed || d.State == research.Passed
	v.MayTry, v.MayCount = mine && open, mine && open
	v.MayApprove = d.State == research.Passed && !v.Own
	v.MayCollect = mine && d.State == research.Approved
	v.MayEnd = open
	pops, err := p.Research.Populations(r.Context(), r.Actor)
	if err != nil {
		return p.deny(w, r, err)
	}
	if at := slices.IndexFunc(pops, func(x research.Population) bool { return x.ID == d.Population }); at >= 0 {
		v.Of, v.Left = r.P.T("research.population.of", pops[at].Name, pops[at].People), epsilon(pops[at].Total-min(pops[at].Total, pops[at].Spent))
	}
	v.tell(r.P, names)
	if settle != nil {
		settle(&v.Dataset)
	}
	v.ask(r.P)
	if err := p.counts(r, &v); err != nil {
		return p.deny(w, r, err)
	}
	if errs != nil {
		return r.ShowAgain(w, v.body())
	}
	return r.Show(w, v.body())
}

// tell puts the record and its report into words.
func (v *researchOnePage) tell(p lang.Printer, names map[string]string) {
	d := v.Dataset
	row := func(key, value string) {
		if value != "" {
			v.Rows = append(v.Rows, ui.Row{Key: p.T(key), Value: value})
		}
	}
	row("research.recipient", d.Recipient)
	row("research.population", v.Of)
	row("research.rows", p.Number(int64(d.Rows)))
	row("research.by", names[d.By.String()])
	row("research.at", p.Time(d.At))
	if over := d.Lapses(); !over.IsZero() {
		row("research.lapses", p.Time(over))
	}
	if !d.ApprovedAt.IsZero() {
		row("research.approver", names[d.Approver.String()])
		row("research.approved_at", p.Time(d.ApprovedAt))
		row("research.hash", fingerprint(d.Hash))
	}
	if !d.CollectedAt.IsZero() {
		row("research.collected", names[d.CollectedBy.String()])
		row("research.collected_at", p.Time(d.CollectedAt))
	}
	if len(d.Report.Tests) > 0 {
		v.conditions(p)
	}
	v.Tests = ui.Table{Caption: p.T("research.tests"), Hidden: true, Heads: []ui.Head{{Text: p.T("research.test")}, {Text: p.T("research.verdict")},
		{Text: p.T("research.figure"), Number: true}, {Text: p.T("research.limit"), Number: true}}}
	for _, t := range d.Report.Tests {
		verdict := ui.Cell{Part: ui.Tag(ui.Success, p.T("research.holds"))}
		if !t.Passed {
			verdict = ui.Cell{Part: ui.Tag(ui.Danger, p.T("research.fails"))}
			v.Failed = append(v.Failed, failure(p, t))
		}
		figure, limit := figures(t)
		v.Tests.Rows = append(v.Tests.Rows, []ui.Cell{{Text: p.T("research.test." + t.Code)}, verdict, {Text: figure}, {Text: limit}})
	}
	if d.Report.Figures != nil {
		v.measured(p, *d.Report.Figures)
	}
}

// conditions says under what conditions the last try was made: who decides has to
// know where the data may go, and whom they are guarded against.
func (v *researchOnePage) conditions(p lang.Printer) {
	s := v.Settings
	row := func(key, value string) {
		if value != "" {
			v.Rows = append(v.Rows, ui.Row{Key: p.T(key), Value: value})
		}
	}
	row("research.threshold", p.T("research.threshold."+threshold(s)))
	row("research.attacker", p.T("research.attacker."+string(s.Attacker)))
	row("research.method", p.T("research.method."+string(s.Method)))
	row("research.set.k", number(float64(s.K)))
	row("research.set.l", number(float64(s.L)))
	for _, x := range unusual(s) {
		row("research.set."+x.name, number(x.value))
	}
}

// set is one condition that need not be there.
type set struct {
	name  string
	value float64
}

// unusual are the conditions that few ask for, in the order of the form.
func unusual(s research.Settings) []set {
	return []set{{"t", s.T}, {"entropy", s.Entropy}, {"c", s.C}, {"cl", float64(s.CL)}, {"presence", s.Presence}, {"limit", s.Limit}}
}

// threshold is the answer of the form that a highest risk stands for.
func threshold(s research.Settings) string {
	if s.Threshold > research.Strict {
		return "room"
	}
	return "strict"
}

// failure says why a test failed.
func failure(p lang.Printer, t research.Test) string {
	if t.Why != "" {
		return p.T(t.Why, t.Column, t.Row, int(t.Limit))
	}
	figure, limit := figures(t)
	return p.T("research.failed."+t.Code, figure, strings.TrimPrefix(limit, "≤ "))
}

// figures writes the figure of a test and what it may be.
func figures(t research.Test) (figure, limit string) {
	whole := func(x float64) string { return strconv.Itoa(int(x)) }
	switch t.Code {
	case research.Conditions, research.Together:
		if t.Figure == 0 {
			return "—", "≥ " + whole(t.Limit)
		}
		return whole(t.Figure), "≥ " + whole(t.Limit)
	case research.Written:
		return whole(t.Figure), "0"
	}
	return share(t.Figure), "≤ " + share(t.Limit)
}

func share(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + "%" }

// measured tells what the result is good for and what other conditions would do.
func (v *researchOnePage) measured(p lang.Printer, m anon.Report) {
	row := func(key string, args ...any) {
		v.Figures = append(v.Figures, ui.Row{Key: p.T(key), Value: p.T(key+".value", args...)})
	}
	one := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
	row("research.records", m.Records, m.Suppressed, v.Report.Held)
	row("research.groups", m.Classes, m.Least, one(m.Average))
	row("research.exact", share(m.Granularity), share(m.Utility.Entropy))
	row("research.query", share(m.QueryError))
	row("research.discerned", strconv.FormatFloat(m.Discerned, 'f', 0, 64))
	row("research.found", share(m.Risk.Prosecutor), share(m.Risk.Marketer))
	row("research.guessed", share(m.Trial.Guessed), share(m.Trial.Learned))
	if v.Report.Earlier > 0 {
		row("research.earlier", v.Report.Earlier)
	}
	v.Kept = ui.Table{Caption: p.T("research.kept"), Hidden: true, Heads: []ui.Head{{Text: p.T("research.column")}, {Text: p.T("research.leaves")},
		{Text: p.T("research.exact"), Number: true}}}
	for _, c := range v.Dataset.Columns {
		exact := share(1)
		switch c.Role {
		case research.Quasi:
			exact = share(v.Report.Kept[c.Name])
		case research.Identifier, research.Dropped:
			exact = "—"
		}
		v.Kept.Rows = append(v.Kept.Rows, ui.Words(c.Name, p.T("research.role."+string(c.Role)), exact))
	}
	v.Worst = ui.Table{Caption: p.T("research.worst"), Hidden: true, Heads: []ui.Head{{Text: p.T("research.columns")}, {Text: p.T("research.alone"), Number: true}}}
	for _, x := range v.Report.Worst {
		v.Worst.Rows = append(v.Worst.Rows, ui.Words(strings.Join(x.Columns, " + "), p.Number(int64(x.Alone))))
	}
	v.Plot = plotted(v.Report.Curve, v.Settings.K)
}

// ask makes the form of columns and conditions.
func (v *researchOnePage) ask(p lang.Printer) {
	if !v.MayTry {
		return
	}
	options := func(prefix string, values ...string) (list []ui.Option) {
		for _, x := range values {
			list = append(list, ui.Option{Value: x, Text: p.T(prefix + x)})
		}
		return list
	}
	for i, c := range v.Dataset.Columns {
		x := columnChoice{Column: c, RoleName: "role-" + strconv.Itoa(i), ScaleName: "scale-" + strconv.Itoa(i)}
		x.Hint = p.T("research.column.values", c.Values)
		switch c.Kind {
		case "":
		case research.OfRecord:
			x.Hint = p.T("research.column.kind", p.T("draw.record"), c.Values)
		default:
			x.Hint = p.T("research.column.kind", p.T("scan.kind."+c.Kind), c.Values)
		}
		for _, role := range research.Roles {
			if !c.Fixed || role == research.Identifier || role == research.Dropped {
				x.Roles = append(x.Roles, ui.Option{Value: string(role), Text: p.T("research.role." + string(role))})
			}
		}
		if !c.Fixed {
			for _, k := range hierarchy.Kinds {
				x.Scales = append(x.Scales, ui.Option{Value: string(k), Text: p.T("anonymise.kind." + string(k))})
			}
		}
		v.Columns = append(v.Columns, x)
	}
	v.Attackers, v.Methods = options("research.attacker.", "prosecutor", "journalist", "marketer"), options("research.method.", "local", "uniform")
	v.Thresholds = options("research.threshold.", "strict", "room")
	s := v.Settings
	v.Threshold = threshold(s)
	v.More = slices.ContainsFunc(unusual(s), func(x set) bool { return x.value > 0 })
}

// counts adds the noisy counts that were released, and the form for more.
func (p *staffPages) counts(r *Request, v *researchOnePage) error {
	list, err := p.Research.Tallies(r.Context(), r.Actor, v.ID)
	if err != nil {
		return err
	}
	for _, t := range list {
		x := ui.Table{Caption: r.P.T("research.tally", strings.Join(t.Columns, " × "), epsilon(t.Epsilon), t.Margin),
			Heads: []ui.Head{{Text: strings.Join(t.Columns, " / ")}, {Text: r.P.T("research.count"), Number: true}}}
		for _, l := range t.Lines {
			name := strings.Join(l.Values, " / ")
			if len(l.Values) == 0 {
				name = r.P.T("research.all")
			}
			x.Rows = append(x.Rows, ui.Words(name, r.P.Number(l.Count)))
		}
		v.Tallies = append(v.Tallies, x)
	}
	if !v.MayCount {
		return nil
	}
	for _, c := range v.Dataset.Columns {
		if c.Role != research.Identifier && c.Role != research.Dropped {
			v.CountBy = append(v.CountBy, ui.Option{Value: c.Name, Text: c.Name})
		}
	}
	return nil
}

// plot is a curve of risk and utility in a field of 640 by 360.
type plot struct {
	Points []plotPoint
	Path   string
	X, Y   []plotTick
}

type plotPoint struct {
	X, Y, Low, Name string
	Chosen          bool
}

type plotTick struct{ At, Text string }

// plotted places the points: risk on a logarithmic axis from 1 to 50 in a hundred,
// because what matters is how many times smaller it is.
func plotted(curve []anon.Point, chosen int) (v plot) {
	write := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
	across := func(risk float64) float64 { return 70 + 540*math.Log(min(max(risk, 0.01), 0.5)/0.01)/math.Log(50) }
	down := func(useful float64) float64 { return 300 - 280*min(max(useful, 0), 1) }
	var path []string
	for _, q := range curve {
		x, y := across(q.Risk), down(q.Granularity)
		v.Points = append(v.Points, plotPoint{X: write(x), Y: write(y), Low: write(y + 24), Name: "k=" + strconv.Itoa(q.K), Chosen: q.K == chosen})
		path = append(path, write(x)+","+write(y))
	}
	v.Path = strings.Join(path, " ")
	for _, risk := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5} {
		v.X = append(v.X, plotTick{write(across(risk)), strconv.Itoa(int(math.Round(100*risk))) + "%"})
	}
	for _, useful := range []float64{0, 0.5, 1} {
		v.Y = append(v.Y, plotTick{write(down(useful)), strconv.Itoa(int(100*useful)) + "%"})
	}
	return v
}
