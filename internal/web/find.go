package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// deskPurpose is why the desk looks for a family and views it masked.
const deskPurpose = "learner.manage"

// findPage takes an exact phone number or receipt number. It is sent by POST, so
// that no number stands in an address, a history or a log.
type findPage struct {
	ui.Page
	Asked bool
	Cards []cardView
}

// cardView is one child, masked, in words.
type cardView struct {
	Name, Birth, Guardian, Phone, Store string
	Href                                string
	Change                              string // path; "" for those who change nothing
	Seclude                             string // path, for those who may seal the record away
	Restricted                          bool
	Purposes                            []purposeState
}

// purposeState is where one purpose stands.
type purposeState struct {
	Name, Words string
	Kind        ui.Kind
	Live        bool
}

func (p *staffPages) find(w http.ResponseWriter, r *Request) error {
	return r.Show(w, findPage{Page: r.Page("find.title")}.body())
}

func (p *staffPages) search(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v := findPage{Page: r.Page("find.title"), Asked: true}
	q, ok := query(r.PostForm.Get("what"))
	if !ok {
		v.Asked = false
		v.Errors, _ = r.Wrong(fault.At("what", "find.what"))
		return r.ShowAgain(w, v.body())
	}
	cards, err := p.Desk.Find(r.Context(), r.Actor, q, deskPurpose)
	if errs, wrong := r.Wrong(err); err != nil && wrong {
		v.Asked, v.Errors = false, ui.Errors{{Field: "what", Text: errs[0].Text}}
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return err
	}
	for _, c := range cards {
		card := viewCard(r.P, c, stores)
		card.Change = pathSubjects + "/" + c.Child.String() + "/change?of=" + c.Guardian.String()
		if may(officers, r.Actor.Role) && p.Compartment != nil {
			card.Seclude = pathSubjects + "/" + c.Child.String() + "/seclude"
		}
		v.Cards = append(v.Cards, card)
	}
	return r.Show(w, v.body())
}

// query tells a receipt number from a phone: the first has letters or is cut by
// hyphens into 4-4-4-2.
func query(typed string) (desk.Query, bool) {
	s := strings.ToUpper(strings.TrimSpace(typed))
	if s == "" {
		return desk.Query{}, false
	}
	if parts := strings.Split(s, "-"); len(parts) == 4 && len(s) == 17 {
		return desk.Query{Receipt: s}, true
	}
	return desk.Query{Phone: secret.NewText(typed)}, true
}

func viewCard(p lang.Printer, c desk.Card, stores map[string]string) cardView {
	v := cardView{Name: c.Name, Birth: c.Birth, Guardian: c.GuardianName, Phone: c.Phone, Store: stores[c.Store.String()],
		Href: pathSubjects + "/" + c.Child.String(), Restricted: c.State == subject.Restricted}
	for _, s := range c.Standings {
		v.Purposes = append(v.Purposes, deskStanding(p, s))
	}
	if len(c.Standings) == 1 && c.Standings[0].Purpose == catalogue.TrialLesson {
		v.Href += "?for=" + catalogue.TrialLesson
	}
	return v
}

// deskFor is why the desk views a record: for a trial lesson, if that is all it
// is there for and the link says so; the gate checks that it is.
func deskFor(r *Request, otherwise string) string {
	if r.URL.Query().Get("for") == catalogue.TrialLesson || r.PostForm.Get("for") == catalogue.TrialLesson {
		return catalogue.TrialLesson
	}
	return otherwise
}

// deskStanding says where a purpose stands; its colour only underlines the words.
func deskStanding(p lang.Printer, s consent.Standing) purposeState {
	state := purposeState{Name: purposeName(p, s.Purpose), Words: p.T("consent.state." + string(s.State)), Kind: ui.Plain}
	switch s.State {
	case consent.StateLive:
		state.Kind, state.Live = ui.Success, true
	case consent.StatePending, consent.StateRestricted, consent.StateExpired:
		state.Kind = ui.Warning
	}
	return state
}

func purposeName(p lang.Printer, code string) string { return wordOr(p, "purpose."+code, code) }
