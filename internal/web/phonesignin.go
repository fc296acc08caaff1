package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/problem"
	"github.com/wardfold/wardfold/internal/web/ui"
)

const pathSignInCode = PathFamilySignIn + "/code"

// signInPage asks a family for its phone, then for the code sent to it. The
// answer is the same whether the phone is known here or not.
type signInPage struct {
	ui.Page
	Institutions []ui.Option
	Institution  string
	Phone        string // as typed, in the form only
	Masked       ui.Masked
	Code         string // as typed, when the look was switched meanwhile
}

func (s *Site) signInPage(r *Request, title string, d draft) (signInPage, error) {
	v := signInPage{Page: r.Page(title), Institution: d.Fields["institution"], Phone: d.Fields["phone"], Code: d.Fields["code"]}
	v.Face, v.Path, v.Errors = ui.Family, PathFamilySignIn, d.Wrong
	var err error
	v.Institutions, err = s.institutions(r)
	switch asked := r.URL.Query().Get("institution"); {
	case len(v.Institutions) == 1:
		v.Institution = v.Institutions[0].Value
	case asked != "": // an institution may print its own address
		v.Institution = asked
	}
	v.Masked, v.Keep = maskedPhone(v.Phone), PathFamilySignIn
	return v, err
}

func (s *Site) signIn(w http.ResponseWriter, r *Request) error {
	v, err := s.signInDraft(w, r, "me.sign_in")
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// signInDraft is the page with what this browser has typed so far.
func (s *Site) signInDraft(w http.ResponseWriter, r *Request, title string) (signInPage, error) {
	d := r.draft(PathFamilySignIn)
	wrong, err := r.told(w, PathFamilySignIn, &d)
	if err != nil {
		return signInPage{}, err
	}
	d.Wrong = wrong
	return s.signInPage(r, title, d)
}

// codeStep reads a form on the way to a phone's code into the draft of path.
func (s *Site) codeStep(w http.ResponseWriter, r *Request, path string, fields ...string) (draft, account.Browser, error) {
	if err := r.ReadForm(); err != nil {
		return draft{}, account.Browser{}, err
	}
	r.Turned(w)
	d := r.draft(path)
	d.Wrong = nil
	d.take(r.PostForm, fields...)
	delete(d.Fields, "code") // a code is for once
	if r.turned {
		d.take(r.PostForm, "code")
	}
	b, err := r.EnsureBrowser(w, s.Sessions)
	return d, b, err
}

// signInStep reads a form of the sign-in.
func (s *Site) signInStep(w http.ResponseWriter, r *Request) (signInPage, draft, account.Browser, error) {
	d, b, err := s.codeStep(w, r, PathFamilySignIn, "institution", "phone")
	if err != nil {
		return signInPage{}, d, b, err
	}
	v, err := s.signInPage(r, "me.sign_in", d)
	return v, d, b, err
}

func (s *Site) signInCode(w http.ResponseWriter, r *Request) error {
	v, d, b, err := s.signInStep(w, r)
	if err != nil {
		return err
	}
	d.Page = ""
	lead := func(path string, wrong ui.Errors) error {
		d.Wrong = wrong
		return r.lead(w, b, PathFamilySignIn, d, path)
	}
	if r.turned {
		return lead(PathFamilySignIn, nil)
	}
	inst, err := id.Parse[id.Institution](v.Institution)
	if err != nil {
		return lead(PathFamilySignIn, ui.Errors{{Field: "institution", Text: r.P.T("fault.form.required")}})
	}
	err = s.Phones.RequestCode(r.Context(), inst, b, r.Typed("phone"), account.ToSignIn)
	if err != nil && !r.waits(err, PathFamilySignIn, "phone") {
		errs, wrong := r.wrongHere(err, "phone")
		if !wrong {
			return err
		}
		return lead(PathFamilySignIn, errs)
	}
	d.Page = stepCode
	return lead(pathSignInCode, nil)
}

func (s *Site) signInAskCode(w http.ResponseWriter, r *Request) error {
	if r.draft(PathFamilySignIn).Page != stepCode {
		return r.Go(w, PathFamilySignIn)
	}
	v, err := s.signInDraft(w, r, "me.code")
	if err != nil {
		return err
	}
	v.Keep = pathSignInCode
	return r.Show(w, v.code())
}

func (s *Site) signInProve(w http.ResponseWriter, r *Request) error {
	v, d, b, err := s.signInStep(w, r)
	if err != nil {
		return err
	}
	if d.Page = stepCode; r.turned {
		return r.lead(w, b, PathFamilySignIn, d, pathSignInCode)
	}
	inst, err := id.Parse[id.Institution](v.Institution)
	if err != nil {
		return r.Go(w, PathFamilySignIn)
	}
	entry, err := s.Phones.SignInFamily(r.Context(), inst, account.FamilyAttempt{
		Browser: b, Phone: r.Typed("phone"), Code: r.Typed("code"), Device: browserLabel(r.Request), Former: r.Token()})
	if err != nil {
		errs, wrong := r.wrongHere(err, "code")
		if fault.CodeOf(err) == "family.none" {
			errs, wrong = ui.Errors{{Field: "code", Text: r.words(err)}}, true
		}
		if !wrong {
			return err
		}
		d.Wrong = errs
		return r.lead(w, b, PathFamilySignIn, d, pathSignInCode)
	}
	r.dropDraft(w)
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
