package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// resendAfter is how long the button for another code waits, in seconds.
const resendAfter = 60

// The pages of the form, in order.
const (
	stepPhone   = "phone"
	stepCode    = "code"
	stepDetails = "details"
	stepCheck   = "check"
)

var enrolSteps = []string{stepPhone, stepCode, stepDetails, stepCheck}

// typed are the values on their way through the form, by field name. They are
// what this person has just typed, given back to nobody else.
type typed map[string]string

// carried are the fields that the forms take along in hidden inputs, so that what
// is sent is what that page showed.
var carried = []string{subject.GuardianPhone, subject.LearnerName, subject.LearnerBirth, subject.GuardianName}

// boxes are the names of the switches of the optional purposes.
func boxes(n catalogue.Notice) []string {
	var out []string
	for _, p := range optional(n) {
		out = append(out, "optional."+p)
	}
	return out
}

func (t typed) hidden(fields ...string) []ui.Hidden {
	var out []ui.Hidden
	for _, f := range fields {
		out = append(out, ui.Hidden{Name: f, Value: t[f]})
	}
	return out
}

// phonePage asks for the phone, codePage for the code sent to it.
type phonePage struct {
	enrolPage
	Typed typed
}

type proofPage struct {
	enrolPage
	Typed typed
	Phone ui.Masked
	Code  string // as typed, when the look was switched meanwhile

	Proved bool // already: Back led here
}

// detailsPage asks for the other three of the four items (S0-01).
type detailsPage struct {
	enrolPage
	Typed typed
	Phone ui.Masked
}

// checkPage shows the answers once more, with both decisions and the optional
// purposes, all off.
type checkPage struct {
	enrolPage
	Typed   typed
	Phone   ui.Masked
	Birth   string
	Speaker consent.Speaker
	On      []string // optional purposes that this person has ticked already
}

// maskedPhone shows which phone was typed, however it was typed.
func maskedPhone(typed string) ui.Masked {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, norm.NFKC.String(typed))
	return ui.Masked(deid.Rules.Mask(deid.Phone, deid.Family, digits))
}

// ask shows a page in the middle of the form with what this browser has typed so
// far. Who has not come to it yet is led to where the form goes on.
func (s *Site) ask(step string, page func(*Request, visit, draft) (templ.Component, error)) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		v, err := s.visit(r)
		if err != nil {
			return err
		}
		d := r.draft(v.path)
		switch {
		case v.finished() && !v.Taken:
			return r.Go(w, v.path+"/done")
		case !v.open() || v.State == enrol.Started:
			return r.Go(w, v.path)
		case step != stepPhone && !d.reached(step, enrolSteps):
			return r.Go(w, v.path+"/"+cmp.Or(d.Page, stepPhone))
		}
		shown := d
		if shown.Wrong, err = r.told(w, v.path, &d); err != nil {
			return err
		}
		body, err := page(r, v, shown)
		if err != nil {
			d.Page = stepDetails
			return s.wrong(w, r, v, d, stepDetails, subject.LearnerName, err)
		}
		return r.Show(w, body)
	}
}

func (s *Site) phonePage(r *Request, v visit, d draft) (templ.Component, error) {
	p := phonePage{enrolPage: r.enrolPage(v, "enrolment.phone"), Typed: d.Fields}
	p.Keep, p.Errors = v.path+"/phone", d.Wrong
	return p.body(), nil
}

// step reads the form of a page in the middle into the draft. ok is false when
// the person has been led elsewhere already.
func (s *Site) step(w http.ResponseWriter, r *Request, page string) (v visit, d draft, ok bool, err error) {
	if err = r.ReadForm(); err != nil {
		return v, d, false, err
	}
	r.Turned(w)
	if v, err = s.visit(r); err != nil {
		return v, d, false, err
	}
	switch {
	case v.finished() && !v.Taken:
		return v, d, false, r.Go(w, v.path+"/done")
	case !v.open():
		return v, d, false, r.Go(w, v.path)
	}
	d = r.draft(v.path)
	d.Wrong = nil
	d.take(r.PostForm, carried...)
	if page == stepCheck {
		d.tick(r.PostForm, boxes(v.Notice)...)
	}
	delete(d.Fields, "code") // a code is for once
	if r.turned {
		d.take(r.PostForm, "code")
		return v, d, false, s.lead(w, r, v, d, page)
	}
	return v, d, true, nil
}

// lead keeps what was typed in the browser and goes to a page of the form.
func (s *Site) lead(w http.ResponseWriter, r *Request, v visit, d draft, page string) error {
	return r.lead(w, v.browser, v.path, d, v.path+"/"+page)
}

// wrong leads to a page of the form that says what is wrong in it. A fault about
// the code or its limits belongs to one field; anything else is told by the
// server.
func (s *Site) wrong(w http.ResponseWriter, r *Request, v visit, d draft, page, field string, err error) error {
	errs, wrong := r.wrongHere(err, field)
	if !wrong {
		return s.strayed(w, r, v, err)
	}
	d.Wrong = errs
	return s.lead(w, r, v, d, page)
}

func (s *Site) sendCode(w http.ResponseWriter, r *Request) error {
	v, d, ok, err := s.step(w, r, stepPhone)
	if !ok {
		return err
	}
	err = s.Enrolments.SendCode(r.Context(), v.token, v.browser, r.Typed(subject.GuardianPhone))
	if err != nil && !r.waits(err, v.path, subject.GuardianPhone) {
		d.Page = stepPhone
		return s.wrong(w, r, v, d, stepPhone, subject.GuardianPhone, err)
	}
	d.Page = stepCode
	return s.lead(w, r, v, d, stepCode)
}

