package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// askPage explains one act on a record and asks once: stop or agree to a
// purpose, take a copy, delete. Refusing is a link of the same size.
type askPage struct {
	ownPage
	Kind     ui.Kind
	Lead     string
	Points   []string // what happens
	Do       string
	Action   string
	Notice   string // path of the notice in force, when a consent is asked for
	Decision decisionPart
}

// decisionPart is what a later consent is evidence of; nothing in it was typed.
type decisionPart struct {
	Purpose string
	P       lang.Printer
	Notice  catalogue.Notice
}

func (s *Site) askWithdraw(w http.ResponseWriter, r *Request) error {
	own, p, err := s.onPurpose(r, "me.stop.title")
	if err != nil {
		return err
	}
	v := askPage{ownPage: own, Kind: ui.Danger, Lead: r.P.T("me.stop.lead", r.P.T("purpose."+p.Code)), Do: r.P.T("me.stop.do"),
		Action: r.URL.Path, Points: []string{r.P.T("me.stop.at_once"), r.P.T("me.stop.before"), r.P.T("me.stop.again")}}
	if p.Required {
		v.Points = append(v.Points, r.P.T("me.stop.required"))
	} else {
		v.Points = append(v.Points, r.P.T("me.stop.optional"))
	}
	return r.Show(w, v.body())
}

// onPurpose is the base of a page about one purpose of one child.
func (s *Site) onPurpose(r *Request, title string) (ownPage, catalogue.Purpose, error) {
	own, err := s.ownPage(r, title)
	if err != nil {
		return own, catalogue.Purpose{}, err
	}
	for _, p := range own.Child.Purposes {
		if p.Code == r.PathValue("purpose") {
			return own, p, nil
		}
	}
	return own, catalogue.Purpose{}, fault.New(fault.NotFound, "page.unknown")
}

func (s *Site) withdraw(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	child, err := childOf(r)
	if err != nil {
		return err
	}
	out, err := s.Families.Withdraw(r.Context(), r.Actor, child, r.PathValue("purpose"))
	if err != nil {
		return err
	}
	return r.GoSaying(w, receiptOf(childPath(child), out.Index()), "flash.stopped")
}

func (s *Site) askGive(w http.ResponseWriter, r *Request) error {
	own, p, err := s.onPurpose(r, "me.give.title")
	if err != nil {
		return err
	}
	n, err := s.Places.CurrentNotice(r.Context(), r.Actor.Institution, catalogue.EnrolmentNotice)
	if err != nil {
		return err
	}
	v := askPage{ownPage: own, Kind: ui.Plain, Lead: r.P.T("me.give.lead"), Action: r.URL.Path,
		Notice:   noticePath(r.Actor.Institution, n.ID),
		Decision: decisionPart{p.Code, lang.For(tongueOf(n, r.P.Tag())), n}}
	return r.Show(w, v.body())
}

func (s *Site) give(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	child, err := childOf(r)
	if err != nil {
		return err
	}
	if r.PostForm.Get("answer") != "yes" {
		return r.Go(w, childPath(child))
	}
	n, err := s.Places.CurrentNotice(r.Context(), r.Actor.Institution, catalogue.EnrolmentNotice)
	if err != nil {
		return err
	}
	purpose, tongue := r.PathValue("purpose"), r.PostForm.Get("language")
	if !slices.Contains(n.Languages(), tongue) {
		tongue = tongueOf(n, r.P.Tag())
	}
	screen, err := screenHash(r.Context(), decisionPart{purpose, lang.For(tongue), n}.part())
	if err != nil {
		return err
	}
	out, err := s.Families.Give(r.Context(), r.Actor, child, purpose, tongue, screen)
	if err != nil {
		return err
	}
	return r.GoSaying(w, receiptOf(childPath(child), out.Index()), "flash.given")
}

