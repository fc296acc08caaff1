package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/policy"
)

// Purpose is one reason to use some fields.
type Purpose struct {
	Code      string     `json:"code" minLength:"1" maxLength:"64" example:"contact.class"`
	Required  bool       `json:"required" doc:"The service cannot be given without it."`
	Basis     string     `json:"basis" enum:"consent,contract,duty,emergency,news,public,law" doc:"One of the seven of PIPL art. 13."`
	Reference string     `json:"reference,omitempty" maxLength:"400" doc:"The contract, article, record or address behind the basis."`
	Snapshot  string     `json:"snapshot,omitempty" maxLength:"64" doc:"For public: SHA-256, in hexadecimal, of the source as it was kept."`
	Until     *time.Time `json:"until,omitempty" doc:"For an emergency: when it ends."`
	Retention struct {
		N    int    `json:"n" minimum:"1"`
		Unit string `json:"unit" maxLength:"20" example:"month"`
	} `json:"retention" doc:"Counted from the end of the course."`
	AfterExpiry string   `json:"after_expiry" enum:"delete,anonymise"`
	Schema      string   `json:"schema" minLength:"1" maxLength:"64" doc:"The budget that its fields come from."`
	Fields      []string `json:"fields" minItems:"1" maxItems:"32"`
	AdultsOnly  bool     `json:"adults_only"`
	Ended       bool     `json:"ended,omitempty" readOnly:"true"`
}

// NewPurpose is a purpose to define.
type NewPurpose struct{ Body Purpose }

// Purposes is the list of purposes.
type Purposes struct {
	Body struct {
		Purposes []Purpose `json:"purposes"`
		Next     string    `json:"next,omitempty"`
	}
}

func (s *API) purposes() {
	change(s, Operation{ID: "purpose-define", Path: "/v1/purposes", Noun: "purposes", Status: 201,
		Access: s.may(policy.PurposeDefine, Institution), Act: policy.PurposeDefine,
		Summary: "Define a purpose within a signed schema; banned purposes cannot be defined by anybody",
		Law:     "PIPL arts. 6, 13"}, s.purposeDefine, s.doneAgain)
	read(s, Operation{ID: "purpose-list", Path: "/v1/purposes", Noun: "purposes", Access: Access{actor.Roles, Institution},
		Summary: "The purposes, ended ones too"}, s.purposeList)
}

func (s *API) purposeDefine(ctx context.Context, a actor.Actor, in *NewPurpose, _ *kept) (*Done, error) {
	b := in.Body
	p := catalogue.Purpose{Code: b.Code, Required: b.Required, Basis: catalogue.Basis(b.Basis), Reference: b.Reference, Snapshot: b.Snapshot,
		Retention: civil.Period{N: b.Retention.N, Unit: civil.Unit(b.Retention.Unit)}, AfterExpiry: catalogue.AfterExpiry(b.AfterExpiry),
		Schema: b.Schema, Fields: b.Fields, AdultsOnly: b.AdultsOnly}
	if b.Until != nil {
		p.Until = *b.Until
	}
	return done(s.office.DefinePurpose(ctx, a, p))
}

func (s *API) purposeList(ctx context.Context, a actor.Actor, in *Paging) (*Purposes, error) {
	var all []catalogue.Purpose
	err := s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		all, err = s.house.Catalogue.Purposes(tx, a.Institution)
		return err
	})
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Purposes
	out.Body.Purposes, out.Body.Next = mapped(list, purposeOf), next
	return &out, nil
}

func purposeOf(p catalogue.Purpose) Purpose {
	out := Purpose{Code: p.Code, Required: p.Required, Basis: string(p.Basis), Reference: p.Reference, Until: moment(p.Until),
		AfterExpiry: string(p.AfterExpiry), Schema: p.Schema, Fields: p.Fields, AdultsOnly: p.AdultsOnly, Ended: p.Ended}
	out.Retention.N, out.Retention.Unit = p.Retention.N, string(p.Retention.Unit)
	return out
}
