package crash_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

const childEnv = "WARDFOLD_CRASH_CHILD"

// TestMain is the child's main function as well.
func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == "" {
		os.Exit(m.Run())
	}
	if err := live(); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// live works until it is killed, or until the parent has gone.
func live() error {
	in := json.NewDecoder(os.Stdin)
	var p plan
	if err := in.Decode(&p); err != nil {
		return err
	}
	ctx, parentGone := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the parent does
		parentGone()
	}()
	net := &post{}
	h, err := open(ctx, p.Place.Dir, net)
	if err != nil {
		return err
	}
	if err := h.Warm(ctx); err != nil {
		return err
	}
	c := &child{House: h, plan: p, post: net}
	c.say(line{Op: opReady, Done: true})
	go func() { _ = h.Log.Run(ctx) }()
	var all sync.WaitGroup
	for i := range p.Clients {
		all.Go(func() { c.client(ctx, i) })
	}
	all.Wait()
	return nil
}

// child is the process that will be killed.
type child struct {
	*house.House
	plan plan
	post *post

	mu  sync.Mutex // of the pipe: a line is one write
	fam sync.Mutex
	all []family // whom anybody may look at
}

// say writes one line. It returns once the parent can read it whatever happens
// to this process.
func (c *child) say(l line) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := os.Stdout.Write(encode(l)); err != nil {
		os.Exit(3) // the parent has gone
	}
}

// client is one of those who work. Only a family's own client changes it, so
// the order of its changes is known; anybody reveals.
type client struct {
	*child
	n, seq int
	dice   *rand.Rand
	own    []family
	grant  id.Grant // of the teacher, on its way from asked to ended
	step   int
}

func (c *child) client(ctx context.Context, n int) {
	w := &client{child: c, n: n, dice: rand.New(rand.NewPCG(c.plan.Seed, uint64(c.plan.Round)<<16|uint64(n)))}
	for i, f := range c.plan.Families {
		if i%c.plan.Clients == n {
			w.own = append(w.own, f)
			c.show(f)
		}
	}
	for ctx.Err() == nil {
		w.once(ctx)
	}
}

func (c *child) show(f family) {
	c.fam.Lock()
	defer c.fam.Unlock()
	c.all = append(c.all, f)
}

func (w *client) anybody() (family, bool) {
	w.fam.Lock()
	defer w.fam.Unlock()
	if len(w.all) == 0 {
		return family{}, false
	}
	return w.all[w.dice.IntN(len(w.all))], true
}

func (w *client) once(ctx context.Context) {
	w.seq++
	n := w.dice.IntN(100)
	if n < 20 || len(w.own) == 0 {
		w.enrol(ctx)
		return
	}
	mine := w.dice.IntN(len(w.own))
	switch {
	case n < 60:
		w.reveal(ctx)
	case n < 70:
		w.consent(ctx, &w.own[mine])
	case n < 80:
		w.correct(ctx, &w.own[mine])
	case n < 90:
		w.grants(ctx)
	case n < 95:
		w.erase(ctx, mine)
	default:
		w.rotate(ctx)
	}
}

// do announces an act, carries it out and says what came of it. Faults of the
// listed codes are part of the game.
func (w *client) do(l line, act func(*line) error, expected ...string) bool {
	l.Client, l.Seq = w.n, w.seq
	w.say(l)
	err := act(&l)
	l.Done = true
	if err != nil {
		l.Fault = fault.CodeOf(err)
		known := false
		for _, code := range expected {
			known = known || l.Fault == code
		}
		if !known {
			l.Wrong = err.Error()
			if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Rules) > 0 {
				l.Wrong += " by " + strings.Join(f.Rules, " ")
			}
		}
	}
	w.say(l)
	return err == nil
}

var revealable = []string{subject.LearnerName, subject.GuardianName, subject.GuardianPhone}

func (w *client) reveal(ctx context.Context) {
	f, ok := w.anybody()
	if !ok {
		return
	}
	field := revealable[w.dice.IntN(len(revealable))]
	who := f.Guard
	if field == subject.LearnerName {
		who = f.Child
	}
	w.do(line{Op: opReveal, N: f.N, Field: field}, func(l *line) error {
		r, err := w.Desk.Reveal(ctx, w.plan.Place.staff(w.plan.Place.Clerk, actor.Clerk), who, field, "contact.class")
		if err == nil {
			l.Value, l.Event, l.Index = r.Value.Expose(), r.Event, r.Index()
		}
		return err
	}, "policy.erased")
}

// enrol takes a new family in: one in four the whole way of a phone, the others
// through an integrator.
func (w *client) enrol(ctx context.Context) {
	f := family{N: (w.plan.Round%20)*1_000_000 + w.n*10_000 + w.seq}
	ok := w.do(line{Op: opEnrol, N: f.N}, func(l *line) error {
		how := w.complete
		if w.dice.IntN(4) == 0 {
			how = w.byPhone
		}
		if err := how(ctx, f.N, l); err != nil {
			return err
		}
		f.Child, f.Guard, f.Receipt = l.Child, l.Guard, l.Receipt
		return nil
	})
	if ok {
		w.own = append(w.own, f)
		w.show(f)
	}
}

