package api

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
)

// Enrolment is where an enrolment stands. It holds no personal information.
type Enrolment struct {
	ID       string `json:"id" example:"enr_06f1p3k8x5s4m2q7w9z0a1b2c3"`
	State    string `json:"state" enum:"started,opened,declared,waiting,enrolled,trial,declined,expired" doc:"waiting: the child must agree too; trial: for a trial lesson only, deleted after 30 days."`
	Store    string `json:"store"`
	Receipt  string `json:"receipt,omitempty" doc:"Number of the family's receipt." example:"2611-22K7-7KQM-X4TD"`
	Child    string `json:"child,omitempty"`
	Guardian string `json:"guardian,omitempty"`
}

// EnrolmentAnswer is an enrolment and, after an act, its entry.
type EnrolmentAnswer struct {
	Body struct {
		Enrolment
		Entry *Entry `json:"entry,omitempty"`
	}
}

// NewEnrolment is a whole enrolment: what a family typed and chose in a program
// that showed the notice in force and proved the phone.
type NewEnrolment struct {
	Body struct {
		Store   string `json:"store,omitempty" maxLength:"40" doc:"Where; by default the store that the key is bound to. A key for the whole institution names it."`
		Learner struct {
			Name       string `json:"name" minLength:"1" maxLength:"400"`
			BirthMonth string `json:"birth_month" minLength:"1" maxLength:"40" doc:"Year and month; full-width digits are fine." example:"2016-03"`
		} `json:"learner"`
		Guardian struct {
			Name  string `json:"name" minLength:"1" maxLength:"400"`
			Phone string `json:"phone" minLength:"1" maxLength:"80" example:"15400000001"`
		} `json:"guardian"`
		Trial    bool     `json:"trial,omitempty" doc:"For a trial lesson, on the notice of trial lessons: deleted after 30 days."`
		Course   string   `json:"course,omitempty" maxLength:"64" doc:"Code of the course, from the institution's own list."`
		Agree    bool     `json:"agree" doc:"The guardian agreed to what the service cannot be given without."`
		Optional []string `json:"optional,omitempty" maxItems:"16" doc:"Codes of the optional purposes that were ticked; none is ticked beforehand."`
		Language string   `json:"language,omitempty" enum:"zh-CN,en" default:"zh-CN" doc:"In which the notice was shown."`
		Screen   string   `json:"screen" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hexadecimal digits" doc:"SHA-256 of the page with both answers, as rendered: the evidence of what was asked."`
	}
}

// NewLink asks for the link that a clerk shows as a QR code.
type NewLink struct {
	Body struct {
		Course string `json:"course,omitempty" maxLength:"64" doc:"Code of the course, from the institution's own list."`
		Trial  bool   `json:"trial,omitempty" doc:"For a trial lesson: with a notice of its own, and deleted after 30 days."`
	}
}

// LinkAnswer holds the link's secret, once.
type LinkAnswer struct {
	Body struct {
		ID      string    `json:"id"`
		Token   string    `json:"token" doc:"Last part of the link /q/{token}; shown once."`
		Expires time.Time `json:"expires"`
	}
}

// EnrolmentPath names an enrolment.
type EnrolmentPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *API) enrolments() {
	change(s, Operation{ID: "enrolment-complete", Path: "/v1/enrolments", Noun: "enrolments", Status: 201,
		Access: Access{[]actor.Role{actor.Integrator}, OwnStore}, Act: policy.EnrolComplete,
		Summary: "Enrol a child whose family decided in your own program",
		Law:     "PIPL arts. 14, 31; training institutions' pledge of 2023-08-15"}, s.complete, s.enrolmentAgain)
	change(s, Operation{ID: "enrolment-start", Path: "/v1/enrolments/links", Noun: "enrolments", Status: 201,
		Access: s.may(policy.EnrolStart, OwnStore), Act: policy.EnrolStart,
		Summary: "Make a link for a family to enrol on its own phone; good for 15 minutes", Law: "MNR art. 36"}, s.start, nil)
	read(s, Operation{ID: "enrolment-get", Path: "/v1/enrolments/{id}", Noun: "enrolments",
		Access:  Access{[]actor.Role{actor.Clerk, actor.Manager, actor.Officer, actor.Integrator}, OwnStore},
		Summary: "See where an enrolment stands"}, s.enrolment)
	change(s, Operation{ID: "enrolment-cancel", Path: "/v1/enrolments/{id}/cancel", Noun: "enrolments",
		Access: Access{[]actor.Role{actor.Clerk, actor.Manager, actor.Integrator}, OwnStore}, Act: policy.EnrolCancel,
		Summary: "Cancel an enrolment that is not finished"}, s.cancel, s.enrolmentAgain)
}

