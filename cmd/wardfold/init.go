package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/seal"
)

// initVerb makes an installation: folder, key ring, database, log key, one
// institution with two people. It is all there or not at all.
type initVerb struct {
	Answers string `placeholder:"FILE" help:"cli.flag.answers"`
	answers `embed:""`
}

// answers is what init has to know. Each is a flag, a line of the file of
// answers, or a question at the screen.
type answers struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	Suite       string `json:"suite"`
	Contact     string `json:"contact"`
	Store       string `json:"store"`
	Address     string `json:"address"`
	Officer     string `json:"officer"` // account name
	OfficerName string `json:"officer_name"`
	Manager     string `json:"manager"`
	ManagerName string `json:"manager_name"`
	Origin      string `json:"origin"`
	Listen      string `json:"listen"`
	DSN         string `json:"dsn" name:"dsn"`
	DSNFile     string `json:"dsn_file" name:"dsn-file"` // holds a DSN with a password
	Guard       string `json:"guard"`
	Mirror      string `json:"mirror"`
	keyAnswers  `embed:""`
}

// question is one answer: what it is called, the words that ask for it, and what
// it is if nobody says.
type question struct {
	key       string
	into      *string
	otherwise string
	needed    bool
}

func (a *answers) questions() []question {
	return append([]question{
		{"name", &a.Name, "", true}, {"kind", &a.Kind, string(institution.Training), false},
		{"suite", &a.Suite, seal.Intl.String(), false}, {"contact", &a.Contact, "", true},
		{"store", &a.Store, "", true}, {"address", &a.Address, "-", false},
		{"officer", &a.Officer, "officer", false}, {"officer_name", &a.OfficerName, "", true},
		{"manager", &a.Manager, "manager", false}, {"manager_name", &a.ManagerName, "", true},
		{"origin", &a.Origin, "http://localhost:8080", false}, {"listen", &a.Listen, "127.0.0.1:8080", false},
		{"guard", &a.Guard, guardName, false}, {"dsn", &a.DSN, "", false}, {"dsn_file", &a.DSNFile, "", false}, {"mirror", &a.Mirror, "", false},
	}, a.keyQuestions()...)
}

// flagName is the flag that gives the answer to a question.
func flagName(key string) string { return strings.ReplaceAll(key, "_", "-") }

// Run makes the installation and says what comes next.
func (v *initVerb) Run(ctx context.Context, t *console, c *command) error {
	target := folder(c.Data)
	if exists(target.in(configName)) {
		return refuse(exitUsage, "cli.init.exists", c.Data)
	}
	if err := target.empty(); err != nil {
		return err
	}
	if err := v.complete(t); err != nil {
		return err
	}
	var pass ringPass
	if v.KeyStore == "file" {
		p, err := t.choosePassphrase(c)
		if err != nil {
			return err
		}
		pass = p
	}
	draft, drop, err := target.draft()
	if err != nil {
		return err
	}
	defer drop()
	whole := *c
	whole.Data = draft
	made, key, err := v.found(ctx, t, &whole, pass)
	if err != nil {
		return err
	}
	if err := target.settle(draft); err != nil {
		return err
	}
	return v.report(t, c, made, key)
}

// complete fills in what flags did not say: from the file of answers, by asking,
// or with what is usual.
func (v *initVerb) complete(t *console) error {
	if v.Answers != "" {
		data, err := os.ReadFile(v.Answers)
		if err != nil {
			return err
		}
		filed := answers{}
		d := json.NewDecoder(strings.NewReader(string(data)))
		d.DisallowUnknownFields()
		if err := d.Decode(&filed); err != nil {
			return refuse(exitUsage, "cli.init.answers", v.Answers, err.Error()).because(err)
		}
		given, from := v.questions(), filed.questions()
		for i := range given {
			if *given[i].into == "" {
				*given[i].into = *from[i].into
			}
		}
	}
	for _, q := range v.questions() {
		if *q.into == "" && q.needed {
			said, err := t.ask("cli.ask." + q.key)
			if err != nil || said == "" {
				return refuse(exitUsage, "cli.init.missing", flagName(q.key))
			}
			*q.into = said
		}
		if *q.into == "" {
			*q.into = q.otherwise
		}
	}
	return v.check()
}

