package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// schemasPage lists the budgets of fields: what is in none of them cannot be
// written (I7). One person proposes, another approves (I8).
type schemasPage struct {
	ui.Page
	List []schemaView
	Code string
	Rows []necessityRow
}

// schemaView is one version of one budget.
type schemaView struct {
	Code, By, When, Approver, State string
	Version                         int
	Kind                            ui.Kind
	Items                           []ui.Row
	MayApprove                      bool
}

// necessityRow asks why a field is needed; left empty, it is not asked for.
type necessityRow struct{ Field, Name, Why, Error string }

func (p *staffPages) schemasPage(r *Request) (schemasPage, error) {
	v := schemasPage{Page: r.Page("schemas.title")}
	list, err := p.Office.Schemas(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	for _, sc := range list {
		x := schemaView{Code: sc.Code, Version: sc.Version, By: names[sc.ProposedBy.String()], When: r.P.Day(sc.ProposedAt),
			Approver: names[sc.ApprovedBy.String()], State: r.P.T("schemas.waiting"), Kind: ui.Warning}
		if sc.ApprovedBy.IsZero() {
			x.MayApprove = sc.ProposedBy != r.Actor.Staff
		} else {
			x.State, x.Kind = r.P.T("schemas.approved"), ui.Success
		}
		for _, it := range sc.Items {
			x.Items = append(x.Items, ui.Row{Key: r.P.T("field." + it.Field), Value: it.Necessity})
		}
		v.List = append(v.List, x)
	}
	for _, f := range catalogue.Fields {
		v.Rows = append(v.Rows, necessityRow{Field: f.Code, Name: r.P.T("field." + f.Code), Why: r.PostForm.Get("why/" + f.Code)})
	}
	return v, nil
}

func (p *staffPages) schemas(w http.ResponseWriter, r *Request) error {
	v, err := p.schemasPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) proposeSchema(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	sc := catalogue.Schema{Code: r.PostForm.Get("code")}
	for _, f := range catalogue.Fields {
		if why := strings.TrimSpace(r.PostForm.Get("why/" + f.Code)); why != "" {
			sc.Items = append(sc.Items, catalogue.Item{Field: f.Code, Necessity: why})
		}
	}
	_, _, err := p.Office.Propose(r.Context(), r.Actor, sc)
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, err := p.schemasPage(r)
		if err != nil {
			return err
		}
		v.Code = sc.Code
		for i, e := range errs {
			for j := range v.Rows {
				if v.Rows[j].Field == e.Field {
					v.Rows[j].Error, errs[i].Field = e.Text, "why/"+e.Field
				}
			}
		}
		v.Errors = errs
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathSchemas, "flash.schema_proposed")
}

func (p *staffPages) approveSchema(w http.ResponseWriter, r *Request) error {
	version, err := strconv.Atoi(r.PathValue("version"))
	if err != nil {
		return fault.New(fault.NotFound, "catalogue.schema_unknown")
	}
	if _, _, err := p.Office.Approve(r.Context(), r.Actor, catalogue.Approval{Code: r.PathValue("code"), Version: version}); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathSchemas, "flash.schema_approved")
}
