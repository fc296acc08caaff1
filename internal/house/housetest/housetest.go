// Package housetest gives tests a real house: a migrated database, real keys, one
// institution with a store and people in every role, a signed schema, a
// published notice, standing grants. WARDFOLD_TEST_DB chooses the engine and
// WARDFOLD_TEST_SUITE the cipher suite, so the whole suite runs on each.
//
// Everybody in it is invented.
package housetest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Password is everybody's.
const Password = "invented-Passphrase-2026"

// cheap makes password hashing quick enough for tests; what it proves is the
// same.
var cheap = password.Cost{Passes: 1, Memory: 64, Lanes: 1, Rounds: 10, Workers: 2, Queue: 64}

// Fixture is a house and what a test needs to use it.
type Fixture struct {
	*house.House
	house.Founded
	T     testing.TB
	Other id.Store // a sister store
	Post  *Post
	Staff map[actor.Role]account.Staff
	KEK   seal.KEK // that the house stands on

	mu    sync.Mutex
	now   time.Time
	links map[string]openLink // by receipt number
}

// New returns a founded house on the engine and suite that the environment asks
// for. The clock stands at 2026-11-22 10:00 in Shanghai until Advance. It was
// founded once in this process: ids and keys are those of its sisters, the data
// are its own.
func New(t testing.TB) *Fixture {
	t.Helper()
	dsn, first := houses.Copy(t, Suite().String(), func(dsn string) *Fixture {
		f := found(t, house.Config{DSN: dsn})
		f.must(f.House.Close())
		return f
	})
	return first.moved(t, dsn)
}

var houses dbtest.Stencil[*Fixture]

// NewOn is New on a database, a root key, a guard or tombstones of the test's
// own choice; what the configuration leaves open is filled in.
func NewOn(t testing.TB, c house.Config) *Fixture {
	t.Helper()
	if reflect.ValueOf(c).IsZero() {
		return New(t)
	}
	return found(t, c)
}

// found founds a house.
func found(t testing.TB, c house.Config) *Fixture {
	t.Helper()
	f := &Fixture{T: t, now: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC), Post: &Post{}, Staff: map[actor.Role]account.Staff{},
		links: map[string]openLink{}}
	f.open(c)
	f.must(f.DB.Migrate(t.Context()))
	f.found()
	return f
}

// moved opens another test's house on a copy of its data, as if it had been founded
// for this test.
func (f *Fixture) moved(t testing.TB, dsn string) *Fixture {
	t.Helper()
	g := &Fixture{T: t, Founded: f.Founded, Other: f.Other, Post: &Post{sent: slices.Clone(f.Post.sent)}, Staff: maps.Clone(f.Staff),
		now: f.Now(), links: map[string]openLink{}}
	g.open(house.Config{DSN: dsn, KEK: f.KEK})
	return g
}

// Reopen opens another house for the people of f, on the same data or on a copy
// of it, with the same clock. The former one is left as it is.
func (f *Fixture) Reopen(c house.Config) *Fixture {
	f.T.Helper()
	g := &Fixture{T: f.T, Founded: f.Founded, Other: f.Other, Post: f.Post, Staff: f.Staff, now: f.Now(), links: map[string]openLink{}}
	g.open(c)
	g.must(g.DB.Migrate(f.T.Context()))
	return g
}

// Suite is the cipher suite that the environment asks for.
func Suite() seal.Suite {
	if os.Getenv("WARDFOLD_TEST_SUITE") == "gm" {
		return seal.GM
	}
	return seal.Intl
}

func (f *Fixture) open(c house.Config) {
	f.T.Helper()
	if c.DSN == "" {
		c.DSN = dbtest.DSN(f.T)
	}
	if c.KEK == nil {
		c.KEK = sealtest.KEK(f.T, "house")
	}
	f.KEK = c.KEK
	c.Passwords = password.NewHasher(password.Suite(Suite().String()), cheap)
	c.Gateway, c.Line, c.Now = f.Post, &relay.Local{}, f.Now
	c.Signer = func(inst id.Institution) (ledger.Signer, error) {
		seed := sha256.Sum256(append([]byte("log of "), inst.Bytes()...))
		return ledger.NewSigner("audit.example.test/"+inst.String(), ed25519.NewKeyFromSeed(seed[:]))
	}
	h, err := house.Open(f.T.Context(), c)
	if err != nil {
		f.T.Fatal(err)
	}
	f.T.Cleanup(func() { _ = h.Close() })
	f.House = h
}

