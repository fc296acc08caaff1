package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathReviews is where fields that nobody uses are looked at (S3-09).
const PathReviews = "/staff/reviews"

func (p *staffPages) reviewRoutes() []Route {
	write := Only(Institution, officers...)
	return []Route{
		{Pattern: "GET " + PathReviews, Handler: p.reviews, Access: write, Menu: "review.title"},
		{Pattern: "POST " + PathReviews, Handler: p.decideReview, Access: write},
	}
}

// reviewsPage has the fields that wait for a decision, and the decisions.
type reviewsPage struct {
	ui.Page
	Open  []reviewLine
	Past  ui.Table
	Wrong string // field whose form came back
	Typed string
}

type reviewLine struct{ Field, Name, Text string }

func (p *staffPages) reviewsPage(r *Request) (reviewsPage, error) {
	v := reviewsPage{Page: r.Page("review.title"), Wrong: r.PostForm.Get("field"), Typed: r.PostForm.Get("reason")}
	list, err := p.Office.Reviews(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	names, err := p.names(r)
	v.Past = ui.Table{Caption: r.P.T("review.past"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("review.field")}, {Text: r.P.T("review.when")},
		{Text: r.P.T("review.by")}, {Text: r.P.T("review.decision")}, {Text: r.P.T("review.reason")}}}
	for _, x := range list {
		name := wordOr(r.P, "field."+x.Field, x.Field)
		if x.Decided.IsZero() {
			v.Open = append(v.Open, reviewLine{x.Field, name, r.P.T("review.text", r.P.Day(x.Opened), x.Records, inventory.Idle)})
			continue
		}
		decision := r.P.T("review.given_up")
		if x.Keep {
			decision = r.P.T("review.kept")
		}
		v.Past.Rows = append(v.Past.Rows, ui.Words(name, r.P.Day(x.Decided), names[x.By.String()], decision, x.Reason))
	}
	return v, err
}

func (p *staffPages) reviews(w http.ResponseWriter, r *Request) error {
	v, err := p.reviewsPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) decideReview(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	f := r.PostForm
	keep := f.Get("decision") == "keep"
	if !keep && f.Get("decision") != "end" {
		return fault.New(fault.Invalid, "form.unknown")
	}
	err := p.Office.Review(r.Context(), r.Actor, f.Get("field"), keep, f.Get("reason"))
	if errs, wrong := r.Wrong(err); err != nil && wrong {
		v, err := p.reviewsPage(r)
		if err != nil {
			return err
		}
		v.Errors = ui.Errors{{Field: "reason-" + v.Wrong, Text: errs[0].Text}}
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	if keep {
		return r.GoSaying(w, PathReviews, "flash.review_kept")
	}
	return r.GoSaying(w, PathSchemas, "flash.review_ended")
}

// typed is what was typed in the form that came back.
func (v reviewsPage) typed(x reviewLine) string {
	if v.Wrong == x.Field {
		return v.Typed
	}
	return ""
}
