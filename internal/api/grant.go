package api

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// Grant says who may see what of whom, for which purpose and until when.
type Grant struct {
	ID        string     `json:"id"`
	State     string     `json:"state" enum:"asked,approved,refused,ended,held,ready"`
	Who       string     `json:"who"`
	Role      string     `json:"role"`
	Purpose   string     `json:"purpose"`
	Fields    []string   `json:"fields"`
	Store     string     `json:"store,omitempty" doc:"Absent: every store of the institution."`
	Subjects  int        `json:"subjects" doc:"How many records it is limited to; 0 is all of the store."`
	From      time.Time  `json:"from"`
	Until     time.Time  `json:"until"`
	PerDay    int        `json:"per_day"`
	Reason    string     `json:"reason"`
	Emergency bool       `json:"emergency"`
	Applicant string     `json:"applicant"`
	Asked     time.Time  `json:"asked"`
	Decider   string     `json:"decider,omitempty"`
	Decided   *time.Time `json:"decided,omitempty"`
}

// NewGrant is an application for a grant.
type NewGrant struct {
	Body struct {
		Who       string    `json:"who,omitempty" maxLength:"40" doc:"Who is to see; by default the asker."`
		Role      string    `json:"role" maxLength:"20" example:"clerk"`
		Purpose   string    `json:"purpose" minLength:"1" maxLength:"64"`
		Fields    []string  `json:"fields" minItems:"1" maxItems:"32"`
		Store     string    `json:"store,omitempty" maxLength:"40" doc:"Whose records; by default the asker's own store."`
		Subjects  []string  `json:"subjects,omitempty" maxItems:"500" doc:"Only these records; none is all of the store."`
		From      time.Time `json:"from"`
		Until     time.Time `json:"until"`
		PerDay    int       `json:"per_day,omitempty" minimum:"0" maximum:"1000000"`
		Reason    string    `json:"reason" maxLength:"20" enum:"front_desk,class_contact,family_request,activity,project,care,check,emergency"`
		Emergency bool      `json:"emergency,omitempty"`
		Reserve   bool      `json:"reserve,omitempty" doc:"May break the glass for life or health; opens nothing before."`
	}
}

// GrantPath names a grant.
type GrantPath struct {
	ID string `path:"id" maxLength:"64"`
}

// GrantAnswer is one grant.
type GrantAnswer struct{ Body Grant }

// GrantsAsked asks for grants.
type GrantsAsked struct {
	Paging
	State string `query:"state" enum:"waiting,running,mine" default:"mine" doc:"mine: the asker's own, whatever the state."`
}

// Grants is a list of grants.
type Grants struct {
	Body struct {
		Grants []Grant `json:"grants"`
		Next   string  `json:"next,omitempty"`
	}
}

func (s *API) grants() {
	const law = "MNR art. 36; University PI Measures art. 11(1)"
	change(s, Operation{ID: "grant-ask", Path: "/v1/grants", Noun: "grants", Status: 201, Access: s.may(policy.GrantRequest, OwnStore),
		Act: policy.GrantRequest, Summary: "Apply for a grant", Law: law, MaxBody: 64 << 10}, s.grantAsk, s.grantAgain)
	read(s, Operation{ID: "grant-list", Path: "/v1/grants", Noun: "grants",
		Access:  Access{union(s.may(policy.GrantRequest, "").Roles, s.may(policy.GrantApprove, "").Roles), OwnStore},
		Summary: "List grants"}, s.grantList)
	change(s, Operation{ID: "grant-approve", Path: "/v1/grants/{id}/approve", Noun: "grants", Access: s.may(policy.GrantApprove, OwnStore),
		Act: policy.GrantApprove, Summary: "Approve somebody else's application", Law: law},
		s.grantAct(s.house.Grants.Approve), s.grantAgain)
	change(s, Operation{ID: "grant-refuse", Path: "/v1/grants/{id}/refuse", Noun: "grants", Access: s.may(policy.GrantApprove, OwnStore),
		Act: policy.GrantApprove, Summary: "Refuse an application", Law: law}, s.grantAct(s.house.Grants.Refuse), s.grantAgain)
	change(s, Operation{ID: "grant-end", Path: "/v1/grants/{id}/end", Noun: "grants", Access: s.may(policy.GrantEnd, OwnStore),
		Act: policy.GrantEnd, Summary: "End a grant before its time", Law: law}, s.grantAct(s.house.Grants.End), s.grantAgain)
}

