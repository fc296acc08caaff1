package web

import (
	"net/url"

	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// choice is the address of the form for one thing to change.
func (v changePage) choice(what string) string {
	q := url.Values{"what": {what}}
	if v.Of != "" {
		q.Set("of", v.Of)
	}
	return v.Base + "?" + q.Encode()
}

func (v changePage) name(what string) string {
	if what == byAssessment {
		return v.P.T("change.assessment")
	}
	return v.P.T("field." + what)
}

// action is where the form goes: for a phone the code comes first.
func (v changePage) action() string {
	if v.What == subject.GuardianPhone && !v.Coded {
		return v.Base + "/code"
	}
	return v.Base
}

func (v changePage) do() string {
	if v.What == subject.GuardianPhone && !v.Coded {
		return v.P.T("change.code.send")
	}
	return v.P.T("change.do")
}

func (v changePage) input(field, label string) ui.Input {
	return valueInput(field, field, label, v.Typed[field], v.Errors, v.P.T("enrolment.birth.hint"))
}

// refInput asks for the number of the family's request; for a phone it is the
// receipt that only the family has.
func (v changePage) refInput() ui.Input {
	in := ui.Input{Name: "ref", Label: v.P.T("change.ref"), Hint: v.P.T("change.ref.hint"), Value: v.Typed["ref"], Max: 40, Error: v.Errors.For("ref")}
	if v.What == subject.GuardianPhone {
		in.Label, in.Hint = v.P.T("change.receipt"), v.P.T("change.receipt.hint")
	}
	return in
}

// valueInput is the text field that fits a field of a record.
func valueInput(name, field, label, value string, errs ui.Errors, monthHint string) ui.Input {
	in := ui.Input{Name: name, Label: label, Value: value, Max: 60, Error: errs.For(name)}
	switch field {
	case subject.LearnerBirth:
		in.Type, in.Hint = ui.Month, monthHint
	case subject.GuardianPhone:
		in.Type = ui.Tel
	}
	return in
}

func (v changesPage) rows() [][]ui.Cell {
	rows := make([][]ui.Cell, len(v.List))
	for i, c := range v.List {
		rows[i] = append(ui.Words(c.Asked, c.By, c.Store, c.Ref), ui.Cell{Part: v.next(c)})
	}
	return rows
}

// input is the field for what is typed the second time.
func (v decidePage) input() ui.Input {
	if v.What == byAssessment {
		return ui.Input{Name: "again", Label: v.P.T("change.again.basis"), Hint: v.P.T("change.again.hint"), Value: v.Again, Max: 60, Error: v.Errors.For("again")}
	}
	in := valueInput("again", v.What, v.P.T("change.again", v.P.T("field."+v.What)), v.Again, v.Errors, v.P.T("enrolment.birth.hint"))
	if in.Hint == "" {
		in.Hint = v.P.T("change.again.hint")
	}
	return in
}
