package main

import (
	"context"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
)

// userVerbs are for the first people, and for a day when nobody can sign in.
// Everything else about accounts is done on the pages, by two people.
type userVerbs struct {
	Add  userAddVerb  `cmd:""`
	List userListVerb `cmd:""`
}

type userAddVerb struct {
	which
	Login string   `arg:""`
	Name  string   `required:"" placeholder:"NAME"`
	Role  []string `required:"" placeholder:"ROLE"`
	Store string   `placeholder:"ID|NAME"`
}

// Run invites somebody and prints the link, which nobody but its holder may use.
func (v userAddVerb) Run(ctx context.Context, t *console, c *command) error {
	n := account.NewStaff{Login: v.Login, Name: v.Name}
	for _, r := range v.Role {
		if role := actor.Role(r); !account.MayAppoint(actor.System, role) {
			return refuse(exitUsage, "cli.user.role", r, staffRoles())
		}
		n.Roles = append(n.Roles, actor.Role(r))
	}
	in, i, err := v.open(ctx, t, c)
	if err != nil {
		return err
	}
	defer in.Close()
	if n.Store, err = in.storeNamed(ctx, i.ID, v.Store); err != nil {
		return err
	}
	s, invite, err := in.Accounts.AddStaff(ctx, actor.Actor{Institution: i.ID, Role: actor.System}, n)
	if err != nil {
		return err
	}
	in.signed(ctx)
	link := in.config.Origin + joinPath + reveal(invite)
	return t.answer(map[string]string{"id": s.ID.String(), "login": s.Login, "invitation": link}, func() {
		t.say("cli.user.added", s.Login, i.Name)
		t.say("cli.init.person", s.Login, link)
	})
}

// staffRoles lists the roles that somebody may be invited to.
func staffRoles() string {
	var all []string
	for _, r := range actor.Roles {
		if account.MayAppoint(actor.System, r) {
			all = append(all, string(r))
		}
	}
	return strings.Join(all, ", ")
}

// storeNamed finds a store by identifier or name; "" is the whole institution.
func (in *installation) storeNamed(ctx context.Context, inst id.Institution, name string) (found id.Store, err error) {
	if name == "" {
		return id.Store{}, nil
	}
	err = in.DB.View(ctx, inst, func(tx *db.Tx) error {
		list, err := institution.Stores(tx, inst)
		for _, s := range list {
			if s.ID.String() == name || s.Name == name {
				found = s.ID
			}
		}
		return err
	})
	if err == nil && found.IsZero() {
		err = refuse(exitUsage, "cli.no_such_store", name)
	}
	return found, err
}

type userListVerb struct {
	which
	Removed bool
}

// Run lists the accounts.
func (v userListVerb) Run(ctx context.Context, t *console, c *command) error {
	in, err := t.open(ctx, c, how{})
	if err != nil {
		return err
	}
	defer in.Close()
	institutions, err := v.all(ctx, in)
	if err != nil {
		return err
	}
	type line struct {
		Institution string   `json:"institution"`
		Login       string   `json:"login"`
		Name        string   `json:"name"`
		State       string   `json:"state"`
		Roles       []string `json:"roles"`
	}
	all := []line{}
	for _, i := range institutions {
		staff, err := in.Accounts.StaffOf(ctx, i.ID, id.Store{}, v.Removed)
		if err != nil {
			return err
		}
		for _, s := range staff {
			x := line{i.Name, s.Login, s.Name, string(s.State), []string{}}
			for _, a := range s.Appointments {
				x.Roles = append(x.Roles, string(a.Role))
			}
			all = append(all, x)
		}
	}
	return t.answer(all, func() {
		for _, x := range all {
			roles := make([]string, len(x.Roles))
			for i, r := range x.Roles {
				roles[i] = t.p.T("role." + r)
			}
			t.say("cli.user.line", x.Institution, x.Login, x.Name, t.p.T("account.state."+x.State), strings.Join(roles, " / "))
		}
	})
}
