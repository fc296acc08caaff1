package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// childRoutes are the pages of a child of 14 or more that decides for itself
// about its enrolment (S2-17).
func (s *Site) childRoutes() []Route {
	return []Route{
		{Pattern: "GET /c/{token}", Handler: s.cards, Access: Anyone},
		{Pattern: "POST /c/{token}", Handler: s.childAnswer, Access: Anyone},
		{Pattern: "POST /c/{token}/enter", Handler: s.childEnter, Access: Anyone},
	}
}

// card is one of the five that a child reads, in words for 14 years.
type card struct{ Icon, Title, Text string }

// cardsPage shows the five cards and takes the child's own answer.
type cardsPage struct {
	enrolPage
	Cards  []card
	On     []string // optional purposes that are ticked already
	Closed closed
	Ticket ui.Ticket
}

// childVisit is one request of a child on its own link.
func (s *Site) childVisit(r *Request) (visit, error) {
	token, err := enrol.ParseToken(r.PathValue("token"))
	if err != nil {
		return visit{}, err
	}
	v := visit{token: token, path: "/c/" + token.String()}
	if v.Landing, err = s.Enrolments.LookChild(r.Context(), token); err != nil {
		return visit{}, err
	}
	v.tongue = tongueOf(v.Notice, r.P.Tag())
	return v, nil
}

func (s *Site) cards(w http.ResponseWriter, r *Request) error {
	v, err := s.childVisit(r)
	if err != nil {
		return err
	}
	return s.showCards(w, r, v)
}

func (s *Site) showCards(w http.ResponseWriter, r *Request, v visit) (err error) {
	p := cardsPage{enrolPage: r.enrolPage(v, "own.title")}
	if r.turned {
		p.On = enrolForm(v, r.PostForm.Get).Optional
	}
	switch v.State {
	case enrol.Waiting:
		if v.Spoken {
			p.Closed = closed{Kind: ui.Info, Title: r.P.T("own.waits"), Text: r.P.T("own.waits.text")}
			break
		}
		p.Cards, p.Keep = s.fiveCards(r.P, v), v.path
	case enrol.Enrolled, enrol.Trial:
		p.Closed = closed{Kind: ui.Success, Title: r.P.T("own.done"), Text: r.P.T("own.done.text")}
		if p.Ticket, err = s.ticket(r.P, v); err != nil {
			return err
		}
	case enrol.Declined:
		p.Closed = closed{Kind: ui.Info, Title: r.P.T("own.declined"), Text: r.P.T("own.declined.text")}
	default:
		p.Closed = closed{Kind: ui.Warning, Title: r.P.T("own.expired"), Text: r.P.T("own.expired.text")}
	}
	return r.Show(w, p.body())
}

// fiveCards say what a child of 14 needs to decide: who, what, what for, who may
// look and how to stop it, and what a no means.
func (s *Site) fiveCards(p lang.Printer, v visit) []card {
	return []card{
		{"badge", p.T("own.card.who"), p.T("own.card.who.text", v.Notice.Controller, v.Store.Name)},
		{"doc", p.T("own.card.what"), p.T("own.card.what.text", items(p, fieldsOf(v.Notice)))},
		{"clock", p.T("own.card.why"), p.T("own.card.why.text", names(p, "purpose.", required(v.Notice)), longest(p, v.Asked))},
		{"eye", p.T("own.card.look"), p.T("own.card.look.text")},
		{"stop", p.T("own.card.no"), p.T("own.card.no.text")},
	}
}

func (s *Site) childAnswer(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v, err := s.childVisit(r)
	if err != nil {
		return err
	}
	if r.turned {
		return s.showCards(w, r, v)
	}
	form := enrolForm(v, r.PostForm.Get)
	ans := enrol.Answer{Optional: form.Optional, Language: form.Language}
	switch r.PostForm.Get("answer") {
	case "yes":
		ans.Agree = true
	case "no":
	default:
		return fault.New(fault.Invalid, "form.unknown")
	}
	if ans.Screen, err = screenHash(r.Context(), decision(lang.For(ans.Language), v.Notice, v.Notice.Words[ans.Language])); err != nil {
		return err
	}
	if _, err := s.Enrolments.ConfirmChild(r.Context(), v.token, ans); err != nil {
		return s.strayed(w, r, v, err)
	}
	return r.Go(w, v.path)
}

// childEnter opens the child's own pages by its link, which is all that a child
// without a phone of its own has.
func (s *Site) childEnter(w http.ResponseWriter, r *Request) error {
	v, err := s.childVisit(r)
	if err != nil {
		return err
	}
	entry, err := s.Enrolments.Enter(r.Context(), v.token, browserLabel(r.Request), r.Token())
	if err != nil {
		return s.strayed(w, r, v, err)
	}
	r.Begin(w, entry)
	return r.Go(w, "/me")
}
