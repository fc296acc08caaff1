package web

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// personPage is one colleague: roles to give and to take back, the training on
// record, accounts of a provider that wait for a second person.
type personPage struct {
	ui.Page
	Person     personView
	Base       string
	Held       []roleAct
	Give       []ui.Option
	Trainable  bool
	Number     string // of the certificate, as typed
	Until      string
	Identities []identityLine
}

// roleAct is one role and whether the viewer may take it back.
type roleAct struct {
	roleView
	MayTake bool
}

type identityLine struct {
	Provider, State string
	MayConfirm      bool
}

func (p *staffPages) personPage(r *Request) (personPage, error) {
	who, err := id.Parse[id.Staff](r.PathValue("id"))
	if err != nil {
		return personPage{}, fault.New(fault.NotFound, "staff.unknown")
	}
	s, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, who)
	if err != nil {
		return personPage{}, err
	}
	if !r.Actor.Store.IsZero() && s.Store != r.Actor.Store || s.State == account.Removed {
		return personPage{}, fault.New(fault.NotFound, "staff.unknown")
	}
	names, err := p.names(r)
	if err != nil {
		return personPage{}, err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return personPage{}, err
	}
	v := personPage{Page: r.Page("person.title", s.Name), Person: p.viewPerson(r, s, names, stores), Base: PathPeople + "/" + s.ID.String()}
	v.Path, v.Number, v.Until = v.Base, r.PostForm.Get("certificate"), r.PostForm.Get("until")
	v.Trainable = !v.Person.Self
	for _, role := range v.Person.Roles {
		held := actor.Role(role.Role)
		v.Held = append(v.Held, roleAct{role, !v.Person.Self && removes(r.Actor.Role, held)})
		v.Trainable = v.Trainable && (account.MayAppoint(r.Actor.Role, held) || r.Actor.Role == actor.Officer)
	}
	for _, role := range everyStaff {
		fits := !slices.ContainsFunc(s.Appointments, func(a account.Appointment) bool { return a.Role == role || !account.Compatible(a.Role, role) })
		if !v.Person.Self && fits && account.MayAppoint(r.Actor.Role, role) {
			v.Give = append(v.Give, ui.Option{Value: string(role), Text: r.P.T("role." + string(role)), Hint: r.P.T("people.can." + string(role))})
		}
	}
	return v, p.identities(r, s, &v)
}

func (p *staffPages) identities(r *Request, s account.Staff, v *personPage) error {
	list, err := p.Accounts.Identities(r.Context(), r.Actor.Institution, s.ID)
	confirms := !v.Person.Self && !slices.ContainsFunc(s.Appointments, func(a account.Appointment) bool { return !account.MayConfirm(r.Actor.Role, a.Role) })
	for _, i := range list {
		v.Identities = append(v.Identities, identityLine{i.Provider, identityState(r, i), confirms && i.Approved.IsZero()})
	}
	return err
}

func identityState(r *Request, i account.Identity) string {
	if i.Approved.IsZero() {
		return r.P.T("person.link.waits", r.P.Day(i.Asked))
	}
	return r.P.T("person.link.since", r.P.Day(i.Approved))
}

func (p *staffPages) person(w http.ResponseWriter, r *Request) error {
	v, err := p.personPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// train records a training from its certificate. What is kept of the certificate
// is the hash of its number.
func (p *staffPages) train(w http.ResponseWriter, r *Request, who id.Staff) error {
	number := strings.TrimSpace(r.PostForm.Get("certificate"))
	var err error
	if number == "" {
		err = fault.At("certificate", "form.required")
	}
	var until time.Time
	if day, wrong := typedDay(r.PostForm.Get("until")); wrong != nil {
		err = fault.At("until", "grant.until")
	} else {
		until = day.End()
	}
	if err == nil {
		err = p.Accounts.Train(r.Context(), r.Actor, who, until, sha256.Sum256([]byte("wardfold/certificate/1\n"+number)))
	}
	if errs, wrong := r.Wrong(err); err != nil && wrong {
		return showAgain(w, r, errs, p.personPage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := PathPeople + "/" + who.String()
	return r.GoSaying(w, here, "flash.person_trained")
}

// pathPledge is where every member of staff signs the confidentiality pledge.
const pathPledge = "/staff/pledge"

// pledgePage is the pledge to read and to sign in person (S3-42, S3-43).
type pledgePage struct {
	ui.Page
	Lines  []string
	Signed string // when; "" for not yet
}

// pledged are the sentences of the pledge, in order.
var pledged = []string{"purpose", "silence", "copy", "leak", "after"}

func (p *staffPages) pledge(w http.ResponseWriter, r *Request) error {
	me, err := p.Accounts.Staff(r.Context(), r.Actor.Institution, r.Actor.Staff)
	if err != nil {
		return err
	}
	v := pledgePage{Page: r.Page("pledge.title")}
	for _, x := range pledged {
		v.Lines = append(v.Lines, r.P.T("pledge."+x))
	}
	if !me.PledgedAt.IsZero() {
		v.Signed = r.P.Day(me.PledgedAt)
	}
	return r.Show(w, v.body())
}

// signPledge signs the words that the page showed, in the language of the page.
func (p *staffPages) signPledge(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	text := "wardfold/pledge/1\n" + r.P.Tag()
	for _, x := range pledged {
		text += "\n" + r.P.T("pledge."+x)
	}
	if err := p.Accounts.Pledge(r.Context(), r.Actor, sha256.Sum256([]byte(text))); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathStaff, "flash.pledged")
}

// bindCookie remembers that a provider was asked in order to link an account
// and not to sign in.
const bindCookie = "bind"

// beginLink goes to a provider to link the actor's own account there with this
// one. A second person lets the link come into force.
func (p *staffPages) beginLink(w http.ResponseWriter, r *Request) error {
	b, err := r.EnsureBrowser(w, p.Accounts)
	if err != nil {
		return err
	}
	next, err := p.Accounts.BeginSignOn(r.Context(), r.Actor.Institution, b, r.PathValue("provider"), false)
	if err != nil {
		return err
	}
	r.server.jar.Set(w, placeCookie, r.Actor.Institution.String(), nextAge)
	r.server.jar.Set(w, bindCookie, r.Actor.Staff.String(), nextAge)
	return r.Go(w, next)
}

// finishLink takes the answer of a provider that was asked by beginLink; done is
// false when it was asked for a sign-in.
func (p *staffPages) finishLink(w http.ResponseWriter, r *Request) (done bool, err error) {
	asked := r.server.jar.Get(r.Request, bindCookie)
	if asked == "" {
		return false, nil
	}
	r.server.jar.Drop(w, bindCookie)
	if r.Actor.Staff.IsZero() || asked != r.Actor.Staff.String() {
		return false, nil // signed out, or somebody else, meanwhile
	}
	q := r.URL.Query()
	if err := p.Accounts.Bind(r.Context(), r.Actor, r.Browser(), q.Get("state"), q.Get("code")); err != nil {
		return true, p.deny(w, r, err)
	}
	return true, r.GoSaying(w, pathSelf, "flash.link_asked")
}
