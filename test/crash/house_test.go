package crash_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/ledger/guard"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// place is what survives a crash besides the data: who works here.
type place struct {
	Dir         string
	Institution id.Institution
	Store       id.Store
	Clerk       id.Staff
	Teacher     id.Staff
	Manager     id.Staff
	Key         id.APIKey
}

const passphrase = "invented-Passphrase-2026" // everybody's

// cheap password hashing: founding is not what is tested.
var cheap = password.Cost{Passes: 1, Memory: 64, Lanes: 1, Rounds: 10, Workers: 2, Queue: 64}

// open puts the rooms together on the data in dir, as the program does.
func open(ctx context.Context, dir string, post notify.Gateway) (*house.House, error) {
	kek, err := seal.Local("crash", secret.NewKey(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	g, err := guard.Open(filepath.Join(dir, "guard"))
	if err != nil {
		return nil, err
	}
	h, err := house.Open(ctx, house.Config{
		DSN: "sqlite:" + filepath.Join(dir, "wardfold.db"), KEK: kek, Guard: g, Gateway: post,
		Passwords: password.NewHasher("intl", cheap), Tombstones: &stones{path: filepath.Join(dir, "tombstones")},
		Limits: account.Limits{CodesPerInstitution: 1_000_000},
		Signer: func(inst id.Institution) (ledger.Signer, error) {
			seed := sha256.Sum256(append([]byte("log of "), inst.Bytes()...))
			return ledger.NewSigner("audit.example.test/"+inst.String(), ed25519.NewKeyFromSeed(seed[:]))
		},
	})
	if err != nil {
		return nil, err
	}
	h.Log.Every = 20 * time.Millisecond // heads are being signed at any instant
	return h, nil
}

// found makes a new house in dir.
func found(ctx context.Context, dir string) (place, error) {
	p := place{Dir: dir}
	h, err := open(ctx, dir, &post{})
	if err != nil {
		return p, err
	}
	if err := h.DB.Migrate(ctx); err != nil {
		return p, errors.Join(err, h.Close())
	}
	out, err := h.Found(ctx, house.Founding{
		Name: "示例培训机构", Kind: institution.Training, Suite: seal.Intl, Contact: "示例电话 000",
		Store:   institution.Store{Name: "示例一店", Address: "示例路 1 号"},
		Officer: house.Person{Login: "officer", Name: "示例专员", Password: secret.NewText(passphrase)},
		Manager: house.Person{Login: "manager", Name: "示例店长", Password: secret.NewText(passphrase)},
	})
	if err != nil {
		return p, errors.Join(err, h.Close())
	}
	p.Institution, p.Store, p.Manager = out.Institution, out.Store, out.Manager.ID
	return p, errors.Join(p.furnish(ctx, h), h.Close())
}

// furnish hires the people who will work and gives the clerk a standing grant.
func (p *place) furnish(ctx context.Context, h *house.House) error {
	operator := actor.Actor{Institution: p.Institution, Role: actor.System}
	for role, who := range map[actor.Role]*id.Staff{actor.Clerk: &p.Clerk, actor.Teacher: &p.Teacher} {
		s, _, err := h.Accounts.AddStaff(ctx, operator, account.NewStaff{Login: string(role), Name: "示例" + string(role),
			Store: p.Store, Roles: []actor.Role{role}, Password: secret.NewText(passphrase)})
		if err != nil {
			return err
		}
		*who = s.ID
	}
	for _, who := range []id.Staff{p.Clerk, p.Teacher, p.Manager} {
		if err := h.Instruct(ctx, p.Institution, who, time.Now().AddDate(1, 0, 0), [32]byte{1}); err != nil {
			return err
		}
	}
	p.Key = id.Make[id.APIKey](time.Now())
	app := p.application(p.Clerk, actor.Clerk, subject.LearnerName, subject.GuardianName, subject.GuardianPhone)
	app.PerDay = grant.MaxPerDay
	g, err := h.Grants.Ask(ctx, p.staff(p.Clerk, actor.Clerk), app)
	if err != nil {
		return err
	}
	_, err = h.Grants.Approve(ctx, p.staff(p.Manager, actor.Manager), g.ID)
	return err
}

func (p *place) application(who id.Staff, role actor.Role, fields ...string) grant.Application {
	return grant.Application{Who: who, Role: role, Purpose: "contact.class", Fields: fields, Store: p.Store,
		From: time.Now(), Until: time.Now().AddDate(0, 3, 0), Reason: "front_desk"}
}

func (p *place) staff(who id.Staff, role actor.Role) actor.Actor {
	return actor.Actor{Institution: p.Institution, Store: p.Store, Staff: who, Role: role, ProvedAt: time.Now()}
}

func (p *place) guardian(who id.Subject) actor.Actor {
	return actor.Actor{Institution: p.Institution, Subject: who, Role: actor.Guardian, ProvedAt: time.Now()}
}

func (p *place) integrator() actor.Actor {
	return actor.Actor{Institution: p.Institution, Role: actor.Integrator, Key: p.Key,
		Purposes: []string{"learner.manage", "contact.class"},
		Fields:   []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}}
}

// stones is a file of tombstones, durable line by line.
type stones struct {
	path string
	mu   sync.Mutex
}

func (s *stones) Add(_ id.Institution, gone []id.Subject, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := os.OpenFile(s.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, x := range gone {
		lines.WriteString(x.String() + "\n")
	}
	_, err = f.WriteString(lines.String())
	return errors.Join(err, f.Sync(), f.Close())
}

// set reads the tombstones back.
func (s *stones) set() (map[string]bool, error) {
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		all[strings.TrimSpace(line)] = true
	}
	return all, err
}

// post is a phone network that remembers the last message to each number.
type post struct {
	mu   sync.Mutex
	last map[string]notify.Message
}

func (p *post) Deliver(_ context.Context, m notify.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[string]notify.Message{}
	}
	p.last[m.To.Expose()] = m
	return nil
}

func (p *post) code(phone string) (secret.Text, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, ok := p.last[phone]
	if !ok || len(m.Args) == 0 {
		return secret.Text{}, false
	}
	return m.Args[0], true
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types of this package always marshal
	}
	return append(b, '\n')
}

// copyDir copies the files of a folder and of the folders in it.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
