package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathChanges is where changes wait for a second person.
const PathChanges = "/staff/changes"

// byAssessment stands beside the field codes for what is not a field.
const byAssessment = "assessment"

// changeable is what staff may change at the family's word, in the order of the
// page.
var changeable = []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone, byAssessment}

// seconders are those who may be the second person.
var seconders = []actor.Role{actor.Manager, actor.Officer}

func (p *staffPages) changeRoutes() []Route {
	ask, decide := Only(OwnStore, searchers...), Only(OwnStore, seconders...)
	return []Route{
		{Pattern: "GET " + pathSubjects + "/{id}/change", Handler: p.askChange, Access: ask},
		{Pattern: "POST " + pathSubjects + "/{id}/change", Handler: p.takeChange, Access: ask},
		{Pattern: "POST " + pathSubjects + "/{id}/change/code", Handler: p.changeCode, Access: ask},
		{Pattern: "GET " + PathChanges, Handler: p.changes, Access: ask, Menu: "change.list"},
		{Pattern: "GET " + PathChanges + "/{change}", Handler: p.lookChange, Access: decide},
		{Pattern: "POST " + PathChanges + "/{change}", Handler: p.decideChange, Access: decide},
	}
}

// changePage writes down what a family in the store wants changed. What is held
// is not shown for it: the family says what is right.
type changePage struct {
	ui.Page
	Base  string // path of the page
	Back  string
	Of    string // whose field it is, as the card said
	What  string // field code, assessment, or "" to choose
	Coded bool   // a code is on its way to the new number
	Typed map[string]string
}

func (p *staffPages) changePage(r *Request, what, of string) (changePage, id.Subject, error) {
	child, err := id.Parse[id.Subject](r.PathValue("id"))
	if err != nil || what != "" && !slices.Contains(changeable, what) {
		return changePage{}, child, fault.New(fault.NotFound, "page.unknown")
	}
	back := pathSubjects + "/" + child.String()
	v := changePage{Page: r.Page("change.title"), Base: back + "/change", Back: PathFind, Of: of, What: what, Typed: map[string]string{}}
	if v.Path = v.Base; what != "" {
		v.Title = r.P.T("change.of", changeName(r, what))
	}
	for _, name := range []string{what, "ref", "finding", "by", "basis", "on", "until", "code"} {
		v.Typed[name] = r.PostForm.Get(name)
	}
	return v, child, nil
}

func changeName(r *Request, what string) string {
	if what == byAssessment || what == "" {
		return r.P.T("change.assessment")
	}
	return r.P.T("field." + what)
}

// askChange shows a blank form. It is the same for whoever is in the path, a child
// of another store or nobody at all: only the form that comes back asks the gate.
func (p *staffPages) askChange(w http.ResponseWriter, r *Request) error {
	q := r.URL.Query()
	v, _, err := p.changePage(r, q.Get("what"), q.Get("of"))
	if err != nil {
		return err
	}
	return r.Show(w, v.kept().body())
}

// posted reads the form of a change.
func (p *staffPages) posted(w http.ResponseWriter, r *Request) (changePage, desk.Asked, error) {
	if err := r.ReadForm(); err != nil {
		return changePage{}, desk.Asked{}, err
	}
	r.Turned(w)
	v, child, err := p.changePage(r, r.PostForm.Get("what"), r.PostForm.Get("of"))
	if err != nil || v.What == "" {
		return v, desk.Asked{}, fault.New(fault.NotFound, "page.unknown")
	}
	x := desk.Asked{Child: child, Ref: r.PostForm.Get("ref")}
	if v.Of != "" {
		if x.Of, err = id.Parse[id.Subject](v.Of); err != nil {
			return v, x, fault.New(fault.NotFound, "page.unknown")
		}
	}
	if v.What == byAssessment {
		x.Assessment, v.Errors = typedAssessment(r)
	} else {
		x.Field, x.Value, x.Code = v.What, r.Typed(v.What), r.Typed("code")
	}
	return v, x, nil
}

// typedAssessment reads an assessment and says what is missing, each at its
// field.
func typedAssessment(r *Request) (*consent.Assessment, ui.Errors) {
	f := r.PostForm
	a := &consent.Assessment{By: f.Get("by"), Basis: f.Get("basis")}
	var wrong ui.Errors
	need := func(field string, ok bool) {
		if !ok {
			wrong = append(wrong, ui.FieldError{Field: field, Text: r.P.T("fault.form.required")})
		}
	}
	found := f.Get("finding")
	need("finding", slices.Contains([]string{"unable", "assisted", "able"}, found))
	if found != "able" {
		a.Capacity = consent.Capacity(found)
	}
	need("by", a.By != "")
	need("basis", a.Basis != "")
	day := func(field string, optional bool) (d civil.Date) {
		if optional && f.Get(field) == "" {
			return d
		}
		d, err := typedDay(f.Get(field))
		if err != nil {
			wrong = append(wrong, ui.FieldError{Field: field, Text: r.P.T("change.day")})
		}
		return d
	}
	a.On, a.Until = day("on", false), day("until", true)
	return a, wrong
}

