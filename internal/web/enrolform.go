package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// resendAfter is how long the button for another code waits, in seconds.
const resendAfter = 60

// typed are the values on their way through the form, by field name. They are
// what this person has just typed, given back to nobody else.
type typed map[string]string

// carried are the fields that travel in hidden inputs.
var carried = []string{subject.GuardianPhone, subject.LearnerName, subject.LearnerBirth, subject.GuardianName}

func (r *Request) carry() typed {
	t := typed{}
	for _, f := range carried {
		t[f] = strings.TrimSpace(r.PostForm.Get(f))
	}
	return t
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
	On      []string // optional purposes that are ticked already, when the look was switched meanwhile
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

func (s *Site) askPhone(w http.ResponseWriter, r *Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	if !v.open() || v.State == enrol.Started {
		return r.Go(w, v.path)
	}
	return r.Show(w, r.phonePage(v, typed{}).body())
}

func (r *Request) phonePage(v visit, t typed) phonePage {
	p := phonePage{enrolPage: r.enrolPage(v, "enrolment.phone"), Typed: t}
	p.Keep = v.path + "/phone"
	return p
}

// step reads the form of a page in the middle. ok is false when the person has
// been led elsewhere already.
func (s *Site) step(w http.ResponseWriter, r *Request) (v visit, t typed, ok bool, err error) {
	if err = r.ReadForm(); err != nil {
		return v, nil, false, err
	}
	r.Turned(w)
	if v, err = s.visit(r); err != nil {
		return v, nil, false, err
	}
	switch {
	case v.finished() && !v.Taken:
		return v, nil, false, r.Go(w, v.path+"/done")
	case !v.open():
		return v, nil, false, r.Go(w, v.path)
	}
	return v, r.carry(), true, nil
}

func (s *Site) sendCode(w http.ResponseWriter, r *Request) error {
	v, t, ok, err := s.step(w, r)
	if !ok {
		return err
	}
	if r.turned {
		return r.Show(w, r.phonePage(v, t).body())
	}
	err = s.Enrolments.SendCode(r.Context(), v.token, v.browser, r.Typed(subject.GuardianPhone))
	if err != nil && fault.CodeOf(err) != "code.wait" {
		p := r.phonePage(v, t)
		return s.again(w, r, v, err, subject.GuardianPhone, &p.Page, func() templ.Component { return p.body() })
	}
	// Sent again too soon, as by reloading: the code on its way still counts.
	return r.Show(w, s.proofPage(r, v, t).body())
}

func (s *Site) proofPage(r *Request, v visit, t typed) proofPage {
	p := proofPage{enrolPage: r.enrolPage(v, "enrolment.code"), Typed: t, Phone: maskedPhone(t[subject.GuardianPhone])}
	if p.Keep = v.path + "/code"; r.turned {
		p.Code = r.PostForm.Get("code")
	}
	return p
}

func (s *Site) proveCode(w http.ResponseWriter, r *Request) error {
	v, t, ok, err := s.step(w, r)
	if !ok {
		return err
	}
	if r.turned {
		return r.Show(w, s.proofPage(r, v, t).body())
	}
	err = s.Enrolments.Prove(r.Context(), v.token, v.browser, r.Typed(subject.GuardianPhone), r.Typed("code"))
	if err != nil {
		p := s.proofPage(r, v, t)
		return s.again(w, r, v, err, "code", &p.Page, func() templ.Component { return p.body() })
	}
	return r.Show(w, s.detailsPage(r, v, t).body())
}

func (s *Site) detailsPage(r *Request, v visit, t typed) detailsPage {
	p := detailsPage{enrolPage: r.enrolPage(v, "enrolment.details"), Typed: t, Phone: maskedPhone(t[subject.GuardianPhone])}
	p.Keep = v.path + "/details"
	return p
}

// again shows a form with what is wrong in it. A fault about the code or its
// limits belongs to one field; anything else is told by the server.
func (s *Site) again(w http.ResponseWriter, r *Request, v visit, err error, field string, page *ui.Page, body func() templ.Component) error {
	errs, wrong := r.wrongHere(err, field)
	if !wrong {
		return s.strayed(w, r, v, err)
	}
	page.Errors = errs
	return r.ShowAgain(w, body())
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

// changeDetails goes back to the form with what was typed.
func (s *Site) changeDetails(w http.ResponseWriter, r *Request) error {
	v, t, ok, err := s.step(w, r)
	if !ok {
		return err
	}
	return r.Show(w, s.detailsPage(r, v, t).body())
}

func (s *Site) takeDetails(w http.ResponseWriter, r *Request) error {
	v, t, ok, err := s.step(w, r)
	if !ok {
		return err
	}
	if r.turned {
		return r.Show(w, s.detailsPage(r, v, t).body())
	}
	clean, err := r.enrolForm(v).Clean(r.server.now())
	if err != nil {
		return s.detailsAgain(w, r, v, t, err)
	}
	return r.Show(w, s.checkPage(r, v, t, clean.Birth).body())
}

func (s *Site) detailsAgain(w http.ResponseWriter, r *Request, v visit, t typed, err error) error {
	p := s.detailsPage(r, v, t)
	return s.again(w, r, v, err, subject.LearnerName, &p.Page, func() templ.Component { return p.body() })
}

func (s *Site) checkPage(r *Request, v visit, t typed, b civil.Birth) checkPage {
	first := b.First()
	p := checkPage{
		enrolPage: r.enrolPage(v, "enrolment.check"), Typed: t, Phone: maskedPhone(t[subject.GuardianPhone]),
		Birth: r.P.Month(first.Year(), time.Month(first.Month())),
		// Nobody is assessed before there is a record (S2-20†).
		Speaker: consent.Authority(b, civil.DateOf(r.server.now()), consent.Able),
	}
	if p.Keep = v.path + "/check"; r.turned {
		p.On = r.enrolForm(v).Optional
	}
	return p
}

// enrolForm is what was typed and chosen, for the use case.
func (r *Request) enrolForm(v visit) enrol.Form {
	f := enrol.Form{
		LearnerName: r.Typed(subject.LearnerName), Birth: r.Typed(subject.LearnerBirth),
		GuardianName: r.Typed(subject.GuardianName), Phone: r.Typed(subject.GuardianPhone),
		Language: v.tongue,
	}
	if shown := r.PostForm.Get("language"); slices.Contains(v.Notice.Languages(), shown) {
		f.Language = shown
	}
	for _, p := range optional(v.Notice) {
		if r.PostForm.Get("optional."+p) != "" {
			f.Optional = append(f.Optional, p)
		}
	}
	return f
}

// confirm takes the decision. A form sent twice leads to the same receipt, and
// refusing here is as easy as on the first page.
func (s *Site) confirm(w http.ResponseWriter, r *Request) error {
	v, t, ok, err := s.step(w, r)
	if !ok {
		return err
	}
	f := r.enrolForm(v)
	if r.turned {
		clean, err := f.Clean(r.server.now())
		if err != nil {
			return s.detailsAgain(w, r, v, t, err)
		}
		return r.Show(w, s.checkPage(r, v, t, clean.Birth).body())
	}
	if r.PostForm.Get("answer") == "no" {
		return s.answer(w, r)
	}
	f.Agree = r.PostForm.Get("answer") == "yes"
	say := lang.For(f.Language)
	if f.Screen, err = screenHash(r.Context(), decision(say, v.Notice, v.Notice.Words[f.Language])); err != nil {
		return err
	}
	phone := v.path + "/phone"
	_, err = s.Enrolments.Confirm(r.Context(), v.token, v.browser, f)
	switch {
	case err == nil:
		return r.Go(w, v.path+"/done")
	case fault.CodeOf(err) == "code.unproved":
		return r.GoSaying(w, phone, "flash.prove_again")
	case fault.KindOf(err) == fault.Invalid:
		return s.detailsAgain(w, r, v, t, err)
	}
	return s.strayed(w, r, v, err)
}
