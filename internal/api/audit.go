package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
)

// Line is one entry of the audit. It holds no personal information.
type Line struct {
	Index   int64     `json:"index"`
	Event   string    `json:"event"`
	At      time.Time `json:"at"`
	Type    string    `json:"type" example:"reveal"`
	Actor   string    `json:"actor,omitempty" doc:"Pseudonym; empty for families and the program itself."`
	Role    string    `json:"role"`
	Store   string    `json:"store,omitempty"`
	Purpose string    `json:"purpose,omitempty"`
	Fields  []string  `json:"fields,omitempty"`
	Grant   string    `json:"grant,omitempty"`
	Allowed bool      `json:"allowed"`
	Rules   []string  `json:"rules,omitempty"`
	Code    string    `json:"code,omitempty" doc:"Of a refusal."`
	Count   int       `json:"count,omitempty"`
	Ref     string    `json:"ref,omitempty"`
}

// AuditAsked says which entries to look for.
type AuditAsked struct {
	Paging
	Type    string    `query:"type" maxLength:"40"`
	Actor   string    `query:"actor" maxLength:"64" doc:"stf_… or key_…"`
	Subject string    `query:"subject" maxLength:"64"`
	Purpose string    `query:"purpose" maxLength:"64"`
	Store   string    `query:"store" maxLength:"64"`
	Denied  bool      `query:"denied" doc:"Only refusals."`
	From    time.Time `query:"from"`
	To      time.Time `query:"to" doc:"Exclusive."`
}

// Report is the outcome of a verification.
type Report struct {
	Body struct {
		OK      bool   `json:"ok"`
		Code    string `json:"code,omitempty" doc:"What is wrong."`
		At      int64  `json:"at" doc:"The entry it concerns, or -1."`
		Size    int64  `json:"size" doc:"Entries under the newest head, all of which were read."`
		Heads   int    `json:"heads"`
		Waiting int64  `json:"waiting" doc:"Entries that no head covers yet."`
	}
}

func (s *API) audit() {
	const law = "MNR art. 36; PIPL art. 54; University PI Measures art. 11(3)"
	read(s, Operation{ID: "audit-search", Path: "/v1/audit", Noun: "audit", Access: s.may(policy.AuditSearch, OwnStore),
		Act: policy.AuditSearch, Summary: "Search the audit, newest first; a search is an entry itself", Law: law}, s.auditSearch)
	show(s, Operation{ID: "audit-verify", Path: "/v1/audit/verify", Noun: "audit", Access: s.may(policy.AuditVerify, Institution),
		Act: policy.AuditVerify, Summary: "Read the whole log and check it as an outsider would", Law: law}, s.auditVerify)
}

func (s *API) auditSearch(ctx context.Context, a actor.Actor, in *AuditAsked) (*Looks, error) {
	f := ledger.Filter{Type: ledger.Type(in.Type), Actor: in.Actor, Purpose: in.Purpose, Denied: in.Denied,
		From: in.From, To: in.To, Limit: in.Limit}
	var err error
	if f.Before, err = in.position(); err != nil {
		return nil, err
	}
	if in.Subject != "" {
		if f.Subject, err = id.Parse[id.Subject](in.Subject); err != nil {
			return nil, fault.At("subject", "api.value")
		}
	}
	if in.Store != "" {
		if f.Store, err = id.Parse[id.Store](in.Store); err != nil {
			return nil, fault.At("store", "api.value")
		}
	}
	page, err := s.office.Audit(ctx, a, f)
	if err != nil {
		return nil, err
	}
	var out Looks
	out.Body.Entries, out.Body.Next = linesOf(page.Entries), cursorOf(page.Next)
	return &out, nil
}

func (s *API) auditVerify(ctx context.Context, a actor.Actor, _ *struct{}) (*Report, error) {
	r, err := s.office.Verify(ctx, a, nil)
	if err != nil {
		return nil, err
	}
	var out Report
	b := &out.Body
	b.OK, b.Code, b.At, b.Size, b.Heads, b.Waiting = r.OK, r.Code, r.At, r.Size, r.Heads, r.Waiting
	return &out, nil
}

func linesOf(entries []ledger.Entry) []Line {
	out := make([]Line, len(entries))
	for i, e := range entries {
		out[i] = Line{Index: e.Index, Event: e.ID.String(), At: e.At, Type: string(e.Type), Actor: e.Actor, Role: string(e.Role),
			Store: e.Store.String(), Purpose: e.Purpose, Fields: e.Fields, Grant: e.Grant.String(),
			Allowed: e.Code == "", Rules: e.Rules, Code: e.Code, Count: e.Count, Ref: e.Ref}
	}
	return out
}