// correctable reports whether the family can correct a field here. A phone is
// changed with a code to the new one, or in the store.
func correctable(a actor.Actor, field string) bool {
	switch field {
	case subject.LearnerName, subject.LearnerBirth:
		return true
	case subject.GuardianName:
		return a.Role == actor.Guardian
	}
	return false
}

// correctPage takes a new value for one field. The old one is not shown: a page
// that anybody may look over shows no more than it needs.
type correctPage struct {
	ownPage
	Field string
	Value string // as typed
}

func (s *Site) correctPage(r *Request) (correctPage, error) {
	field := r.PathValue("field")
	if !correctable(r.Actor, field) {
		return correctPage{}, fault.New(fault.NotFound, "page.unknown")
	}
	own, err := s.ownPage(r, "me.correct.title", r.P.T("field."+field))
	v := correctPage{ownPage: own, Field: field, Value: r.PostForm.Get(field)}
	v.Keep = own.Base + "/correct/" + field
	return v, err
}

func (s *Site) askCorrect(w http.ResponseWriter, r *Request) error {
	v, err := s.correctPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (s *Site) correct(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v, err := s.correctPage(r)
	if err != nil {
		return err
	}
	if r.turned {
		return r.Show(w, v.body())
	}
	record := v.Child.ID
	if subject.Owner(v.Field) == subject.Guardian {
		record = r.Actor.Subject
	}
	out, err := s.Families.Correct(r.Context(), r.Actor, record, v.Field, r.Typed(v.Field))
	errs, wrong := r.Wrong(err)
	if fault.CodeOf(err) == "family.birth_speaker" { // not for the family alone, but it belongs to what was typed
		errs, wrong = ui.Errors{{Field: v.Field, Text: r.words(err)}}, true
	}
	if wrong {
		v.Errors = errs
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return err
	}
	return r.GoSaying(w, receiptOf(v.Base, out.Index()), "flash.corrected")
}

func (s *Site) askCopy(w http.ResponseWriter, r *Request) error {
	own, err := s.ownPage(r, "me.copy.title")
	if err != nil {
		return err
	}
	return r.Show(w, askPage{ownPage: own, Kind: ui.Primary, Lead: r.P.T("me.copy.lead"), Do: r.P.T("me.copy.do"), Action: r.URL.Path,
		Points: []string{r.P.T("me.copy.what"), r.P.T("me.copy.who"), r.P.T("me.copy.keep")}}.body())
}

func (s *Site) copyOut(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	child, err := childOf(r)
	if err != nil {
		return err
	}
	file, _, err := s.Families.Copy(r.Context(), r.Actor, child)
	if err != nil {
		return err
	}
	return r.download(w, "wardfold-copy.json", file)
}

func (s *Site) askErase(w http.ResponseWriter, r *Request) error {
	own, err := s.ownPage(r, "me.delete.title")
	if err != nil {
		return err
	}
	return r.Show(w, askPage{ownPage: own, Kind: ui.Danger, Lead: r.P.T("me.delete.lead", items(r.P, own.Child.Held)),
		Do: r.P.T("me.delete.do"), Action: r.URL.Path,
		Points: []string{r.P.T("me.delete.gone"), r.P.T("me.delete.course"), r.P.T("me.delete.stays"), r.P.T("me.delete.last")}}.body())
}

func (s *Site) erase(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	child, err := childOf(r)
	if err != nil {
		return err
	}
	cert, err := s.Families.Erase(r.Context(), r.Actor, child)
	if err != nil {
		return err
	}
	return r.Go(w, certificatePath(r.Actor.Institution, cert.Event))
}

// input is the field for the new value.
func (v correctPage) input() ui.Input {
	in := ui.Input{Name: v.Field, Label: v.P.T("me.correct.new", v.P.T("field."+v.Field)), Value: v.Value, Error: v.Errors.For(v.Field), Max: 60}
	if v.Field == subject.LearnerBirth {
		in.Type, in.Hint = ui.Month, v.P.T("enrolment.birth.hint")
	}
	return in
}
