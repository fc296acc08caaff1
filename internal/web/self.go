package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

const pathSelf = "/staff/me"

func (p *staffPages) selfRoutes() []Route {
	own := Only(Itself, everyStaff...)
	return []Route{
		{Pattern: "GET " + pathSelf, Handler: p.self, Access: own, Menu: "self.title"},
		{Pattern: "POST " + pathSelf + "/passkey", Handler: p.beginPasskey, Access: own},
		{Pattern: "POST " + pathSelf + "/passkey/proof", Handler: p.finishPasskey, Access: own},
		{Pattern: "POST " + pathSelf + "/passkey/remove", Handler: p.removePasskey, Access: own},
		{Pattern: "POST " + pathSelf + "/sessions", Handler: p.endSession, Access: own},
		{Pattern: "POST " + pathSelf + "/link/{provider}", Handler: p.beginLink, Access: own.Within(account.ProofLife)},
		{Pattern: "GET " + pathPledge, Handler: p.pledge, Access: own},
		{Pattern: "POST " + pathPledge, Handler: p.signPledge, Access: own.Within(account.ProofLife)},
	}
}

// selfPage is one's own account: devices that are signed in, passkeys, and what
// training and undertaking say.
type selfPage struct {
	ui.Page
	Me       account.Staff
	Passkeys []account.Passkey
	Sessions []account.Session
	Current  id.Session
	May      bool // passkeys work here
	Links    []identityLine
	Linkable []string // providers that are not linked yet
}

func (p *staffPages) self(w http.ResponseWriter, r *Request) (err error) {
	v := selfPage{Page: r.Page("self.title"), Current: r.Actor.Session, May: p.Passkeys}
	if v.Me, err = p.Accounts.Staff(r.Context(), r.Actor.Institution, r.Actor.Staff); err != nil {
		return err
	}
	if v.Passkeys, err = p.Accounts.PasskeysOf(r.Context(), r.Actor); err != nil {
		return err
	}
	if v.Sessions, err = p.Accounts.Sessions(r.Context(), r.Actor); err != nil {
		return err
	}
	links, err := p.Accounts.Identities(r.Context(), r.Actor.Institution, r.Actor.Staff)
	if err != nil {
		return err
	}
	v.Linkable = slices.Clone(p.Providers)
	for _, i := range links {
		v.Links = append(v.Links, identityLine{Provider: i.Provider, State: identityState(r, i)})
		v.Linkable = slices.DeleteFunc(v.Linkable, func(name string) bool { return name == i.Provider })
	}
	return r.Show(w, v.body())
}

func (p *staffPages) beginPasskey(w http.ResponseWriter, r *Request) error {
	b, err := r.EnsureBrowser(w, p.Accounts)
	if err != nil {
		return err
	}
	raw, err := p.Accounts.BeginPasskey(r.Context(), r.Actor, b)
	if err != nil {
		return err
	}
	return r.options(w, raw)
}

func (p *staffPages) finishPasskey(w http.ResponseWriter, r *Request) error {
	answer, err := r.readJSON()
	if err != nil {
		return err
	}
	if err := p.Accounts.FinishPasskey(r.Context(), r.Actor, r.Browser(), browserLabel(r.Request), answer); err != nil {
		return err
	}
	return r.JSON(w, map[string]string{"next": pathSelf})
}

func (p *staffPages) removePasskey(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if err := p.Accounts.RemovePasskey(r.Context(), r.Actor, r.PostForm.Get("passkey")); err != nil {
		return err
	}
	return r.GoSaying(w, pathSelf, "flash.passkey_removed")
}

func (p *staffPages) endSession(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Session](r.PostForm.Get("session"))
	if err != nil {
		return fault.New(fault.NotFound, "session.unknown")
	}
	if err := p.Accounts.EndSession(r.Context(), r.Actor, which); err != nil {
		return err
	}
	return r.GoSaying(w, pathSelf, "flash.session_ended")
}
