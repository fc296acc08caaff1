package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// ChangeAsked is a correction that a family asks for in the store.
type ChangeAsked struct {
	ID   string `path:"id" maxLength:"64" doc:"The child's record."`
	Body struct {
		Guardian string `json:"guardian,omitempty" maxLength:"64" doc:"For a guardian's field: whose, if the child has several."`
		Field    string `json:"field" minLength:"1" maxLength:"64" example:"guardian.name"`
		Value    string `json:"value" minLength:"1" maxLength:"400"`
		Ref      string `json:"ref" minLength:"1" maxLength:"40" doc:"Number of the family's written request." example:"P-2026-7"`
	}
}

// AssessmentAsked is an assessment of a child's capacity to express a will.
type AssessmentAsked struct {
	ID   string `path:"id" maxLength:"64" doc:"The child's record."`
	Body struct {
		Finding string `json:"finding" enum:"unable,assisted,able"`
		By      string `json:"by" minLength:"1" maxLength:"240" doc:"Who assessed."`
		Basis   string `json:"basis" minLength:"1" maxLength:"240" doc:"Number of the document."`
		On      string `json:"on" minLength:"10" maxLength:"10" example:"2026-10-01"`
		Until   string `json:"until,omitempty" maxLength:"10" doc:"Review date; twelve months after the assessment at the latest."`
		Ref     string `json:"ref" minLength:"1" maxLength:"40" example:"P-2026-8"`
	}
}

// ChangeMade is a change that waits for a second person.
type ChangeMade struct {
	Body struct {
		ID    string `json:"id,omitempty"`
		Entry Entry  `json:"entry"`
	}
}

// ChangeLine is one change that waits. What it is about shows to nobody before it
// is decided.
type ChangeLine struct {
	ID    string    `json:"id"`
	Store string    `json:"store"`
	Ref   string    `json:"ref"`
	By    string    `json:"asked_by"`
	At    time.Time `json:"asked_at"`
}

// ChangeList lists them, the oldest first.
type ChangeList struct {
	Body struct {
		Changes []ChangeLine `json:"changes"`
		Next    string       `json:"next,omitempty"`
	}
}

// ChangeDecided is the second person's answer.
type ChangeDecided struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Answer string `json:"answer" enum:"yes,no"`
		Again  string `json:"again,omitempty" maxLength:"400" doc:"For yes: the value once more from the family's request, for an assessment the number of its document."`
	}
}

func (s *API) changes() {
	const law = "PIPL art. 46; MNR art. 34"
	change(s, Operation{ID: "change-ask", Path: "/v1/subjects/{id}/changes", Noun: "changes", Status: 201,
		Access: s.staffOnly(policy.SubjectCorrect), Act: policy.SubjectCorrect,
		Summary: "Write down a correction that the family asks for in the store; it waits for a second person", Law: law}, s.changeAsk, s.changeAgain)
	change(s, Operation{ID: "assessment-ask", Path: "/v1/subjects/{id}/assessments", Noun: "changes", Status: 201,
		Access: s.may(policy.CapacityAssess, OwnStore), Act: policy.CapacityAssess,
		Summary: "Record an assessment of a child's capacity; it waits for a second person",
		Law:     "18-department Measures art. 12"}, s.assessmentAsk, s.changeAgain)
	read(s, Operation{ID: "change-list", Path: "/v1/changes", Noun: "changes",
		Access: s.staffOnly(policy.SubjectCorrect), Summary: "What waits for a second person", Law: law}, s.changeList)
	change(s, Operation{ID: "change-decide", Path: "/v1/changes/{id}/decide", Noun: "changes",
		Access: Access{[]actor.Role{actor.Manager, actor.Officer}, OwnStore}, Act: policy.SubjectCorrect,
		Summary: "Agree to a change by typing its value once more, or refuse it", Law: law}, s.changeDecide, s.doneAgain)
}

// staffOnly is may for the members of staff among those who may: the family and
// programs have a way of their own.
func (s *API) staffOnly(act policy.Act) Access {
	a := s.may(act, OwnStore)
	var roles []actor.Role
	for _, r := range a.Roles {
		if r != actor.Guardian && r != actor.Child && r != actor.Integrator {
			roles = append(roles, r)
		}
	}
	a.Roles = roles
	return a
}

func (s *API) changeAsk(ctx context.Context, a actor.Actor, in *ChangeAsked, k *kept) (*ChangeMade, error) {
	child, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	if in.Body.Field == subject.GuardianPhone {
		return nil, fault.At("/field", "family.field", in.Body.Field) // it takes a code to the new number
	}
	x := desk.Asked{Child: child, Field: in.Body.Field, Value: secret.NewText(in.Body.Value), Ref: in.Body.Ref}
	if in.Body.Guardian != "" {
		if x.Of, err = subjectID(in.Body.Guardian); err != nil {
			return nil, err
		}
	}
	return changeMade(k)(s.house.Desk.Ask(ctx, a, account.Browser{}, x))
}

func (s *API) assessmentAsk(ctx context.Context, a actor.Actor, in *AssessmentAsked, k *kept) (*ChangeMade, error) {
	child, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	found := consent.Assessment{Capacity: consent.Capacity(b.Finding), By: b.By, Basis: b.Basis}
	if b.Finding == "able" {
		found.Capacity = consent.Able
	}
	if found.On, err = civil.ParseDate(b.On); err != nil {
		return nil, fault.At("/on", fault.CodeOf(err))
	}
	if b.Until != "" {
		if found.Until, err = civil.ParseDate(b.Until); err != nil {
			return nil, fault.At("/until", fault.CodeOf(err))
		}
	}
	return changeMade(k)(s.house.Desk.Ask(ctx, a, account.Browser{}, desk.Asked{Child: child, Ref: b.Ref, Assessment: &found}))
}

func changeMade(k *kept) func(id.Change, gate.Outcome, error) (*ChangeMade, error) {
	return func(which id.Change, o gate.Outcome, err error) (*ChangeMade, error) {
		if err != nil {
			return nil, err
		}
		k.Ref = which.String()
		var out ChangeMade
		out.Body.ID, out.Body.Entry = which.String(), entryOf(o)
		return &out, nil
	}
}

// changeAgain names the change and its entry once more.
func (s *API) changeAgain(ctx context.Context, a actor.Actor, k kept) (*ChangeMade, error) {
	var out ChangeMade
	var err error
	out.Body.ID = k.Ref
	out.Body.Entry, err = s.entryAgain(ctx, a, k)
	return &out, err
}

func (s *API) changeList(ctx context.Context, a actor.Actor, in *Paging) (*ChangeList, error) {
	all, err := s.house.Desk.Changes(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out ChangeList
	out.Body.Next = next
	out.Body.Changes = mapped(list, func(c subject.Change) ChangeLine {
		return ChangeLine{c.ID.String(), c.Store.String(), c.Ref, c.AskedBy.String(), c.AskedAt}
	})
	return &out, nil
}

func (s *API) changeDecide(ctx context.Context, a actor.Actor, in *ChangeDecided, _ *kept) (*Done, error) {
	which, err := parsed(in.ID, id.Parse[id.Change])
	if err != nil {
		return nil, err
	}
	return done(s.house.Desk.Decide(ctx, a, which, in.Body.Answer == "yes", secret.NewText(in.Body.Again)))
}
