package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// purposesPage lists what information may be used for, and defines a purpose
// within a budget of fields.
type purposesPage struct {
	ui.Page
	List                           []purposeView
	Bases, Schemas, After          []ui.Option
	Fields                         []ui.Check
	Code, Basis, Reference, Months string
	Snapshot                       string
	Schema, AfterExpiry            string
	Required                       bool
}

// purposeView is one purpose in words.
type purposeView struct {
	Code, Name, Basis, Fields, Kept, State string
	Kind                                   ui.Kind
	Live                                   bool
}

func (p *staffPages) purposesPage(r *Request) (purposesPage, error) {
	v := purposesPage{Page: r.Page("purposes.title"), Months: "12", AfterExpiry: string(catalogue.Delete)}
	list, err := p.Office.Purposes(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	now := p.Office.Gate.Now()
	for _, x := range list {
		y := purposeView{Code: x.Code, Name: purposeName(r.P, x.Code), Basis: r.P.T("basis." + string(x.Basis)), Fields: fieldList(r.P, x.Fields),
			Kept: r.P.T("purposes.kept."+string(x.Retention.Unit), x.Retention.N), State: r.P.T("purposes.ended"), Kind: ui.Plain}
		if x.Active(now) {
			y.Live, y.Kind, y.State = true, ui.Success, r.P.T("purposes.optional")
			if x.Required {
				y.State = r.P.T("purposes.required")
			}
		}
		v.List = append(v.List, y)
	}
	for _, b := range catalogue.Bases {
		v.Bases = append(v.Bases, ui.Option{Value: string(b), Text: r.P.T("basis." + string(b))})
	}
	for _, a := range []catalogue.AfterExpiry{catalogue.Delete, catalogue.Anonymise} {
		v.After = append(v.After, ui.Option{Value: string(a), Text: r.P.T("after." + string(a))})
	}
	for _, f := range catalogue.Fields {
		v.Fields = append(v.Fields, ui.Check{Name: "fields", Value: f.Code, Label: r.P.T("field." + f.Code)})
	}
	schemas, err := p.Office.Schemas(r.Context(), r.Actor)
	seen := map[string]bool{}
	for _, sc := range schemas {
		if !seen[sc.Code] {
			seen[sc.Code] = true
			v.Schemas = append(v.Schemas, ui.Option{Value: sc.Code, Text: sc.Code})
		}
	}
	return v, err
}

func (p *staffPages) purposes(w http.ResponseWriter, r *Request) error {
	v, err := p.purposesPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) definePurpose(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	f := r.PostForm
	months, _ := strconv.Atoi(digitsOf(f.Get("months"))) // what is no number is refused as 0
	x := catalogue.Purpose{Code: f.Get("code"), Required: f.Get("required") != "", Basis: catalogue.Basis(f.Get("basis")), Reference: f.Get("reference"), Snapshot: strings.ToLower(strings.TrimSpace(f.Get("snapshot"))),
		Retention: civil.Period{N: months, Unit: civil.Months}, AfterExpiry: catalogue.AfterExpiry(f.Get("after")), Schema: f.Get("schema"), Fields: f["fields"]}
	_, err := p.Office.DefinePurpose(r.Context(), r.Actor, x)
	if errs, ok := r.said(err, "denied", "not_found"); err != nil && ok {
		v, err := p.purposesPage(r)
		if err != nil {
			return err
		}
		for i, e := range errs { // a budget points at the field that is outside it
			if r.P.Has("field." + e.Field) {
				errs[i].Field = "fields"
			}
		}
		v.Errors, v.Code, v.Basis, v.Reference, v.Months = errs, x.Code, string(x.Basis), x.Reference, f.Get("months")
		v.Snapshot = x.Snapshot
		v.Schema, v.AfterExpiry, v.Required = x.Schema, string(x.AfterExpiry), x.Required
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathPurposes, "flash.purpose_defined")
}

func (p *staffPages) endPurpose(w http.ResponseWriter, r *Request) error {
	if err := p.Office.EndPurpose(r.Context(), r.Actor, r.PathValue("code")); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathPurposes, "flash.purpose_ended")
}
