package api

import (
	"context"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/secret"
)

// CallAsked asks a relay to connect the asker's desk telephone with the family.
type CallAsked struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Purpose string `json:"purpose" minLength:"1" maxLength:"64"`
		Sake
	}
}

// DeskPhone is where the relay reaches the asker.
type DeskPhone struct {
	Body struct {
		Phone string `json:"phone" minLength:"1" maxLength:"40" doc:"A fixed line with its area code, or a mobile number. It is sealed, and not told again."`
	}
}

// AliasDialled is a call that waits at the relay.
type AliasDialled struct {
	Body struct {
		Number    string `json:"number" minLength:"11" maxLength:"20" doc:"The relay number that was dialled."`
		Extension string `json:"extension" pattern:"^[0-9]{4}$" patternDescription:"4 digits"`
		Leg       string `json:"leg" minLength:"1" maxLength:"64" doc:"What the relay calls the waiting call. It comes back, sealed, with the number to put it through to."`
	}
}

// calls are for people at a desk: a program has no telephone.
func (s *API) calls() {
	const law = "MNR art. 36; PIPL arts. 6, 51"
	show(s, Operation{ID: "subject-call", Path: "/v1/subjects/{id}/calls", Noun: "subjects", Status: 202, Access: s.may(policy.CallConnect, OwnStore),
		Act: policy.CallConnect, Summary: "Have the relay connect one's desk telephone with the family, without seeing the number; asked again, it rings again", Law: law}, s.call)
	show(s, Operation{ID: "alias-dialled", Path: "/v1/relay/calls", Noun: "exports", Status: 202, Access: s.may(policy.CallForward, OwnStore),
		Act: policy.CallForward, Summary: "For the relay: a call waits that dialled an alias of an export. It is put through as by subject-call, while the grant of the export lives", Law: law}, s.aliasDialled)
	show(s, Operation{ID: "phone-set", Path: "/v1/me/phone", Noun: "subjects", Access: s.may(policy.PhoneSet, Institution),
		Act: policy.PhoneSet, Summary: "Register the desk telephone at which the relay reaches oneself", Law: law}, s.phoneSet)
}

func (s *API) call(ctx context.Context, a actor.Actor, in *CallAsked) (*Done, error) {
	who, at, err := s.atRecord(in.ID, in.Body.Sake)
	if err != nil {
		return nil, err
	}
	return done(at.Call(ctx, a, who, in.Body.Purpose))
}

func (s *API) aliasDialled(ctx context.Context, a actor.Actor, in *AliasDialled) (*Done, error) {
	return done(s.house.Releases.Forward(ctx, a, release.Dialled{Number: in.Body.Number, Extension: in.Body.Extension, Leg: in.Body.Leg}))
}

func (s *API) phoneSet(ctx context.Context, a actor.Actor, in *DeskPhone) (*struct{}, error) {
	return nil, s.house.Desk.SetPhone(ctx, a, secret.NewText(in.Body.Phone))
}