func (f *Fixture) found() {
	f.T.Helper()
	ctx := f.T.Context()
	out, err := f.House.Found(ctx, house.Founding{
		Name: "示例培训机构", Kind: institution.Training, Suite: Suite(), Contact: "示例电话 000",
		Store:   institution.Store{Name: "示例一店", Address: "示例路 1 号"},
		Officer: house.Person{Login: "officer", Name: "示例专员", Password: secret.NewText(Password)},
		Manager: house.Person{Login: "manager", Name: "示例店长", Password: secret.NewText(Password)},
	})
	if err != nil {
		f.T.Fatal(err)
	}
	f.Founded, f.Other = out, id.Make[id.Store](f.Now())
	f.Staff[actor.Officer], f.Staff[actor.Manager] = out.Officer, out.Manager
	f.Update(func(tx *db.Tx) error {
		return institution.AddStore(tx, out.Institution, institution.Store{ID: f.Other, Name: "示例二店", Address: "示例路 2 号"})
	})
	for _, r := range []actor.Role{actor.Clerk, actor.Teacher, actor.Auditor, actor.SysAdmin, actor.Owner} {
		store := out.Store
		if r == actor.Auditor || r == actor.SysAdmin || r == actor.Owner {
			store = id.Store{}
		}
		f.Staff[r] = f.Hire(string(r), store, r)
	}
	for _, s := range f.Staff {
		if err := f.Instruct(ctx, out.Institution, s.ID, f.Now().AddDate(1, 0, 0), [32]byte{1}); err != nil {
			f.T.Fatal(err)
		}
	}
	f.Grant(actor.Clerk, "contact.class", subject.GuardianPhone, subject.GuardianName, subject.LearnerName)
}

// Hire adds a member of staff as the operator does.
func (f *Fixture) Hire(login string, store id.Store, role actor.Role) account.Staff {
	f.T.Helper()
	by := actor.Actor{Institution: f.Institution, Role: actor.System}
	s, _, err := f.Accounts.AddStaff(f.T.Context(), by, account.NewStaff{Login: login, Name: "示例" + login,
		Store: store, Roles: []actor.Role{role}, Password: secret.NewText(Password)})
	if err != nil {
		f.T.Fatal(err)
	}
	return s
}

// As returns the actor of a member of staff, freshly proved.
func (f *Fixture) As(role actor.Role) actor.Actor {
	s, ok := f.Staff[role]
	if !ok {
		f.T.Fatalf("nobody is %s", role)
	}
	return actor.Actor{Institution: f.Institution, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: f.Now()}
}

// Guardian returns the actor of a guardian's record, freshly proved.
func (f *Fixture) Guardian(subj id.Subject) actor.Actor {
	return actor.Actor{Institution: f.Institution, Subject: subj, Role: actor.Guardian, ProvedAt: f.Now()}
}

// Child returns the actor of a child's own record, freshly proved.
func (f *Fixture) Child(subj id.Subject) actor.Actor {
	return actor.Actor{Institution: f.Institution, Subject: subj, Role: actor.Child, ProvedAt: f.Now()}
}

// Grant gives a role a standing grant, asked for by the holder and approved by
// the manager.
func (f *Fixture) Grant(role actor.Role, purpose string, fields ...string) grant.Grant {
	f.T.Helper()
	ctx := f.T.Context()
	g, err := f.Grants.Ask(ctx, f.As(role), grant.Application{Who: f.Staff[role].ID, Role: role, Purpose: purpose,
		Fields: fields, Store: f.Store, From: f.Now(), Until: f.Now().AddDate(0, 3, 0), Reason: "front_desk"})
	if err != nil {
		f.T.Fatalf("ask for a grant: %v", err)
	}
	if g, err = f.Grants.Approve(ctx, f.As(actor.Manager), g.ID); err != nil {
		f.T.Fatalf("approve a grant: %v", err)
	}
	return g
}

