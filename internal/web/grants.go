package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Paths of those who answer for a store.
const (
	PathGrants  = "/staff/grants"
	PathMatrix  = "/staff/matrix"
	PathPeople  = "/staff/people"
	PathFigures = "/staff/figures"
)

func (p *staffPages) managerRoutes() []Route {
	ask, decide := Only(OwnStore, granting...), Only(OwnStore, deciders...)
	staff, count := Only(OwnStore, staffing...), Only(OwnStore, accountable...)
	return []Route{
		{Pattern: "GET " + PathGrants, Handler: p.grants, Access: ask, Menu: "grants.title"},
		{Pattern: "GET " + PathGrants + "/new", Handler: p.newGrant, Access: Only(OwnStore, readers...)},
		{Pattern: "POST " + PathGrants, Handler: p.askGrant, Access: Only(OwnStore, readers...)},
		{Pattern: "POST " + PathGrants + "/{id}/{decision}", Handler: p.decideGrant, Access: decide},
		{Pattern: "GET " + PathMatrix, Handler: p.matrix, Access: Only(Institution, accountable...), Menu: "matrix.title"},
		{Pattern: "GET " + PathPeople, Handler: p.people, Access: staff, Menu: "people.title"},
		{Pattern: "POST " + PathPeople, Handler: p.addPerson, Access: staff},
		{Pattern: "GET " + PathPeople + "/{id}", Handler: p.person, Access: staff},
		{Pattern: "POST " + PathPeople + "/{id}/{what}", Handler: p.changePerson, Access: staff},
		{Pattern: "GET " + PathFigures, Handler: p.figures, Access: count, Menu: "figures.title"},
	}
}

// grantsPage has the applications that wait for this person, and the grants in
// force with who approved them, why, and when they end (S0-10).
type grantsPage struct {
	ui.Page
	Decides bool
	Asks    bool
	Inbox   []grantView
	Running []grantView
	Own     []grantView
}

// grantView is one grant in words.
type grantView struct {
	ID                                     string
	Who, Role, Purpose, Fields, Store, Why string
	From, Until, Asked, PerDay, Approver   string
	State                                  string
	Kind                                   ui.Kind
	Risks                                  []string
	Mine                                   bool // the viewer asked for it or would use it: somebody else decides (I8)
}

