package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// figuresPage is one store in numbers. There is no person in it.
type figuresPage struct {
	ui.Page
	Store      string
	Stores     []ui.Option
	Choice     string
	Since      string
	Enrolments ui.Table
	Consents   ui.Table
	Overdue    []ui.Task
}

func (p *staffPages) figures(w http.ResponseWriter, r *Request) error {
	v := figuresPage{Page: r.Page("figures.title")}
	var err error
	if v.Stores, err = p.storeChoice(r); err != nil {
		return err
	}
	store := r.Actor.Store
	if asked := r.URL.Query().Get("store"); asked != "" && store.IsZero() {
		if store, err = id.Parse[id.Store](asked); err != nil {
			return fault.New(fault.NotFound, "page.unknown")
		}
	}
	if store.IsZero() && len(v.Stores) > 0 {
		if store, err = id.Parse[id.Store](v.Stores[0].Value); err != nil {
			return err
		}
	}
	from := p.Office.Gate.Now().Add(-30 * 24 * time.Hour)
	f, err := p.Office.Board(r.Context(), r.Actor, store, from)
	if err != nil {
		return p.deny(w, r, err)
	}
	v.Choice, v.Since = f.Store.String(), r.P.Day(from)
	for _, o := range v.Stores {
		if o.Value == v.Choice {
			v.Store = o.Text
		}
	}
	v.Enrolments = ui.Table{Caption: r.P.T("figures.enrolments", v.Since), Heads: []ui.Head{{Text: r.P.T("grants.state")}, {Text: r.P.T("figures.count"), Number: true}}}
	for _, s := range []enrol.State{enrol.Enrolled, enrol.Trial, enrol.Waiting, enrol.Declared, enrol.Opened, enrol.Started, enrol.Declined, enrol.Expired} {
		v.Enrolments.Rows = append(v.Enrolments.Rows, ui.Words(r.P.T("enrol.state."+string(s)), r.P.Number(int64(f.Enrolments[s]))))
	}
	v.Consents = consentTable(r, f.Consents)
	overdue := func(n int, key, href string, bad ui.Kind) {
		kind := ui.Success
		if n > 0 {
			kind = bad
		}
		v.Overdue = append(v.Overdue, ui.Task{Text: r.P.T(key), Status: r.P.T("figures.n", n), Kind: kind, Href: href})
	}
	overdue(f.Untold, "figures.untold", "", ui.Danger)
	overdue(f.Waiting, "figures.waiting", "", ui.Warning)
	overdue(f.Untrained, "figures.untrained", "", ui.Warning)
	return r.Show(w, v.body())
}

func consentTable(r *Request, counts map[string]map[consent.State]int) ui.Table {
	shownStates := []consent.State{consent.StateLive, consent.StatePending, consent.StateRefused, consent.StateWithdrawn, consent.StateExpired}
	t := ui.Table{Caption: r.P.T("figures.consents"), Heads: []ui.Head{{Text: r.P.T("grants.for")}}}
	for _, s := range shownStates {
		t.Heads = append(t.Heads, ui.Head{Text: r.P.T("consent.state." + string(s)), Number: true})
	}
	var codes []string
	for code := range counts {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		row := ui.Words(purposeName(r.P, code))
		for _, s := range shownStates {
			row = append(row, ui.Cell{Text: r.P.Number(int64(counts[code][s]))})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
