package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathCompartment is where two officers open a record that nobody else sees (S2-23†).
const PathCompartment = "/staff/compartment"

func (p *staffPages) compartmentRoutes() []Route {
	in, one := Only(Institution, officers...), PathCompartment+"/{id}"
	return []Route{
		{Pattern: "GET " + PathCompartment, Handler: p.compartment, Access: in, Menu: "compartment.title"},
		{Pattern: "GET " + one, Handler: p.sealedFile, Access: in},
		{Pattern: "POST " + one + "/ask", Handler: p.askSealed, Access: in.Within(proofAge)},
		{Pattern: "POST " + one + "/requests/{request}/{what}", Handler: p.actSealed, Access: in.Within(proofAge)},
		{Pattern: "GET " + pathSubjects + "/{id}/seclude", Handler: p.chooseSeclude, Access: in},
		{Pattern: "POST " + pathSubjects + "/{id}/seclude", Handler: p.seclude, Access: in},
	}
}

// sealed is the compartment; NotFound where there is none.
func (p *staffPages) sealed() (*compartment.Service, error) {
	if p.Compartment == nil {
		return nil, fault.New(fault.NotFound, "page.unknown")
	}
	return p.Compartment, nil
}

// compartmentPage lists the files, by case and days.
type compartmentPage struct {
	ui.Page
	List []ui.Task
}

func (p *staffPages) compartment(w http.ResponseWriter, r *Request) error {
	room, err := p.sealed()
	if err != nil {
		return err
	}
	list, err := room.List(r.Context(), r.Actor)
	if err != nil {
		return p.deny(w, r, err)
	}
	v := compartmentPage{Page: r.Page("compartment.title")}
	for _, e := range list {
		task := ui.Task{Text: r.P.T("compartment.one", shown(e.Case)), Hint: sealedDays(r.P, e), Href: sealedPath(e.ID),
			Status: r.P.T("compartment.quiet"), Kind: ui.Plain}
		for _, x := range e.Requests {
			switch x.Stage(room.Gate.Now()) {
			case compartment.Waiting:
				task.Status, task.Kind = r.P.T("compartment.waits"), ui.Warning
			case compartment.Agreed:
				task.Status, task.Kind = r.P.T("compartment.ready"), ui.Success
			}
		}
		v.List = append(v.List, task)
	}
	return r.Show(w, v.body())
}

func sealedPath(which id.SealedFile) string { return PathCompartment + "/" + which.String() }

func sealedDays(p lang.Printer, e compartment.Entry) string {
	if e.Days == 0 {
		return p.T("compartment.today")
	}
	return p.T("compartment.days", e.Days)
}

// sealedPage is one file: its case, what was asked for, and a form to ask.
type sealedPage struct {
	ui.Page
	Here     string
	Rows     []ui.Row
	Requests []sealedRequest
	Kinds    []ui.Option
	Kind     string
	Fields   []ui.Check
	Case     string
}

// sealedRequest is a request in words, and what this officer may do about it.
type sealedRequest struct {
	ID, Text, Asked, Agreed, Stage string
	Kind                           ui.Kind
	Note                           string
	MayAgree, MayLetOut            bool
	Values                         []ui.Row // to be shown, one field at a time
}

func (p *staffPages) sealedFile(w http.ResponseWriter, r *Request) error {
	v, err := p.sealedPage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) sealedPage(r *Request) (sealedPage, error) {
	room, which, err := p.sealedID(r)
	if err != nil {
		return sealedPage{}, err
	}
	e, err := room.Look(r.Context(), r.Actor, which)
	if err != nil {
		return sealedPage{}, err
	}
	names, err := p.names(r)
	if err != nil {
		return sealedPage{}, err
	}
	v := sealedPage{Page: r.Page("compartment.file"), Here: sealedPath(which), Kind: r.PostForm.Get("kind"), Case: r.PostForm.Get("case")}
	v.Path = PathCompartment
	v.Rows = []ui.Row{{Key: r.P.T("compartment.case"), Value: shown(e.Case)}, {Key: r.P.T("compartment.at"), Value: r.P.Time(e.At)},
		{Key: r.P.T("compartment.by"), Value: names[e.By.String()]}, {Key: r.P.T("compartment.number"), Value: which.String()}}
	for _, k := range compartment.Kinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Text: r.P.T("compartment.ask." + string(k))})
	}
	v.Kinds[len(v.Kinds)-1].Hint = r.P.T("compartment.release.text")
	for _, f := range compartment.Fields {
		v.Fields = append(v.Fields, ui.Check{Name: "fields", Value: f, Label: r.P.T("field." + f), On: strings.Contains(strings.Join(r.PostForm["fields"], " "), f)})
	}
	for _, x := range e.Requests {
		v.Requests = append(v.Requests, sealedWords(r, v.Here, x, names, room))
	}
	return v, nil
}

