package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathEvidence is the page of the file that carries the burden of proof (B15).
const PathEvidence = "/staff/evidence"

// examiners may make packs of evidence; the gate asks once more.
var examiners = []actor.Role{actor.Officer, actor.Auditor, actor.Owner}

// evidencePage asks for a period and, if need be, for a receipt number.
type evidencePage struct {
	ui.Page
	From, To, Receipt string
	Errors            ui.Errors
}

func (p *staffPages) evidenceRoutes() []Route {
	in := Only(Institution, examiners...)
	return []Route{
		{Pattern: "GET " + PathEvidence, Handler: p.evidence, Access: in},
		{Pattern: "POST " + PathEvidence, Handler: p.makeEvidence, Access: in.Within(proofAge), Timeout: longTask},
	}
}

func (p *staffPages) evidence(w http.ResponseWriter, r *Request) error {
	today := civil.DateOf(p.Evidence.Gate.Now())
	v := evidencePage{Page: r.Page("evidence.title"), From: today.AddYears(-1).String(), To: today.String()}
	return r.Show(w, v.body())
}

// makeEvidence answers with the file. The entry that seals it is durable before
// the first byte leaves.
func (p *staffPages) makeEvidence(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v := evidencePage{Page: r.Page("evidence.title"), From: r.PostForm.Get("from"), To: r.PostForm.Get("to"),
		Receipt: strings.TrimSpace(r.PostForm.Get("receipt"))}
	ask := evidence.Request{Receipt: v.Receipt}
	if ask.From, ask.To = v.period(r); len(v.Errors) > 0 {
		return r.ShowAgain(w, v.body())
	}
	pack, _, err := p.Evidence.Make(r.Context(), r.Actor, ask)
	if lines, ok := r.said(err, fault.NotFound); err != nil && ok {
		v.Errors = lines
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.download(w, "wardfold-evidence-"+pack.To.Format("2006-01-02")+".json", []byte(pack.String()))
}

// period reads the two days, of which the last is included.
func (v *evidencePage) period(r *Request) (from, to time.Time) {
	for _, f := range []struct {
		name, typed string
		into        func(civil.Date)
	}{
		{"from", v.From, func(d civil.Date) { from = d.Start() }},
		{"to", v.To, func(d civil.Date) { to = d.End() }},
	} {
		day, err := typedDay(f.typed)
		if err != nil {
			v.Errors = append(v.Errors, ui.FieldError{Field: f.name, Text: r.P.T("evidence.day")})
			continue
		}
		f.into(day)
	}
	return from, to
}