func (p *staffPages) grants(w http.ResponseWriter, r *Request) error {
	v := grantsPage{Page: r.Page("grants.title"), Decides: may(deciders, r.Actor.Role), Asks: may(readers, r.Actor.Role)}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return err
	}
	own, err := p.Office.Own(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v.Own = p.viewGrants(r, own, names, stores)
	if v.Decides {
		waiting, err := p.Office.Waiting(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		v.Inbox = p.viewGrants(r, waiting, names, stores)
		running, err := p.Office.Running(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		v.Running = p.viewGrants(r, running, names, stores)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) viewGrants(r *Request, list []grant.Grant, names, stores map[string]string) []grantView {
	out := make([]grantView, len(list))
	for i, g := range list {
		v := grantView{ID: g.ID.String(), Who: names[g.Who.String()], Role: r.P.T("role." + string(g.Role)),
			Purpose: purposeName(r.P, g.Purpose), Fields: fieldList(r.P, g.Fields), Store: r.P.T("grants.everywhere"),
			Why: r.P.T("grant.reason." + string(g.Reason)), From: r.P.Day(g.From), Until: r.P.Day(g.Until), Asked: r.P.Time(g.AskedAt),
			PerDay: strconv.Itoa(g.Quota()), Approver: names[g.Decider.String()], State: r.P.T("grant.state." + string(g.State)),
			Mine: g.Who == r.Actor.Staff || g.Applicant == r.Actor.Staff, Risks: risks(r, g)}
		if !g.Store.IsZero() {
			v.Store = stores[g.Store.String()]
		}
		if v.Kind = ui.Info; g.State == grant.Approved {
			v.Kind = ui.Success
		}
		out[i] = v
	}
	return out
}

// risks are what somebody who decides should not overlook.
func risks(r *Request, g grant.Grant) (marks []string) {
	if g.Emergency {
		marks = append(marks, r.P.T("grants.risk.emergency"))
	}
	if g.Reserve {
		marks = append(marks, r.P.T("grants.risk.reserve"))
	}
	if g.Store.IsZero() {
		marks = append(marks, r.P.T("grants.risk.everywhere"))
	}
	if g.Quota() > grant.DefaultPerDay {
		marks = append(marks, r.P.T("grants.risk.quota", g.Quota()))
	}
	if g.Until.Sub(g.From) > 100*24*time.Hour {
		marks = append(marks, r.P.T("grants.risk.long"))
	}
	return marks
}

// grantForm is an application: who it is for, why, what, where, until when.
type grantForm struct {
	ui.Page
	People, Purposes, Stores, Reasons []ui.Option
	Fields                            []ui.Check
	Who, Purpose, Store, Reason       string
	Until                             string
}

func (p *staffPages) grantForm(r *Request) (grantForm, error) {
	v := grantForm{Page: r.Page("grants.new"), Who: r.Actor.Staff.String(), Store: r.Actor.Store.String()}
	v.Until = compact(p.Office.Gate.Now().Add(90 * 24 * time.Hour))
	people, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, r.Actor.Store, false)
	if err != nil {
		return v, err
	}
	for _, s := range people {
		if s.ID == r.Actor.Staff || may(deciders, r.Actor.Role) && slices.ContainsFunc(readers, s.Holds) {
			v.People = append(v.People, ui.Option{Value: s.ID.String(), Text: s.Name})
		}
	}
	if v.Stores, err = p.storeChoice(r); err != nil {
		return v, err
	}
	purposes, err := p.Office.Purposes(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	fields := map[string]bool{}
	for _, x := range purposes {
		if !x.Active(p.Office.Gate.Now()) {
			continue
		}
		v.Purposes = append(v.Purposes, ui.Option{Value: x.Code, Text: purposeName(r.P, x.Code)})
		for _, f := range x.Fields {
			if !fields[f] {
				fields[f] = true
				v.Fields = append(v.Fields, ui.Check{Name: "fields", Value: f, Label: r.P.T("field." + f), On: slices.Contains(r.PostForm["fields"], f)})
			}
		}
	}
	for _, reason := range grant.Standing {
		if reason != "emergency" {
			v.Reasons = append(v.Reasons, ui.Option{Value: string(reason), Text: r.P.T("grant.reason." + string(reason))})
		}
	}
	return v, nil
}

func (p *staffPages) newGrant(w http.ResponseWriter, r *Request) error {
	v, err := p.grantForm(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) askGrant(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	app, err := p.application(r)
	if err == nil {
		_, err = p.Grants.Ask(r.Context(), r.Actor, app)
	}
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, err := p.grantForm(r)
		if err != nil {
			return err
		}
		for i := range errs { // the register points with slashes
			errs[i].Field = trimSlash(errs[i].Field)
		}
		f := r.PostForm
		v.Errors, v.Who, v.Purpose, v.Store, v.Reason, v.Until = errs, f.Get("who"), f.Get("purpose"), f.Get("store"), f.Get("reason"), f.Get("until")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathGrants, "flash.grant_asked")
}

func (p *staffPages) application(r *Request) (grant.Application, error) {
	f := r.PostForm
	now := p.Office.Gate.Now()
	app := grant.Application{Purpose: f.Get("purpose"), Fields: f["fields"], From: now, Reason: grant.Reason(f.Get("reason"))}
	who, err := id.Parse[id.Staff](f.Get("who"))
	if err != nil {
		return app, fault.At("who", "grant.who")
	}
	s, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, who)
	if err != nil {
		return app, fault.At("who", "grant.who")
	}
	app.Who = who
	for _, role := range readers {
		if s.Holds(role) && (app.Role == "" || role == r.Actor.Role && who == r.Actor.Staff) {
			app.Role = role
		}
	}
	if f.Get("store") != "" {
		if app.Store, err = id.Parse[id.Store](f.Get("store")); err != nil {
			return app, fault.At("store", "grant.scope")
		}
	}
	day, err := typedDay(f.Get("until"))
	if err != nil {
		return app, fault.At("until", "grant.until")
	}
	app.Until = day.End()
	return app, nil
}

// decideGrant approves, refuses or ends. A decision is two presses: the page and
// the button.
func (p *staffPages) decideGrant(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Grant](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "grant.unknown")
	}
	say := ""
	switch r.PathValue("decision") {
	case "approve":
		_, err = p.Grants.Approve(r.Context(), r.Actor, which)
		say = "flash.grant_approved"
	case "refuse":
		_, err = p.Grants.Refuse(r.Context(), r.Actor, which)
		say = "flash.grant_refused"
	case "end":
		_, err = p.Grants.End(r.Context(), r.Actor, which)
		say = "flash.grant_ended"
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathGrants, say)
}

// matrixPage is who may see what: classes of fields by roles, with every grant
// that opens one (S0-10, S3-10). It prints.
type matrixPage struct {
	ui.Page
	At, Version, Hash string
	Table             ui.Table
}

func (p *staffPages) matrix(w http.ResponseWriter, r *Request) error {
	m, err := p.Office.Matrix(r.Context(), r.Actor)
	if err != nil {
		return p.deny(w, r, err)
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	v := matrixPage{Page: r.Page("matrix.title"), At: r.P.Time(m.At), Version: m.Version, Hash: shortHash(m.Hash())}
	v.Table = ui.Table{ID: "matrix", Caption: r.P.T("matrix.caption"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("matrix.role")}, {Text: r.P.T("matrix.most")}}}
	for _, c := range policy.ClassNames {
		v.Table.Heads = append(v.Table.Heads, ui.Head{Text: r.P.T("policy.class." + c.Name)})
	}
	for _, row := range m.Rows {
		if row.Role == actor.System {
			continue
		}
		cells := ui.Words(r.P.T("role."+string(row.Role)), r.P.T("policy.access."+string(row.Access)))
		for _, c := range row.Cells {
			cells = append(cells, ui.Cell{Part: grantLines(r.P, c.Grants, names)})
		}
		v.Table.Rows = append(v.Table.Rows, cells)
	}
	return r.Show(w, v.body())
}

// typedDay reads eight digits, or a day with hyphens.
func typedDay(s string) (civil.Date, error) {
	d := digitsOf(s)
	if len(d) != 8 {
		return civil.Date{}, fault.New(fault.Invalid, "grant.until")
	}
	return civil.ParseDate(d[:4] + "-" + d[4:6] + "-" + d[6:])
}

func grantRows(p lang.Printer, list []grantView, ends bool) [][]ui.Cell {
	rows := make([][]ui.Cell, len(list))
	for i, g := range list {
		rows[i] = append(ui.Words(g.Who, g.Purpose, g.Fields, g.Until, g.Approver), ui.Cell{Part: grantState(p, g, ends)})
	}
	return rows
}
