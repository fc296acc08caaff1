package main

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/totp"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/demo"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
)

// builder brings the invented city to life through the use cases that real
// people go through.
type builder struct {
	*installation
	t        *console
	origin   string
	families int
	now      time.Time

	phone    *notify.Phone
	city     *demo.City
	homes    []home              // in the order of City.Institutions
	programs map[int]actor.Actor // by institution: who brings its families in
	password secret.Text
}

// home is one institution of the city as it was founded.
type home struct {
	house.Founded
	stores  []id.Store // in the order of its places
	staff   map[string]account.Staff
	invites map[string]secret.Text
}

func (b *builder) build(ctx context.Context, c *command) (guide, error) {
	b.city, b.phone, b.programs = demo.New(demoSeed, b.now), &notify.Phone{}, map[int]actor.Actor{}
	b.password = secret.NewText("fold-" + strings.ToLower(rand.Text()[:10]))
	if err := b.open(ctx, c); err != nil {
		return guide{}, err
	}
	defer b.Close()
	if err := b.found(ctx); err != nil {
		return guide{}, err
	}
	g := guide{Built: b.now.UTC(), Families: b.families, Password: reveal(b.password)}
	for _, p := range b.city.Personas {
		if p.SignIn == "" {
			continue
		}
		v, err := b.settle(ctx, p)
		if err != nil {
			return guide{}, err
		}
		g.Visitors = append(g.Visitors, v)
	}
	if err := b.grants(ctx); err != nil {
		return guide{}, err
	}
	homes, err := b.personaFamilies(ctx)
	if err != nil {
		return guide{}, err
	}
	g.Visitors = append(homes, g.Visitors...)
	if g.Children, err = b.crowd(ctx); err != nil {
		return guide{}, err
	}
	if err := b.applications(ctx); err != nil {
		return guide{}, err
	}
	b.Log.StepAll(ctx)
	return g, b.leave(g)
}

// open makes the folder, its keys and its empty database.
func (b *builder) open(ctx context.Context, c *command) error {
	d := folder(c.Data)
	pass := rand.Text()
	cfg := config{Listen: demoListen, Origin: b.origin, Suite: seal.Intl.String(), Guard: guardName,
		Keys: keySource{Source: "file", File: ringName, PassphraseFile: "passphrase"}}
	if err := cfg.save(d); err != nil {
		return err
	}
	if err := durable.Write(d.in("passphrase"), []byte(pass+"\n")); err != nil {
		return err
	}
	r, err := ringPass{pass: secret.NewText(pass), work: demoWork}.create(d)
	if err != nil {
		return err
	}
	key, err := newLogKey(ctx, logName(b.origin), r)
	if err != nil {
		return err
	}
	if err := key.save(d); err != nil {
		return err
	}
	b.installation, err = b.t.open(ctx, c, how{config: &cfg, ring: r, alone: true, changes: true, gateway: b.phone})
	return err
}

// found makes the institutions, their places and their people, all at a time.
func (b *builder) found(ctx context.Context) error {
	b.homes = make([]home, len(b.city.Institutions))
	group, inner := errgroup.WithContext(ctx)
	for i, inst := range b.city.Institutions {
		group.Go(func() (err error) {
			b.homes[i], err = b.foundOne(inner, inst)
			return err
		})
	}
	return group.Wait()
}

func (b *builder) foundOne(ctx context.Context, inst demo.Institution) (home, error) {
	officer, manager := inst.Staff[pick(inst, actor.Officer)], inst.Staff[pick(inst, actor.Manager)]
	first := inst.Places[0]
	made, err := b.Found(ctx, house.Founding{
		Name: inst.Name, Kind: institution.Kind(inst.Kind), Suite: seal.Intl, Contact: "15400000000（示例）",
		Store:   institution.Store{Name: first.Name, Address: first.Address},
		Officer: house.Person{Login: officer.SignIn, Name: reveal(officer.Name)},
		Manager: house.Person{Login: manager.SignIn, Name: reveal(manager.Name)}})
	if err != nil {
		return home{}, err
	}
	h := home{Founded: made, stores: []id.Store{made.Store},
		staff:   map[string]account.Staff{officer.SignIn: made.Officer, manager.SignIn: made.Manager},
		invites: map[string]secret.Text{officer.SignIn: made.OfficerInvite, manager.SignIn: made.ManagerInvite}}
	err = b.DB.Update(ctx, made.Institution, func(tx *db.Tx) error {
		h.stores = h.stores[:1]
		for _, p := range inst.Places[1:] {
			s := institution.Store{ID: id.Make[id.Store](tx.Now()), Name: p.Name, Address: p.Address}
			if err := institution.AddStore(tx, made.Institution, s); err != nil {
				return err
			}
			h.stores = append(h.stores, s.ID)
		}
		return nil
	})
	if err != nil {
		return home{}, err
	}
	return h, b.hire(ctx, inst, h)
}

