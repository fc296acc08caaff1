package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/ui"
)

const pathNewPhone = "/me/phone"

func (s *Site) newPhoneRoutes() []Route {
	own := Only(Itself, actor.Guardian).Within(proofAge)
	return []Route{
		{Pattern: "GET " + pathNewPhone, Handler: s.newPhone, Access: own},
		{Pattern: "POST " + pathNewPhone, Handler: s.newPhoneCode, Access: own},
		{Pattern: "POST " + pathNewPhone + "/code", Handler: s.newPhoneProve, Access: own},
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

func (r *Request) newPhonePage(title string) newPhonePage {
	v := newPhonePage{Page: r.Page(title), Phone: strings.TrimSpace(r.PostForm.Get("phone"))}
	v.Path, v.Keep, v.Masked = pathNewPhone, pathNewPhone, maskedPhone(v.Phone)
	return v
}

func (s *Site) newPhone(w http.ResponseWriter, r *Request) error {
	return r.Show(w, r.newPhonePage("me.phone.title").body())
}

func (s *Site) newPhoneCode(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v := r.newPhonePage("me.phone.title")
	if r.turned {
		return r.Show(w, v.body())
	}
	b, err := r.EnsureBrowser(w, s.Sessions)
	if err != nil {
		return err
	}
	err = s.Families.NewPhone(r.Context(), r.Actor, b, r.Typed("phone"))
	if err != nil && fault.CodeOf(err) != "code.wait" {
		errs, wrong := r.wrongHere(err, "phone")
		if !wrong {
			return err
		}
		v.Errors = errs
		return r.ShowAgain(w, v.body())
	}
	v.Title, v.Keep = r.P.T("me.phone.code"), pathNewPhone+"/code"
	return r.Show(w, v.code())
}

// newPhoneProve changes the number. Every session ends with it, this one too, so
// the next page is the sign-in.
func (s *Site) newPhoneProve(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v := r.newPhonePage("me.phone.code")
	if v.Keep = pathNewPhone + "/code"; r.turned {
		v.Code = r.PostForm.Get("code")
		return r.Show(w, v.code())
	}
	_, err := s.Families.ChangePhone(r.Context(), r.Actor, r.Browser(), r.Typed("phone"), r.Typed("code"))
	if err != nil {
		errs, wrong := r.wrongHere(err, "code")
		if !wrong {
			return err
		}
		for i := range errs {
			errs[i].Field = "code" // the number stands in a hidden field
		}
		v.Errors = errs
		return r.ShowAgain(w, v.code())
	}
	r.server.jar.Drop(w, sessionCookie)
	return r.GoSaying(w, PathFamilySignIn, "flash.phone_changed")
}
