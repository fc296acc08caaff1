package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// systemsPage registers departments, who works in them, and the business systems
// with their three slots: in charge, operating, using (S3-21, S3-22).
type systemsPage struct {
	ui.Page
	Systems     ui.Table
	Departments []ui.Option
	Members     ui.Table
	Loads       ui.Table // what each department has to do
	People      []ui.Option
	Fields      []ui.Check
	Typed       map[string]string
}

func (p *staffPages) systems(w http.ResponseWriter, r *Request) error {
	v, err := p.systemsPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) systemsPage(r *Request) (v systemsPage, err error) {
	v = systemsPage{Page: r.Page("systems.title"), Typed: map[string]string{}}
	departments, systems, members, err := p.Applications.Register(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	names := map[string]string{}
	loads, err := p.Applications.Burdens(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	v.Loads = ui.Table{Caption: r.P.T("systems.loads"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("systems.department")},
		{Text: r.P.T("systems.waiting"), Number: true}, {Text: r.P.T("systems.late"), Number: true}}}
	for _, d := range departments {
		n := loads[d.Code]
		v.Loads.Rows = append(v.Loads.Rows, ui.Words(d.Name, r.P.Number(int64(n.Waiting)), r.P.Number(int64(n.Late))))
		names[d.Code] = d.Name
		v.Departments = append(v.Departments, ui.Option{Value: d.Code, Text: d.Name})
	}
	v.Systems = ui.Table{Caption: r.P.T("systems.title"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("systems.name")}, {Text: r.P.T("grants.fields")},
		{Text: r.P.T("systems.in_charge")}, {Text: r.P.T("systems.operator")}, {Text: r.P.T("systems.user")}, {Text: r.P.T("grants.state")}}}
	slot := func(code string) string {
		if code == "" {
			return r.P.T("systems.empty")
		}
		return firstOf(names[code], code)
	}
	for _, s := range systems {
		state, kind := r.P.T("systems.not_live"), ui.Warning
		if !s.Live.IsZero() {
			state, kind = r.P.T("systems.live"), ui.Success
		}
		row := append(ui.Words(s.Name, fieldList(r.P, s.Fields), slot(s.InCharge), slot(s.Operator), slot(s.User)), ui.Cell{Part: ui.Tag(kind, state)})
		v.Systems.Rows = append(v.Systems.Rows, row)
	}
	for _, f := range catalogue.Fields {
		v.Fields = append(v.Fields, ui.Check{Name: "fields", Value: f.Code, Label: r.P.T("field." + f.Code)})
	}
	return v, p.systemMembers(r, &v, members, names)
}

func (p *staffPages) systemMembers(r *Request, v *systemsPage, members map[id.Staff]string, names map[string]string) error {
	people, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, id.Store{}, false)
	v.Members = ui.Table{Caption: r.P.T("systems.members"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("grants.who")}, {Text: r.P.T("systems.department")}}}
	for _, s := range people {
		if s.State == account.Active && slices.ContainsFunc(papers, s.Holds) {
			v.People = append(v.People, ui.Option{Value: s.ID.String(), Text: s.Name})
		}
		if d := members[s.ID]; d != "" {
			v.Members.Rows = append(v.Members.Rows, ui.Words(s.Name, firstOf(names[d], d)))
		}
	}
	return err
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// changeSystems registers a department, a member or a system.
func (p *staffPages) changeSystems(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	f := r.PostForm
	var err error
	switch r.PathValue("what") {
	case "department":
		err = p.Applications.DefineDepartment(r.Context(), r.Actor, application.Department{Code: f.Get("code"), Name: f.Get("name")})
	case "member":
		who, bad := id.Parse[id.Staff](f.Get("who"))
		if err = fault.At("who", "grant.who"); bad == nil {
			err = p.Applications.Assign(r.Context(), r.Actor, who, f.Get("department"))
		}
	case "system":
		_, err = p.Applications.DefineSystem(r.Context(), r.Actor, application.System{Code: f.Get("system_code"), Name: f.Get("system_name"),
			Source: f.Get("source") != "", Fields: f["fields"], InCharge: f.Get("in_charge"), Operator: f.Get("operator"), User: f.Get("user")})
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if errs, ok := r.said(err); err != nil && ok {
		v, err := p.systemsPage(r)
		if err != nil {
			return err
		}
		v.Errors = errs
		for _, key := range []string{"code", "name", "system_code", "system_name"} {
			v.Typed[key] = f.Get(key)
		}
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathSystems, "flash.registered")
}
