package main

import (
	"context"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
)

// doctorVerb checks an installation and says in words what is wrong and what to
// do. It changes nothing, and a server may run meanwhile.
type doctorVerb struct {
	Deep bool
}

// Weights of a finding.
const (
	good = "ok"
	warn = "warn"
	bad  = "fail"
	skip = "skip"
)

// finding is the answer of one check. Words of the check: "cli.doctor."+Check;
// of the finding and its remedy: "cli.doctor."+Check+"."+Code.
type finding struct {
	Check string `json:"check"`
	State string `json:"state"`
	Code  string `json:"code,omitempty"`
	Text  string `json:"text"`

	args []any
	err  error
}

// ok, and the others, answer a check.
func ok(args ...any) finding                  { return finding{State: good, args: args} }
func warned(code string, args ...any) finding { return finding{State: warn, Code: code, args: args} }
func wrong(code string, args ...any) finding  { return finding{State: bad, Code: code, args: args} }
func failed(err error) finding                { return finding{State: bad, err: err} }
func skipped() finding                        { return finding{State: skip} }
func wrongIf(err error) finding {
	if err != nil {
		return failed(err)
	}
	return ok()
}

// patient is what the checks look at. Parts that could not be opened are nil, and
// checks that need them are skipped.
type patient struct {
	t    *console
	c    *command
	deep bool
	now  time.Time

	folder folder
	config config
	ring   *ring
	in     *installation
}

// check is one question. It may leave what it opened for those after it.
type check struct {
	name string
	ask  func(context.Context, *patient) finding
}

// checks are in the order in which one depends on another.
var checks = []check{
	{"folder", checkFolder}, {"config", checkConfig}, {"modes", checkModes}, {"space", checkSpace},
	{"guard_place", checkGuardPlace}, {"secrets_apart", checkSecretsApart}, {"origin", checkOrigin}, {"tls", checkTLS},
	{"ring", checkRing}, {"database", checkDatabase}, {"pages", checkPages}, {"wal", checkWAL},
	{"keys", checkKeys}, {"clock", checkClock}, {"log", checkLog}, {"heads", checkHeads}, {"tombstones", checkTombstones},
	{"people", checkPeople}, {"notices", checkNotices}, {"gateway", checkGateway}, {"letters", checkLetters},
	{"witnesses", checkWitnesses}, {"mirror", checkMirror}, {"backup", checkBackup}, {"server", checkServer},
	{"statement", checkStatement}, {"promise", checkPromise},
}

// Run asks every check and prints the answers.
func (v doctorVerb) Run(ctx context.Context, t *console, c *command) error {
	p := &patient{t: t, c: c, deep: v.Deep, now: time.Now(), folder: folder(c.Data)}
	defer func() {
		if p.in != nil {
			p.in.Close()
		}
	}()
	var all []finding
	count := map[string]int{}
	for _, x := range checks {
		f := x.ask(ctx, p)
		f.Check = x.name
		f.Text = p.words(f)
		count[f.State]++
		all = append(all, f)
	}
	err := t.answer(all, func() {
		for _, f := range all {
			fmt.Fprintf(t.out, "%-5s %s\n", t.p.T("cli.doctor."+f.State), f.Text)
		}
		t.say("cli.doctor.sum", count[good], count[warn], count[bad], count[skip])
	})
	if err == nil && count[bad] > 0 {
		err = refuse(exitWrong, "cli.doctor.wrong", count[bad])
	}
	return err
}

// words says what a check found and, where something is wrong, what to do.
func (p *patient) words(f finding) string {
	name := p.t.p.T("cli.doctor." + f.Check)
	switch {
	case f.err != nil:
		_, text := p.t.explain(f.err)
		if code := fault.CodeOf(f.err); code != "" {
			text += " (" + code + ")"
		}
		return name + ": " + text
	case f.Code != "":
		return name + ": " + p.t.p.T("cli.doctor."+f.Check+"."+f.Code, f.args...)
	case f.State == good && len(f.args) > 0:
		return name + ": " + p.t.p.T("cli.doctor."+f.Check+".fine", f.args...)
	}
	return name
}
