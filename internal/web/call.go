package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// callPage has a relay connect the staff member's desk telephone with a family.
// The number is not shown to anybody.
type callPage struct {
	ui.Page
	To     string // masked
	Action string
	Back   string
	For    string // a trial lesson, or ""
	Desk   bool   // the staff member has a telephone registered
	Silent string // why nobody may call the family; "" when they may
	Errors ui.Errors
}

func (p *staffPages) callRoutes() []Route {
	call := Only(OwnStore, callers...)
	return []Route{
		{Pattern: "GET " + pathSubjects + "/{id}/call", Handler: p.askCall, Access: call},
		{Pattern: "POST " + pathSubjects + "/{id}/call", Handler: p.call, Access: call},
		{Pattern: "POST " + pathSubjects + "/{id}/call/desk", Handler: p.setDesk, Access: call.Within(proofAge)},
	}
}

func (p *staffPages) askCall(w http.ResponseWriter, r *Request) error {
	v, err := p.callPage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) callPage(r *Request) (callPage, error) {
	card, err := p.loadCard(r)
	if err != nil {
		return callPage{}, err
	}
	back := pathSubjects + "/" + card.Child.String()
	v := callPage{Page: r.Page("call.title"), To: card.GuardianName + " " + card.Phone, Action: back + "/call", Back: back, For: deskFor(r, "")}
	v.Silent = silent(r.P, card, deskFor(r, contactPurpose))
	v.Desk, err = p.Desk.HasPhone(r.Context(), r.Actor)
	return v, err
}

// call asks the relay. What it answers is said on the record's page, or here.
func (p *staffPages) call(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	card, err := p.loadCard(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	_, err = p.Desk.For(card.Child).Call(r.Context(), r.Actor, card.Guardian, deskFor(r, contactPurpose))
	return p.afterCall(w, r, err, "flash.call_asked")
}

func (p *staffPages) setDesk(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	err := p.Desk.SetPhone(r.Context(), r.Actor, secret.NewText(r.PostForm.Get("phone")))
	if err != nil {
		return p.afterCall(w, r, err, "")
	}
	here := pathSubjects + "/" + r.PathValue("id") + "/call"
	return r.GoSaying(w, here, "flash.desk_set")
}

// afterCall goes back to the record, or shows the page with what went wrong.
func (p *staffPages) afterCall(w http.ResponseWriter, r *Request, err error, said string) error {
	if err == nil {
		back := pathSubjects + "/" + r.PathValue("id")
		if r.PostForm.Get("for") != "" {
			back += "?for=" + deskFor(r, "")
		}
		return r.GoSaying(w, back, said)
	}
	lines, ok := r.said(err, fault.Conflict, fault.Invalid, fault.Limited, fault.Unavailable)
	if !ok {
		return p.deny(w, r, err)
	}
	v, again := p.callPage(r)
	if again != nil {
		return p.deny(w, r, again)
	}
	v.Errors = lines
	return r.ShowAgain(w, v.body())
}