// sealedWords says where a request stands.
func sealedWords(r *Request, here string, x compartment.Request, names map[string]string, room *compartment.Service) sealedRequest {
	stage, mine := x.Stage(room.Gate.Now()), x.By == r.Actor.Staff
	v := sealedRequest{ID: x.ID.String(), Text: r.P.T("compartment.kind."+string(x.Kind), fieldList(r.P, x.Fields)), Kind: ui.Plain,
		Asked: r.P.T("compartment.asked_by", names[x.By.String()], r.P.Time(x.At)), Stage: r.P.T("compartment.stage."+string(stage), r.P.Time(x.Until()))}
	if !x.Agreed.IsZero() {
		v.Agreed = r.P.T("compartment.agreed_by", names[x.Second.String()], r.P.Time(x.Agreed))
	}
	switch stage {
	case compartment.Waiting:
		v.Kind, v.MayAgree = ui.Warning, !mine
		if mine {
			v.Note = r.P.T("compartment.mine")
		}
	case compartment.Agreed:
		v.Kind = ui.Success
		v.MayLetOut = mine && x.Kind == compartment.ToLetOut
		if !mine || x.Kind != compartment.ToOpen {
			break
		}
		v.Note = r.P.T("compartment.open.text")
		for _, f := range x.Fields {
			v.Values = append(v.Values, ui.Row{Key: r.P.T("field." + f), More: ui.Hide(r.P, ui.Reveal{Label: r.P.T("field." + f), Value: "…",
				Action: here + "/requests/" + v.ID + "/open", Fields: []ui.Hidden{{Name: "field", Value: f}}})})
		}
	}
	return v
}

func (p *staffPages) sealedID(r *Request) (*compartment.Service, id.SealedFile, error) {
	room, err := p.sealed()
	if err != nil {
		return nil, id.SealedFile{}, err
	}
	which, err := id.Parse[id.SealedFile](r.PathValue("id"))
	if err != nil {
		err = fault.New(fault.NotFound, "compartment.unknown")
	}
	return room, which, err
}

func (p *staffPages) askSealed(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	room, which, err := p.sealedID(r)
	if err != nil {
		return err
	}
	kind, fields := compartment.Kind(r.PostForm.Get("kind")), r.PostForm["fields"]
	if kind == compartment.ToLetOut {
		fields = nil // ticked before the other answer was chosen
	}
	if _, err = room.Ask(r.Context(), r.Actor, which, kind, fields, secret.NewText(r.PostForm.Get("case"))); err != nil {
		return p.sealedWrong(w, r, err)
	}
	here := sealedPath(which)
	return r.GoSaying(w, here, "flash.compartment_asked")
}

// sealedWrong shows the file again with what went wrong.
func (p *staffPages) sealedWrong(w http.ResponseWriter, r *Request, err error) error {
	if errs, ok := r.said(err, fault.Conflict); ok {
		return showAgain(w, r, errs, p.sealedPage)
	}
	return p.deny(w, r, err)
}

