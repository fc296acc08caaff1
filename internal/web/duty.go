package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathDuties is the report of who answers for what (S2-08).
const PathDuties = "/staff/duties"

// appointers name who takes charge of a data set.
var appointers = []actor.Role{actor.Manager, actor.Officer, actor.Owner}

func (p *staffPages) dutyRoutes() []Route {
	return []Route{
		{Pattern: "GET " + PathDuties, Handler: p.duties, Access: Only(OwnStore, accountable...), Menu: "duty.title"},
		{Pattern: "POST " + PathDuties, Handler: p.nameDuty, Access: Only(OwnStore, appointers...).Within(account.ProofLife)},
		{Pattern: "GET " + PathDuties + "/accept", Handler: p.askDuty, Access: Only(Itself, everyStaff...)},
		{Pattern: "POST " + PathDuties + "/accept", Handler: p.takeDuty, Access: Only(Itself, everyStaff...)},
	}
}

// dutiesPage says who is in charge of which data set and since when, who was
// named, and who handled what in the last thirty days.
type dutiesPage struct {
	ui.Page
	Owners   ui.Table
	Waiting  ui.Table
	Handled  ui.Table
	Whole    bool
	May      bool // the viewer names people
	Datasets []ui.Option
	Stores   []ui.Option
	People   []ui.Option
}

func (p *staffPages) dutiesPage(r *Request) (dutiesPage, error) {
	v := dutiesPage{Page: r.Page("duty.title"), May: may(appointers, r.Actor.Role)}
	d, err := p.Office.Duties(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	t, err := p.namer(r)
	if err != nil {
		return v, err
	}
	v.Whole = d.Whole
	v.Owners = t.owners(d.Owners)
	v.Waiting = t.waiting(d.Waiting)
	v.Handled = t.handled(d.Handled)
	if v.May {
		err = p.dutyForm(r, &v)
	}
	return v, err
}

// dutyForm adds what can be chosen by who names people.
func (p *staffPages) dutyForm(r *Request, v *dutiesPage) (err error) {
	schemas, err := p.Office.Schemas(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, s := range schemas {
		if !seen[s.Code] && !s.ApprovedAt.IsZero() {
			seen[s.Code] = true
			v.Datasets = append(v.Datasets, ui.Option{Value: s.Code, Text: datasetName(r, s.Code)})
		}
	}
	if v.Stores, err = p.storeChoice(r); err != nil {
		return err
	}
	people, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, r.Actor.Store, false)
	for _, s := range people {
		if s.State == account.Active && s.ID != r.Actor.Staff {
			v.People = append(v.People, ui.Option{Value: s.ID.String(), Text: s.Name})
		}
	}
	return err
}

func datasetName(r *Request, code string) string { return wordOr(r.P, "schema."+code, code) }

// namer puts identifiers of the report into words.
type namer struct {
	r             *Request
	names, stores map[string]string
}

func (p *staffPages) namer(r *Request) (n namer, err error) {
	n.r = r
	if n.names, err = p.names(r); err != nil {
		return n, err
	}
	n.stores, err = p.storeNames(r.Context(), r.Actor.Institution)
	return n, err
}

// of is a person, a place or a role, in words.
func (n namer) of(printed string) string {
	switch {
	case n.names[printed] != "":
		return n.names[printed]
	case n.stores[printed] != "":
		return n.stores[printed]
	case strings.HasPrefix(printed, "ins_"):
		return n.r.P.T("grants.everywhere")
	case strings.HasPrefix(printed, "key_"):
		return n.r.P.T("role.integrator")
	}
	return wordOr(n.r.P, "role."+printed, n.r.P.T("duty.family"))
}

func (n namer) store(s id.Store) string {
	if s.IsZero() {
		return n.r.P.T("grants.everywhere")
	}
	return n.stores[s.String()]
}

// heads are the heads of a table, by the keys of their words.
func (n namer) heads(keys ...string) (out []ui.Head) {
	for _, k := range keys {
		out = append(out, ui.Head{Text: n.r.P.T("duty." + k)})
	}
	return out
}

func (n namer) owners(list []catalogue.Owner) ui.Table {
	t := ui.Table{Caption: n.r.P.T("duty.owners"), Hidden: true, Heads: n.heads("dataset", "where", "who", "since")}
	for _, o := range list {
		t.Rows = append(t.Rows, ui.Words(datasetName(n.r, o.Dataset), n.store(o.Store), n.of(o.InCharge.String()), n.r.P.Day(o.Since)))
	}
	return t
}

func (n namer) waiting(list []catalogue.Named) ui.Table {
	t := ui.Table{Caption: n.r.P.T("duty.waiting"), Hidden: true, Heads: n.heads("dataset", "where", "who", "by", "since")}
	for _, o := range list {
		t.Rows = append(t.Rows, ui.Words(datasetName(n.r, o.Dataset), n.store(o.Store), n.of(o.InCharge.String()), n.of(o.By.String()), n.r.P.Day(o.Since)))
	}
	return t
}

// handledShown bounds the lines of the report.
const handledShown = 50

// handled is one line for each person and whoever is in charge of what that
// person handled: both chains of S2-08.
func (n namer) handled(list []office.Handled) ui.Table {
	p := n.r.P
	t := ui.Table{Caption: p.T("duty.handled"), Hidden: true, Heads: n.heads("handler", "charge", "acts", "total")}
	t.Heads[3].Number = true
	for _, h := range list[:min(len(list), handledShown)] {
		var acts []string
		for _, op := range ledger.Operations {
			if k := h.Acts[op]; k > 0 {
				acts = append(acts, p.T("duty.act", p.T("ledger.op."+string(op)), k))
			}
		}
		t.Rows = append(t.Rows, ui.Words(n.of(h.By), n.of(h.InCharge), p.List(acts), p.Number(int64(h.Total))))
	}
	return t
}

func (p *staffPages) duties(w http.ResponseWriter, r *Request) error {
	v, err := p.dutiesPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) nameDuty(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	f := r.PostForm
	o := catalogue.Owner{Dataset: f.Get("dataset")}
	var err error
	if o.InCharge, err = id.Parse[id.Staff](f.Get("who")); err == nil && f.Get("store") != "" {
		o.Store, err = id.Parse[id.Store](f.Get("store"))
	}
	if err != nil {
		return fault.New(fault.NotFound, "staff.unknown")
	}
	if err := p.Office.Name(r.Context(), r.Actor, o); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathDuties, "flash.duty_named")
}

// acceptPage shows somebody what they were named for, and what it means.
type acceptPage struct {
	ui.Page
	List []acceptLine
}

type acceptLine struct{ Dataset, Store, Text string }

func (p *staffPages) askDuty(w http.ResponseWriter, r *Request) error {
	list, err := p.Office.Named(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	n, err := p.namer(r)
	if err != nil {
		return err
	}
	v := acceptPage{Page: r.Page("duty.accept.title")}
	for _, x := range list {
		v.List = append(v.List, acceptLine{x.Dataset, x.Store.String(), r.P.T("duty.accept.line", datasetName(r, x.Dataset), n.store(x.Store), n.of(x.By.String()))})
	}
	return r.Show(w, v.body())
}

func (p *staffPages) takeDuty(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	var store id.Store
	if typed := r.PostForm.Get("store"); typed != "" {
		var err error
		if store, err = id.Parse[id.Store](typed); err != nil {
			return fault.New(fault.NotFound, "catalogue.not_named")
		}
	}
	if err := p.Office.Accept(r.Context(), r.Actor, r.PostForm.Get("dataset"), store); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathStaff, "flash.duty_taken")
}
