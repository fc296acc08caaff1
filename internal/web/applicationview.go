package web

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// paperView is one application in words.
type paperView struct {
	ui.Page
	ID           string
	State        string
	Kind         ui.Kind
	Rows         []ui.Row // what is asked for
	Brief, Rest  []ui.Row // the same and the outside party, for a decision
	Outside      []ui.Row // the outside party
	Harms        []ui.Row // of the impact assessment
	Steps        []ui.Task
	Moments      []ui.Moment
	Words        []ui.Moment // what others said who decided before
	Marks        []string    // what should not be overlooked
	MayWithdraw  bool
	MayEnd       bool
	Decide       string // path, when the viewer can decide
	Capsule      string // path
	Reasons      []ui.Option
	Reason, Note string
	Step         int
	StepName     string
	names        map[string]string
}

// unitNames maps accounts and departments to names.
func (p *staffPages) unitNames(r *Request) (map[string]string, error) {
	names, err := p.names(r)
	if err != nil {
		return nil, err
	}
	departments, _, _, err := p.Applications.Register(r.Context(), r.Actor)
	for _, d := range departments {
		names[d.Code] = d.Name
	}
	return names, err
}

func (p *staffPages) paper(r *Request, x application.View) (v paperView, err error) {
	names, err := p.unitNames(r)
	if err != nil {
		return v, err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return v, err
	}
	v = paperView{Page: r.Page("applications.one"), ID: x.ID.String(), State: r.P.T("application.state." + string(x.Case.State)), Kind: paperKind(x.Case.State)}
	v.Title, v.names = x.Title, names
	v.Rows = paperRows(r.P, x.Application, names, stores)
	v.Outside, v.Harms = partyRows(r.P, x.Application), harmRows(r.P, x.Application)
	v.Marks = paperMarks(r.P, x.Application)
	for i, s := range x.Case.Steps {
		v.Steps = append(v.Steps, stepTask(r.P, x, i, s, names))
	}
	for _, e := range slices.Backward(x.Events) {
		v.Moments = append(v.Moments, eventMoment(r.P, e, x.Application, names))
		if e.Note != "" && (e.Verb == application.Agree || e.Verb == application.Refuse) {
			v.Words = append(v.Words, ui.Moment{When: r.P.Time(e.At), Title: names[e.By.String()], Detail: e.Note, Kind: ui.Info})
		}
	}
	v.Moments = append(v.Moments, ui.Moment{When: r.P.Time(x.Submitted), Title: r.P.T("applications.submitted", names[x.Applicant.String()]), Kind: ui.Info})
	own := x.Applicant == r.Actor.Staff
	running := x.Case.State == application.Granted && !x.Case.Over(p.Office.Gate.Now())
	v.MayWithdraw = own && x.Case.State == application.Pending && may(applicants, r.Actor.Role)
	v.MayEnd = running && (own && may(applicants, r.Actor.Role) || may(deciders, r.Actor.Role))
	if x.Kind == application.Capsule && x.Case.State != application.Pending && may(activityFor, r.Actor.Role) {
		v.Capsule = PathCapsules + "/" + v.ID
	}
	if len(x.Can) > 0 && may(panel, r.Actor.Role) {
		v.Decide = PathApplications + "/" + v.ID + "/decide"
	}
	return v, nil
}

// paperRows is what is asked for, in the order in which somebody decides.
func paperRows(p lang.Printer, x application.Application, names, stores map[string]string) []ui.Row {
	users := make([]string, len(x.Users))
	for i, u := range x.Users {
		users[i] = names[u.String()]
	}
	where := p.T("application.range." + string(x.Range))
	if s := stores[x.Store.String()]; s != "" {
		where = p.T("applications.in", where, s)
	}
	level := "applications.masked"
	if x.Clear {
		level = "applications.clear"
	}
	rows := []ui.Row{
		{Key: p.T("applications.who"), Value: p.T("applications.from", names[x.Applicant.String()], p.T("role."+string(x.Role)))},
		{Key: p.T("applications.why"), Value: x.Why},
		{Key: p.T("grants.for"), Value: purposeName(p, x.Purpose)},
		{Key: p.T("grants.fields"), Value: p.T("applications.level", fieldList(p, x.Fields), p.T(level))},
		{Key: p.T("applications.whom"), Value: p.T("applications.people", where, x.People)},
		{Key: p.T("applications.users"), Value: p.List(users)},
		{Key: p.T("grants.until"), Value: p.T("grants.span", p.Day(x.From), p.Day(x.Until))},
		{Key: p.T("applications.place"), Value: p.T("application.place." + string(x.Place))},
		{Key: p.T("applications.safeguards"), Value: keyList(p, "application.safeguard.", x.Safeguards)},
	}
	if x.PerDay > 0 || x.Uses > 0 {
		rows = append(rows, ui.Row{Key: p.T("applications.often"), Value: p.T("applications.often.value", x.PerDay, x.Uses)})
	}
	return rows
}

