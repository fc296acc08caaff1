package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// recordPage is one child as staff see it by default: masked, with what it may
// be used for and who answers for it (S3-46).
type recordPage struct {
	ui.Page
	Card     cardView
	Rows     []ui.Row
	InCharge string
	Message  string // path, when this person may send one
	Call     string // path, when this person may call
	Silent   string // why nobody may contact the family, in words; "" when they may
	Change   string // path, when this person may write down a change
	Seclude  string // path, when this person may seal the record away
	Grants   bool   // the person has a live grant for something here
}

// loadCard views a child masked; the look is an entry.
func (p *staffPages) loadCard(r *Request) (desk.Card, error) {
	child, err := id.Parse[id.Subject](r.PathValue("id"))
	if err != nil {
		return desk.Card{}, fault.New(fault.NotFound, "page.unknown")
	}
	return p.Desk.View(r.Context(), r.Actor, child, deskFor(r, deskPurpose))
}

func (p *staffPages) record(w http.ResponseWriter, r *Request) error {
	card, err := p.loadCard(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return err
	}
	live, err := p.live(r, card)
	if err != nil {
		return err
	}
	v := recordPage{Page: r.Page("record.title"), Card: viewCard(r.P, card, stores), Grants: len(live) > 0}
	if v.InCharge, err = p.inCharge(r, card.Store); err != nil {
		return err
	}
	base, query, asked := strings.Cut(v.Card.Href, "?")
	if asked {
		query = "?" + query
	}
	if may(callers, r.Actor.Role) && !card.Guardian.IsZero() {
		if v.Silent = silent(r.P, card, deskFor(r, contactPurpose)); v.Silent == "" {
			v.Message, v.Call = base+"/message"+query, base+"/call"+query
		}
	}
	if may(searchers, r.Actor.Role) {
		v.Change = base + "/change?of=" + card.Guardian.String()
	}
	if may(officers, r.Actor.Role) && p.Compartment != nil {
		v.Seclude = base + "/seclude"
	}
	for _, f := range []struct {
		code string
		of   id.Subject
		mask string
	}{
		{subject.LearnerName, card.Child, card.Name}, {subject.LearnerBirth, card.Child, card.Birth},
		{subject.GuardianName, card.Guardian, card.GuardianName}, {subject.GuardianPhone, card.Guardian, card.Phone},
	} {
		if !f.of.IsZero() && (f.mask != "" || !outside(r.Actor.Role)) {
			v.Rows = append(v.Rows, p.maskedRow(r, base, f.code, f.of, f.mask, live))
		}
	}
	return r.Show(w, v.body())
}

// silent says in words why a family may not be contacted for a purpose, from
// where its consent stands; "" if that does not stop it. The gate refuses what is
// not offered here.
func silent(p lang.Printer, c desk.Card, purpose string) string {
	for _, s := range c.Standings {
		if s.Purpose == purpose && s.State != consent.StateLive {
			return p.T("record.silent.text", purposeName(p, purpose), p.T("consent.state."+string(s.State)))
		}
	}
	return ""
}

// maskedRow is one field with the way to see it: one press when one purpose has
// a live grant, a choice when several have, none otherwise.
func (p *staffPages) maskedRow(r *Request, href, field string, of id.Subject, mask string, live []grant.Grant) ui.Row {
	label := r.P.T("field." + field)
	row := ui.Row{Key: label}
	hide := ui.Reveal{Label: label, Value: ui.Masked(mask)}
	whys := purposesFor(live, field)
	switch len(whys) {
	case 0:
		row.More = ui.Hide(r.P, hide)
	case 1:
		hide.Action = href + "/reveal"
		hide.Fields = []ui.Hidden{{Name: "field", Value: field}, {Name: "of", Value: of.String()},
			{Name: "purpose", Value: whys[0]}, {Name: "back", Value: href}}
		row.More = maskedFor(r.P, hide, purposeName(r.P, whys[0]))
	default:
		row.More = maskedChoice(r.P, hide, href+"/reveal?field="+field)
	}
	return row
}

// purposesFor lists the purposes of grants that cover a field, each once.
func purposesFor(live []grant.Grant, field string) (codes []string) {
	for _, g := range live {
		if slices.Contains(g.Fields, field) && !slices.Contains(codes, g.Purpose) {
			codes = append(codes, g.Purpose)
		}
	}
	return codes
}

// live lists the grants of this person that reach a record now. What the family
// has stopped or refused for this child is not offered.
func (p *staffPages) live(r *Request, c desk.Card) (list []grant.Grant, err error) {
	if !may(granting, r.Actor.Role) {
		return nil, nil
	}
	own, err := p.Office.Own(r.Context(), r.Actor)
	now := p.Office.Gate.Now()
	for _, g := range own {
		reaches := len(g.Subjects) == 0 || slices.Contains(g.Subjects, c.Child) || slices.Contains(g.Subjects, c.Guardian)
		if g.Live(now) && g.Role == r.Actor.Role && (g.Store.IsZero() || g.Store == c.Store) && reaches && !c.Stopped(g.Purpose) {
			list = append(list, g)
		}
	}
	return list, err
}

// inCharge names who answers for a store's records (S2-08).
func (p *staffPages) inCharge(r *Request, store id.Store) (string, error) {
	who, err := p.Office.InCharge(r.Context(), r.Actor.Institution, store)
	if err != nil || who.IsZero() {
		return "", err
	}
	s, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, who)
	return s.Name, err
}
