package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/leak"
)

// traceVerb finds where a leaked list comes from: it seals the file as an
// exhibit, traces it in the name of the officer who signs in, and says what the
// evidence supports. What it writes is kept and proved like the page's.
type traceVerb struct {
	which
	File string `arg:"" optional:""`
	asStaff
	Resume string `placeholder:"CASE"`
	Output string `short:"o" placeholder:"FILE"`
	Pack   string `placeholder:"FILE.zip"`
}

// Run takes in the file, or a case that is there, and traces it.
func (v traceVerb) Run(ctx context.Context, t *console, c *command) error {
	if (v.File == "") == (v.Resume == "") {
		return refuse(exitUsage, "cli.usage.either", "FILE", "--resume")
	}
	in, i, err := v.open(ctx, t, c)
	if err != nil {
		return err
	}
	defer in.Close()
	who, leave, err := v.signIn(ctx, t, in, i.ID, "trace")
	if err != nil {
		return err
	}
	defer leave()
	defer in.signed(context.WithoutCancel(ctx))
	which, err := v.exhibit(func(f *os.File, size int64) (leak.Case, error) {
		return in.Leaks.Receive(ctx, who, f, size)
	})
	if err != nil {
		return err
	}
	step, end := t.progress("leak.progress")
	done, r, err := in.Leaks.Trace(ctx, who, which, func(n int) { step(int64(n), 0) })
	end()
	if err != nil {
		return err
	}
	if v.Output != "" {
		if err := durable.Write(v.Output, done.Result); err != nil {
			return err
		}
	}
	if v.Pack != "" {
		if err := v.pack(ctx, in, who, which); err != nil {
			return err
		}
	}
	return t.answer(r, func() { v.tell(t, r) })
}

// pack writes the file with which the result is proved to outsiders.
func (v traceVerb) pack(ctx context.Context, in *installation, a actor.Actor, which id.Leak) error {
	if in.folder.running() {
		in.Evidence.Sign = nil // the server signs
	}
	p, err := in.Leaks.Pack(ctx, a, which)
	if err != nil {
		return err
	}
	return durable.Write(v.Pack, p.Archive())
}

// exhibit hands the file in, or finds the case that was named.
func (v traceVerb) exhibit(receive func(*os.File, int64) (leak.Case, error)) (which id.Leak, err error) {
	if v.Resume != "" {
		if which, err = id.Parse[id.Leak](v.Resume); err != nil {
			return which, refuse(exitUsage, "cli.usage.value", "--resume").because(err)
		}
		return which, nil
	}
	f, err := os.Open(v.File)
	if err != nil {
		return which, err
	}
	s, err := f.Stat()
	if err != nil {
		return which, errors.Join(err, f.Close())
	}
	c, err := receive(f, s.Size())
	return c.ID, errors.Join(err, f.Close())
}

// tell says it in words: the verdict first, then what it stands on.
func (v traceVerb) tell(t *console, r leak.Result) {
	t.say("leak.verdict." + string(r.Verdict))
	for _, part := range []struct {
		key  string
		list []leak.Finding
	}{{"leak.exports", r.Exports}, {"leak.stores", r.Stores}, {"leak.accounts", r.Accounts}} {
		for _, f := range part.list {
			t.say("cli.trace.line", t.p.T(part.key), f.ID, t.p.T("leak.named."+f.Grade()))
		}
	}
	for _, g := range r.Among {
		t.say("cli.trace.among", strings.Join(g.IDs, " "))
	}
	t.say("cli.trace.read", r.Read.Rows, r.Read.Matched(), r.Read.Marked, r.Read.Outside, r.Read.Nothing)
	t.say("leak.compared", r.Compared, r.Searched)
	t.say("leak.person")
	t.say("cli.trace.case", r.Case)
	if v.Pack != "" {
		t.say("cli.trace.pack", v.Pack)
	}
}
