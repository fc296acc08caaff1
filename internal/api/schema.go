package api

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
)

// Item is one field of a schema and why the purpose cannot do without it.
type Item struct {
	Field     string `json:"field" minLength:"1" maxLength:"64"`
	Necessity string `json:"necessity" minLength:"1" maxLength:"400"`
}

// Schema is a budget: the closed list of fields that may be collected.
type Schema struct {
	Code        string     `json:"code"`
	Version     int        `json:"version"`
	Items       []Item     `json:"items"`
	Fingerprint string     `json:"fingerprint" doc:"SHA-256; what an association signs."`
	ProposedBy  string     `json:"proposed_by,omitempty"`
	Proposed    time.Time  `json:"proposed"`
	ApprovedBy  string     `json:"approved_by,omitempty"`
	Approved    *time.Time `json:"approved,omitempty" doc:"Absent: not a budget yet."`
	Signer      string     `json:"signer,omitempty"`
}

// NewSchema is a schema to propose.
type NewSchema struct {
	Body struct {
		Code  string `json:"code" minLength:"1" maxLength:"64" example:"enrolment.photo"`
		Items []Item `json:"items" minItems:"1" maxItems:"32"`
	}
}

// SchemaApproval is the second person's yes.
type SchemaApproval struct {
	Code    string `path:"code" maxLength:"64"`
	Version int    `path:"version" minimum:"1"`
	Body    struct {
		Signer    string `json:"signer,omitempty" maxLength:"200"`
		Signature []byte `json:"signature,omitempty" maxLength:"100" doc:"Ed25519 over the signing input, base64."`
	}
}

// SchemaAnswer is one schema.
type SchemaAnswer struct{ Body Schema }

// Schemas is the list of schemas, every version.
type Schemas struct {
	Body struct {
		Schemas []Schema `json:"schemas"`
		Next    string   `json:"next,omitempty"`
	}
}

func (s *API) schemas() {
	access := s.may(policy.SchemaExtend, Institution)
	const law = "PIPL arts. 6, 19; training institutions' pledge of 2023-08-15"
	change(s, Operation{ID: "schema-propose", Path: "/v1/schemas", Noun: "schemas", Status: 201, Access: access,
		Act: policy.SchemaExtend, Summary: "Propose a schema; until a second person approves it nothing can be collected by it",
		Law: law, MaxBody: 64 << 10}, s.schemaPropose, s.schemaAgain)
	read(s, Operation{ID: "schema-list", Path: "/v1/schemas", Noun: "schemas", Access: Access{actor.Roles, Institution},
		Summary: "The schemas, every version"}, s.schemaList)
	change(s, Operation{ID: "schema-approve", Path: "/v1/schemas/{code}/{version}/approve", Noun: "schemas", Access: access,
		Act: policy.SchemaExtend, Summary: "Approve a schema that somebody else proposed", Law: law}, s.schemaApprove, s.schemaAgain)
}

func (s *API) schemaPropose(ctx context.Context, a actor.Actor, in *NewSchema, _ *kept) (*SchemaAnswer, error) {
	sc := catalogue.Schema{Code: in.Body.Code}
	for _, i := range in.Body.Items {
		sc.Items = append(sc.Items, catalogue.Item(i))
	}
	made, _, err := s.office.Propose(ctx, a, sc)
	if err != nil {
		return nil, err
	}
	return &SchemaAnswer{schemaOf(made)}, nil
}

func (s *API) schemaApprove(ctx context.Context, a actor.Actor, in *SchemaApproval, _ *kept) (*SchemaAnswer, error) {
	made, _, err := s.office.Approve(ctx, a, catalogue.Approval{Code: in.Code, Version: in.Version,
		Signer: in.Body.Signer, Signature: in.Body.Signature})
	if err != nil {
		return nil, err
	}
	return &SchemaAnswer{schemaOf(made)}, nil
}

// schemaAgain finds the version by its fingerprint, which the entry holds.
func (s *API) schemaAgain(ctx context.Context, a actor.Actor, k kept) (*SchemaAnswer, error) {
	var e ledger.Entry
	err := s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		e, err = ledger.Find(tx, k.Event)
		return err
	})
	if err != nil {
		return nil, err
	}
	all, err := s.allSchemas(ctx, a)
	for _, sc := range all { // newest first within a code
		if sc.Fingerprint() == e.Hash {
			return &SchemaAnswer{schemaOf(sc)}, err
		}
	}
	return nil, errors.Join(err, errAbsent)
}

func (s *API) allSchemas(ctx context.Context, a actor.Actor) (all []catalogue.Schema, err error) {
	err = s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err = s.house.Catalogue.Schemas(tx, a.Institution)
		return err
	})
	return all, err
}

func (s *API) schemaList(ctx context.Context, a actor.Actor, in *Paging) (*Schemas, error) {
	all, err := s.allSchemas(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Schemas
	out.Body.Schemas, out.Body.Next = mapped(list, schemaOf), next
	return &out, nil
}

func schemaOf(sc catalogue.Schema) Schema {
	print := sc.Fingerprint()
	return Schema{Code: sc.Code, Version: sc.Version, Items: mapped(sc.Items, func(i catalogue.Item) Item { return Item(i) }),
		Fingerprint: hex.EncodeToString(print[:]), ProposedBy: sc.ProposedBy.String(), Proposed: sc.ProposedAt,
		ApprovedBy: sc.ApprovedBy.String(), Approved: moment(sc.ApprovedAt), Signer: sc.Signer}
}
