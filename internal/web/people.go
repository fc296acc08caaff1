package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// peoplePage is who works here, in which role, and what each role may do; from
// here people are invited, appointed, confirmed by a second person and removed.
type peoplePage struct {
	ui.Page
	List     []personView
	Roles    []ui.Option // that the viewer may appoint to
	Stores   []ui.Option
	Login    string
	Name     string
	Role     string
	Store    string
	Ends     string
	Invite   string // address of an invitation just made: shown once
	InviteQR *ui.QR
	For      string
	May      bool // the viewer may add people
}

// personView is one account in words.
type personView struct {
	ID, Name, Login, Store, State string
	Kind                          ui.Kind
	Training, Pledge              string
	Roles                         []roleView
	Self                          bool
	Removable                     bool
}

// roleView is one appointment and what the viewer may do about it.
type roleView struct {
	Role, Text, By string
	Pending        bool
	MayConfirm     bool
}

func (p *staffPages) peoplePage(r *Request) (peoplePage, error) {
	v := peoplePage{Page: r.Page("people.title")}
	list, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, r.Actor.Store, false)
	if err != nil {
		return v, err
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	stores, err := p.storeNames(r.Context(), r.Actor.Institution)
	if err != nil {
		return v, err
	}
	for _, s := range list {
		v.List = append(v.List, p.viewPerson(r, s, names, stores))
	}
	for _, role := range everyStaff {
		if account.MayAppoint(r.Actor.Role, role) {
			v.Roles = append(v.Roles, ui.Option{Value: string(role), Text: r.P.T("role." + string(role)), Hint: r.P.T("people.can." + string(role))})
		}
	}
	v.May = len(v.Roles) > 0
	v.Stores, err = p.storeChoice(r)
	if len(v.Stores) == 1 {
		v.Store = v.Stores[0].Value
	}
	return v, err
}

func (p *staffPages) viewPerson(r *Request, s account.Staff, names, stores map[string]string) personView {
	x := personView{ID: s.ID.String(), Name: s.Name, Login: s.Login, Store: r.P.T("grants.everywhere"), State: r.P.T("account.state." + string(s.State)),
		Kind: ui.Success, Training: dayOr(r.P, s.TrainedUntil, "people.training.none"), Pledge: dayOr(r.P, s.PledgedAt, "people.pledge.none"),
		Self: s.ID == r.Actor.Staff, Removable: s.ID != r.Actor.Staff}
	if !s.Store.IsZero() {
		x.Store = stores[s.Store.String()]
	}
	if s.State == account.Invited {
		x.Kind = ui.Info
	}
	for _, a := range s.Appointments {
		role := roleView{Role: string(a.Role), Text: r.P.T("role." + string(a.Role)), By: names[a.By.String()], Pending: a.Confirmed.IsZero()}
		role.MayConfirm = mayConfirm(r.Actor, s, a)
		x.Roles = append(x.Roles, role)
		if !removes(r.Actor.Role, a.Role) {
			x.Removable = false
		}
	}
	return x
}

// mayConfirm mirrors who may be the second person behind an appointment.
func mayConfirm(by actor.Actor, s account.Staff, a account.Appointment) bool {
	return a.Confirmed.IsZero() && a.By != by.Staff && s.ID != by.Staff && s.State == account.Active && account.MayConfirm(by.Role, a.Role)
}

// removes mirrors who may take a role away; the register decides.
func removes(by, role actor.Role) bool {
	return account.MayAppoint(by, role) || (by == actor.Officer || by == actor.SysAdmin) && role != actor.Owner
}

func (p *staffPages) people(w http.ResponseWriter, r *Request) error {
	v, err := p.peoplePage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// addPerson invites a colleague. The invitation is shown once, to be handed over
// in person: whoever adds an account never knows its password.
func (p *staffPages) addPerson(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	f := r.PostForm
	n := account.NewStaff{Login: f.Get("login"), Name: f.Get("name"), Roles: []actor.Role{actor.Role(f.Get("role"))}}
	var err error
	if f.Get("store") != "" {
		if n.Store, err = id.Parse[id.Store](f.Get("store")); err != nil {
			return fault.New(fault.NotFound, "page.unknown")
		}
	}
	if f.Get("ends") != "" {
		day, err := typedDay(f.Get("ends"))
		if err == nil {
			n.Ends = day.End()
		}
	}
	s, invite, err := p.Accounts.AddStaff(r.Context(), r.Actor, n)
	if errs, ok := r.said(err, fault.Conflict); err != nil && ok {
		v, err := p.peoplePage(r)
		if err != nil {
			return err
		}
		v.Errors, v.Login, v.Name, v.Role, v.Store, v.Ends = errs, f.Get("login"), f.Get("name"), f.Get("role"), f.Get("store"), f.Get("ends")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return p.showInvite(w, r, s.Name, "/staff/join/"+shown(invite))
}

func (p *staffPages) showInvite(w http.ResponseWriter, r *Request, name, path string) error {
	v, err := p.peoplePage(r)
	if err != nil {
		return err
	}
	v.For, v.Invite = name, p.origin(r)+path
	qr, err := ui.NewQR(v.Invite, r.P.T("people.invite.qr"))
	if err != nil {
		return err
	}
	v.InviteQR = &qr
	return r.Show(w, v.body())
}

// changePerson confirms, appoints, dismisses, reinvites, unlocks or removes.
func (p *staffPages) changePerson(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	who, err := id.Parse[id.Staff](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "staff.unknown")
	}
	ctx, role, say := r.Context(), actor.Role(r.PostForm.Get("role")), ""
	switch what := r.PathValue("what"); what {
	case "confirm":
		say, err = "flash.person_confirmed", p.Accounts.Confirm(ctx, r.Actor, who, role)
	case "appoint":
		say, err = "flash.person_appointed", p.Accounts.Appoint(ctx, r.Actor, who, role)
	case "dismiss":
		say, err = "flash.person_dismissed", p.Accounts.Dismiss(ctx, r.Actor, who, role)
	case "train":
		return p.train(w, r, who)
	case "identity":
		say, err = "flash.link_confirmed", p.Accounts.ApproveIdentity(ctx, r.Actor, who, r.PostForm.Get("provider"))
	case "unlock":
		say, err = "flash.person_unlocked", p.Accounts.Unlock(ctx, r.Actor, who)
	case "remove":
		say, err = "flash.person_removed", p.Accounts.Remove(ctx, r.Actor, who)
	case "reinvite":
		invite, err := p.Accounts.Reinvite(ctx, r.Actor, who)
		if err != nil {
			return p.deny(w, r, err)
		}
		s, err := p.Accounts.Staff(ctx, r.Actor.Institution, who)
		if err != nil {
			return err
		}
		return p.showInvite(w, r, s.Name, "/staff/join/"+shown(invite))
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathPeople, say)
}
