package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

func (p *staffPages) todayRoutes() []Route {
	return []Route{{Pattern: "GET " + PathStaff, Handler: p.today, Access: Only(Itself, everyStaff...), Menu: "today.title"}}
}

// todayPage is what waits for a member of staff, by role, the overdue first and
// in words.
type todayPage struct {
	ui.Page
	Name     string
	Store    string
	Roles    []ui.Option // the others this person may act in
	Tasks    []ui.Task
	Doors    []roomLink
	Concerns []concern
	Missing  []string // what keeps this person from opening anything

	Unpledged bool // the pledge is among them
}

type roomLink struct{ Href, Icon, Title, Hint string }

func (p *staffPages) today(w http.ResponseWriter, r *Request) error {
	v := todayPage{Page: r.Page("today.title")}
	me, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, r.Actor.Staff)
	if err != nil {
		return err
	}
	v.Name = me.Name
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return err
	}
	v.Store = stores[r.Actor.Store.String()]
	for _, a := range me.Appointments {
		if a.Role != r.Actor.Role && !a.Confirmed.IsZero() {
			v.Roles = append(v.Roles, ui.Option{Value: string(a.Role), Text: r.P.T("role." + string(a.Role))})
		}
	}
	if may(readers, r.Actor.Role) {
		if !me.TrainedUntil.After(p.Office.Gate.Now()) {
			v.Missing = append(v.Missing, r.P.T("today.untrained"))
		}
		if me.PledgedAt.IsZero() {
			v.Missing, v.Unpledged = append(v.Missing, r.P.T("today.unpledged")), true
		}
	}
	v.Doors = p.doors(r)
	if v.Concerns, err = p.concerns(r); err != nil {
		return err
	}
	if err := p.tasks(r, &v); err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func may(list []actor.Role, role actor.Role) bool { return slices.Contains(list, role) }

// doors are the one or two things a role does most.
func (p *staffPages) doors(r *Request) (list []roomLink) {
	add := func(roles []actor.Role, href, icon, key string) {
		if may(roles, r.Actor.Role) && len(list) < 4 {
			list = append(list, roomLink{href, icon, r.P.T(key), r.P.T(key + ".hint")})
		}
	}
	add(frontDesk, PathEnrol, "people", "today.enrol")
	add(searchers, PathFind, "search", "today.find")
	add(reviewers, PathAudit, "doc", "today.audit")
	add(officers, PathNotices, "shield", "today.notices")
	add(accountable, PathFigures, "check", "today.figures")
	return list
}

// tasks lists what waits for this person.
func (p *staffPages) tasks(r *Request, v *todayPage) error {
	ctx := r.Context()
	if err := p.paperTasks(r, v); err != nil {
		return err
	}
	if may(deciders, r.Actor.Role) {
		waiting, err := p.Office.Waiting(ctx, r.Actor)
		if err != nil {
			return err
		}
		if n := len(waiting); n > 0 {
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.grants", n), Hint: oldest(r, waiting), Href: PathGrants,
				Status: r.P.T("today.decide"), Kind: ui.Warning})
		}
	}
	if may(seconders, r.Actor.Role) {
		list, err := p.Desk.Changes(ctx, r.Actor)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(c subject.Change) bool { return c.AskedBy == r.Actor.Staff })
		if n := len(list); n > 0 {
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.changes", n), Hint: r.P.T("today.since", r.P.Time(list[0].AskedAt)),
				Href: PathChanges, Status: r.P.T("today.decide"), Kind: ui.Warning})
		}
	}
	if err := p.reviewTask(r, v); err != nil {
		return err
	}
	if err := p.confirmTask(r, v); err != nil {
		return err
	}
	if err := p.rosterTask(r, v); err != nil {
		return err
	}
	named, err := p.Office.Named(ctx, r.Actor)
	if err != nil {
		return err
	}
	if len(named) > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.duty"), Hint: r.P.T("today.since", r.P.Time(named[0].Since)), Href: PathDuties + "/accept",
			Status: r.P.T("today.decide"), Kind: ui.Warning})
	}
	if err := p.enrolTasks(r, v); err != nil {
		return err
	}
	return p.ownGrants(r, v)
}

