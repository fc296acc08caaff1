package web

import (
	"crypto/sha256"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// maxPaper is the largest form with the scan of an agreement, in bytes.
const maxPaper = 8 << 20

// harmLines is how many harms the form has room for.
const harmLines = 3

// draftPage is a form that may lack anything until it is handed in, and what
// handing it in would lead to.
type draftPage struct {
	ui.Page
	Action                             string
	Draft                              bool // it is saved
	Kind                               application.Kind
	Form                               application.Form
	Hint                               string
	Purposes, Stores                   []ui.Option
	Levels, Ranges, Places, PartyKinds []ui.Option
	HarmCodes, Grades                  []ui.Option
	Fields, Users, Safeguards          []ui.Check
	Level, Numbers                     string
	From, Until, PerDay, Uses          string
	PartyKind, PartyName, Agreement    string
	Scanned                            bool
	Harms                              []harmLine
	Chosen                             int
	Steps                              []ui.Task
	Needs                              []string
}

type harmLine struct{ Harm, Likely, Severe, Response string }

func (p *staffPages) newProject(w http.ResponseWriter, r *Request) error {
	return p.newApplication(w, r, application.Project)
}

func (p *staffPages) newCapsule(w http.ResponseWriter, r *Request) error {
	return p.newApplication(w, r, application.Capsule)
}

func (p *staffPages) newApplication(w http.ResponseWriter, r *Request, kind application.Kind) error {
	now := p.Office.Gate.Now()
	f := application.Form{Kind: kind, From: now, Until: now.AddDate(0, 1, 0), Store: r.Actor.Store}
	if kind == application.Project {
		f.Users = []id.Staff{r.Actor.Staff}
	}
	v, err := p.draftPage(r, f)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// showDraft is the form of a saved draft, with who would have to agree and what
// is missing, each at its field.
func (p *staffPages) showDraft(w http.ResponseWriter, r *Request, x application.View) error {
	v, err := p.draftPage(r, x.Form)
	if err != nil {
		return err
	}
	names, err := p.unitNames(r)
	if err != nil {
		return err
	}
	v.saved(r, x, names)
	return r.Show(w, v.body())
}

func (v *draftPage) saved(r *Request, x application.View, names map[string]string) {
	v.Draft, v.Action = true, PathApplications+"/"+x.ID.String()
	for i, s := range x.Plan.Steps {
		v.Steps = append(v.Steps, ui.Task{Text: stepName(r.P, s, names), Hint: r.P.T("applications.step.days", s.Days), Status: r.P.T("applications.step.nth", i+1), Kind: ui.Info})
	}
	for key, needed := range map[string]bool{"assessment": x.Plan.Needs.Assessment, "agreement": x.Plan.Needs.Agreement, "consent": x.Plan.Needs.Consent} {
		if needed {
			v.Needs = append(v.Needs, r.P.T("applications.needs."+key))
		}
	}
	slices.Sort(v.Needs)
}

func (p *staffPages) draftPage(r *Request, f application.Form) (v draftPage, err error) {
	v = draftPage{Page: r.Page("applications.new." + string(f.Kind)), Action: PathApplications, Kind: f.Kind, Form: f, Chosen: len(f.Subjects)}
	if v.Stores, err = p.storeChoice(r); err != nil {
		return v, err
	}
	if err := p.draftPurposes(r, &v); err != nil {
		return v, err
	}
	people, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, r.Actor.Store, false)
	if err != nil {
		return v, err
	}
	for _, s := range people {
		wanted := readers
		if f.Kind == application.Project {
			wanted = readers[:4] // helpers from outside come with an activity
		}
		if s.State == account.Active && slices.ContainsFunc(wanted, s.Holds) && len(v.Users) < 60 {
			v.Users = append(v.Users, ui.Check{Name: "users", Value: s.ID.String(), Label: s.Name, On: slices.Contains(f.Users, s.ID)})
		}
	}
	v.choices(r)
	v.values()
	h, err := p.Applications.Hint(r.Context(), r.Actor, f.Purpose)
	if h.Of > 0 && len(h.Fields) > 0 {
		v.Hint = r.P.T("applications.hint", h.Of, len(h.Fields), fieldList(r.P, h.Fields))
	}
	return v, err
}

func (p *staffPages) draftPurposes(r *Request, v *draftPage) error {
	purposes, err := p.Office.Purposes(r.Context(), r.Actor)
	seen := map[string]bool{}
	for _, x := range purposes {
		if !x.Active(p.Office.Gate.Now()) {
			continue
		}
		v.Purposes = append(v.Purposes, ui.Option{Value: x.Code, Text: purposeName(r.P, x.Code)})
		for _, f := range x.Fields {
			if !seen[f] {
				seen[f] = true
				v.Fields = append(v.Fields, ui.Check{Name: "fields", Value: f, Label: r.P.T("field." + f), On: slices.Contains(v.Form.Fields, f)})
			}
		}
	}
	return err
}

func (v *draftPage) choices(r *Request) {
	options := func(prefix string, codes ...string) (list []ui.Option) {
		for _, c := range codes {
			list = append(list, ui.Option{Value: c, Text: r.P.T(prefix + c)})
		}
		return list
	}
	v.Levels = options("applications.", "masked", "clear")
	v.Ranges = options("application.range.", "list", "class")
	if v.Kind == application.Project {
		v.Ranges = options("application.range.", "list", "class", "store", "all")
	}
	for _, place := range application.Places {
		v.Places = append(v.Places, options("application.place.", string(place))...)
	}
	for _, k := range application.PartyKinds {
		v.PartyKinds = append(v.PartyKinds, options("application.party.", string(k))...)
	}
	v.HarmCodes, v.Grades = options("application.harm.", application.Harms...), options("application.grade.", application.Grades...)
	for _, s := range application.Safeguards {
		v.Safeguards = append(v.Safeguards, ui.Check{Name: "safeguards", Value: s, Label: r.P.T("application.safeguard." + s), On: slices.Contains(v.Form.Safeguards, s)})
	}
}

// values writes what is in the form as its fields show it.
func (v *draftPage) values() {
	f := v.Form
	if v.Level = "masked"; f.Clear {
		v.Level = "clear"
	}
	if !f.From.IsZero() {
		v.From = compact(f.From)
	}
	if !f.Until.IsZero() {
		v.Until = compact(f.Until)
	}
	if f.PerDay > 0 {
		v.PerDay = strconv.Itoa(f.PerDay)
	}
	if f.Uses > 0 {
		v.Uses = strconv.Itoa(f.Uses)
	}
	if f.Party != nil {
		v.PartyKind, v.PartyName, v.Agreement = string(f.Party.Kind), f.Party.Name, f.Party.Agreement
		v.Scanned = f.Party.Document != [32]byte{}
	}
	v.Harms = make([]harmLine, harmLines)
	for i, h := range f.Harms[:min(len(f.Harms), harmLines)] {
		v.Harms[i] = harmLine(h)
	}
}

// saveApplication keeps the draft, and hands it in when that was pressed.
func (p *staffPages) saveApplication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if !slices.Contains(application.Kinds, application.Kind(r.PostForm.Get("kind"))) {
		return fault.At("kind", "application.kind")
	}
	var app id.Application
	var before application.Form
	if r.PathValue("id") != "" {
		var err error
		if app, err = paperID(r); err != nil {
			return err
		}
		x, err := p.Applications.Read(r.Context(), r.Actor, app)
		if err != nil {
			return err
		}
		before = x.Form
	}
	f, err := p.typedForm(r, before)
	if err == nil {
		var x application.Application
		if x, err = p.Applications.Save(r.Context(), r.Actor, app, f); err == nil {
			app = x.ID
			if r.PostForm.Get("go") == "submit" {
				_, err = p.Applications.Submit(r.Context(), r.Actor, app)
			}
		}
	}
	switch errs, ok := r.said(err, fault.Conflict); {
	case err == nil && r.PostForm.Get("go") == "submit":
		return r.GoSaying(w, PathApplications, "flash.application_submitted")
	case err == nil:
		here := PathApplications + "/" + app.String()
		return r.GoSaying(w, here, "flash.application_saved")
	case ok:
		return p.draftAgain(w, r, app, f, errs)
	}
	return p.deny(w, r, err)
}

