package main

import (
	"context"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// asStaff are the flags of a verb that acts in the name of a member of staff.
type asStaff struct {
	As           string `required:"" placeholder:"LOGIN"`
	PasswordFile string `placeholder:"FILE"`
}

// signIn proves the person for a verb: password, and the code of the
// authenticator, each on a line of the password file or typed. Leave signs out.
func (s asStaff) signIn(ctx context.Context, t *console, in *installation, inst id.Institution, verb string) (who actor.Actor, leave func(), err error) {
	pass, err := t.fromFileOr(s.PasswordFile, "cli.ask.password")
	if err != nil {
		return who, nil, err
	}
	try := account.Attempt{Login: s.As, Password: pass, Device: "wardfold " + verb}
	entry, err := in.Accounts.SignIn(ctx, inst, try)
	if codeOf(err) == "signin.code_needed" {
		if try.Code, err = s.code(t); err != nil {
			return who, nil, err
		}
		entry, err = in.Accounts.SignIn(ctx, inst, try)
	}
	if err != nil {
		return who, nil, err
	}
	return entry.Actor, func() {
		_ = in.Accounts.SignOut(context.WithoutCancel(ctx), entry.Token) // it ends by itself in minutes
	}, nil
}

func (s asStaff) code(t *console) (secret.Text, error) {
	if s.PasswordFile == "-" {
		return t.fromInput()
	}
	return t.typed("cli.ask.code")
}
