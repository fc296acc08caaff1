package web

import (
	"context"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/verify"
)

// Families is what a family does with its own records. Package family has it.
// NotFound is the answer about anybody else's child.
type Families interface {
	Home(ctx context.Context, a actor.Actor) ([]family.Child, error)
	Child(ctx context.Context, a actor.Actor, child id.Subject) (family.Child, error)
	Looks(ctx context.Context, a actor.Actor, child id.Subject, before int64) (family.Looks, error)
	Proof(ctx context.Context, a actor.Actor, child id.Subject, index int64) (verify.Receipt, error)
	Withdraw(ctx context.Context, a actor.Actor, child id.Subject, purpose string) (gate.Outcome, error)
	Give(ctx context.Context, a actor.Actor, child id.Subject, purpose, language string, screen [32]byte) (gate.Outcome, error)
	Correct(ctx context.Context, a actor.Actor, child id.Subject, field string, typed secret.Text) (gate.Outcome, error)
	Copy(ctx context.Context, a actor.Actor, child id.Subject) ([]byte, gate.Outcome, error)
	Erase(ctx context.Context, a actor.Actor, child id.Subject) (family.Certificate, error)

	NewPhone(ctx context.Context, a actor.Actor, b account.Browser, typed secret.Text) error
	ChangePhone(ctx context.Context, a actor.Actor, b account.Browser, typed, code secret.Text) (gate.Outcome, error)

	Renewals // renew.go

	// Evidence is what remains of an erasure, for whoever knows its number.
	Evidence(ctx context.Context, inst id.Institution, event id.Event) (family.Evidence, error)
}

// Enrolments is the family's side of enrolling. Package enrol has it.
type Enrolments interface {
	Look(ctx context.Context, t enrol.Token, b account.Browser) (enrol.Landing, error)
	Continue(ctx context.Context, t enrol.Token, b account.Browser) error
	Decline(ctx context.Context, t enrol.Token, b account.Browser) error
	SendCode(ctx context.Context, t enrol.Token, b account.Browser, phone secret.Text) error
	Prove(ctx context.Context, t enrol.Token, b account.Browser, phone, code secret.Text) error
	Confirm(ctx context.Context, t enrol.Token, b account.Browser, f enrol.Form) (enrol.Receipt, error)
	ChildLink(ctx context.Context, t enrol.Token, b account.Browser) (enrol.Token, error)
	LookChild(ctx context.Context, t enrol.Token) (enrol.Landing, error)
	ConfirmChild(ctx context.Context, t enrol.Token, ans enrol.Answer) (enrol.Receipt, error)
	Enter(ctx context.Context, t enrol.Token, device string, former secret.Text) (account.Entry, error)
	OwnLink(ctx context.Context, a actor.Actor, child id.Subject) (enrol.Token, error)

	Issued(ctx context.Context, inst id.Institution, number string) (enrol.Enrolment, error)
}

// FamilyAccounts proves phones and keeps the sessions. Package account has it.
type FamilyAccounts interface {
	RequestCode(ctx context.Context, inst id.Institution, b account.Browser, phone secret.Text, use account.Use) error
	SignInFamily(ctx context.Context, inst id.Institution, t account.FamilyAttempt) (account.Entry, error)
	SwitchMember(ctx context.Context, token secret.Text, to account.Member) (account.Entry, error)
	Members(ctx context.Context, a actor.Actor) ([]account.Member, error)
	Sessions(ctx context.Context, a actor.Actor) ([]account.Session, error)
	EndSession(ctx context.Context, a actor.Actor, session id.Session) error
	Staff(ctx context.Context, inst id.Institution, staff id.Staff) (account.Staff, error)
}

// Places are the institutions, their stores and their notices, which everybody
// may know. Package house has it.
type Places interface {
	Directory(ctx context.Context) ([]institution.Institution, error)
	StoreOf(ctx context.Context, inst id.Institution, store id.Store) (institution.Store, error)
	NoticeOf(ctx context.Context, inst id.Institution, which id.Notice) (catalogue.Notice, error)
	CurrentNotice(ctx context.Context, inst id.Institution, code string) (catalogue.Notice, error)
}