func (p *staffPages) draftAgain(w http.ResponseWriter, r *Request, app id.Application, f application.Form, errs ui.Errors) error {
	v, err := p.draftPage(r, f)
	if err != nil {
		return err
	}
	if !app.IsZero() {
		x, err := p.Applications.Read(r.Context(), r.Actor, app)
		if err != nil {
			return err
		}
		names, err := p.unitNames(r)
		if err != nil {
			return err
		}
		v.saved(r, x, names)
	}
	v.Errors, v.Numbers = errs, r.PostForm.Get("subjects")
	return r.ShowAgain(w, v.body())
}

// typedForm reads the form. What cannot be read points at its field.
func (p *staffPages) typedForm(r *Request, before application.Form) (f application.Form, err error) {
	in := r.PostForm
	f = application.Form{Kind: application.Kind(in.Get("kind")), Title: strings.TrimSpace(in.Get("title")), Why: strings.TrimSpace(in.Get("why")),
		Purpose: in.Get("purpose"), Fields: in["fields"], Clear: in.Get("level") == "clear", Range: application.Range(in.Get("range")),
		Course: strings.TrimSpace(in.Get("course")), Place: application.Place(in.Get("place")), Safeguards: in["safeguards"],
		Pledge: in.Get("pledge") != "", Subjects: before.Subjects}
	if s := in.Get("store"); s != "" {
		if f.Store, err = id.Parse[id.Store](s); err != nil {
			return f, fault.At("store", "application.store")
		}
	}
	for _, u := range in["users"] {
		who, err := id.Parse[id.Staff](u)
		if err != nil {
			return f, fault.At("users", "application.user")
		}
		f.Users = append(f.Users, who)
	}
	if typed := in.Get("subjects"); strings.TrimSpace(typed) != "" {
		if f.Subjects, err = p.Applications.Numbers(r.Context(), r.Actor, typed); err != nil {
			return f, err
		}
	}
	if err = typedPeriod(&f, in.Get("from"), in.Get("until")); err != nil {
		return f, err
	}
	if f.PerDay, err = count(in.Get("per_day")); err != nil {
		return f, fault.At("per_day", "application.uses")
	}
	if f.Uses, err = count(in.Get("uses")); err != nil {
		return f, fault.At("uses", "application.uses")
	}
	typedHarms(&f, in)
	return f, typedParty(r, &f, before)
}

