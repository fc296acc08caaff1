package web

import (
	"encoding/json"
	"net/http"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathSignOn is where identity providers send people back to.
const PathSignOn = "/staff/sso"

// placeCookie remembers which institution a sign-in with a provider was for.
const placeCookie = "place"

func (p *staffPages) doorRoutes() []Route {
	return []Route{
		{Pattern: "GET " + PathStaffSignIn, Handler: p.signIn, Access: Anyone},
		{Pattern: "GET " + PathStaffSignIn + "/{place}", Handler: p.signIn, Access: Anyone},
		{Pattern: "POST " + PathStaffSignIn + "/{place}", Handler: p.tryPassword, Access: Anyone},
		{Pattern: "POST " + PathStaffSignIn + "/{place}/passkey", Handler: p.askPasskey, Access: Anyone},
		{Pattern: "POST " + PathStaffSignIn + "/{place}/passkey/proof", Handler: p.tryPasskey, Access: Anyone},
		{Pattern: "POST " + PathStaffSignIn + "/{place}/sso/{provider}", Handler: p.beginSignOn, Access: Anyone},
		{Pattern: "GET " + PathSignOn, Handler: p.finishSignOn, Access: Anyone},
		{Pattern: "GET /staff/join/{token}", Handler: p.invitation, Access: Anyone},
		{Pattern: "POST /staff/join/{token}", Handler: p.accept, Access: Anyone},
		{Pattern: "GET " + PathStepUp, Handler: p.stepUp, Access: Only(Itself, everyStaff...)},
		{Pattern: "POST " + PathStepUp, Handler: p.tryStepUp, Access: Only(Itself, everyStaff...)},
		{Pattern: "POST " + PathStepUp + "/passkey", Handler: p.askStepUp, Access: Only(Itself, everyStaff...)},
		{Pattern: "POST " + PathStepUp + "/passkey/proof", Handler: p.provePasskey, Access: Only(Itself, everyStaff...)},
		{Pattern: "POST /staff/role", Handler: p.changeRole, Access: Only(Itself, everyStaff...)},
	}
}

// staffSignInPage asks for a password and a code, or lets a device prove its
// owner. With several institutions here, the first question is which.
type staffSignInPage struct {
	ui.Page
	Places    []institution.Institution
	Place     institution.Institution // zero: choose one of Places
	Login     string
	Passkeys  bool
	Providers []string
}

func (v staffSignInPage) path() string { return PathStaffSignIn + "/" + v.Place.ID.String() }

func (p *staffPages) signIn(w http.ResponseWriter, r *Request) error {
	v, err := p.signInPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) signInPage(r *Request) (staffSignInPage, error) {
	v := staffSignInPage{Page: r.Page("signin.title"), Passkeys: p.Passkeys, Providers: p.Providers}
	v.Face = ui.Public
	if p.Office == nil {
		return v, nil
	}
	all, err := p.Office.Places(r.Context())
	if err != nil {
		return v, err
	}
	v.Places = all
	for _, x := range all {
		if len(all) == 1 || x.ID.String() == r.PathValue("place") {
			v.Place = x
		}
	}
	if v.Place.ID.IsZero() && r.PathValue("place") != "" {
		return v, fault.New(fault.NotFound, "institution.unknown")
	}
	return v, nil
}

// place reads the institution of a sign-in from the path.
func place(r *Request) (id.Institution, error) {
	inst, err := id.Parse[id.Institution](r.PathValue("place"))
	if err != nil {
		return inst, fault.New(fault.NotFound, "institution.unknown")
	}
	return inst, nil
}

func (p *staffPages) tryPassword(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	inst, err := place(r)
	if err != nil {
		return err
	}
	e, err := p.Accounts.SignIn(r.Context(), inst, account.Attempt{
		Login: r.PostForm.Get("login"), Password: r.Typed("password"), Code: r.Typed("code"),
		Device: browserLabel(r.Request), Former: r.Token(),
	})
	if errs, ok := r.said(err, fault.Unauthenticated, fault.Limited, fault.Denied); err != nil && ok {
		v, err := p.signInPage(r)
		if err != nil {
			return err
		}
		v.Errors, v.Login = errs, r.PostForm.Get("login")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return err
	}
	return r.enter(w, e)
}

// enter opens the session in the browser and goes where the person wanted.
func (r *Request) enter(w http.ResponseWriter, e account.Entry) error {
	r.Begin(w, e)
	next := r.Next(w, PathStaff)
	if r.WantsJSON() {
		return r.JSON(w, map[string]string{"next": next})
	}
	return r.Go(w, next)
}

// options answers the script with what the browser's own dialog needs.
func (r *Request) options(w http.ResponseWriter, raw []byte) error {
	return r.JSON(w, json.RawMessage(raw))
}

func (p *staffPages) askPasskey(w http.ResponseWriter, r *Request) error {
	inst, err := place(r)
	if err != nil {
		return err
	}
	b, err := r.EnsureBrowser(w, p.Accounts)
	if err != nil {
		return err
	}
	raw, err := p.Accounts.AskPasskey(r.Context(), inst, b, nil)
	if err != nil {
		return err
	}
	return r.options(w, raw)
}

func (p *staffPages) tryPasskey(w http.ResponseWriter, r *Request) error {
	inst, err := place(r)
	if err != nil {
		return err
	}
	answer, err := r.readJSON()
	if err != nil {
		return err
	}
	e, err := p.Accounts.SignInPasskey(r.Context(), inst, r.Browser(), answer, "", browserLabel(r.Request), r.Token())
	if err != nil {
		return err
	}
	return r.enter(w, e)
}

func (p *staffPages) beginSignOn(w http.ResponseWriter, r *Request) error {
	inst, err := place(r)
	if err != nil {
		return err
	}
	b, err := r.EnsureBrowser(w, p.Accounts)
	if err != nil {
		return err
	}
	next, err := p.Accounts.BeginSignOn(r.Context(), inst, b, r.PathValue("provider"), false)
	if err != nil {
		return err
	}
	r.server.jar.Set(w, placeCookie, inst.String(), nextAge)
	return r.Go(w, next)
}

// finishSignOn takes the answer of a provider. It is a GET because that is how
// providers send people back; state and browser bind it to the one who asked.
func (p *staffPages) finishSignOn(w http.ResponseWriter, r *Request) error {
	inst, err := id.Parse[id.Institution](r.server.jar.Get(r.Request, placeCookie))
	if err != nil {
		return fault.New(fault.Conflict, "ceremony.expired")
	}
	r.server.jar.Drop(w, placeCookie)
	if done, err := p.finishLink(w, r); done {
		return err
	}
	q := r.URL.Query()
	e, err := p.Accounts.SignInSignOn(r.Context(), inst, r.Browser(), q.Get("state"), q.Get("code"), browserLabel(r.Request), r.Token())
	if errs, ok := r.said(err, fault.Unauthenticated, fault.Denied, fault.Unavailable, fault.Conflict); err != nil && ok {
		r.SetPathValue("place", inst.String())
		return showAgain(w, r, errs, p.signInPage)
	}
	if err != nil {
		return err
	}
	return r.enter(w, e)
}