// enrolTasks lists the enrolments that are under way: after what waits for a
// decision, because most of them wait for a family.
func (p *staffPages) enrolTasks(r *Request, v *todayPage) error {
	if !may(frontDesk, r.Actor.Role) || r.Actor.Store.IsZero() {
		return nil
	}
	recent, err := p.Office.Recent(r.Context(), r.Actor, 20)
	for _, e := range recent {
		if s := e.At(p.Office.Gate.Now()); s == enrol.Started || s == enrol.Opened || s == enrol.Declared || s == enrol.Waiting {
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.enrolment", courseName(r.P, e)), Hint: r.P.Time(e.CreatedAt),
				Href: PathEnrol + "/" + e.ID.String(), Status: r.P.T("enrol.state." + string(s)), Kind: enrolKind(s)})
		}
	}
	return err
}

// confirmTask tells of colleagues whose role takes effect once this person, who
// did not propose it, has confirmed it (I8).
func (p *staffPages) confirmTask(r *Request, v *todayPage) error {
	if !slices.ContainsFunc(everyStaff, func(role actor.Role) bool { return account.MayConfirm(r.Actor.Role, role) }) {
		return nil
	}
	list, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, r.Actor.Store, false)
	for _, s := range list {
		for _, a := range s.Appointments {
			if mayConfirm(r.Actor, s, a) {
				v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.confirm", s.Name, r.P.T("role."+string(a.Role))), Href: PathPeople,
					Status: r.P.T("people.confirm"), Kind: ui.Warning})
			}
		}
	}
	return err
}

// rosterTask tells of rosters in quarantine that wait for a person other than
// the one who brought them (S1-04, I8).
func (p *staffPages) rosterTask(r *Request, v *todayPage) error {
	if !may(importers, r.Actor.Role) || p.Imports == nil {
		return nil
	}
	list, err := p.Imports.List(r.Context(), r.Actor, 50)
	waiting := slices.DeleteFunc(list, func(b intake.Batch) bool {
		return b.State != intake.Quarantined || b.Document.Missing() || b.By == r.Actor.Staff
	})
	if n := len(waiting); n > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.rosters", n), Hint: r.P.T("today.since", r.P.Time(waiting[n-1].CreatedAt)),
			Href: PathImports, Status: r.P.T("today.decide"), Kind: ui.Warning})
	}
	return err
}

// reviewTask tells the officer of fields that nobody uses (S3-09).
func (p *staffPages) reviewTask(r *Request, v *todayPage) error {
	if !may(officers, r.Actor.Role) {
		return nil
	}
	list, err := p.Office.Reviews(r.Context(), r.Actor)
	waiting := slices.DeleteFunc(list, func(x inventory.Review) bool { return !x.Decided.IsZero() })
	if n := len(waiting); n > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.reviews", n), Hint: r.P.T("today.since", r.P.Time(waiting[n-1].Opened)), Href: PathReviews,
			Status: r.P.T("today.decide"), Kind: ui.Warning})
	}
	return err
}

// oldest says since when the first application has waited.
func oldest(r *Request, waiting []grant.Grant) string {
	first := waiting[0].AskedAt
	for _, g := range waiting {
		if g.AskedAt.Before(first) {
			first = g.AskedAt
		}
	}
	return r.P.T("today.since", r.P.Time(first))
}

// ownGrants tells a reader what they may open and what runs out within a week.
func (p *staffPages) ownGrants(r *Request, v *todayPage) error {
	if !may(granting, r.Actor.Role) {
		return nil
	}
	own, err := p.Office.Own(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	now := p.Office.Gate.Now()
	for _, g := range own {
		switch {
		case g.State == grant.Asked:
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.asked", purposeName(r.P, g.Purpose)), Hint: r.P.T("today.since", r.P.Time(g.AskedAt)),
				Status: r.P.T("grant.state.asked"), Kind: ui.Info})
		case g.Live(now) && g.Until.Sub(now) < week:
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.ends", purposeName(r.P, g.Purpose)), Hint: r.P.T("today.until", r.P.Day(g.Until)),
				Href: PathGrants + "/new", Status: r.P.T("today.renew"), Kind: ui.Warning})
		}
	}
	return nil
}