func (s *API) grantAsk(ctx context.Context, a actor.Actor, in *NewGrant, _ *kept) (*GrantAnswer, error) {
	b := in.Body
	app := grant.Application{Who: a.Staff, Role: actor.Role(b.Role), Purpose: b.Purpose, Fields: b.Fields,
		From: b.From, Until: b.Until, PerDay: b.PerDay, Reason: grant.Reason(b.Reason), Emergency: b.Emergency, Reserve: b.Reserve}
	var err error
	if app.Store, err = storeAt("/store", b.Store, a); err != nil {
		return nil, err
	}
	if b.Who != "" {
		if app.Who, err = id.Parse[id.Staff](b.Who); err != nil {
			return nil, fault.At("/who", "api.value")
		}
	}
	for _, x := range b.Subjects {
		subj, err := id.Parse[id.Subject](x)
		if err != nil {
			return nil, fault.At("/subjects", "api.value")
		}
		app.Subjects = append(app.Subjects, subj)
	}
	g, err := s.house.Grants.Ask(ctx, a, app)
	if err != nil {
		return nil, err
	}
	return &GrantAnswer{grantOf(g)}, nil
}

// grantAct makes the handler of an act on one grant.
func (s *API) grantAct(act func(context.Context, actor.Actor, id.Grant) (grant.Grant, error),
) func(context.Context, actor.Actor, *GrantPath, *kept) (*GrantAnswer, error) {
	return func(ctx context.Context, a actor.Actor, in *GrantPath, _ *kept) (*GrantAnswer, error) {
		gid, err := grantID(in.ID)
		if err != nil {
			return nil, err
		}
		g, err := act(ctx, a, gid)
		if err != nil {
			return nil, err
		}
		return &GrantAnswer{grantOf(g)}, nil
	}
}

func (s *API) grantAgain(ctx context.Context, a actor.Actor, k kept) (*GrantAnswer, error) {
	gid, err := grantID(k.Ref)
	if err != nil {
		return nil, err
	}
	var g grant.Grant
	err = s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		g, err = grant.Load(tx, a.Institution, gid)
		return err
	})
	return &GrantAnswer{grantOf(g)}, err
}

func (s *API) grantList(ctx context.Context, a actor.Actor, in *GrantsAsked) (*Grants, error) {
	var all []grant.Grant
	decides := slices.Contains(s.may(policy.GrantApprove, "").Roles, a.Role)
	err := s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		switch {
		case in.State == "waiting" && decides:
			all, err = grant.Waiting(tx, a.Institution, tx.Now(), 1000)
		case in.State == "running" && decides:
			all, err = grant.Running(tx, a.Institution, tx.Now())
		default:
			all, err = grant.Of(tx, a.Institution, a.Staff, tx.Now())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(g grant.Grant) bool { return !a.Store.IsZero() && g.Store != a.Store })
	list, next, err := part(in.Paging, all)
	if err != nil {
		return nil, err
	}
	var out Grants
	out.Body.Grants, out.Body.Next = mapped(list, grantOf), next
	return &out, nil
}

func grantOf(g grant.Grant) Grant {
	return Grant{ID: g.ID.String(), State: string(g.State), Who: g.Who.String(), Role: string(g.Role), Purpose: g.Purpose,
		Fields: g.Fields, Store: g.Store.String(), Subjects: len(g.Subjects), From: g.From, Until: g.Until, PerDay: g.Quota(),
		Reason: string(g.Reason), Emergency: g.Emergency, Applicant: g.Applicant.String(), Asked: g.AskedAt,
		Decider: g.Decider.String(), Decided: moment(g.DecidedAt)}
}
