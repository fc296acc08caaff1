package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Paths of written applications and what belongs to them.
const (
	PathApplications = "/staff/applications"
	PathCapsules     = "/staff/capsules"
	PathGlass        = "/staff/breakglass"
	PathAlarms       = "/staff/alarms"
	PathSystems      = "/staff/systems"
	pathStandIns     = "/staff/standins"
	pathNewProject   = PathApplications + "/new"
	pathNewCapsule   = PathApplications + "/activity"
)

// decideWithin is how fresh the proof behind a decision is.
const decideWithin = 30 * time.Minute

// Who comes in where; the gate decides once more on each act.
var (
	applicants  = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.DataOwner}
	panel       = []actor.Role{actor.Manager, actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader, actor.Owner}
	papers      = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader, actor.Owner, actor.Auditor}
	outsiders   = []actor.Role{actor.Volunteer, actor.Vendor}
	activityFor = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.DataOwner, actor.Volunteer, actor.Vendor}
	declarers   = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Volunteer, actor.Vendor}
	breakers    = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer}
	watching    = []actor.Role{actor.Manager, actor.Officer, actor.Owner}
	glassFor    = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Owner}
	registrars  = []actor.Role{actor.CyberOffice, actor.Officer}
)

func outside(role actor.Role) bool { return slices.Contains(outsiders, role) }

func (p *staffPages) applicationRoutes() []Route {
	read, write, decide := Only(Institution, papers...), Only(OwnStore, applicants...), Only(OwnStore, panel...)
	one := PathApplications + "/{id}"
	return []Route{
		{Pattern: "GET " + PathApplications, Handler: p.applications, Access: read, Menu: "applications.title"},
		{Pattern: "GET " + pathNewProject, Handler: p.newProject, Access: write},
		{Pattern: "GET " + pathNewCapsule, Handler: p.newCapsule, Access: write},
		{Pattern: "POST " + PathApplications, Handler: p.saveApplication, Access: write, MaxBody: maxPaper},
		{Pattern: "GET " + one, Handler: p.application1, Access: read},
		{Pattern: "POST " + one, Handler: p.saveApplication, Access: write, MaxBody: maxPaper},
		{Pattern: "POST " + one + "/{act}", Handler: p.endApplication, Access: read},
		{Pattern: "GET " + one + "/decide", Handler: p.weighApplication, Access: decide.Within(decideWithin)},
		{Pattern: "POST " + one + "/decide", Handler: p.decideApplication, Access: decide.Within(decideWithin)},
		{Pattern: "POST " + pathStandIns, Handler: p.standIn, Access: decide},
		{Pattern: "POST " + pathStandIns + "/{id}/end", Handler: p.endStandIn, Access: decide},
		{Pattern: "GET " + PathCapsules, Handler: p.capsules, Access: Only(OwnStore, activityFor...), Menu: "capsules.title"},
		{Pattern: "GET " + PathCapsules + "/{id}", Handler: p.capsule, Access: Only(OwnStore, activityFor...)},
		{Pattern: "POST " + PathCapsules + "/{id}/declare", Handler: p.declare, Access: Only(OwnStore, declarers...)},
		{Pattern: "POST " + PathCapsules + "/{id}/close", Handler: p.closeCapsule, Access: write},
		{Pattern: "GET " + PathGlass, Handler: p.glass, Access: Only(OwnStore, glassFor...), Menu: "glass.title"},
		{Pattern: "POST " + PathGlass, Handler: p.breakGlass, Access: Only(OwnStore, breakers...)},
		{Pattern: "POST " + PathGlass + "/reserve", Handler: p.askReserve, Access: Only(OwnStore, breakers...)},
		{Pattern: "GET " + PathGlass + "/{id}", Handler: p.brokenGlass, Access: Only(OwnStore, breakers...)},
		{Pattern: "POST " + PathGlass + "/{id}/review", Handler: p.reviewGlass, Access: Only(OwnStore, watching...)},
		{Pattern: "GET " + PathAlarms, Handler: p.alarms, Access: Only(OwnStore, watching...), Menu: "alarms.title"},
		{Pattern: "POST " + PathAlarms + "/{id}", Handler: p.handleAlarm, Access: Only(OwnStore, watching...)},
		{Pattern: "GET " + PathSystems, Handler: p.systems, Access: Only(Institution, registrars...), Menu: "systems.title"},
		{Pattern: "POST " + PathSystems + "/{what}", Handler: p.changeSystems, Access: Only(Institution, registrars...)},
	}
}

// applicationsPage has what waits for this person, what they wrote, and for who
// answers for the institution, everything by state.
type applicationsPage struct {
	ui.Page
	Writes, Decides bool
	Inbox, Mine     []ui.Task
	Tabs            []ui.Tab
	All             []ui.Task
	StandIns        []standInView
	Colleagues      []ui.Option
	Until           string
}

type standInView struct {
	ID, Text string
	Own      bool
}

// watches reports whether a role reads every application.
func watches(role actor.Role) bool {
	return role == actor.Officer || role == actor.CyberOffice || role == actor.Auditor
}