// changeCode sends a code to the new number, before anything is written down.
func (p *staffPages) changeCode(w http.ResponseWriter, r *Request) error {
	v, x, err := p.posted(w, r)
	if err != nil {
		return err
	}
	if r.turned {
		return r.Show(w, v.kept().body())
	}
	if v.What != subject.GuardianPhone {
		return fault.New(fault.NotFound, "page.unknown")
	}
	b, err := r.EnsureBrowser(w, p.Sessions)
	if err != nil {
		return err
	}
	err = p.Desk.SendCode(r.Context(), r.Actor, b, x.Value)
	if err != nil && fault.CodeOf(err) != "code.wait" {
		return p.changeAgain(w, r, v, err, v.What)
	}
	v.Coded = true
	return r.Show(w, v.kept().body())
}

func (p *staffPages) takeChange(w http.ResponseWriter, r *Request) error {
	v, x, err := p.posted(w, r)
	if err != nil {
		return err
	}
	v.Coded = v.What == subject.GuardianPhone
	if r.turned {
		v.Errors = nil
		return r.Show(w, v.kept().body())
	}
	if len(v.Errors) > 0 {
		return r.ShowAgain(w, v.kept().body())
	}
	if _, _, err = p.Desk.Ask(r.Context(), r.Actor, r.Browser(), x); err != nil {
		at := v.What
		if v.Coded {
			at = "code"
		}
		return p.changeAgain(w, r, v, err, at)
	}
	return r.GoSaying(w, PathChanges, "flash.change_asked")
}

// changeAgain shows the form with what is wrong in it, or says why not.
func (p *staffPages) changeAgain(w http.ResponseWriter, r *Request, v changePage, err error, field string) error {
	errs, wrong := r.wrongHere(err, field)
	if !wrong {
		return p.deny(w, r, err)
	}
	v.Errors = errs
	if v.Coded && errs.For(v.What) != "" {
		v.Coded = false // the number itself is wrong
	}
	return r.ShowAgain(w, v.kept().body())
}

// kept lets the form travel along when the look is switched.
func (v changePage) kept() changePage {
	if v.What != "" {
		v.Keep = v.action()
	}
	return v
}

// changesPage lists what waits for a second person: neither what nor about whom,
// so that no list shows which child was assessed (S2-01).
type changesPage struct {
	ui.Page
	List []changeLine
}

type changeLine struct{ Asked, By, Store, Ref, Href string }

func (p *staffPages) changes(w http.ResponseWriter, r *Request) error {
	list, err := p.Desk.Changes(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return err
	}
	v := changesPage{Page: r.Page("change.list")}
	for _, c := range list {
		line := changeLine{Asked: r.P.Time(c.AskedAt), By: names[c.AskedBy.String()], Store: stores[c.Store.String()], Ref: c.Ref}
		if may(seconders, r.Actor.Role) && c.AskedBy != r.Actor.Staff {
			line.Href = PathChanges + "/" + c.ID.String()
		}
		v.List = append(v.List, line)
	}
	return r.Show(w, v.body())
}

// decidePage is the second look: what kind of change, and a field to type its
// value once more from the family's request.
type decidePage struct {
	ui.Page
	Rows   []ui.Row
	Action string
	What   string
	Again  string
}

func (p *staffPages) decidePage(r *Request) (decidePage, error) {
	which, err := id.Parse[id.Change](r.PathValue("change"))
	if err != nil {
		return decidePage{}, fault.New(fault.NotFound, "page.unknown")
	}
	c, err := p.Desk.Look(r.Context(), r.Actor, which)
	if err != nil {
		return decidePage{}, err
	}
	names, err := p.names(r)
	v := decidePage{Page: r.Page("change.decide", changeName(r, c.Field)), What: c.Field, Again: r.PostForm.Get("again")}
	v.Path, v.Action = PathChanges, PathChanges+"/"+which.String()
	v.Rows = []ui.Row{{Key: r.P.T("change.by"), Value: names[c.AskedBy.String()]}, {Key: r.P.T("change.asked"), Value: r.P.Time(c.AskedAt)},
		{Key: r.P.T("change.ref"), Value: c.Ref}}
	if a := c.Assessment; a != nil {
		v.What = byAssessment
		last, err := a.Last()
		if err != nil {
			return v, err
		}
		v.Rows = append(v.Rows, ui.Row{Key: r.P.T("change.finding"), Value: r.P.T("change.finding." + findingWord(a.Capacity))},
			ui.Row{Key: r.P.T("change.assessor"), Value: a.By}, ui.Row{Key: r.P.T("change.on"), Value: r.P.Day(a.On.Start())},
			ui.Row{Key: r.P.T("change.until"), Value: r.P.Day(last.Start())})
	}
	return v, err
}

func findingWord(c consent.Capacity) string {
	if c == consent.Able {
		return "able"
	}
	return string(c)
}

func (p *staffPages) lookChange(w http.ResponseWriter, r *Request) error {
	v, err := p.decidePage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) decideChange(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Change](r.PathValue("change"))
	if err != nil {
		return fault.New(fault.NotFound, "page.unknown")
	}
	yes, say := r.PostForm.Get("answer") == "yes", "flash.change_refused"
	if yes {
		say = "flash.change_done"
	}
	_, err = p.Desk.Decide(r.Context(), r.Actor, which, yes, r.Typed("again"))
	if errs, wrong := r.wrongHere(err, "again"); err != nil && wrong {
		v, err := p.decidePage(r)
		if err != nil {
			return p.deny(w, r, err)
		}
		v.Errors = errs
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathChanges, say)
}
