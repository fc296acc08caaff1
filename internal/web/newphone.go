package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/web/ui"
)

const (
	pathNewPhone     = "/me/phone"
	pathNewPhoneCode = pathNewPhone + "/code"
)

func (s *Site) newPhoneRoutes() []Route {
	own := Only(Itself, actor.Guardian).Within(proofAge)
	return []Route{
		{Pattern: "GET " + pathNewPhone, Handler: s.newPhone, Access: own},
		{Pattern: "POST " + pathNewPhone, Handler: s.newPhoneCode, Access: own},
		{Pattern: "GET " + pathNewPhoneCode, Handler: s.newPhoneAskCode, Access: own},
		{Pattern: "POST " + pathNewPhoneCode, Handler: s.newPhoneProve, Access: own},
	}
}

// newPhonePage asks a guardian for the number from now on, then for the code
// that came to it. The former one was proved within the last half hour.
type newPhonePage struct {
	ui.Page
	Phone  string // as typed, in the form only
	Masked ui.Masked
	Code   string // as typed, when the look was switched meanwhile
}

// newPhonePage is the page with what this browser has typed so far.
func (r *Request) newPhonePage(w http.ResponseWriter, title, path string) (newPhonePage, error) {
	d := r.draft(pathNewPhone)
	wrong, err := r.told(w, pathNewPhone, &d)
	v := newPhonePage{Page: r.Page(title), Phone: d.Fields["phone"], Masked: maskedPhone(d.Fields["phone"]), Code: d.Fields["code"]}
	v.Path, v.Keep, v.Errors = pathNewPhone, path, wrong
	return v, err
}

func (s *Site) newPhone(w http.ResponseWriter, r *Request) error {
	v, err := r.newPhonePage(w, "me.phone.title", pathNewPhone)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (s *Site) newPhoneAskCode(w http.ResponseWriter, r *Request) error {
	if r.draft(pathNewPhone).Page != stepCode {
		return r.Go(w, pathNewPhone)
	}
	v, err := r.newPhonePage(w, "me.phone.code", pathNewPhoneCode)
	if err != nil {
		return err
	}
	return r.Show(w, v.code())
}

func (s *Site) newPhoneCode(w http.ResponseWriter, r *Request) error {
	d, b, err := s.codeStep(w, r, pathNewPhone, "phone")
	if err != nil {
		return err
	}
	if d.Page = ""; r.turned {
		return r.lead(w, b, pathNewPhone, d, pathNewPhone)
	}
	err = s.Families.NewPhone(r.Context(), r.Actor, b, r.Typed("phone"))
	if err != nil && !r.waits(err, pathNewPhone, "phone") {
		errs, wrong := r.wrongHere(err, "phone")
		if !wrong {
			return err
		}
		d.Wrong = errs
		return r.lead(w, b, pathNewPhone, d, pathNewPhone)
	}
	d.Page = stepCode
	return r.lead(w, b, pathNewPhone, d, pathNewPhoneCode)
}

// newPhoneProve changes the number. Every session ends with it, this one too, so
// the next page is the sign-in.
func (s *Site) newPhoneProve(w http.ResponseWriter, r *Request) error {
	d, b, err := s.codeStep(w, r, pathNewPhone, "phone")
	if err != nil {
		return err
	}
	if d.Page = stepCode; r.turned {
		return r.lead(w, b, pathNewPhone, d, pathNewPhoneCode)
	}
	_, err = s.Families.ChangePhone(r.Context(), r.Actor, b, r.Typed("phone"), r.Typed("code"))
	if err != nil {
		errs, wrong := r.wrongHere(err, "code")
		if !wrong {
			return err
		}
		for i := range errs {
			errs[i].Field = "code" // the number stands in a hidden field
		}
		d.Wrong = errs
		return r.lead(w, b, pathNewPhone, d, pathNewPhoneCode)
	}
	r.dropDraft(w)
	r.server.jar.Drop(w, sessionCookie)
	return r.GoSaying(w, PathFamilySignIn, "flash.phone_changed")
}
