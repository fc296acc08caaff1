package house

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// Founding is what a new institution begins with. Two people are needed from the
// first day, because nobody approves their own request (I8).
type Founding struct {
	Name    string
	Kind    institution.Kind
	Suite   seal.Suite
	Store   institution.Store // the first one; its ID may be zero
	Contact string            // how families reach the institution
	Officer Person            // protects personal information, and is in charge at first
	Manager Person            // of the first store
}

// Person is a founding member of staff. Without a password they are invited.
type Person struct {
	Login, Name string
	Password    secret.Text
}

// Founded is what came of it.
type Founded struct {
	Institution   id.Institution
	Store         id.Store
	Officer       account.Staff
	Manager       account.Staff
	OfficerInvite secret.Text
	ManagerInvite secret.Text
	Notice        catalogue.Notice
}

// Found makes an institution: its keys, first store, two people, the pledge's
// schema, the default purposes and the enrolment notice.
func (h *House) Found(ctx context.Context, f Founding) (Founded, error) {
	now := h.Gate.Now()
	out := Founded{Institution: id.Make[id.Institution](now), Store: f.Store.ID}
	if out.Store.IsZero() {
		out.Store = id.Make[id.Store](now)
	}
	err := h.DB.Update(ctx, out.Institution, func(tx *db.Tx) error {
		i := institution.Institution{ID: out.Institution, Name: f.Name, Kind: f.Kind, Suite: f.Suite.String()}
		if err := institution.Insert(tx, i); err != nil {
			return err
		}
		if err := h.Vault.Provision(tx, out.Institution, f.Suite); err != nil {
			return err
		}
		return institution.AddStore(tx, out.Institution, institution.Store{ID: out.Store, Name: f.Store.Name, Address: f.Store.Address})
	})
	if err != nil {
		return Founded{}, err
	}
	operator := actor.Actor{Institution: out.Institution, Role: actor.System}
	if out.Officer, out.OfficerInvite, err = h.person(ctx, operator, f.Officer, id.Store{}, actor.Officer); err != nil {
		return Founded{}, err
	}
	if out.Manager, out.ManagerInvite, err = h.person(ctx, operator, f.Manager, out.Store, actor.Manager); err != nil {
		return Founded{}, err
	}
	err = h.DB.Update(ctx, out.Institution, func(tx *db.Tx) (err error) {
		out.Notice, err = h.Catalogue.Found(tx, out.Institution, catalogue.Founding{
			Controller: f.Name, Contact: f.Contact, Officer: f.Officer.Name + " " + f.Contact,
			Proposer: out.Officer.ID, Approver: out.Manager.ID, InCharge: out.Officer.ID})
		ledger.Append(tx, ledger.Event{Type: ledger.SchemaSigned, Role: actor.System, Allow: true,
			Hash: catalogue.MinimalSchema().Fingerprint()})
		ledger.Append(tx, ledger.Event{Type: ledger.NoticePublished, Role: actor.System, Allow: true,
			Hash: out.Notice.Hash("zh-CN"), Ref: out.Notice.ID.String()})
		return err
	})
	return out, err
}

func (h *House) person(ctx context.Context, by actor.Actor, p Person, store id.Store, role actor.Role) (account.Staff, secret.Text, error) {
	s, invite, err := h.Accounts.AddStaff(ctx, by, account.NewStaff{
		Login: p.Login, Name: p.Name, Store: store, Roles: []actor.Role{role}, Password: p.Password})
	return s, invite, err
}

// Instruct records that a member of staff was trained and has signed the
// confidentiality pledge, as the operator does for the founding ones.
func (h *House) Instruct(ctx context.Context, inst id.Institution, staff id.Staff, until time.Time, pledge [32]byte) error {
	by := actor.Actor{Institution: inst, Role: actor.System}
	return h.DB.Update(ctx, inst, func(tx *db.Tx) error {
		if err := h.Accounts.RecordTraining(tx, by, staff, until, pledge); err != nil {
			return err
		}
		return h.Accounts.RecordPledge(tx, by, staff, pledge)
	})
}
