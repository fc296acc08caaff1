package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
)

// Card is one child as staff and programs see it: masked by the server.
type Card struct {
	ID           string    `json:"id" example:"sub_06f1p3k8x5s4m2q7w9z0a1b2c3"`
	Guardian     string    `json:"guardian,omitempty" doc:"The guardian's own record."`
	Store        string    `json:"store"`
	State        string    `json:"state" enum:"live,restricted"`
	Name         string    `json:"name" doc:"Masked." example:"欧**"`
	BirthMonth   string    `json:"birth_month" doc:"Masked."`
	GuardianName string    `json:"guardian_name,omitempty" doc:"Masked."`
	Phone        string    `json:"phone,omitempty" doc:"Masked." example:"154****0001"`
	Consents     []Consent `json:"consents"`
}

// Consent is where the consent for one purpose stands.
type Consent struct {
	Purpose string    `json:"purpose" example:"contact.class"`
	State   string    `json:"state" enum:"pending,live,refused,withdrawn,expired,restricted"`
	Since   time.Time `json:"since"`
}

// Search looks a family up by exactly one of the two.
type Search struct {
	Body struct {
		Phone   string `json:"phone,omitempty" maxLength:"80" doc:"The whole number, as people write it."`
		Receipt string `json:"receipt,omitempty" maxLength:"40" example:"2611-22K7-7KQM-X4TD"`
		Purpose string `json:"purpose" minLength:"1" maxLength:"64" example:"contact.class"`
	}
}

// Cards are the children found; none is an answer too, and an entry.
type Cards struct {
	Body struct {
		Found []Card `json:"found"`
	}
}

// SubjectLook names a record and why it is looked at.
type SubjectLook struct {
	ID      string `path:"id" maxLength:"64"`
	Purpose string `query:"purpose" required:"true" minLength:"1" maxLength:"64" example:"contact.class"`
}

// CardAnswer is one child, masked.
type CardAnswer struct{ Body Card }

// Reveal asks for one field in clear.
type Reveal struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Field   string `json:"field" minLength:"1" maxLength:"64" example:"guardian.phone"`
		Purpose string `json:"purpose" minLength:"1" maxLength:"64" example:"contact.class"`
		Sake
	}
}

// Sake names the child for whose sake a guardian's record is used.
type Sake struct {
	Child string `json:"child,omitempty" maxLength:"64" doc:"For a guardian's record: the child it is about, whose consent then counts. Without it, what is stopped for one of the guardian's children is refused."`
}

// atRecord is a record, and the desk for the sake of that child or of none in
// particular.
func (s *API) atRecord(printed string, sake Sake) (subj id.Subject, at *desk.Service, err error) {
	if subj, err = subjectID(printed); err != nil || sake.Child == "" {
		return subj, s.house.Desk, err
	}
	child, err := subjectID(sake.Child)
	return subj, s.house.Desk.For(child), err
}

// Revealed is one value in clear. Its entry was durable before it left.
type Revealed struct {
	Body struct {
		Value   string    `json:"value"`
		Expires time.Time `json:"expires_at" doc:"When to take it off the screen and forget it."`
		Entry   Entry     `json:"entry"`
	}
}

// Message sends a family one of the institution's templates.
type Message struct {
	ID   string `path:"id" maxLength:"64" doc:"The guardian's record."`
	Body struct {
		Template string `json:"template" minLength:"1" maxLength:"64" example:"call"`
		Purpose  string `json:"purpose" minLength:"1" maxLength:"64" example:"contact.class"`
		Sake
	}
}

func (s *API) subjects() {
	const law = "MNR art. 36; PIPL art. 51"
	show(s, Operation{ID: "subject-search", Path: "/v1/subjects/search", Noun: "subjects",
		Access: s.may(policy.SubjectSearch, OwnStore), Act: policy.SubjectSearch,
		Summary: "Find a family by its exact phone or receipt number", Law: law}, s.search)
	read(s, Operation{ID: "subject-get", Path: "/v1/subjects/{id}", Noun: "subjects",
		Access: s.may(policy.SubjectView, OwnStore), Act: policy.SubjectView,
		Summary: "See one child, masked", Law: law}, s.subject)
	show(s, Operation{ID: "subject-reveal", Path: "/v1/subjects/{id}/reveal", Noun: "subjects",
		Access: s.may(policy.FieldReveal, OwnStore), Act: policy.FieldReveal,
		Summary: "See one field in clear, for a named purpose, under a live grant or key", Law: law}, s.reveal)
	change(s, Operation{ID: "subject-message", Path: "/v1/subjects/{id}/messages", Noun: "subjects", Status: 202,
		Access: s.may(policy.MessageSend, OwnStore), Act: policy.MessageSend,
		Summary: "Send the family a message without seeing the number", Law: law}, s.message, s.doneAgain)
}

func (s *API) search(ctx context.Context, a actor.Actor, in *Search) (*Cards, error) {
	b := in.Body
	if (b.Phone == "") == (b.Receipt == "") {
		return nil, fault.At("/phone", "api.one_of")
	}
	found, err := s.house.Desk.Find(ctx, a, desk.Query{Phone: secret.NewText(b.Phone), Receipt: b.Receipt}, b.Purpose)
	if err != nil {
		return nil, err
	}
	var out Cards
	out.Body.Found = make([]Card, len(found))
	for i, c := range found {
		out.Body.Found[i] = cardOf(c)
	}
	return &out, nil
}

func (s *API) subject(ctx context.Context, a actor.Actor, in *SubjectLook) (*CardAnswer, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.house.Desk.View(ctx, a, subj, in.Purpose)
	if err != nil {
		return nil, err
	}
	return &CardAnswer{cardOf(c)}, nil
}

func (s *API) reveal(ctx context.Context, a actor.Actor, in *Reveal) (*Revealed, error) {
	subj, at, err := s.atRecord(in.ID, in.Body.Sake)
	if err != nil {
		return nil, err
	}
	rev, err := at.Reveal(ctx, a, subj, in.Body.Field, in.Body.Purpose)
	if err != nil {
		return nil, err
	}
	var out Revealed
	out.Body.Value, out.Body.Expires, out.Body.Entry = shown(rev.Value), rev.Until, entryOf(rev.Outcome)
	return &out, nil
}

func (s *API) message(ctx context.Context, a actor.Actor, in *Message, _ *kept) (*Done, error) {
	subj, at, err := s.atRecord(in.ID, in.Body.Sake)
	if err != nil {
		return nil, err
	}
	return done(at.Message(ctx, a, subj, in.Body.Template, in.Body.Purpose))
}

func cardOf(c desk.Card) Card {
	return Card{ID: c.Child.String(), Guardian: c.Guardian.String(), Store: c.Store.String(), State: string(c.State),
		Name: c.Name, BirthMonth: c.Birth, GuardianName: c.GuardianName, Phone: c.Phone, Consents: consentsOf(c.Standings)}
}

func consentsOf(all []consent.Standing) []Consent {
	out := make([]Consent, len(all))
	for i, st := range all {
		out[i] = Consent{st.Purpose, string(st.State), st.Since}
	}
	return out
}
