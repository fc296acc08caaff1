package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/problem"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// revealPage asks for which purpose a field is to be shown, or shows it for a
// minute with who looked and when.
type revealPage struct {
	ui.Page
	Field  string // code
	Of     string
	Action string
	Back   string
	Whys   []ui.Option
	Shown  *ui.Clear
}

// deniedPage is a refusal in words: what was refused, by which rule and law, and
// how to ask.
type deniedPage struct {
	ui.Page
	problem.Problem
	Ask string // path of the application, when one would help
}

// deny tells a refusal of the gate on a page that says what to do next.
func (p *staffPages) deny(w http.ResponseWriter, r *Request, err error) error {
	kind := fault.KindOf(err)
	if r.WantsJSON() || kind != fault.ApprovalNeeded && kind != fault.Denied && kind != fault.ConsentNeeded {
		return err
	}
	eventOf(r.Context()).err = err
	v := deniedPage{Page: r.Page("denied.title"), Problem: r.refusal(err)}
	v.Path = PathStaff
	if kind == fault.ApprovalNeeded && may(granting, r.Actor.Role) {
		v.Ask = PathGrants + "/new"
	}
	return r.show(w, http.StatusForbidden, v.body())
}

func (p *staffPages) chooseReveal(w http.ResponseWriter, r *Request) error {
	card, err := p.loadCard(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	field := r.URL.Query().Get("field")
	of, err := holder(card, field)
	if err != nil {
		return err
	}
	live, err := p.live(r, card)
	if err != nil {
		return err
	}
	back := pathSubjects + "/" + card.Child.String()
	v := revealPage{Page: r.Page("reveal.title", r.P.T("field."+field)), Field: field, Of: of.String(), Action: back + "/reveal", Back: back}
	for _, code := range purposesFor(live, field) {
		v.Whys = append(v.Whys, ui.Option{Value: code, Text: purposeName(r.P, code)})
	}
	return r.Show(w, v.body())
}

// holder is whose field it is: the child's own or the guardian's.
func holder(c desk.Card, field string) (id.Subject, error) {
	if !slices.Contains([]string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}, field) {
		return id.Subject{}, fault.New(fault.NotFound, "page.unknown")
	}
	if subject.Owner(field) == subject.Guardian {
		return c.Guardian, nil
	}
	return c.Child, nil
}

// reveal shows one field. The entry is on disk before the value leaves (I1).
func (p *staffPages) reveal(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	child, err := id.Parse[id.Subject](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "page.unknown")
	}
	of, err := id.Parse[id.Subject](r.PostForm.Get("of"))
	field := r.PostForm.Get("field")
	if err != nil || !r.P.Has("field."+field) {
		return fault.New(fault.NotFound, "page.unknown")
	}
	rev, err := p.Desk.For(child).Reveal(r.Context(), r.Actor, of, field, r.PostForm.Get("purpose"))
	if err != nil {
		return p.deny(w, r, err)
	}
	me, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, r.Actor.Staff)
	if err != nil {
		return err
	}
	mark := r.P.T("reveal.mark", me.Name, rev.At, purposeName(r.P, r.PostForm.Get("purpose")))
	seconds := int(desk.ShownFor.Seconds())
	if r.WantsJSON() {
		return r.JSON(w, map[string]any{"value": shown(rev.Value), "mark": mark, "seconds": seconds})
	}
	back := pathSubjects + "/" + r.PathValue("id")
	v := revealPage{Page: r.Page("reveal.title", r.P.T("field."+field)), Back: back, Shown: &ui.Clear{
		Label: r.P.T("field." + field), Value: ui.Revealed(shown(rev.Value)), Mask: "…", Mark: mark, Seconds: seconds}}
	v.Path = back
	HideAfter(w, seconds, back)
	return r.Show(w, v.body())
}
