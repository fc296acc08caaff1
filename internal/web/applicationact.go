package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// application1 shows one application: a draft to its writer as a form, any other
// as it was handed in, with who agreed and who is next.
func (p *staffPages) application1(w http.ResponseWriter, r *Request) error {
	app, err := paperID(r)
	if err != nil {
		return err
	}
	x, err := p.Applications.Read(r.Context(), r.Actor, app)
	if err != nil {
		return err
	}
	if x.Case.State == application.Draft {
		return p.showDraft(w, r, x)
	}
	v, err := p.paper(r, x)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// weighApplication is the decision on one page: who, what, why, how many, until
// when, the words of those who decided before, what to beware of, two equal
// answers. The proof is fresh before it opens, so that nothing typed is lost.
func (p *staffPages) weighApplication(w http.ResponseWriter, r *Request) error {
	v, err := p.weighing(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.decision())
}

func (p *staffPages) weighing(r *Request) (v paperView, err error) {
	app, err := paperID(r)
	if err != nil {
		return v, err
	}
	x, err := p.Applications.Read(r.Context(), r.Actor, app)
	if err != nil {
		return v, err
	}
	if x.Case.State == application.Draft {
		return v, fault.New(fault.NotFound, "application.unknown")
	}
	if v, err = p.paper(r, x); err != nil {
		return v, err
	}
	v.Brief, v.Rest = brief(r.P, v.Rows, x.Application)
	if len(x.Can) > 0 {
		v.Step = x.Can[0]
		v.StepName = stepName(r.P, x.Case.Steps[v.Step], v.names)
	}
	for _, reason := range application.Refusals {
		v.Reasons = append(v.Reasons, ui.Option{Value: string(reason), Text: r.P.T("application.refusal." + string(reason))})
	}
	return v, nil
}

// brief is the half page that a decision needs: who, why, which fields, how many,
// until when, and who outside gets it; the rest waits behind a fold.
func brief(p lang.Printer, rows []ui.Row, x application.Application) (brief, rest []ui.Row) {
	short := []string{p.T("applications.who"), p.T("applications.why"), p.T("grants.fields"), p.T("applications.whom"), p.T("grants.until")}
	for _, row := range rows {
		if slices.Contains(short, row.Key) {
			brief = append(brief, row)
		} else {
			rest = append(rest, row)
		}
	}
	if party := partyRows(p, x); len(party) > 0 {
		brief, rest = append(brief, party[0]), append(rest, party[1:]...)
	}
	return brief, rest
}

func (p *staffPages) decideApplication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	app, err := paperID(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	step, err := strconv.Atoi(f.Get("step"))
	if err != nil {
		return fault.New(fault.NotFound, "application.step")
	}
	in := application.Answer{Step: step, Agree: f.Get("answer") == "yes", Reason: application.Reason(f.Get("reason")), Note: f.Get("note")}
	if in.Agree {
		in.Reason = ""
	}
	x, err := p.Applications.Decide(r.Context(), r.Actor, app, in)
	if errs, ok := r.said(err, fault.Conflict); err != nil && ok {
		v, err := p.weighing(r)
		if err != nil {
			return err
		}
		v.Errors, v.Reason, v.Note = errs, f.Get("reason"), in.Note
		return r.ShowAgain(w, v.decision())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	say := "flash.agreed"
	switch {
	case !in.Agree:
		say = "flash.refused"
	case x.Case.State == application.Granted:
		say = "flash.granted"
	}
	return r.GoSaying(w, PathApplications, say)
}

// endApplication withdraws, ends or throws away.
func (p *staffPages) endApplication(w http.ResponseWriter, r *Request) error {
	app, err := paperID(r)
	if err != nil {
		return err
	}
	say := ""
	switch r.PathValue("act") {
	case "withdraw":
		_, err = p.Applications.Withdraw(r.Context(), r.Actor, app)
		say = "flash.withdrawn"
	case "end":
		_, err = p.Applications.End(r.Context(), r.Actor, app)
		say = "flash.grant_ended"
	case "discard":
		err = p.Applications.Discard(r.Context(), r.Actor, app)
		say = "flash.discarded"
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathApplications, say)
}