func (s *Site) codePage(r *Request, v visit, d draft) (templ.Component, error) {
	p := proofPage{enrolPage: r.enrolPage(v, "enrolment.code"), Typed: d.Fields, Phone: maskedPhone(d.Fields[subject.GuardianPhone]),
		Code: d.Fields["code"], Proved: d.reached(stepDetails, enrolSteps)}
	p.Keep, p.Errors = v.path+"/code", d.Wrong
	return p.body(), nil
}

func (s *Site) proveCode(w http.ResponseWriter, r *Request) error {
	v, d, ok, err := s.step(w, r, stepCode)
	if !ok {
		return err
	}
	err = s.Enrolments.Prove(r.Context(), v.token, v.browser, r.Typed(subject.GuardianPhone), r.Typed("code"))
	if err != nil {
		return s.wrong(w, r, v, d, stepCode, "code", err)
	}
	d.Page = stepDetails
	return s.lead(w, r, v, d, stepDetails)
}

func (s *Site) detailsPage(r *Request, v visit, d draft) (templ.Component, error) {
	p := detailsPage{enrolPage: r.enrolPage(v, "enrolment.details"), Typed: d.Fields, Phone: maskedPhone(d.Fields[subject.GuardianPhone])}
	p.Keep, p.Errors = v.path+"/details", d.Wrong
	return p.body(), nil
}

// wrongHere turns a fault of the input, or of a phone's code, into the lines of
// an error summary that lead to a field.
func (r *Request) wrongHere(err error, field string) (ui.Errors, bool) {
	errs, wrong := r.Wrong(err)
	if !wrong && strings.HasPrefix(fault.CodeOf(err), "code.") {
		errs, wrong = ui.Errors{{Text: r.words(err)}}, true
	}
	for i := range errs {
		if key := "field." + errs[i].Field; !r.P.Has(key) {
			errs[i].Field = field // what another room calls it, such as "phone"
		} else if len(errs) > 1 {
			errs[i].Text = r.P.T("enrolment.wrong", r.P.T(key), errs[i].Text)
		}
	}
	return errs, wrong
}

// changeDetails goes back to the form with what was typed and ticked.
func (s *Site) changeDetails(w http.ResponseWriter, r *Request) error {
	v, d, ok, err := s.step(w, r, stepCheck)
	if !ok {
		return err
	}
	return s.lead(w, r, v, d, stepDetails)
}

func (s *Site) takeDetails(w http.ResponseWriter, r *Request) error {
	v, d, ok, err := s.step(w, r, stepDetails)
	if !ok {
		return err
	}
	if _, err := enrolForm(v, r.PostForm.Get).Clean(r.server.now()); err != nil {
		return s.detailsAgain(w, r, v, d, err)
	}
	d.Page = stepCheck
	return s.lead(w, r, v, d, stepCheck)
}

func (s *Site) detailsAgain(w http.ResponseWriter, r *Request, v visit, d draft, err error) error {
	d.Page = stepDetails
	return s.wrong(w, r, v, d, stepDetails, subject.LearnerName, err)
}

func (s *Site) checkPage(r *Request, v visit, d draft) (templ.Component, error) {
	f := enrolForm(v, func(field string) string { return d.Fields[field] })
	clean, err := f.Clean(r.server.now())
	if err != nil {
		return nil, err
	}
	first := clean.Birth.First()
	p := checkPage{
		enrolPage: r.enrolPage(v, "enrolment.check"), Typed: d.Fields, Phone: maskedPhone(d.Fields[subject.GuardianPhone]),
		Birth: r.P.Month(first.Year(), time.Month(first.Month())),
		// Nobody is assessed before there is a record (S2-20†).
		Speaker: consent.Authority(clean.Birth, civil.DateOf(r.server.now()), consent.Able),
		On:      f.Optional,
	}
	p.Keep = v.path + "/check"
	return p.body(), nil
}

// enrolForm is what was typed and chosen, for the use case.
func enrolForm(v visit, field func(string) string) enrol.Form {
	text := func(name string) secret.Text { return secret.NewText(field(name)) }
	f := enrol.Form{
		LearnerName: text(subject.LearnerName), Birth: text(subject.LearnerBirth),
		GuardianName: text(subject.GuardianName), Phone: text(subject.GuardianPhone),
		Language: v.tongue,
	}
	if shown := field("language"); slices.Contains(v.Notice.Languages(), shown) {
		f.Language = shown
	}
	for _, p := range optional(v.Notice) {
		if field("optional."+p) != "" {
			f.Optional = append(f.Optional, p)
		}
	}
	return f
}

// confirm takes the decision. A form sent twice leads to the same receipt, and
// refusing here is as easy as on the first page.
func (s *Site) confirm(w http.ResponseWriter, r *Request) error {
	v, d, ok, err := s.step(w, r, stepCheck)
	if !ok {
		return err
	}
	if r.PostForm.Get("answer") == "no" {
		return s.answer(w, r)
	}
	f := enrolForm(v, r.PostForm.Get)
	f.Agree = r.PostForm.Get("answer") == "yes"
	say := lang.For(f.Language)
	if f.Screen, err = screenHash(r.Context(), decision(say, v.Notice, v.Notice.Words[f.Language])); err != nil {
		return err
	}
	phone := v.path + "/" + stepPhone
	_, err = s.Enrolments.Confirm(r.Context(), v.token, v.browser, f)
	switch {
	case err == nil:
		r.dropDraft(w)
		return r.Go(w, v.path+"/done")
	case fault.CodeOf(err) == "code.unproved":
		return r.GoSaying(w, phone, "flash.prove_again")
	case fault.KindOf(err) == fault.Invalid:
		return s.detailsAgain(w, r, v, d, err)
	}
	return s.strayed(w, r, v, err)
}