func partyRows(p lang.Printer, x application.Application) []ui.Row {
	if x.Party == nil {
		return nil
	}
	return []ui.Row{
		{Key: p.T("applications.party"), Value: x.Party.Name},
		{Key: p.T("applications.party.kind"), Value: p.T("application.party." + string(x.Party.Kind))},
		{Key: p.T("applications.agreement"), Value: p.T("applications.agreement.value", x.Party.Agreement, shortHash(x.Party.Document))},
	}
}

func harmRows(p lang.Printer, x application.Application) (rows []ui.Row) {
	for _, h := range x.Harms {
		rows = append(rows, ui.Row{Key: p.T("application.harm." + h.Harm), Value: p.T("applications.harm.value",
			p.T("application.grade."+h.Likely), p.T("application.grade."+h.Severe), h.Response)})
	}
	return rows
}

// paperMarks are what somebody who decides should not overlook.
func paperMarks(p lang.Printer, x application.Application) (marks []string) {
	add := func(is bool, key string) {
		if is {
			marks = append(marks, p.T(key))
		}
	}
	add(x.Clear, "applications.mark.clear")
	add(x.Party != nil, "applications.mark.outside")
	add(x.People > application.ManySubjects, "applications.mark.many")
	add(x.People > application.BatchSubjects && x.People <= application.ManySubjects, "applications.mark.batch")
	add(x.Place == "device" || x.Place == "paper", "applications.mark.elsewhere")
	add(x.Until.Sub(x.From) > 100*24*time.Hour, "grants.risk.long")
	return marks
}

func stepTask(p lang.Printer, x application.View, i int, s application.Step, names map[string]string) ui.Task {
	t := ui.Task{Text: stepName(p, s, names), Status: p.T("applications.step.later"), Kind: ui.Plain}
	switch d := x.Case.Decisions[i]; {
	case d.Verb == application.Agree:
		t.Hint, t.Status, t.Kind = p.T("applications.step.by", names[d.By.String()], p.Time(d.At)), p.T("application.verb.agree"), ui.Success
	case d.Verb == application.Refuse:
		t.Hint, t.Status, t.Kind = p.T("applications.step.by", names[d.By.String()], p.Time(d.At)), p.T("application.verb.refuse"), ui.Danger
	case slices.Contains(x.Case.Open(), i):
		t.Status, t.Kind, t.Hint = p.T("applications.step.now"), ui.Warning, p.T("applications.step.days", s.Days)
		if x.Able != nil && len(x.Able[i]) == 0 {
			t.Status, t.Kind = p.T("applications.step.vacant"), ui.Danger
		}
	}
	return t
}

// stepName says whose step it is; names has the departments by code too.
func stepName(p lang.Printer, s application.Step, names map[string]string) string {
	duty, role := p.T("application.duty."+string(s.Duty)), p.T("role."+string(s.Role))
	switch {
	case s.Department != "" && s.Department != application.Platform:
		return p.T("applications.step.department", duty, firstOf(names[s.Department], s.Department))
	case duty == role:
		return duty
	}
	return p.T("applications.step.role", duty, role)
}

func eventMoment(p lang.Printer, e application.Event, x application.Application, names map[string]string) ui.Moment {
	m := ui.Moment{When: p.Time(e.At), Title: p.T("application.verb." + string(e.Verb)), Kind: ui.Info, Detail: names[e.By.String()]}
	switch e.Verb {
	case application.Agree, application.Refuse:
		m.Title = p.T("applications.moment", stepName(p, x.Case.Steps[e.Step], names), m.Title)
		if !e.For.IsZero() {
			m.Detail = p.T("applications.moment.for", m.Detail, names[e.For.String()])
		}
		if m.Kind = ui.Success; e.Verb == application.Refuse {
			m.Kind, m.Detail = ui.Danger, p.T("applications.moment", m.Detail, p.T("application.refusal."+string(e.Reason)))
		}
	case application.Declare:
		m.Detail = p.T("applications.moment", m.Detail, p.T("capsule.parting."+string(e.Reason)))
	}
	return m
}
