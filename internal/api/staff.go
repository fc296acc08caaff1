package api

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
)

// Staff is one account of a member of staff.
type Staff struct {
	ID      string        `json:"id"`
	Login   string        `json:"login"`
	Name    string        `json:"name"`
	Store   string        `json:"store,omitempty" doc:"Absent: the whole institution."`
	State   string        `json:"state" enum:"invited,active,removed"`
	Roles   []Appointment `json:"roles"`
	Trained bool          `json:"trained" doc:"Holds a training certificate with a date in the future."`
	Pledged bool          `json:"pledged" doc:"Has signed the confidentiality pledge."`
	Ends    *time.Time    `json:"ends,omitempty"`
}

// Appointment is one role of an account.
type Appointment struct {
	Role      string `json:"role"`
	Confirmed bool   `json:"confirmed" doc:"In force, because a second person agreed."`
}

// NewStaff is an account to be.
type NewStaff struct {
	Body struct {
		Login string    `json:"login" minLength:"1" maxLength:"200"`
		Name  string    `json:"name" minLength:"1" maxLength:"200" doc:"As colleagues see it; families see a mask."`
		Store string    `json:"store,omitempty" maxLength:"40" doc:"By default the asker's own store."`
		Roles []string  `json:"roles" minItems:"1" maxItems:"8"`
		Ends  time.Time `json:"ends,omitempty" required:"false" doc:"Needed for a vendor."`
	}
}

// Invited is a new account and the secret of its invitation, once.
type Invited struct {
	Body struct {
		Staff
		Invitation string `json:"invitation,omitempty" doc:"Its owner trades it for a password. Shown once."`
	}
}

// StaffPath names an account.
type StaffPath struct {
	ID string `path:"id" maxLength:"64"`
}

// RoleAct names an account and a role.
type RoleAct struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Role string `json:"role" minLength:"1" maxLength:"20" example:"clerk"`
	}
}

// StaffAnswer is one account.
type StaffAnswer struct{ Body Staff }

// StaffAsked asks for accounts.
type StaffAsked struct {
	Paging
	Removed bool `query:"removed" doc:"Removed ones too."`
}

// StaffList is a list of accounts.
type StaffList struct {
	Body struct {
		Staff []Staff `json:"staff"`
		Next  string  `json:"next,omitempty"`
	}
}

func (s *API) staff() {
	adders, confirmers := whoever(account.MayAppoint), whoever(account.MayConfirm)
	all := Access{union(adders, confirmers), OwnStore}
	const law = "PIPL art. 51; MNR art. 36"
	change(s, Operation{ID: "staff-add", Path: "/v1/staff", Noun: "staff", Status: 201, Access: Access{adders, OwnStore},
		Summary: "Add an account; its roles come into force when a second person confirms them", Law: law}, s.staffAdd, nil)
	read(s, Operation{ID: "staff-list", Path: "/v1/staff", Noun: "staff", Access: all, Summary: "The accounts, by login"}, s.staffList)
	change(s, Operation{ID: "staff-appoint", Path: "/v1/staff/{id}/appoint", Noun: "staff", Access: Access{adders, OwnStore},
		Summary: "Give an account one more role, in force once confirmed", Law: law}, s.roleAct(s.house.Accounts.Appoint), s.staffAgain)
	change(s, Operation{ID: "staff-confirm", Path: "/v1/staff/{id}/confirm", Noun: "staff", Access: Access{confirmers, OwnStore},
		Summary: "Confirm a role that somebody else gave", Law: law}, s.roleAct(s.house.Accounts.Confirm), s.staffAgain)
	change(s, Operation{ID: "staff-dismiss", Path: "/v1/staff/{id}/dismiss", Noun: "staff", Access: all,
		Summary: "Take a role away", Law: law}, s.roleAct(s.house.Accounts.Dismiss), s.staffAgain)
	remove(s, Operation{ID: "staff-remove", Path: "/v1/staff/{id}", Noun: "staff",
		Access:  Access{union(all.Roles, []actor.Role{actor.SysAdmin}), OwnStore},
		Summary: "Remove an account: every session of it ends within a second", Law: law}, s.staffRemove)
}

// whoever lists the roles that may do something to some role.
func whoever(may func(by, to actor.Role) bool) (roles []actor.Role) {
	for _, by := range actor.Roles {
		if by != actor.System && slices.ContainsFunc(actor.Roles, func(to actor.Role) bool { return may(by, to) }) {
			roles = append(roles, by)
		}
	}
	return roles
}

func (s *API) staffAdd(ctx context.Context, a actor.Actor, in *NewStaff, k *kept) (*Invited, error) {
	b := in.Body
	n := account.NewStaff{Login: b.Login, Name: b.Name, Ends: b.Ends}
	var err error
	if n.Store, err = storeAt("/store", b.Store, a); err != nil {
		return nil, err
	}
	for _, r := range b.Roles {
		n.Roles = append(n.Roles, actor.Role(r))
	}
	made, invite, err := s.house.Accounts.AddStaff(ctx, a, n)
	if err != nil {
		return nil, err
	}
	k.Ref = made.ID.String()
	var out Invited
	out.Body.Staff, out.Body.Invitation = staffOf(made), shown(invite)
	return &out, nil
}

// roleAct makes the handler of an act on one role of one account.
func (s *API) roleAct(act func(context.Context, actor.Actor, id.Staff, actor.Role) error,
) func(context.Context, actor.Actor, *RoleAct, *kept) (*StaffAnswer, error) {
	return func(ctx context.Context, a actor.Actor, in *RoleAct, k *kept) (*StaffAnswer, error) {
		who, err := staffID(in.ID)
		if err != nil {
			return nil, err
		}
		if err := act(ctx, a, who, actor.Role(in.Body.Role)); err != nil {
			return nil, err
		}
		k.Ref = in.ID
		return s.staffAgain(ctx, a, *k)
	}
}

func (s *API) staffAgain(ctx context.Context, a actor.Actor, k kept) (*StaffAnswer, error) {
	who, err := staffID(k.Ref)
	if err != nil {
		return nil, err
	}
	st, err := s.house.Accounts.Staff(ctx, a.Institution, who)
	return &StaffAnswer{staffOf(st)}, err
}

func (s *API) staffRemove(ctx context.Context, a actor.Actor, in *StaffPath) (*struct{}, error) {
	who, err := staffID(in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.house.Accounts.Remove(ctx, a, who)
}

func (s *API) staffList(ctx context.Context, a actor.Actor, in *StaffAsked) (*StaffList, error) {
	all, err := s.house.Accounts.StaffOf(ctx, a.Institution, a.Store, in.Removed)
	if err != nil {
		return nil, err
	}
	list, next, err := part(in.Paging, all)
	if err != nil {
		return nil, err
	}
	var out StaffList
	out.Body.Staff, out.Body.Next = mapped(list, staffOf), next
	return &out, nil
}

func staffOf(st account.Staff) Staff {
	return Staff{ID: st.ID.String(), Login: st.Login, Name: st.Name, Store: st.Store.String(), State: string(st.State),
		Trained: !st.TrainedUntil.IsZero(), Pledged: !st.PledgedAt.IsZero(), Ends: moment(st.Ends),
		Roles: mapped(st.Appointments, func(a account.Appointment) Appointment {
			return Appointment{string(a.Role), !a.Confirmed.IsZero()}
		})}
}
