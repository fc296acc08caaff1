package web

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// paperTasks puts what cannot wait first: emergencies and alarms to whoever
// answers for the place, then applications to decide, then statements owed.
func (p *staffPages) paperTasks(r *Request, v *todayPage) error {
	if p.Applications == nil {
		return nil
	}
	if may(watching, r.Actor.Role) {
		if err := p.loudTasks(r, v); err != nil {
			return err
		}
	}
	if may(panel, r.Actor.Role) {
		inbox, err := p.Applications.Inbox(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		late := 0
		var due time.Time
		for _, x := range inbox {
			if x.Overdue(p.Office.Gate.Now()) {
				late++
			}
			if due.IsZero() || x.Due.Before(due) {
				due = x.Due
			}
		}
		t := ui.Task{Text: r.P.T("today.papers", len(inbox)), Href: PathApplications, Status: r.P.T("today.decide"), Kind: ui.Warning}
		if !due.IsZero() {
			t.Hint = r.P.T("today.papers.due", r.P.Day(due.Add(-time.Second)))
		}
		if late > 0 {
			t.Hint, t.Kind = r.P.T("today.papers.late", late), ui.Danger
		}
		if len(inbox) > 0 {
			v.Tasks = append(v.Tasks, t)
		}
	}
	if err := p.noticeTasks(r, v); err != nil {
		return err
	}
	if err := p.researchTasks(r, v); err != nil {
		return err
	}
	if err := p.stuckTasks(r, v); err != nil {
		return err
	}
	if !may(activityFor, r.Actor.Role) {
		return nil
	}
	mine, err := p.Applications.Mine(r.Context(), r.Actor)
	for _, x := range mine {
		helps := slices.Contains(x.Users, r.Actor.Staff) && !slices.Contains(x.Case.Declared, r.Actor.Staff)
		if x.Kind == application.Capsule && helps && x.Case.Over(p.Office.Gate.Now()) {
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.declare", x.Title), Href: PathCapsules + "/" + x.ID.String(), Status: r.P.T("capsules.owed"), Kind: ui.Danger})
		}
	}
	return err
}

// stuckTasks tell the officer and the office of applications that nobody decides.
func (p *staffPages) stuckTasks(r *Request, v *todayPage) error {
	if r.Actor.Role != actor.Officer && r.Actor.Role != actor.CyberOffice {
		return nil
	}
	n, err := p.Applications.Stuck(r.Context(), r.Actor)
	if n.Vacant > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.vacant", n.Vacant), Hint: r.P.T("today.vacant.hint"), Href: PathApplications, Status: r.P.T("today.look"), Kind: ui.Danger})
	}
	if n.Late > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.late", n.Late), Hint: r.P.T("today.late.hint"), Href: PathApplications, Status: r.P.T("today.look"), Kind: ui.Danger})
	}
	return err
}

// loudTasks are emergencies that wait for review, and alarms.
func (p *staffPages) loudTasks(r *Request, v *todayPage) error {
	open, _, err := p.Applications.Glasses(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if n := len(open); n > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.glass", n), Hint: r.P.T("today.since", r.P.Time(open[0].At)), Href: PathGlass, Status: r.P.T("today.look"), Kind: ui.Danger})
	}
	alarms, _, err := p.openAlarms(r)
	if n := len(alarms); n > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.alarms", n), Hint: r.P.T("today.since", r.P.Time(alarms[0].At)), Href: PathAlarms, Status: r.P.T("today.look"), Kind: ui.Danger})
	}
	return err
}
