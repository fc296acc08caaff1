package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// shownChildren is how many children of an activity one page shows; each look is
// an entry of its own.
const shownChildren = 60

// capsulesPage lists the activities that this person helps in or answers for.
type capsulesPage struct {
	ui.Page
	Writes bool
	List   []ui.Task
}

func (p *staffPages) capsules(w http.ResponseWriter, r *Request) error {
	v := capsulesPage{Page: r.Page("capsules.title"), Writes: may(applicants, r.Actor.Role)}
	mine, err := p.Applications.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, x := range mine {
		if x.Kind != application.Capsule || x.Case.State == application.Draft || x.Case.State == application.Pending && outside(r.Actor.Role) {
			continue
		}
		v.List = append(v.List, p.capsuleTask(r, x))
	}
	return r.Show(w, v.body())
}

func (p *staffPages) capsuleTask(r *Request, x application.Application) ui.Task {
	t := ui.Task{Text: x.Title, Hint: r.P.T("capsules.line", r.P.Day(x.From), r.P.Day(x.Until), x.People), Href: PathCapsules + "/" + x.ID.String(),
		Status: r.P.T("application.state." + string(x.Case.State)), Kind: paperKind(x.Case.State)}
	declared := slices.Contains(x.Case.Declared, r.Actor.Staff)
	switch over := x.Case.Over(p.Office.Gate.Now()); {
	case over && slices.Contains(x.Users, r.Actor.Staff) && !declared:
		t.Status, t.Kind = r.P.T("capsules.owed"), ui.Danger
	case over && x.Case.State != application.Closed:
		t.Status, t.Kind = r.P.T("capsules.over"), ui.Warning
	}
	return t
}

// capsulePage is one activity: to a helper its children in masks and the
// statement at the end; to who answers for it, who has declared.
type capsulePage struct {
	ui.Page
	Here      string
	When      string
	Helps     bool
	Gone      bool // over for this helper
	Children  ui.Table
	More      int
	Declared  bool
	Partings  []ui.Option
	Parting   string
	Answers   bool
	Helpers   []ui.Task
	MayClose  bool
	Statement string
}

func (p *staffPages) capsule(w http.ResponseWriter, r *Request) error {
	v, err := p.capsulePage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) capsulePage(r *Request) (v capsulePage, err error) {
	app, err := paperID(r)
	if err != nil {
		return v, err
	}
	x, err := p.Applications.Read(r.Context(), r.Actor, app)
	if err != nil {
		return v, err
	}
	if x.Kind != application.Capsule || x.Case.State == application.Draft {
		return v, fault.New(fault.NotFound, "application.unknown")
	}
	v = capsulePage{Page: r.Page("capsules.title"), Here: PathCapsules + "/" + app.String(),
		When:  r.P.T("capsules.line", r.P.Day(x.From), r.P.Day(x.Until), x.People),
		Helps: slices.Contains(x.Users, r.Actor.Staff), Declared: slices.Contains(x.Case.Declared, r.Actor.Staff),
		Answers: x.Applicant == r.Actor.Staff}
	v.Title = x.Title
	for _, code := range application.Partings {
		v.Partings = append(v.Partings, ui.Option{Value: string(code), Text: r.P.T("capsule.parting." + string(code))})
	}
	if v.Helps {
		if err := p.capsuleChildren(r, &v, x.Application); err != nil {
			return v, err
		}
	}
	names, err := p.names(r)
	if err != nil || !v.Answers {
		return v, err
	}
	for _, u := range x.Users {
		t := ui.Task{Text: names[u.String()], Status: r.P.T("capsules.waiting"), Kind: ui.Warning}
		for _, e := range x.Events {
			if e.Verb == application.Declare && e.By == u {
				t.Status, t.Kind, t.Hint = r.P.T("capsule.parting."+string(e.Reason)), ui.Success, r.P.Time(e.At)
				if !e.Clean {
					t.Hint, t.Kind = r.P.T("capsules.unclean"), ui.Danger
				}
			}
		}
		v.Helpers = append(v.Helpers, t)
	}
	v.MayClose = x.Case.Over(p.Office.Gate.Now()) && len(x.Case.Declared) == len(x.Users)
	return v, nil
}

// capsuleChildren shows the children in masks of the fields that the activity
// has; every one is a look with its entry.
func (p *staffPages) capsuleChildren(r *Request, v *capsulePage, x application.Application) error {
	list, err := p.Applications.Children(r.Context(), r.Actor, x.ID)
	switch fault.KindOf(err) {
	case fault.Erased, fault.NotFound:
		v.Gone = true
		return nil
	}
	if err != nil {
		return err
	}
	v.Children = ui.Table{Caption: r.P.T("capsules.children"), Hidden: true}
	shown := []string{}
	for _, f := range []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone} {
		if slices.Contains(x.Fields, f) {
			shown = append(shown, f)
			v.Children.Heads = append(v.Children.Heads, ui.Head{Text: r.P.T("field." + f)})
		}
	}
	v.More = max(0, len(list)-shownChildren)
	for _, child := range list[:min(len(list), shownChildren)] {
		card, err := p.Desk.View(r.Context(), r.Actor, child, x.Purpose)
		switch fault.KindOf(err) {
		case fault.ConsentNeeded, fault.Denied, fault.Erased, fault.NotFound:
			continue // the family has withdrawn or the record is gone: nothing is shown of it
		}
		if err != nil {
			return err
		}
		of := map[string]string{subject.LearnerName: card.Name, subject.LearnerBirth: card.Birth, subject.GuardianName: card.GuardianName, subject.GuardianPhone: card.Phone}
		row := []ui.Cell{}
		for i, f := range shown {
			cell := ui.Cell{Text: of[f]}
			if i == 0 && x.Clear {
				cell = ui.Cell{Part: ui.Link(pathSubjects+"/"+child.String(), of[f])}
			}
			row = append(row, cell)
		}
		v.Children.Rows = append(v.Children.Rows, row)
	}
	return nil
}

func (p *staffPages) declare(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	app, err := paperID(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	if f.Get("parting") == "" {
		v, err := p.capsulePage(r)
		if err != nil {
			return err
		}
		v.Errors, _ = r.Wrong(fault.At("parting", "capsule.not_yours"))
		return r.ShowAgain(w, v.body())
	}
	_, err = p.Applications.Declare(r.Context(), r.Actor, app, application.Reason(f.Get("parting")), f.Get("clean") != "")
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathCapsules, "flash.declared")
}

func (p *staffPages) closeCapsule(w http.ResponseWriter, r *Request) error {
	app, err := paperID(r)
	if err != nil {
		return err
	}
	if _, err := p.Applications.Close(r.Context(), r.Actor, app); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathCapsules, "flash.capsule_closed")
}
