package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// joinPage is where an invited colleague sets a password of their own and ties a
// device to the account.
type joinPage struct {
	ui.Page
	account.Invitation
	QR     ui.QR
	Secret string // of the one-time codes, for devices without a camera
	Action string
	Done   bool
}

func (p *staffPages) joinPage(r *Request) (joinPage, error) {
	token := r.PathValue("token")
	inv, err := p.Accounts.Invitation(r.Context(), secret.NewText(token))
	if err != nil {
		return joinPage{}, err
	}
	v := joinPage{Page: r.Page("join.title"), Invitation: inv, Action: "/staff/join/" + token}
	v.Face, v.Path = ui.Public, PathHome // the address is itself a secret
	uri := shown(inv.OneTime)
	v.Secret = oneTimeSecret(uri)
	v.QR, err = ui.NewQR(uri, r.P.T("join.qr"))
	return v, err
}

func (p *staffPages) invitation(w http.ResponseWriter, r *Request) error {
	v, err := p.joinPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) accept(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v, err := p.joinPage(r)
	if err != nil {
		return err
	}
	err = p.Accounts.Accept(r.Context(), secret.NewText(r.PathValue("token")), r.Typed("password"), r.Typed("code"))
	if errs, ok := r.said(err); err != nil && ok {
		v.Errors = errs
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return err
	}
	door := PathStaffSignIn + "/" + v.Institution.String()
	return r.GoSaying(w, door, "flash.joined")
}

// stepUpPage asks again who is there: the last proof is too old for what comes
// next.
type stepUpPage struct {
	ui.Page
	OneTime  bool
	Passkeys bool
}

func (p *staffPages) stepUpPage(r *Request) (stepUpPage, error) {
	v := stepUpPage{Page: r.Page("stepup.title")}
	s, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, r.Actor.Staff)
	if err != nil {
		return v, err
	}
	v.OneTime = s.OneTime
	if p.Passkeys {
		keys, err := p.Accounts.PasskeysOf(r.Context(), r.Actor)
		if err != nil {
			return v, err
		}
		v.Passkeys = len(keys) > 0
	}
	return v, nil
}

func (p *staffPages) stepUp(w http.ResponseWriter, r *Request) error {
	v, err := p.stepUpPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) tryStepUp(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	e, err := p.Accounts.StepUp(r.Context(), r.Token(), r.Typed("password"), r.Typed("code"))
	if fault.CodeOf(err) == "session.ended" {
		return err
	}
	if errs, ok := r.said(err, fault.Unauthenticated, fault.Limited); err != nil && ok {
		return showAgain(w, r, errs, p.stepUpPage)
	}
	if err != nil {
		return err
	}
	return r.enter(w, e)
}

func (p *staffPages) askStepUp(w http.ResponseWriter, r *Request) error {
	b, err := r.EnsureBrowser(w, p.Accounts)
	if err != nil {
		return err
	}
	raw, err := p.Accounts.AskPasskey(r.Context(), r.Actor.Institution, b, &r.Actor)
	if err != nil {
		return err
	}
	return r.options(w, raw)
}

func (p *staffPages) provePasskey(w http.ResponseWriter, r *Request) error {
	answer, err := r.readJSON()
	if err != nil {
		return err
	}
	e, err := p.Accounts.StepUpPasskey(r.Context(), r.Token(), r.Browser(), answer)
	if err != nil {
		return err
	}
	return r.enter(w, e)
}

// changeRole lets somebody with two appointments act in the other.
func (p *staffPages) changeRole(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	e, err := p.Accounts.ChangeRole(r.Context(), r.Token(), actor.Role(r.PostForm.Get("role")))
	if err != nil {
		return err
	}
	r.Begin(w, e)
	return r.Go(w, PathStaff)
}
