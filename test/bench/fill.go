package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// world is a founded institution with its children and an API key.
type world struct {
	founded   house.Founded
	key       string
	guardians []id.Subject // in order of the number behind phone
}

var (
	purposes = []string{"learner.manage", "contact.class", "course.deliver"}
	fields   = []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}
)

// phone is the nth invented number; 154 is a prefix that no carrier has.
func phone(n int) string { return fmt.Sprintf("154%08d", n) }

// found makes the institution and its key.
func found(ctx context.Context, h *house.House) (*world, error) {
	var w world
	var err error
	w.founded, err = h.Found(ctx, house.Founding{Name: "示例培训机构", Kind: institution.Training, Suite: seal.Intl, Contact: "示例电话 000",
		Store:   institution.Store{Name: "示例一店", Address: "示例路 1 号"},
		Officer: house.Person{Login: "officer", Name: "示例专员"}, Manager: house.Person{Login: "manager", Name: "示例店长"}})
	if err != nil {
		return nil, err
	}
	as := func(s account.Staff, r actor.Role) actor.Actor {
		return actor.Actor{Institution: w.founded.Institution, Store: s.Store, Staff: s.ID, Role: r, ProvedAt: time.Now()}
	}
	manager := as(w.founded.Manager, actor.Manager)
	key, err := h.Accounts.AskKey(ctx, manager, account.KeyRequest{Label: "bench", Store: w.founded.Store,
		Purposes: purposes, Fields: fields, QuotaPerDay: 1_000_000, Expires: time.Now().AddDate(0, 1, 0)})
	if err != nil {
		return nil, err
	}
	if err := h.Accounts.ApproveKey(ctx, as(w.founded.Officer, actor.Officer), key); err != nil {
		return nil, err
	}
	whole, err := h.Accounts.CollectKey(ctx, manager, key)
	w.key = whole.Expose()
	return &w, err
}

// batch is how many children are saved in one transaction.
const batch = 200

// fill loads n children with their guardians, consents and keys, as an import
// does: sealed beside the writer, saved in batches.
func (w *world) fill(ctx context.Context, h *house.House, n int) error {
	var budget catalogue.Budget
	inst := w.founded.Institution
	err := h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		budget, err = h.Catalogue.Budget(tx, inst, catalogue.Minimal)
		return err
	})
	if err != nil {
		return err
	}
	w.guardians = make([]id.Subject, n)
	var done int
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2 * runtime.NumCPU())
	for from := 0; from < n; from += batch {
		group.Go(func() error {
			if err := w.save(ctx, h, budget, from, min(from+batch, n)); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if done += batch; done%100_000 == 0 {
				fmt.Printf("  %d of %d\n", done, n)
			}
			return nil
		})
	}
	return group.Wait()
}

// pair is a child and its guardian, sealed and not saved.
type pair struct{ child, guardian *subject.Draft }

func (w *world) save(ctx context.Context, h *house.House, budget catalogue.Budget, from, to int) error {
	pairs := make([]pair, 0, to-from)
	for n := from; n < to; n++ {
		p, err := w.draft(ctx, h, budget, n)
		if err != nil {
			return err
		}
		w.guardians[n] = p.guardian.ID()
		pairs = append(pairs, p)
	}
	inst := w.founded.Institution
	return h.DB.Update(ctx, inst, func(tx *db.Tx) error {
		for _, p := range pairs {
			if err := w.put(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) draft(ctx context.Context, h *house.House, budget catalogue.Budget, n int) (p pair, err error) {
	name := "欧阳" + string(rune(0x4E00+n%2000)) + string(rune(0x4E00+n/2000%2000))
	childID, guardianID := id.Family(time.Now())
	make := func(who id.Subject, k subject.Kind, v subject.Values) (*subject.Draft, error) {
		return subject.Prepare(ctx, h.Vault, h.DB, budget, subject.Subject{Institution: w.founded.Institution,
			ID: who, Kind: k, Store: w.founded.Store, State: subject.Live, Source: "imp_bench"}, v)
	}
	p.child, err = make(childID, subject.Child, subject.Values{subject.LearnerName: secret.NewText(name),
		subject.LearnerBirth: secret.NewText(fmt.Sprintf("2016-%02d", n%12+1))})
	if err != nil {
		return p, err
	}
	p.guardian, err = make(guardianID, subject.Guardian, subject.Values{subject.GuardianName: secret.NewText(name),
		subject.GuardianPhone: secret.NewText("+86" + phone(n))})
	return p, err
}

func (w *world) put(tx *db.Tx, p pair) error {
	inst, notice := w.founded.Institution, w.founded.Notice
	if err := p.guardian.Save(tx); err != nil {
		return err
	}
	if err := p.child.Save(tx); err != nil {
		return err
	}
	if err := subject.Bind(tx, inst, subject.Tie{Guardian: p.guardian.ID(), Child: p.child.ID(), Relation: "guardian",
		Evidence: "G1", Since: tx.Now()}); err != nil {
		return err
	}
	birth, err := civil.ParseBirth("2016-03", civil.DateOf(tx.Now()))
	if err != nil {
		return err
	}
	_, err = consent.Decide(tx, inst, consent.Decision{Subject: p.child.ID(), Party: consent.PartyGuardian, By: p.guardian.ID(),
		Give: purposes, Needs: consent.Needs(birth, civil.DateOf(tx.Now()), consent.Able), Notice: notice,
		Evidence: consent.EvidenceOf(notice, "zh-CN", [32]byte{1}, consent.ProofPaper)})
	return err
}
