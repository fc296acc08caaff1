package web

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/lang"
)

// Confirmations take a guardian's word on a record that waits for it: one that
// came with a roster, or whose child an assessment says cannot decide alone.
// Package intake has them.
type Confirmations interface {
	Confirm(ctx context.Context, a actor.Actor, child id.Subject, ans intake.Answer) (enrol.State, error)
}

// confirmPage shows a guardian the notice in force with both answers, for a
// record that is kept and not used until then.
type confirmPage struct {
	ownPage
	Notice catalogue.Notice
	Words  catalogue.Words
	Say    lang.Printer // in the language of the notice
	Action string
	Path   string // of the notice
	On     []string
}

// waitsForGuardian reports whether a record waits for the word of this person.
func waitsForGuardian(a actor.Actor, c family.Child) bool {
	if a.Role != actor.Guardian || c.Speaker == consent.Child {
		return false
	}
	for _, e := range c.Enrolled {
		if e.State == enrol.Waiting {
			return true
		}
	}
	return false
}

func (s *Site) confirmPage(r *Request) (confirmPage, error) {
	own, err := s.ownPage(r, "me.confirm.title")
	if err != nil {
		return confirmPage{}, err
	}
	n, err := s.Places.CurrentNotice(r.Context(), r.Actor.Institution, catalogue.EnrolmentNotice)
	tongue := tongueOf(n, r.P.Tag())
	v := confirmPage{ownPage: own, Notice: n, Words: n.Words[tongue], Say: lang.For(tongue),
		Action: own.Base + "/confirm", Path: noticePath(r.Actor.Institution, n.ID)}
	if v.Keep = v.Action; r.turned {
		v.On = enrolForm(visit{Landing: enrol.Landing{Notice: n}}, r.PostForm.Get).Optional
	}
	return v, err
}

func (s *Site) askConfirm(w http.ResponseWriter, r *Request) error {
	v, err := s.confirmPage(r)
	if err != nil {
		return err
	}
	if !waitsForGuardian(r.Actor, v.Child) {
		return r.Go(w, v.Base)
	}
	return r.Show(w, v.body())
}

// confirmed is the part of the page that the consent is evidence of.
func confirmed(n catalogue.Notice, language string) templ.Component {
	say := lang.For(language)
	return decisionOn(say, n, n.Words[language], say.T("me.give.yes"))
}

// confirmChild takes the answer. Who does not agree is led to where the record is
// deleted: it is kept for nothing else.
func (s *Site) confirmChild(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v, err := s.confirmPage(r)
	if err != nil {
		return err
	}
	if r.turned {
		return r.Show(w, v.body())
	}
	if r.PostForm.Get("answer") != "yes" {
		return r.Go(w, v.Base+"/delete")
	}
	f := enrolForm(visit{Landing: enrol.Landing{Notice: v.Notice}, tongue: v.Say.Tag()}, r.PostForm.Get)
	ans := intake.Answer{Optional: f.Optional, Language: f.Language}
	if ans.Screen, err = screenHash(r.Context(), confirmed(v.Notice, f.Language)); err != nil {
		return err
	}
	state, err := s.Confirmations.Confirm(r.Context(), r.Actor, v.Child.ID, ans)
	if err != nil {
		return err
	}
	say := "flash.confirmed"
	if state == enrol.Waiting {
		say = "flash.confirmed_child"
	}
	return r.GoSaying(w, v.Base, say)
}
