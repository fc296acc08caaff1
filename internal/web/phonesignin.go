package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/problem"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// signInPage asks a family for its phone; codeStep for the code sent to it. The
// answer is the same whether the phone is known here or not.
type signInPage struct {
	ui.Page
	Institutions []ui.Option
	Institution  string
	Phone        string // as typed, in the form only
	Masked       ui.Masked
	Code         string // as typed, when the look was switched meanwhile
}

func (s *Site) signInPage(r *Request, title string) (signInPage, error) {
	v := signInPage{Page: r.Page(title), Institution: r.PostForm.Get("institution"), Phone: strings.TrimSpace(r.PostForm.Get("phone"))}
	v.Face, v.Path = ui.Family, PathFamilySignIn
	var err error
	v.Institutions, err = s.institutions(r)
	switch {
	case len(v.Institutions) == 1:
		v.Institution = v.Institutions[0].Value
	case v.Institution == "": // an institution may print its own address
		v.Institution = r.URL.Query().Get("institution")
	}
	v.Masked, v.Keep = maskedPhone(v.Phone), PathFamilySignIn
	return v, err
}

func (s *Site) signIn(w http.ResponseWriter, r *Request) error {
	v, err := s.signInPage(r, "me.sign_in")
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (s *Site) signInCode(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v, err := s.signInPage(r, "me.sign_in")
	if err != nil {
		return err
	}
	if r.turned {
		return r.Show(w, v.body())
	}
	inst, err := id.Parse[id.Institution](v.Institution)
	if err != nil {
		v.Errors = ui.Errors{{Field: "institution", Text: r.P.T("fault.form.required")}}
		return r.ShowAgain(w, v.body())
	}
	b, err := r.EnsureBrowser(w, s.Sessions)
	if err != nil {
		return err
	}
	err = s.Phones.RequestCode(r.Context(), inst, b, r.Typed("phone"), account.ToSignIn)
	if err != nil && fault.CodeOf(err) != "code.wait" {
		errs, wrong := r.wrongHere(err, "phone")
		if !wrong {
			return err
		}
		v.Errors = errs
		return r.ShowAgain(w, v.body())
	}
	v.Title, v.Keep = r.P.T("me.code"), PathFamilySignIn+"/code"
	return r.Show(w, v.code())
}

func (s *Site) signInProve(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	v, err := s.signInPage(r, "me.code")
	if err != nil {
		return err
	}
	if v.Keep = PathFamilySignIn + "/code"; r.turned {
		v.Code = r.PostForm.Get("code")
		return r.Show(w, v.code())
	}
	inst, err := id.Parse[id.Institution](v.Institution)
	if err != nil {
		return r.Go(w, PathFamilySignIn)
	}
	entry, err := s.Phones.SignInFamily(r.Context(), inst, account.FamilyAttempt{
		Browser: r.Browser(), Phone: r.Typed("phone"), Code: r.Typed("code"), Device: r.UserAgent(), Former: r.Token()})
	if fault.CodeOf(err) == "family.none" {
		v.Errors = ui.Errors{{Field: "code", Text: r.words(err)}}
		return r.ShowAgain(w, v.code())
	}
	if err != nil {
		errs, wrong := r.wrongHere(err, "code")
		if !wrong {
			return err
		}
		v.Errors = errs
		return r.ShowAgain(w, v.code())
	}
	r.Begin(w, entry)
	return r.Go(w, r.Next(w, PathFamily))
}

// words says what an error means, in the person's language.
func (r *Request) words(err error) string { return problem.Of(err, r.P, r.ID).Detail }

// download answers with a file to keep.
func (r *Request) download(w http.ResponseWriter, name string, data []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = w.Write(data) // the reader has gone; nothing is left to tell
	return nil
}

func (v signInPage) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "institution", Value: v.Institution}, {Name: "phone", Value: v.Phone}}
}
