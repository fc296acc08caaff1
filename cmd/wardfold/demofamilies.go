package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/demo"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
)

// atOnce is how many families enrol side by side.
const atOnce = 64

// personaFamilies enrols the families whose place visitors take. A child whose
// own word is awaited gets its own link, which only the whole way gives: the
// clerk's link, the code, the form.
func (b *builder) personaFamilies(ctx context.Context) ([]visitor, error) {
	var all []visitor
	key, err := b.program(ctx, 0)
	if err != nil {
		return nil, err
	}
	links := map[*demo.Family]string{}
	for _, p := range b.city.Personas {
		if p.Family == nil {
			continue
		}
		v := visitor{Key: p.Key, Place: b.city.Institutions[0].Places[0].Name, Phone: reveal(p.Phone),
			Sign: web.PathFamilySignIn + "?institution=" + b.homes[0].Institution.String()}
		switch {
		case p.Role == actor.Child:
			v.Link, v.Sign, v.Phone = links[p.Family], links[p.Family], ""
		case p.Family.Children[0].Phone.Empty():
			err = b.enrol(ctx, key, b.homes[0].Store, *p.Family)
		default:
			links[p.Family], err = b.wholeWay(ctx, *p.Family)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// wholeWay enrols a family's child as clerk and guardian would, and returns the
// path of the child's own link.
func (b *builder) wholeWay(ctx context.Context, f demo.Family) (string, error) {
	h := b.homes[0]
	s := h.staff["clerk.chain1.001"]
	clerk := actor.Actor{Institution: h.Institution, Store: s.Store, Staff: s.ID, Role: actor.Clerk, ProvedAt: b.Gate.Now()}
	browser, err := b.Accounts.NewBrowser()
	if err != nil {
		return "", err
	}
	link, err := b.Enrol.Start(ctx, clerk, f.Children[0].Course)
	if err != nil {
		return "", err
	}
	if err := b.Enrol.Continue(ctx, link.Token, browser); err != nil {
		return "", err
	}
	if err := b.Enrol.SendCode(ctx, link.Token, browser, f.Guardian.Phone); err != nil {
		return "", err
	}
	code, err := b.received(ctx, h.Institution)
	if err != nil {
		return "", err
	}
	if err := b.Enrol.Prove(ctx, link.Token, browser, f.Guardian.Phone, code); err != nil {
		return "", err
	}
	if _, err := b.Enrol.Confirm(ctx, link.Token, browser, form(f, f.Children[0])); err != nil {
		return "", err
	}
	return b.childLink(ctx, link.Token, browser)
}

func (b *builder) childLink(ctx context.Context, t enrol.Token, browser account.Browser) (string, error) {
	own, err := b.Enrol.ChildLink(ctx, t, browser)
	return "/c/" + own.String(), err
}

// received returns the code that the gateway has just been given.
func (b *builder) received(ctx context.Context, inst id.Institution) (secret.Text, error) {
	if err := b.Outbox.Deliver(ctx, inst); err != nil {
		return secret.Text{}, err
	}
	list := b.phone.Messages()
	if len(list) == 0 || len(list[0].Args) == 0 {
		return secret.Text{}, errors.New("demo: no code arrived")
	}
	return list[0].Args[0], nil
}

// form is what a family types and chooses.
func form(f demo.Family, k demo.Child) enrol.Form {
	return enrol.Form{LearnerName: k.Name, Birth: k.Birth, GuardianName: f.Guardian.Name, Phone: f.Guardian.Phone,
		Course: k.Course, Agree: true, Optional: f.Optional, Language: "zh-CN", Screen: sha256.Sum256([]byte("demo"))}
}

// program is the API key under which an institution's own enrolment program
// brings families in: asked for by the manager, approved by the officer.
func (b *builder) program(ctx context.Context, institution int) (actor.Actor, error) {
	if a, there := b.programs[institution]; there {
		return a, nil
	}
	h, now := b.homes[institution], b.Gate.Now()
	as := func(s account.Staff, role actor.Role) actor.Actor {
		return actor.Actor{Institution: h.Institution, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: now}
	}
	manager := as(h.Manager, actor.Manager)
	manager.Store = id.Store{}
	key, err := b.Accounts.AskKey(ctx, manager, account.KeyRequest{Label: "enrolment program (demo)",
		Purposes: []string{"learner.manage"}, QuotaPerDay: 1_000_000, Expires: now.Add(48 * time.Hour),
		Fields: []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}})
	if err != nil {
		return actor.Actor{}, err
	}
	if err := b.Accounts.ApproveKey(ctx, as(h.Officer, actor.Officer), key); err != nil {
		return actor.Actor{}, err
	}
	whole, err := b.Accounts.CollectKey(ctx, manager, key)
	if err != nil {
		return actor.Actor{}, err
	}
	a, err := b.Accounts.KeyActor(ctx, whole)
	if err == nil {
		b.programs[institution] = a
	}
	return a, err
}

// enrol brings every child of a family in at once.
func (b *builder) enrol(ctx context.Context, key actor.Actor, store id.Store, f demo.Family) error {
	for _, k := range f.Children {
		if _, err := b.Enrol.Complete(ctx, key, store, form(f, k)); err != nil {
			return err
		}
	}
	return nil
}

// crowd enrols the rest of the city and returns how many children it has.
func (b *builder) crowd(ctx context.Context) (int, error) {
	keys := make([]actor.Actor, len(b.homes))
	for i := range b.homes {
		var err error
		if keys[i], err = b.program(ctx, i); err != nil {
			return 0, err
		}
	}
	step, end := b.t.progress("cli.demo.progress")
	defer end()
	var done, children atomic.Int64
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, f := range b.city.Families(b.families) {
		group.Go(func() error {
			if err := b.enrol(inner, keys[f.Institution], b.homes[f.Institution].stores[f.Place], f); err != nil {
				return err
			}
			children.Add(int64(len(f.Children)))
			if n := done.Add(1); n%100 == 0 {
				step(n, int64(b.families))
			}
			return nil
		})
	}
	err := group.Wait()
	return int(children.Load()), err
}
