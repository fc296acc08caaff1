package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/relay"
)

const (
	demoName    = "demo.json"
	demoRoster  = "示例名单.csv"
	demoSeed    = 2026
	demoWork    = 10 // of scrypt: the passphrase lies beside the ring anyway
	demoListen  = "127.0.0.1:8080"
	demoFresh   = 24 * time.Hour // how old the city may be before its birthdays are stale
	rosterLines = 60
)

// demoVerb serves a fictional city on loopback. Its folder is no installation:
// the passphrase lies open in it, and its messages go to a page instead of to
// phones.
type demoVerb struct {
	Listen   string `default:"127.0.0.1:8080" placeholder:"ADDRESS"`
	Families int    `default:"2000"`
	Fresh    bool
	Only     bool `name:"build-only"`
}

// guide is how visitors get in. It is demo.json.
type guide struct {
	Built    time.Time `json:"built"`
	Families int       `json:"families"`
	Children int       `json:"children"`
	Password string    `json:"password"` // of every member of staff below
	Visitors []visitor `json:"visitors"`
}

// visitor is a persona somebody can take the place of.
type visitor struct {
	Key     string `json:"key"` // what it can do: message demo.persona.<key>
	Place   string `json:"place"`
	Login   string `json:"login,omitempty"`    // staff
	OneTime string `json:"one_time,omitempty"` // staff: secret for an authenticator
	Phone   string `json:"phone,omitempty"`    // families: the code comes to the demo phone
	Link    string `json:"link,omitempty"`     // children whose own word is awaited
	Sign    string `json:"sign_in"`            // path where this person signs in
}

// Run builds the city unless it is there, tells how to get in, and serves it.
func (v *demoVerb) Run(ctx context.Context, t *console, c *command) error {
	if err := v.check(c); err != nil {
		return err
	}
	l, err := listen(v.Listen)
	if err != nil {
		return err
	}
	defer l.Close() // a second close is no news
	origin := fmt.Sprint("http://localhost:", port(l))
	g, err := v.city(ctx, t, c, origin)
	if err != nil {
		return err
	}
	if err := g.print(t, c.Data, origin); err != nil || v.Only {
		return err
	}
	cfg, err := loadConfig(folder(c.Data))
	if err != nil {
		return err
	}
	cfg.Origin, cfg.Listen = origin, v.Listen
	phone, line := &notify.Phone{}, &relay.Local{}
	in, err := t.open(ctx, c, how{config: &cfg, alone: true, changes: true, gateway: phone, line: line})
	if err != nil {
		return err
	}
	defer in.Close()
	in.visitors = g.Visitors
	if err := in.fitToServe(ctx, true); err != nil {
		return err
	}
	return t.serve(ctx, in, l, phone)
}

func (v *demoVerb) check(c *command) error {
	d := folder(c.Data)
	if exists(d.in(configName)) && !exists(d.in(demoName)) {
		return refuse(exitUsage, "cli.demo.real", c.Data)
	}
	if v.Families < 0 || v.Families > 1_000_000 {
		return refuse(exitUsage, "cli.usage.value", "--families")
	}
	host, _, err := splitAddress(v.Listen)
	if err != nil || !isLoopback(host) {
		return refuse(exitUsage, "cli.demo.loopback", v.Listen)
	}
	return nil
}

// city returns the guide of the city in the folder and builds it first if it is
// not there, or too old for people who turn 14 this month.
func (v *demoVerb) city(ctx context.Context, t *console, c *command, origin string) (guide, error) {
	d := folder(c.Data)
	if data, err := os.ReadFile(d.in(demoName)); err == nil && !v.Fresh {
		var g guide
		if err := json.Unmarshal(data, &g); err == nil {
			t.note("cli.demo.again", c.Data, g.Built)
			return g, nil
		}
	}
	if exists(d.in(demoName)) && d.running() {
		return guide{}, refuse(exitOutside, "cli.running", c.Data, "")
	}
	if !exists(d.in(demoName)) {
		if err := d.empty(); err != nil {
			return guide{}, err
		}
	}
	t.note("cli.demo.building")
	path, err := filepath.Abs(c.Data)
	if err != nil {
		return guide{}, err
	}
	draft, err := os.MkdirTemp(filepath.Dir(path), ".wardfold-demo-")
	if err != nil {
		return guide{}, err
	}
	defer os.RemoveAll(draft) // after the move there is nothing under that name
	whole := *c
	whole.Data = draft
	b := &builder{t: t, origin: origin, families: v.Families, now: time.Now()}
	g, err := b.build(ctx, &whole)
	if err != nil {
		return guide{}, err
	}
	return g, errors.Join(os.RemoveAll(path), os.Rename(draft, path))
}

// print tells how each persona gets in.
func (g guide) print(t *console, data, origin string) error {
	out := struct {
		guide
		Origin string `json:"origin"`
		Phone  string `json:"demo_phone"`
	}{g, origin, origin + demoPath}
	return t.answer(out, func() {
		t.say("cli.demo.city", g.Families, g.Children)
		t.say("cli.demo.address", origin)
		t.say("cli.demo.phone", origin+demoPath)
		t.say("cli.demo.password", g.Password)
		for _, x := range g.Visitors {
			fmt.Fprintln(t.out)
			fmt.Fprintf(t.out, "  %s — %s\n", t.p.T("demo.persona."+x.Key), x.Place)
			fmt.Fprintf(t.out, "    %s%s\n", origin, x.Sign)
			x.credentials(t.out, t)
		}
		fmt.Fprintln(t.out)
		t.say("cli.demo.roster", filepath.Join(data, demoRoster))
		t.say("cli.demo.stop")
	})
}

func (x visitor) credentials(w io.Writer, t *console) {
	switch {
	case x.Login != "":
		fmt.Fprintf(w, "    %s\n", t.p.T("cli.demo.staff", x.Login, x.OneTime, codeNow(x.OneTime, time.Now())))
	case x.Link != "":
		fmt.Fprintf(w, "    %s\n", t.p.T("cli.demo.link"))
	default:
		fmt.Fprintf(w, "    %s\n", t.p.T("cli.demo.family", x.Phone))
	}
}
