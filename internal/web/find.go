package web

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
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
	Kept                                string // why it is only kept and cannot be opened; "" when it can
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
	q, err := query(r.PostForm.Get("what"))
	var cards []desk.Card
	if err == nil {
		cards, err = p.Desk.Find(r.Context(), r.Actor, q, deskPurpose)
	}
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

// query tells a receipt number from a phone. Invalid: find.what for nothing at
// all, find.neither for what has letters and is no receipt number.
func query(typed string) (desk.Query, error) {
	if strings.TrimSpace(typed) == "" {
		return desk.Query{}, fault.At("what", "find.what")
	}
	if number, ok := enrol.CleanReceipt(typed); ok {
		return desk.Query{Receipt: number}, nil
	}
	if strings.ContainsFunc(typed, unicode.IsLetter) {
		return desk.Query{}, fault.At("what", "find.neither")
	}
	return desk.Query{Phone: secret.NewText(typed)}, nil
}

func viewCard(p lang.Printer, c desk.Card, stores map[string]string) cardView {
	v := cardView{Name: c.Name, Birth: c.Birth, Guardian: c.GuardianName, Phone: c.Phone, Store: stores[c.Store.String()],
		Href: pathSubjects + "/" + c.Child.String(), Kept: kept(p, c)}
	for _, s := range c.Standings {
		v.Purposes = append(v.Purposes, deskStanding(p, s))
	}
	if len(c.Standings) == 1 && c.Standings[0].Purpose == catalogue.TrialLesson {
		v.Href += "?for=" + catalogue.TrialLesson
	}
	return v
}

// kept says in words why a record is only kept: a dispute, a consent that is not
// there yet, or none any more. The gate opens it to nobody at work.
func kept(p lang.Printer, c desk.Card) string {
	is := func(state consent.State) bool {
		return slices.ContainsFunc(c.Standings, func(s consent.Standing) bool { return s.State == state })
	}
	switch {
	case c.State != subject.Restricted:
		return ""
	case is(consent.StateRestricted):
		return p.T("find.disputed")
	case is(consent.StatePending), len(c.Standings) == 0:
		return p.T("find.pending")
	}
	return p.T("find.kept")
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
