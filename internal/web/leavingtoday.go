package web

import (
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// noticeTasks are public notices that wait for a second person, and those whose
// families have not been told their numbers.
func (p *staffPages) noticeTasks(r *Request, v *todayPage) error {
	if p.Notices == nil || !may(publishers, r.Actor.Role) {
		return nil
	}
	list, err := p.Notices.List(r.Context(), r.Actor)
	wait := 0
	for _, x := range list {
		own := x.By == r.Actor.Staff
		switch {
		case x.State == publish.Draft && !own && len(x.Open()) == 0:
			wait++
		case x.State == publish.Published && own && x.HasNumbers() && x.Occasion != publish.Story:
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.numbers", x.Title), Hint: r.P.T("today.numbers.hint", r.P.Time(x.Until)), Href: publicationPath(x.ID),
				Status: r.P.T("today.look"), Kind: ui.Warning})
		}
	}
	if wait > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.publications", wait), Href: PathPublications, Status: r.P.T("today.decide"), Kind: ui.Warning})
	}
	return err
}

// researchTasks are data for research that wait for a second person, and those that
// may be collected.
func (p *staffPages) researchTasks(r *Request, v *todayPage) error {
	if p.Research == nil || !may(releasers, r.Actor.Role) {
		return nil
	}
	list, err := p.Research.List(r.Context(), r.Actor)
	wait := 0
	for _, x := range list {
		own := x.By == r.Actor.Staff
		switch {
		case x.State == research.Passed && !own:
			wait++
		case x.State == research.Approved && own:
			v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.collect", x.Purpose), Hint: r.P.T("today.collect.hint", r.P.Time(x.Lapses())), Href: researchPath(x.ID),
				Status: r.P.T("today.look"), Kind: ui.Warning})
		}
	}
	if wait > 0 {
		v.Tasks = append(v.Tasks, ui.Task{Text: r.P.T("today.research", wait), Href: PathResearch, Status: r.P.T("today.decide"), Kind: ui.Warning})
	}
	return err
}
