package api

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// UseForm is what an applicant writes. A draft may lack anything but its kind.
type UseForm struct {
	Kind       string    `json:"kind" enum:"project,capsule" doc:"capsule: an activity with helpers from outside."`
	Title      string    `json:"title,omitempty" maxLength:"60"`
	Why        string    `json:"why,omitempty" maxLength:"500" doc:"No names, no numbers."`
	Purpose    string    `json:"purpose,omitempty" maxLength:"64"`
	Fields     []string  `json:"fields,omitempty" maxItems:"32"`
	Clear      bool      `json:"clear,omitempty" doc:"Values in clear; otherwise masks."`
	Range      string    `json:"range,omitempty" enum:"list,class,store,all"`
	Store      string    `json:"store,omitempty" maxLength:"40"`
	Course     string    `json:"course,omitempty" maxLength:"40" doc:"Of a class."`
	Since      time.Time `json:"since,omitempty" required:"false" doc:"Of a class: enrolled from."`
	Before     time.Time `json:"before,omitempty" required:"false" doc:"Of a class: enrolled before."`
	Subjects   []string  `json:"subjects,omitempty" maxItems:"5000" doc:"Of a list: children's identifiers."`
	Users      []string  `json:"users,omitempty" maxItems:"40" doc:"Who is to use it; by default the asker."`
	From       time.Time `json:"from,omitempty" required:"false"`
	Until      time.Time `json:"until,omitempty" required:"false"`
	PerDay     int       `json:"per_day,omitempty" minimum:"0" maximum:"1000000"`
	Uses       int       `json:"uses,omitempty" minimum:"0" maximum:"1000000" doc:"Openings in all; 0 is no bound."`
	Place      string    `json:"place,omitempty" enum:"screen,datacentre,device,paper,outside"`
	Party      *UseParty `json:"party,omitempty" doc:"Who outside is to have it."`
	Safeguards []string  `json:"safeguards,omitempty" maxItems:"16"`
	Pledge     bool      `json:"pledge,omitempty" doc:"The applicant undertakes confidentiality for this use."`
	Harms      []UseHarm `json:"harms,omitempty" maxItems:"16" doc:"Of the impact assessment."`
}

// UseParty is who outside is to have it.
type UseParty struct {
	Kind      string `json:"kind" enum:"body,processor,individual" doc:"Nothing is ever given to an individual."`
	Name      string `json:"name" maxLength:"60"`
	Agreement string `json:"agreement,omitempty" maxLength:"60" doc:"Number of the signed confidentiality agreement."`
	Document  string `json:"document,omitempty" pattern:"^([0-9a-f]{64})?$" patternDescription:"64 hexadecimal digits" doc:"SHA-256 of its scan."`
}

// UseHarm is one line of an impact assessment.
type UseHarm struct {
	Harm     string `json:"harm" enum:"leak,fraud,bullying,labelling,tracing,wrong_decision,harassment"`
	Likely   string `json:"likely" enum:"low,medium,high"`
	Severe   string `json:"severe" enum:"low,medium,high"`
	Response string `json:"response" maxLength:"500"`
}

// Use is an application and where it stands.
type Use struct {
	UseForm
	ID        string     `json:"id"`
	State     string     `json:"state" enum:"draft,pending,granted,refused,withdrawn,lapsed,ended,closed"`
	Applicant string     `json:"applicant"`
	People    int        `json:"people" doc:"How many children it is about."`
	Written   time.Time  `json:"written"`
	Submitted *time.Time `json:"submitted,omitempty"`
	Due       *time.Time `json:"due,omitempty" doc:"When the step that is open now is late."`
	Hash      string     `json:"hash,omitempty" doc:"SHA-256 of the paper that everybody decides on."`
	Steps     []UseStep  `json:"steps"`
	Missing   []UsePart  `json:"missing,omitempty" doc:"Of a draft: what keeps it from being handed in."`
}