func typedPeriod(f *application.Form, from, until string) error {
	if from != "" {
		day, err := typedDay(from)
		if err != nil {
			return fault.At("from", "application.from")
		}
		f.From = day.Start()
	}
	if until != "" {
		day, err := typedDay(until)
		if err != nil {
			return fault.At("until", "application.until")
		}
		f.Until = day.End()
	}
	return nil
}

func count(s string) (int, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(digitsOf(s))
	if err != nil || n < 0 {
		return 0, errors.New("not a number")
	}
	return n, nil
}

func typedHarms(f *application.Form, in map[string][]string) {
	first := func(key string) string {
		if v := in[key]; len(v) > 0 {
			return strings.TrimSpace(v[0])
		}
		return ""
	}
	for i := range harmLines {
		n := strconv.Itoa(i)
		h := application.Harm{Harm: first("harm" + n), Likely: first("likely" + n), Severe: first("severe" + n), Response: first("response" + n)}
		if h != (application.Harm{}) {
			f.Harms = append(f.Harms, h)
		}
	}
}

// typedParty reads who outside is to have it. The scan of the agreement is not
// kept here: the institution keeps it, the hash proves which it was.
func typedParty(r *Request, f *application.Form, before application.Form) error {
	in := r.PostForm
	party := application.Party{Kind: application.PartyKind(in.Get("party_kind")), Name: strings.TrimSpace(in.Get("party")), Agreement: strings.TrimSpace(in.Get("agreement"))}
	if before.Party != nil {
		party.Document = before.Party.Document
	}
	file, head, err := r.FormFile("scan")
	if err == nil && head.Size > 0 {
		if party.Document, err = hashOf(file); err != nil {
			return err
		}
	}
	if party.Kind != "" || party.Name != "" || f.Place == "outside" {
		f.Party = &party
	}
	return nil
}

func hashOf(file multipart.File) (sum [32]byte, err error) {
	defer func() { err = closing(file, err) }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}