func (p *staffPages) applications(w http.ResponseWriter, r *Request) error {
	v, err := p.applicationsPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) applicationsPage(r *Request) (v applicationsPage, err error) {
	ctx := r.Context()
	v = applicationsPage{Page: r.Page("applications.title"), Writes: may(applicants, r.Actor.Role), Decides: may(panel, r.Actor.Role)}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	if v.Decides {
		inbox, err := p.Applications.Inbox(ctx, r.Actor)
		if err != nil {
			return v, err
		}
		for _, x := range inbox {
			v.Inbox = append(v.Inbox, p.paperTask(r, x, names, "/decide"))
		}
		if err := p.standInViews(r, &v, names); err != nil {
			return v, err
		}
	}
	mine, err := p.Applications.Mine(ctx, r.Actor)
	if err != nil {
		return v, err
	}
	for _, x := range mine {
		v.Mine = append(v.Mine, p.paperTask(r, x, names, ""))
	}
	return v, p.allPapers(r, &v, names)
}

func (p *staffPages) allPapers(r *Request, v *applicationsPage, names map[string]string) error {
	if !watches(r.Actor.Role) {
		return nil
	}
	state := application.State(r.URL.Query().Get("state"))
	if !slices.Contains(application.States, state) || state == application.Draft {
		state = application.Pending
	}
	for _, s := range application.States {
		if s != application.Draft {
			v.Tabs = append(v.Tabs, ui.Tab{Href: PathApplications + "?state=" + string(s), Text: r.P.T("application.state." + string(s)), Current: s == state})
		}
	}
	all, err := p.Applications.All(r.Context(), r.Actor, state)
	for _, x := range all {
		v.All = append(v.All, p.paperTask(r, x, names, ""))
	}
	return err
}

// paperTask is one application on a list: what, who, how many, and where it
// stands, the overdue in words.
func (p *staffPages) paperTask(r *Request, x application.Application, names map[string]string, tail string) ui.Task {
	t := ui.Task{Text: x.Title, Href: PathApplications + "/" + x.ID.String() + tail, Status: r.P.T("application.state." + string(x.Case.State)),
		Kind: paperKind(x.Case.State)}
	if t.Text == "" {
		t.Text = r.P.T("applications.untitled")
	}
	t.Hint = r.P.T("applications.line", names[x.Applicant.String()], purposeName(r.P, x.Purpose), x.People)
	switch now := p.Office.Gate.Now(); {
	case x.Case.State == application.Draft:
		t.Hint = r.P.T("applications.draft", r.P.Time(x.Written))
	case x.Overdue(now):
		t.Status, t.Kind = r.P.T("applications.overdue"), ui.Danger
	case x.Case.State == application.Pending && !x.Due.IsZero():
		t.Status = r.P.T("applications.due", r.P.Day(x.Due.Add(-time.Second)))
	}
	return t
}

func paperKind(s application.State) ui.Kind {
	switch s {
	case application.Granted:
		return ui.Success
	case application.Pending:
		return ui.Warning
	case application.Refused, application.Lapsed:
		return ui.Danger
	}
	return ui.Info
}

func (p *staffPages) standInViews(r *Request, v *applicationsPage, names map[string]string) error {
	list, err := p.Applications.StandIns(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, d := range list {
		s := standInView{ID: d.ID.String(), Own: d.From == r.Actor.Staff}
		s.Text = r.P.T("standin.line", names[d.From.String()], names[d.To.String()], r.P.T("role."+string(d.Role)), r.P.Day(d.Until))
		v.StandIns = append(v.StandIns, s)
	}
	people, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, id.Store{}, false)
	for _, s := range people {
		if s.ID != r.Actor.Staff && slices.ContainsFunc(panel, s.Holds) && (r.Actor.Store.IsZero() || s.Store == r.Actor.Store || s.Store.IsZero()) {
			v.Colleagues = append(v.Colleagues, ui.Option{Value: s.ID.String(), Text: s.Name})
		}
	}
	v.Until = compact(p.Office.Gate.Now().AddDate(0, 0, 7))
	return err
}

func (p *staffPages) standIn(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	err := p.tryStandIn(r)
	if errs, ok := r.said(err); err != nil && ok {
		return showAgain(w, r, errs, p.applicationsPage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathApplications, "flash.standin")
}

func (p *staffPages) tryStandIn(r *Request) error {
	to, err := id.Parse[id.Staff](r.PostForm.Get("to"))
	if err != nil {
		return fault.At("to", "delegation.to")
	}
	until, err := typedDay(r.PostForm.Get("until"))
	if err != nil {
		return fault.At("until", "delegation.until", int(application.MaxDelegation/(24*time.Hour)))
	}
	_, err = p.Applications.StandIn(r.Context(), r.Actor, to, until.End())
	return err
}

func (p *staffPages) endStandIn(w http.ResponseWriter, r *Request) error {
	which, err := id.Parse[id.Delegation](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "delegation.unknown")
	}
	if err := p.Applications.EndStandIn(r.Context(), r.Actor, which); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathApplications, "flash.standin_ended")
}

// paperID reads the application that an address names.
func paperID(r *Request) (id.Application, error) {
	app, err := id.Parse[id.Application](r.PathValue("id"))
	if err != nil {
		return app, fault.New(fault.NotFound, "application.unknown")
	}
	return app, nil
}