// Update runs fn in a transaction of the institution.
func (f *Fixture) Update(fn func(*db.Tx) error) {
	f.T.Helper()
	if err := f.DB.Update(context.Background(), f.Institution, fn); err != nil {
		f.T.Fatal(err)
	}
}

// View runs fn on a snapshot.
func (f *Fixture) View(fn func(*db.Tx) error) {
	f.T.Helper()
	if err := f.DB.View(context.Background(), f.Institution, fn); err != nil {
		f.T.Fatal(err)
	}
}

// Now is the fixture's clock.
func (f *Fixture) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Advance moves the clock.
func (f *Fixture) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// Phone returns the nth invented number; 154 is a prefix that no carrier has.
func Phone(n int) string { return fmt.Sprintf("154%08d", n) }

// Form returns a complete form for the nth invented family.
func Form(n int, birth string) enrol.Form {
	return enrol.Form{
		LearnerName: secret.NewText("欧阳示" + string(rune(0x4E00+n%2000))), Birth: secret.NewText(birth),
		GuardianName: secret.NewText("欧阳例" + string(rune(0x4E00+n%2000))), Phone: secret.NewText(Phone(n)),
		Agree: true, Language: "zh-CN", Screen: sha256.Sum256([]byte("screen")),
	}
}

// Post is a gateway that keeps what it was given.
type Post struct {
	mu   sync.Mutex
	sent []notify.Message
}

// Deliver takes a message over.
func (p *Post) Deliver(_ context.Context, m notify.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	return nil
}

// Last returns the newest message to a phone in E.164.
func (p *Post) Last(phone string) (notify.Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.sent) - 1; i >= 0; i-- {
		if p.sent[i].To.Expose() == phone {
			return p.sent[i], true
		}
	}
	return notify.Message{}, false
}

// Code delivers what waits and returns the code last sent to the nth phone.
func (f *Fixture) Code(n int) secret.Text {
	f.T.Helper()
	if err := f.Outbox.Deliver(f.T.Context(), f.Institution); err != nil {
		f.T.Fatal(err)
	}
	m, ok := f.Post.Last("+86" + Phone(n))
	if !ok || len(m.Args) == 0 {
		f.T.Fatal("no code was sent")
	}
	return m.Args[0]
}

// Enrol takes the nth invented family through the whole way, from the clerk's
// link to the receipt.
func (f *Fixture) Enrol(n int, birth string) enrol.Receipt {
	f.T.Helper()
	r, _ := f.EnrolWith(Form(n, birth), n)
	return r
}

// EnrolWith is Enrol with a form, and returns the link too.
func (f *Fixture) EnrolWith(form enrol.Form, n int) (enrol.Receipt, enrol.Link) {
	f.T.Helper()
	ctx := f.T.Context()
	link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "示例课程")
	f.must(err)
	browser, err := f.Accounts.NewBrowser()
	f.must(err)
	f.must(f.House.Enrol.Continue(ctx, link.Token, browser))
	f.must(f.House.Enrol.SendCode(ctx, link.Token, browser, form.Phone))
	f.must(f.House.Enrol.Prove(ctx, link.Token, browser, form.Phone, f.Code(n)))
	r, err := f.House.Enrol.Confirm(ctx, link.Token, browser, form)
	f.must(err)
	f.links[r.Number] = openLink{link.Token, browser}
	return r, link
}

func (f *Fixture) must(err error) {
	f.T.Helper()
	if err != nil {
		f.T.Fatal(err)
	}
}

// ChildLink returns the child's own link of an enrolment that waits for it.
func (f *Fixture) ChildLink(r enrol.Receipt) enrol.Token {
	f.T.Helper()
	link, ok := f.links[r.Number]
	if !ok {
		f.T.Fatal("the enrolment was not made by this fixture")
	}
	own, err := f.House.Enrol.ChildLink(f.T.Context(), link.token, link.browser)
	f.must(err)
	return own
}

type openLink struct {
	token   enrol.Token
	browser account.Browser
}