// UseStep is one agreement that an application needs.
type UseStep struct {
	Duty       string     `json:"duty" enum:"manager,owner,office,officer,leader"`
	Role       string     `json:"role"`
	Department string     `json:"department,omitempty"`
	Stage      int        `json:"stage" doc:"Opens when every earlier stage has agreed."`
	Open       bool       `json:"open"`
	Mine       bool       `json:"mine" doc:"The asker can decide it now."`
	Answer     string     `json:"answer,omitempty" enum:"agree,refuse"`
	By         string     `json:"by,omitempty"`
	For        string     `json:"for,omitempty" doc:"For whom the decider stood in."`
	At         *time.Time `json:"at,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Note       string     `json:"note,omitempty"`
}

// UsePart is a part that is missing.
type UsePart struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// UsePath names an application.
type UsePath struct {
	ID string `path:"id" maxLength:"64"`
}

// NewUse is a draft.
type NewUse struct{ Body UseForm }

// UseAnswer is one application.
type UseAnswer struct{ Body Use }

// UseDecision answers one step.
type UseDecision struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Step   int    `json:"step" minimum:"0" maximum:"99"`
		Agree  bool   `json:"agree"`
		Reason string `json:"reason,omitempty" enum:"unclear,unnecessary,too_wide,too_long,unsafe,no_basis,documents,other" doc:"Of a refusal."`
		Note   string `json:"note,omitempty" maxLength:"500"`
	}
}

// Parting is a helper's word at the end of an activity.
type Parting struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		How   string `json:"how" enum:"returned,deleted,nothing_kept"`
		Clean bool   `json:"clean" doc:"Nothing leaked or was lost."`
	}
}

// UsesAsked asks for applications.
type UsesAsked struct {
	Paging
	State string `query:"state" enum:"mine,inbox,pending,granted,refused,withdrawn,lapsed,ended,closed" default:"mine" doc:"inbox: what the asker can decide now."`
}

// Uses is a list of applications.
type Uses struct {
	Body struct {
		Applications []Use  `json:"applications"`
		Next         string `json:"next,omitempty"`
	}
}

func (s *API) uses() {
	const law = "University PI Measures art. 11; MNR art. 36"
	write, decide := s.may(policy.ApplicationSubmit, OwnStore), s.may(policy.ApplicationDecide, OwnStore)
	declare, shut := s.may(policy.CapsuleState, OwnStore), s.may(policy.CapsuleClose, OwnStore)
	all := Access{union(union(write.Roles, decide.Roles), append(slices.Clone(declare.Roles), actor.Auditor)), Institution}
	op := func(id, path string, access Access, act policy.Act, summary string) Operation {
		return Operation{ID: id, Path: "/v1/applications" + path, Noun: "applications", Access: access, Act: act, Summary: summary, Law: law, MaxBody: 512 << 10}
	}
	first := op("use-write", "", write, "", "Write a draft")
	first.Status = 201
	change(s, first, s.useWrite, s.useAgain)
	read(s, op("use-list", "", all, "", "List applications"), s.useList)
	read(s, op("use-get", "/{id}", all, "", "Read an application"), s.useGet)
	remove(s, op("use-discard", "/{id}", write, "", "Throw a draft away"), s.useDiscard)
	change(s, op("use-submit", "/{id}/submit", write, policy.ApplicationSubmit, "Hand a draft in; nothing of it changes any more"),
		s.useAct(s.house.Applications.Submit), s.useAgain)
	change(s, op("use-decide", "/{id}/decide", decide, policy.ApplicationDecide, "Agree to one step, or refuse with a reason"), s.useDecide, s.useAgain)
	change(s, op("use-withdraw", "/{id}/withdraw", s.may(policy.ApplicationWithdraw, Institution), policy.ApplicationWithdraw, "Withdraw one's own application"),
		s.useAct(s.house.Applications.Withdraw), s.useAgain)
	change(s, op("use-end", "/{id}/end", Access{union(s.may(policy.GrantEnd, "").Roles, write.Roles), OwnStore}, policy.GrantEnd, "End a use before its time"),
		s.useAct(s.house.Applications.End), s.useAgain)
	change(s, op("use-declare", "/{id}/declare", declare, policy.CapsuleState, "A helper's word: returned or deleted"), s.useDeclare, s.useAgain)
	change(s, op("use-close", "/{id}/close", shut, policy.CapsuleClose, "Close an activity once every helper has declared"),
		s.useAct(s.house.Applications.Close), s.useAgain)
}

func useID(s string) (id.Application, error) { return parsed(s, id.Parse[id.Application]) }

func (s *API) useWrite(ctx context.Context, a actor.Actor, in *NewUse, k *kept) (*UseAnswer, error) {
	f, err := formOf(in.Body, a)
	if err != nil {
		return nil, err
	}
	x, err := s.house.Applications.Save(ctx, a, id.Application{}, f)
	if err != nil {
		return nil, err
	}
	k.Ref = x.ID.String()
	return s.useAnswer(ctx, a, x.ID)
}

func (s *API) useAnswer(ctx context.Context, a actor.Actor, app id.Application) (*UseAnswer, error) {
	v, err := s.house.Applications.Read(ctx, a, app)
	return &UseAnswer{useOf(v)}, err
}

func (s *API) useGet(ctx context.Context, a actor.Actor, in *UsePath) (*UseAnswer, error) {
	app, err := useID(in.ID)
	if err != nil {
		return nil, err
	}
	return s.useAnswer(ctx, a, app)
}

func (s *API) useAgain(ctx context.Context, a actor.Actor, k kept) (*UseAnswer, error) {
	app, err := useID(k.Ref)
	if err != nil {
		return nil, err
	}
	return s.useAnswer(ctx, a, app)
}

func (s *API) useDiscard(ctx context.Context, a actor.Actor, in *UsePath) (*struct{}, error) {
	app, err := useID(in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.house.Applications.Discard(ctx, a, app)
}

// useAct makes the handler of an act on one application.
func (s *API) useAct(act func(context.Context, actor.Actor, id.Application) (application.Application, error),
) func(context.Context, actor.Actor, *UsePath, *kept) (*UseAnswer, error) {
	return func(ctx context.Context, a actor.Actor, in *UsePath, _ *kept) (*UseAnswer, error) {
		app, err := useID(in.ID)
		if err != nil {
			return nil, err
		}
		if _, err := act(ctx, a, app); err != nil {
			return nil, err
		}
		return s.useAnswer(ctx, a, app)
	}
}

func (s *API) useDecide(ctx context.Context, a actor.Actor, in *UseDecision, _ *kept) (*UseAnswer, error) {
	app, err := useID(in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	if _, err := s.house.Applications.Decide(ctx, a, app, application.Answer{Step: b.Step, Agree: b.Agree,
		Reason: application.Reason(b.Reason), Note: b.Note}); err != nil {
		return nil, err
	}
	return s.useAnswer(ctx, a, app)
}

func (s *API) useDeclare(ctx context.Context, a actor.Actor, in *Parting, _ *kept) (*UseAnswer, error) {
	app, err := useID(in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.house.Applications.Declare(ctx, a, app, application.Reason(in.Body.How), in.Body.Clean); err != nil {
		return nil, err
	}
	return s.useAnswer(ctx, a, app)
}

func (s *API) useList(ctx context.Context, a actor.Actor, in *UsesAsked) (*Uses, error) {
	var all []application.Application
	var err error
	switch in.State {
	case "mine":
		all, err = s.house.Applications.Mine(ctx, a)
	case "inbox":
		all, err = s.house.Applications.Inbox(ctx, a)
	default:
		all, err = s.house.Applications.All(ctx, a, application.State(in.State))
	}
	if err != nil {
		return nil, err
	}
	list, next, err := part(in.Paging, all)
	if err != nil {
		return nil, err
	}
	var out Uses
	out.Body.Applications = mapped(list, func(x application.Application) Use { return useOf(application.View{Application: x}) })
	out.Body.Next = next
	return &out, nil
}

// formOf reads a form; users are the asker unless they are named.
func formOf(b UseForm, a actor.Actor) (f application.Form, err error) {
	f = application.Form{Kind: application.Kind(b.Kind), Title: b.Title, Why: b.Why, Purpose: b.Purpose, Fields: b.Fields, Clear: b.Clear,
		Range: application.Range(b.Range), Course: b.Course, Since: b.Since, Before: b.Before, From: b.From, Until: b.Until,
		PerDay: b.PerDay, Uses: b.Uses, Place: application.Place(b.Place), Safeguards: b.Safeguards, Pledge: b.Pledge}
	if b.Store != "" {
		if f.Store, err = id.Parse[id.Store](b.Store); err != nil {
			return f, fault.At("/store", "api.value")
		}
	}
	for _, x := range b.Subjects {
		subj, err := id.Parse[id.Subject](x)
		if err != nil {
			return f, fault.At("/subjects", "api.value")
		}
		f.Subjects = append(f.Subjects, subj)
	}
	for _, x := range b.Users {
		who, err := id.Parse[id.Staff](x)
		if err != nil {
			return f, fault.At("/users", "api.value")
		}
		f.Users = append(f.Users, who)
	}
	if len(f.Users) == 0 && f.Kind == application.Project {
		f.Users = []id.Staff{a.Staff}
	}
	for _, h := range b.Harms {
		f.Harms = append(f.Harms, application.Harm(h))
	}
	if b.Party != nil {
		f.Party = &application.Party{Kind: application.PartyKind(b.Party.Kind), Name: b.Party.Name, Agreement: b.Party.Agreement}
		if _, err := hex.Decode(f.Party.Document[:], []byte(b.Party.Document)); err != nil {
			return f, fault.At("/party/document", "api.value")
		}
	}
	return f, nil
}

// useOf tells an application as far as it may be told: of a list, no identifiers
// of children.
func useOf(v application.View) Use {
	f := v.Form
	u := Use{ID: v.ID.String(), State: string(v.Case.State), Applicant: v.Applicant.String(), People: v.People, Written: v.Written,
		Submitted: moment(v.Submitted), Due: moment(v.Due), Steps: []UseStep{}}
	u.UseForm = UseForm{Kind: string(f.Kind), Title: f.Title, Why: f.Why, Purpose: f.Purpose, Fields: f.Fields, Clear: f.Clear,
		Range: string(f.Range), Store: f.Store.String(), Course: f.Course, Since: f.Since, Before: f.Before, From: f.From, Until: f.Until,
		PerDay: f.PerDay, Uses: f.Uses, Place: string(f.Place), Safeguards: f.Safeguards, Pledge: f.Pledge,
		Users: mapped(f.Users, func(x id.Staff) string { return x.String() })}
	for _, h := range f.Harms {
		u.Harms = append(u.Harms, UseHarm(h))
	}
	if f.Party != nil {
		u.Party = &UseParty{Kind: string(f.Party.Kind), Name: f.Party.Name, Agreement: f.Party.Agreement, Document: hex.EncodeToString(f.Party.Document[:])}
	}
	steps := v.Case.Steps
	if v.Case.State == application.Draft {
		u.People, steps = v.Plan.People, v.Plan.Steps
	} else {
		u.Hash = hex.EncodeToString(v.Case.Hash[:])
	}
	for i, st := range steps {
		u.Steps = append(u.Steps, stepOf(v, i, st))
	}
	for _, m := range v.Missing {
		u.Missing = append(u.Missing, UsePart{m.Path, m.Code})
	}
	return u
}

func stepOf(v application.View, i int, st application.Step) UseStep {
	out := UseStep{Duty: string(st.Duty), Role: string(st.Role), Department: st.Department, Stage: st.Stage, Mine: slices.Contains(v.Can, i)}
	if v.Case.State == application.Draft {
		return out
	}
	out.Open = slices.Contains(v.Case.Open(), i)
	if d := v.Case.Decisions[i]; d.Verb != "" {
		out.Answer, out.By, out.For, out.At, out.Reason, out.Note = string(d.Verb), d.By.String(), d.For.String(), moment(d.At), string(d.Reason), d.Note
	}
	return out
}