// pick finds the first member of staff in a role.
func pick(inst demo.Institution, role actor.Role) int {
	for i, s := range inst.Staff {
		if s.Role == role {
			return i
		}
	}
	return 0
}

// hire adds everybody else; they are invited and have no password yet.
func (b *builder) hire(ctx context.Context, inst demo.Institution, h home) error {
	by := actor.Actor{Institution: h.Institution, Role: actor.System}
	for _, s := range inst.Staff {
		if _, there := h.staff[s.SignIn]; there {
			continue
		}
		n := account.NewStaff{Login: s.SignIn, Name: reveal(s.Name), Roles: []actor.Role{s.Role}}
		if s.Place >= 0 {
			n.Store = h.stores[s.Place]
		}
		made, invite, err := b.Accounts.AddStaff(ctx, by, n)
		if err != nil {
			return err
		}
		h.staff[s.SignIn], h.invites[s.SignIn] = made, invite
	}
	return nil
}

// settle accepts a persona's invitation with a password and an authenticator, as
// the person would, and records training and pledge.
func (b *builder) settle(ctx context.Context, p demo.Persona) (visitor, error) {
	h := b.homes[p.Institution]
	token := h.invites[p.SignIn]
	i, err := b.Accounts.Invitation(ctx, token)
	if err != nil {
		return visitor{}, err
	}
	key := oneTimeSecret(i.OneTime)
	if err := b.accept(ctx, token, key); err != nil {
		return visitor{}, err
	}
	staff := h.staff[p.SignIn]
	if err := b.Instruct(ctx, h.Institution, staff.ID, b.now.AddDate(1, 0, 0), [32]byte{1}); err != nil {
		return visitor{}, err
	}
	place := b.city.Institutions[p.Institution].Name
	if p.Place >= 0 {
		place = b.city.Institutions[p.Institution].Places[p.Place].Name
	}
	return visitor{Key: p.Key, Place: place, Login: p.SignIn, OneTime: key, Sign: web.PathStaffSignIn + "/" + h.Institution.String()}, nil
}

// accept joins with the code before the current one, so that a visitor can sign
// in with the current one at once; a step may end meanwhile.
func (b *builder) accept(ctx context.Context, token secret.Text, key string) (err error) {
	for _, ago := range []time.Duration{30 * time.Second, 0} { // one step of RFC 6238, none
		code := secret.NewText(codeNow(key, b.Gate.Now().Add(-ago)))
		if err = b.Accounts.Accept(ctx, token, b.password, code); err == nil {
			return nil
		}
	}
	return err
}

const demoPath = "/demo/phone"

// oneTimeSecret takes the key out of an authenticator's address.
func oneTimeSecret(uri secret.Text) string {
	u, err := url.Parse(reveal(uri))
	if err != nil {
		return ""
	}
	return u.Query().Get("secret")
}

// codeNow is the code that an authenticator with this key shows.
func codeNow(key string, at time.Time) string {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(key))
	if err != nil {
		return ""
	}
	return reveal(totp.Code(secret.NewKey(raw), totp.Step(at)))
}

// grants gives the personas at the desk what their daily work needs: asked for by
// the holder, approved by the manager.
func (b *builder) grants(ctx context.Context) error {
	h := b.homes[0]
	as := func(login string, role actor.Role) actor.Actor {
		s := h.staff[login]
		return actor.Actor{Institution: h.Institution, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: b.Gate.Now()}
	}
	clerk, teacher := as("clerk.chain1.001", actor.Clerk), as("teacher.chain1.001", actor.Teacher)
	for _, g := range []struct {
		who     actor.Actor
		purpose string
		reason  grant.Reason
		fields  []string
	}{
		{clerk, "contact.class", "front_desk", []string{subject.GuardianPhone, subject.GuardianName, subject.LearnerName}},
		{clerk, "learner.manage", "front_desk", []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}},
		{teacher, "course.deliver", "class_contact", []string{subject.LearnerName, subject.LearnerBirth}},
	} {
		asked, err := b.Grants.Ask(ctx, g.who, grant.Application{Who: g.who.Staff, Role: g.who.Role, Purpose: g.purpose,
			Fields: g.fields, Store: g.who.Store, From: b.Gate.Now(), Until: b.Gate.Now().AddDate(0, 3, 0), Reason: g.reason})
		if err != nil {
			return err
		}
		if _, err := b.Grants.Approve(ctx, as("manager.chain1.001", actor.Manager), asked.ID); err != nil {
			return err
		}
	}
	return nil
}

// leave writes what a visitor needs, the guide last: with it the folder is whole.
func (b *builder) leave(g guide) error {
	f, err := os.OpenFile(b.folder.in(demoRoster), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := b.city.SampleRoster(f, rosterLines); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(b.folder.in(demoName), data)
}