// actSealed carries out one step of a request.
func (p *staffPages) actSealed(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	room, file, err := p.sealedID(r)
	if err != nil {
		return err
	}
	here := sealedPath(file)
	which, err := id.Parse[id.Unsealing](r.PathValue("request"))
	if err != nil {
		return fault.New(fault.NotFound, "compartment.unknown")
	}
	switch r.PathValue("what") {
	case "agree":
		if _, err = room.Agree(r.Context(), r.Actor, which); err != nil {
			return p.sealedWrong(w, r, err)
		}
		return r.GoSaying(w, here, "flash.compartment_agreed")
	case "open":
		return p.openSealed(w, r, which)
	case "release":
		if _, err = room.Release(r.Context(), r.Actor, which); err != nil {
			return p.deny(w, r, err)
		}
		return r.GoSaying(w, PathCompartment, "flash.compartment_released")
	}
	return fault.New(fault.NotFound, "page.unknown")
}

// unsealedPage shows the values of one field for a minute.
type unsealedPage struct {
	ui.Page
	Back  string
	Shown []ui.Clear
}

// openSealed shows one field. The entry is on disk before the value leaves (I1).
func (p *staffPages) openSealed(w http.ResponseWriter, r *Request, which id.Unsealing) error {
	field := r.PostForm.Get("field")
	if !r.P.Has("field." + field) {
		return fault.New(fault.NotFound, "page.unknown")
	}
	out, err := p.Compartment.Open(r.Context(), r.Actor, which, field)
	if err != nil {
		return p.deny(w, r, err)
	}
	me, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, r.Actor.Staff)
	if err != nil {
		return err
	}
	mark, seconds := r.P.T("compartment.mark", me.Name, out.At), int(compartment.ShownFor.Seconds())
	var values []string
	back := PathCompartment + "/" + r.PathValue("id")
	v := unsealedPage{Page: r.Page("compartment.opened", r.P.T("field."+field)), Back: back}
	for _, x := range out.Values {
		values = append(values, shown(x))
		v.Shown = append(v.Shown, ui.Clear{Label: r.P.T("field." + field), Value: ui.Revealed(shown(x)), Mask: "…", Mark: mark, Seconds: seconds})
	}
	if r.WantsJSON() {
		return r.JSON(w, map[string]any{"value": r.P.List(values), "mark": mark, "seconds": seconds})
	}
	v.Path = PathCompartment
	HideAfter(w, seconds, back)
	return r.Show(w, v.body())
}

// secludePage asks for the number of the case before a record goes away.
type secludePage struct {
	ui.Page
	Action, Back string
	Rows         []ui.Row // whose record it is, under masks
	Case         string
}

func (p *staffPages) chooseSeclude(w http.ResponseWriter, r *Request) error {
	v, err := p.secludePage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) secludePage(r *Request) (secludePage, error) {
	if _, err := p.sealed(); err != nil {
		return secludePage{}, err
	}
	v := secludePage{Page: r.Page("compartment.seclude"), Action: pathSubjects + "/" + r.PathValue("id") + "/seclude", Back: PathFind, Case: r.PostForm.Get("case")}
	v.Path = PathFind
	card, err := p.loadCard(r)
	switch fault.KindOf(err) {
	case fault.ConsentNeeded, fault.Denied:
		return v, nil // a record that may not be looked at may be sealed away all the same
	}
	if err != nil {
		return v, err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	x := viewCard(r.P, card, stores)
	for _, row := range []ui.Row{{Key: r.P.T("field.learner.name"), Value: x.Name}, {Key: r.P.T("field.learner.birth_month"), Value: x.Birth},
		{Key: r.P.T("field.guardian.phone"), Value: x.Phone}} {
		if row.Value != "" {
			v.Rows = append(v.Rows, row)
		}
	}
	return v, err
}

func (p *staffPages) seclude(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	room, err := p.sealed()
	if err != nil {
		return err
	}
	child, err := id.Parse[id.Subject](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "page.unknown")
	}
	f, err := room.Seclude(r.Context(), r.Actor, child, secret.NewText(r.PostForm.Get("case")))
	if errs, ok := r.Wrong(err); err != nil && ok {
		return showAgain(w, r, errs, p.secludePage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, sealedPath(f.ID), "flash.compartment_secluded")
}