func (v *initVerb) check() error {
	switch institution.Kind(v.Kind) {
	case institution.Training, institution.School, institution.University, institution.Welfare:
	default:
		return refuse(exitUsage, "cli.usage.value", "--kind")
	}
	if v.Officer == v.Manager {
		return refuse(exitUsage, "cli.init.one_person")
	}
	if _, err := seal.ParseSuite(v.Suite); err != nil {
		return refuse(exitUsage, "cli.usage.value", "--suite").because(err)
	}
	return v.checkKeys()
}

func (v *initVerb) config() (c config, err error) {
	c = config{Listen: v.Listen, Origin: v.Origin, DSN: v.DSN, Suite: v.Suite, Guard: v.Guard, Mirror: v.Mirror}
	if v.DSNFile != "" {
		if c.DSNFile, err = filepath.Abs(v.DSNFile); err != nil {
			return c, err
		}
	}
	c.Keys, err = v.source()
	return c, err
}

// found makes the parts in the draft folder.
func (v *initVerb) found(ctx context.Context, t *console, c *command, pass ringPass) (house.Founded, string, error) {
	var none house.Founded
	d := folder(c.Data)
	cfg, err := v.config()
	if err != nil {
		return none, "", err
	}
	if key := cfg.wrong(); key != "" {
		return none, "", refuse(exitUsage, "cli.usage.value", "--"+flagName(key))
	}
	if err := cfg.save(d); err != nil {
		return none, "", err
	}
	r, err := t.newRing(ctx, c, d, cfg.Keys, pass)
	if err != nil {
		return none, "", err
	}
	key, err := newLogKey(ctx, logName(v.Origin), r)
	if err != nil {
		return none, "", err
	}
	if err := key.save(d); err != nil {
		return none, "", err
	}
	in, err := t.open(ctx, c, how{config: &cfg, ring: r, alone: true, changes: true})
	if err != nil {
		return none, "", err
	}
	defer in.Close()
	if there, err := in.Institutions(ctx); err != nil || len(there) > 0 {
		return none, "", errors.Join(err, ifAny(len(there), refuse(exitUsage, "cli.init.database_taken")))
	}
	suite, err := seal.ParseSuite(v.Suite)
	if err != nil {
		return none, "", err
	}
	made, err := in.Found(ctx, house.Founding{Name: v.Name, Kind: institution.Kind(v.Kind), Suite: suite, Contact: v.Contact,
		Store:   institution.Store{Name: v.Store, Address: v.Address},
		Officer: house.Person{Login: v.Officer, Name: v.OfficerName},
		Manager: house.Person{Login: v.Manager, Name: v.ManagerName}})
	if err != nil {
		return none, "", err
	}
	in.Log.StepAll(ctx)
	signer, err := key.signer(made.Institution)
	return made, signer.Key().String(), err
}

func ifAny(n int, f *failure) error {
	if n == 0 {
		return nil
	}
	return f
}

// logName is the name of the logs: the host that families know.
func logName(origin string) string {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return "wardfold"
	}
	return "log." + u.Hostname()
}

func (v *initVerb) report(t *console, c *command, made house.Founded, key string) error {
	type person struct {
		Login      string `json:"login"`
		Invitation string `json:"invitation"`
	}
	out := struct {
		Folder      string   `json:"folder"`
		Institution string   `json:"institution"`
		Store       string   `json:"store"`
		LogKey      string   `json:"log_key"`
		People      []person `json:"people"`
	}{c.Data, made.Institution.String(), made.Store.String(), key, []person{
		{v.Officer, v.Origin + joinPath + reveal(made.OfficerInvite)},
		{v.Manager, v.Origin + joinPath + reveal(made.ManagerInvite)}}}
	return t.answer(out, func() {
		t.say("cli.init.done", c.Data, v.Name)
		if v.KeyStore == "file" {
			t.say("cli.init.key", filepath.Join(c.Data, ringName))
		}
		t.say("cli.init.log_key", key)
		t.say("cli.init.people")
		for _, p := range out.People {
			t.say("cli.init.person", p.Login, p.Invitation)
		}
		t.say("cli.init.next", c.Data)
	})
}

// joinPath is the page where an invitation is accepted.
const joinPath = "/staff/join/"