func (s *API) complete(ctx context.Context, a actor.Actor, in *NewEnrolment, k *kept) (*EnrolmentAnswer, error) {
	b := &in.Body
	store, err := storeAt("/store", b.Store, a)
	if err == nil && store.IsZero() {
		err = fault.At("/store", "form.required")
	}
	if err != nil {
		return nil, err
	}
	f := enrol.Form{
		LearnerName: secret.NewText(b.Learner.Name), Birth: secret.NewText(b.Learner.BirthMonth),
		GuardianName: secret.NewText(b.Guardian.Name), Phone: secret.NewText(b.Guardian.Phone),
		Course: b.Course, Agree: b.Agree, Optional: b.Optional, Language: b.Language,
	}
	if _, err := hex.Decode(f.Screen[:], []byte(b.Screen)); err != nil {
		return nil, fault.At("/screen", "api.value")
	}
	complete := s.house.Enrol.Complete
	if b.Trial {
		complete = s.house.Enrol.CompleteTrial
	}
	r, err := complete(ctx, a, store, f)
	if err != nil {
		return nil, err
	}
	entry := entryOf(r.Outcome)
	var out EnrolmentAnswer
	out.Body.Entry = &entry
	out.Body.Enrolment = Enrolment{ID: k.Ref, State: string(r.State), Store: store.String(), Receipt: r.Number,
		Child: r.Child.String(), Guardian: r.Guardian.String()}
	return &out, nil
}

// enrolmentAgain tells the same receipt again, with the state of now.
func (s *API) enrolmentAgain(ctx context.Context, a actor.Actor, k kept) (*EnrolmentAnswer, error) {
	out, err := s.enrolment(ctx, a, &EnrolmentPath{k.Ref})
	if err != nil {
		return nil, err
	}
	entry, err := s.entryAgain(ctx, a, k)
	out.Body.Entry = &entry
	return out, err
}

func (s *API) enrolment(ctx context.Context, a actor.Actor, in *EnrolmentPath) (*EnrolmentAnswer, error) {
	enr, err := enrolmentID(in.ID)
	if err != nil {
		return nil, err
	}
	e, err := s.house.Enrol.Status(ctx, a, enr)
	if err != nil {
		return nil, err
	}
	var out EnrolmentAnswer
	out.Body.Enrolment = Enrolment{ID: e.ID.String(), State: string(e.State), Store: e.Store.String(), Receipt: e.Receipt,
		Child: e.Child.String(), Guardian: e.Guardian.String()}
	return &out, nil
}

func (s *API) start(ctx context.Context, a actor.Actor, in *NewLink, _ *kept) (*LinkAnswer, error) {
	begin := s.house.Enrol.Start
	if in.Body.Trial {
		begin = s.house.Enrol.StartTrial
	}
	link, err := begin(ctx, a, in.Body.Course)
	if err != nil {
		return nil, err
	}
	var out LinkAnswer
	out.Body.ID, out.Body.Token, out.Body.Expires = link.ID.String(), link.Token.String(), link.ExpiresAt
	return &out, nil
}

func (s *API) cancel(ctx context.Context, a actor.Actor, in *EnrolmentPath, _ *kept) (*EnrolmentAnswer, error) {
	enr, err := enrolmentID(in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.house.Enrol.Cancel(ctx, a, enr); err != nil {
		return nil, err
	}
	return s.enrolment(ctx, a, in)
}
