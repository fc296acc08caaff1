package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// glassPage is for life and health: break it, see one's own, review others'.
type glassPage struct {
	ui.Page
	Breaks   bool
	Ready    string // until when the reserve counts; "" for none
	Asked    bool
	Reasons  []ui.Option
	Reason   string
	Number   string
	Open     []glassView
	Done     []glassView
	Reviews  bool
	Verdicts []ui.Option
}

type glassView struct {
	ID, Who, Why, When, Due, Verdict, Told, Seen string
	Href                                         string
	Mine, Late                                   bool
}

// rows are what is known of it; Seen only while somebody is to judge it.
func (g glassView) rows(p lang.Printer) []ui.Row {
	rows := []ui.Row{{Key: p.T("glass.when"), Value: g.When}, {Key: p.T("glass.due"), Value: g.Due}}
	if g.Seen != "" {
		rows = append(rows, ui.Row{Key: p.T("glass.seen"), Value: g.Seen})
	}
	return append(rows, ui.Row{Key: p.T("glass.found"), Value: firstOf(g.Verdict, p.T("glass.waiting"))}, ui.Row{Key: p.T("glass.told"), Value: g.Told})
}

func (p *staffPages) glass(w http.ResponseWriter, r *Request) error {
	v, err := p.glassPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) glassPage(r *Request) (v glassPage, err error) {
	v = glassPage{Page: r.Page("glass.title"), Breaks: may(breakers, r.Actor.Role), Reviews: may(watching, r.Actor.Role), Number: r.URL.Query().Get("child")}
	for _, code := range application.Urgencies {
		v.Reasons = append(v.Reasons, ui.Option{Value: code, Text: r.P.T("glass.reason." + code)})
	}
	for _, code := range application.GlassVerdicts {
		v.Verdicts = append(v.Verdicts, ui.Option{Value: string(code), Text: r.P.T("glass.verdict." + string(code))})
	}
	own, err := p.Office.Own(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	for _, g := range own {
		switch {
		case g.Reserve && g.State == grant.Ready && g.Role == r.Actor.Role:
			v.Ready = r.P.Day(g.Until)
		case g.Reserve && g.State == grant.Asked:
			v.Asked = true
		}
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	open, done, err := p.Applications.Glasses(r.Context(), r.Actor)
	for _, g := range open {
		view := p.glassView(r, g, names)
		if v.Reviews {
			seen, err := p.Applications.Seen(r.Context(), r.Actor, g.Grant)
			if err != nil {
				return v, err
			}
			if view.Seen = r.P.T("glass.seen.none"); len(seen) > 0 {
				view.Seen = fieldList(r.P, seen)
			}
		}
		v.Open = append(v.Open, view)
	}
	for _, g := range done {
		v.Done = append(v.Done, p.glassView(r, g, names))
	}
	return v, err
}

func (p *staffPages) glassView(r *Request, g application.Glass, names map[string]string) glassView {
	now := p.Office.Gate.Now()
	v := glassView{ID: g.Grant.String(), Who: names[g.Who.String()], Why: r.P.T("glass.reason." + g.Reason), When: r.P.Time(g.At),
		Due: dueDay(r, g), Mine: g.Who == r.Actor.Staff, Late: g.Late(now), Told: dayOr(r.P, g.Told, "glass.untold")}
	if g.Verdict != "" {
		v.Verdict = r.P.T("glass.verdict." + string(g.Verdict))
	}
	if v.Mine && now.Before(g.Until) && g.Reviewed.IsZero() {
		v.Href = PathGlass + "/" + v.ID
	}
	return v
}

func dueDay(r *Request, g application.Glass) string { return r.P.Day(g.Due.Add(-1)) }

func (p *staffPages) breakGlass(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	var g application.Glass
	list, err := p.Applications.Numbers(r.Context(), r.Actor, r.PostForm.Get("child"))
	if err == nil && len(list) != 1 {
		err = fault.At("child", "application.receipt")
	}
	if err == nil {
		g, err = p.Applications.Break(r.Context(), r.Actor, list[0], r.PostForm.Get("reason"))
	}
	if errs, ok := r.said(err, fault.Conflict); err != nil && ok {
		v, err := p.glassPage(r)
		if err != nil {
			return err
		}
		for i := range errs {
			errs[i].Field = strings.Replace(errs[i].Field, "subjects", "child", 1)
		}
		v.Errors, v.Reason, v.Number = errs, r.PostForm.Get("reason"), r.PostForm.Get("child")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Go(w, PathGlass+"/"+g.Grant.String())
}

// askReserve asks that this person may break the glass at their place for a year:
// somebody else has to agree beforehand.
func (p *staffPages) askReserve(w http.ResponseWriter, r *Request) error {
	now := p.Office.Gate.Now()
	_, err := p.Grants.Ask(r.Context(), r.Actor, grant.Application{Who: r.Actor.Staff, Role: r.Actor.Role, Purpose: catalogue.LifeHealth,
		Fields: []string{subject.LearnerName, subject.GuardianName, subject.GuardianPhone}, Store: r.Actor.Store, From: now,
		Until: now.Add(grant.MaxLife), Reason: "emergency", Reserve: true})
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathGlass, "flash.grant_asked")
}

// brokenPage is what the broken glass lets its breaker see, one field at a time.
type brokenPage struct {
	ui.Page
	Until string
	Rows  []ui.Row
}

func (p *staffPages) brokenGlass(w http.ResponseWriter, r *Request) error {
	which, err := id.Parse[id.Grant](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "glass.unknown")
	}
	var g grant.Grant
	err = p.Office.Gate.DB.View(r.Context(), r.Actor.Institution, func(tx *db.Tx) error {
		if g, err = grant.Load(tx, r.Actor.Institution, which); err == nil && len(g.Subjects) > 0 {
			_, err = subject.Load(tx, r.Actor.Institution, g.Subjects[0]) // who is secluded since is not there (S2-23†)
		}
		return err
	})
	if err != nil || g.Who != r.Actor.Staff || g.Origin.IsZero() {
		return fault.New(fault.NotFound, "glass.unknown")
	}
	if !g.Live(p.Office.Gate.Now()) {
		return fault.New(fault.Conflict, "grant.over")
	}
	here := PathGlass + "/" + which.String()
	v := brokenPage{Page: r.Page("glass.open"), Until: r.P.Time(g.Until)}
	for i, of := range g.Subjects {
		for _, f := range g.Fields {
			if (subject.Owner(f) == subject.Guardian) == (i == 0) {
				continue // the first is the child, the others guardians
			}
			hide := ui.Reveal{Label: r.P.T("field." + f), Value: "…", Action: pathSubjects + "/" + g.Subjects[0].String() + "/reveal",
				Fields: []ui.Hidden{{Name: "field", Value: f}, {Name: "of", Value: of.String()}, {Name: "purpose", Value: catalogue.LifeHealth}, {Name: "back", Value: here}}}
			v.Rows = append(v.Rows, ui.Row{Key: r.P.T("field." + f), More: maskedFor(r.P, hide, purposeName(r.P, catalogue.LifeHealth))})
		}
	}
	return r.Show(w, v.body())
}

func (p *staffPages) reviewGlass(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Grant](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "glass.unknown")
	}
	_, err = p.Applications.Review(r.Context(), r.Actor, which, application.GlassVerdict(r.PostForm.Get("verdict")))
	if errs, ok := r.said(err, fault.Conflict); err != nil && ok {
		return showAgain(w, r, errs, p.glassPage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathGlass, "flash.reviewed")
}