func (w *client) complete(ctx context.Context, n int, l *line) error {
	r, err := w.Enrol.Complete(ctx, w.plan.Place.integrator(), w.plan.Place.Store, form(n))
	if err == nil {
		l.Child, l.Guard, l.Receipt, l.Event, l.Index = r.Child, r.Guardian, r.Number, r.Event, r.Index()
	}
	return err
}

func (w *client) byPhone(ctx context.Context, n int, l *line) error {
	link, err := w.Enrol.Start(ctx, w.plan.Place.staff(w.plan.Place.Clerk, actor.Clerk), "示例课程")
	if err != nil {
		return err
	}
	browser, err := w.Accounts.NewBrowser()
	if err != nil {
		return err
	}
	if err := w.Enrol.Continue(ctx, link.Token, browser); err != nil {
		return err
	}
	number := secret.NewText(phoneOf(n))
	if err := w.Enrol.SendCode(ctx, link.Token, browser, number); err != nil {
		return err
	}
	code, sent := w.post.code("+86" + phoneOf(n))
	for !sent { // another client may be delivering it at this moment
		if err := w.Outbox.Deliver(ctx, w.plan.Place.Institution); err != nil {
			return err
		}
		code, sent = w.post.code("+86" + phoneOf(n))
	}
	if err := w.Enrol.Prove(ctx, link.Token, browser, number, code); err != nil {
		return err
	}
	r, err := w.Enrol.Confirm(ctx, link.Token, browser, form(n))
	if err != nil {
		return err
	}
	l.Child, l.Guard, l.Receipt, l.Event, l.Index = r.Child, r.Guardian, r.Number, r.Event, r.Index()
	again, err := w.Enrol.Confirm(ctx, link.Token, browser, form(n)) // the answer was lost, and it is asked again
	if err == nil && again.Number != r.Number {
		err = errors.New("asked twice, confirmed twice")
	}
	return err
}

func (w *client) consent(ctx context.Context, f *family) {
	who := w.plan.Place.guardian(f.Guard)
	if w.dice.IntN(2) == 0 {
		w.do(line{Op: opStop, N: f.N}, func(l *line) error {
			out, err := w.Family.Withdraw(ctx, who, f.Child, optional)
			if err == nil {
				l.Event, l.Index = out.Event, out.Index()
			}
			return err
		})
		return
	}
	w.do(line{Op: opGive, N: f.N}, func(l *line) error {
		out, err := w.Family.Give(ctx, who, f.Child, optional, "zh-CN", [32]byte{1})
		if err == nil {
			l.Event, l.Index = out.Event, out.Index()
		}
		return err
	})
}

func (w *client) correct(ctx context.Context, f *family) {
	next := f.Names + 1
	ok := w.do(line{Op: opCorrect, N: f.N, Names: next}, func(l *line) error {
		name := secret.NewText(learnerName(f.N, next))
		out, err := w.Family.Correct(ctx, w.plan.Place.guardian(f.Guard), f.Child, subject.LearnerName, name)
		if err == nil {
			l.Event, l.Index = out.Event, out.Index()
		}
		return err
	})
	if ok {
		f.Names = next
	}
}

// grants takes the teacher's grant one step further.
func (w *client) grants(ctx context.Context) {
	p := &w.plan.Place
	steps := []struct {
		op  string
		act func() (grant.Grant, error)
	}{
		{opAsk, func() (grant.Grant, error) {
			return w.Grants.Ask(ctx, p.staff(p.Teacher, actor.Teacher), p.application(p.Teacher, actor.Teacher, subject.LearnerName))
		}},
		{opApprove, func() (grant.Grant, error) {
			return w.Grants.Approve(ctx, p.staff(p.Manager, actor.Manager), w.grant)
		}},
		{opEnd, func() (grant.Grant, error) { return w.Grants.End(ctx, p.staff(p.Manager, actor.Manager), w.grant) }},
	}
	s := steps[w.step]
	l := line{Op: s.op}
	if w.step > 0 {
		l.Grant = w.grant
	}
	if w.do(l, func(l *line) error {
		g, err := s.act()
		l.Grant, w.grant = g.ID, g.ID
		return err
	}) {
		w.step = (w.step + 1) % len(steps)
	}
}

func (w *client) erase(ctx context.Context, mine int) {
	f := w.own[mine]
	w.own = append(w.own[:mine], w.own[mine+1:]...)
	w.do(line{Op: opErase, N: f.N}, func(l *line) error {
		cert, err := w.Family.Erase(ctx, w.plan.Place.guardian(f.Guard), f.Child)
		if err == nil {
			l.Event, l.Index = cert.Event, cert.Index()
		}
		return err
	}, "db.busy")
}

func (w *client) rotate(ctx context.Context) {
	w.do(line{Op: opRotate}, func(l *line) error {
		r, err := w.Vault.Rotate(ctx, w.DB, w.plan.Place.Institution, nil)
		l.Version = r.Version
		return err
	}, "seal.rotating")
}
