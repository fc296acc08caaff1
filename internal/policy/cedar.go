package policy

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/wardfold/wardfold/internal/actor"
)

// teams are the groups of roles that the rules name.
var teams = map[string][]actor.Role{
	"family":      {actor.Guardian, actor.Child},
	"desk":        {actor.Clerk, actor.Manager},
	"local":       {actor.Clerk, actor.Teacher, actor.Manager},
	"reader":      {actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Volunteer, actor.Vendor},
	"approver":    {actor.Manager, actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader},
	"staffing":    {actor.Manager, actor.Owner, actor.SysAdmin},
	"signer":      {actor.Overseer, actor.System},
	"appointer":   {actor.Owner, actor.Officer, actor.Manager},
	"founder":     {actor.Owner, actor.SysAdmin},
	"reviewer":    {actor.Manager, actor.Officer, actor.Auditor, actor.Owner},
	"accountable": {actor.Manager, actor.Officer, actor.Owner, actor.Leader, actor.DataOwner, actor.CyberOffice, actor.Auditor},
	"operator":    {actor.SysAdmin, actor.System},
	"outsider":    {actor.Volunteer, actor.Vendor},
	"staff": {actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.CyberOffice, actor.DataOwner,
		actor.Leader, actor.Owner, actor.Auditor, actor.SysAdmin, actor.Volunteer, actor.Vendor},
	"person": slices.DeleteFunc(slices.Clone(actor.Roles), func(r actor.Role) bool {
		return r == actor.Integrator || r == actor.System
	}),
	"known": actor.Roles,
}

// entities are prepared once: what depends on no request.
func entities() types.EntityMap {
	m := make(types.EntityMap)
	for _, r := range actor.Roles {
		var in []cedar.EntityUID
		for team, roles := range teams {
			if slices.Contains(roles, r) {
				in = append(in, uid("Team", team))
			}
		}
		add(m, uid("Role", string(r)), in)
	}
	for a, n := range acts {
		add(m, uid("Action", string(a)), actionGroups(n.groups))
	}
	for g, parents := range actGroups {
		add(m, uid("Action", g), actionGroups(parents))
	}
	for t := range teams {
		add(m, uid("Team", t), nil)
	}
	return m
}

func actionGroups(names []string) []cedar.EntityUID {
	var in []cedar.EntityUID
	for _, g := range names {
		in = append(in, uid("Action", g))
	}
	return in
}

func add(m types.EntityMap, u cedar.EntityUID, parents []cedar.EntityUID) {
	m[u] = types.Entity{UID: u, Parents: cedar.NewEntityUIDSet(parents...)}
}

func uid(kind cedar.EntityType, id string) cedar.EntityUID {
	return cedar.NewEntityUID(kind, cedar.String(id))
}

// evaluate asks Cedar. The permits and the forbids are asked apart, which gives
// the same answer as together (a forbid wins), and tells which limits stand in
// the way even of an act that no permit names.
func (e *Engine) evaluate(q question) Decision {
	req := cedar.Request{
		Principal: uid("Role", string(q.role)),
		Action:    uid("Action", string(q.act)),
		Resource:  uid("Purpose", q.purpose),
		Context:   attributes(q),
	}
	rules := e.shelves[place{q.role, q.act}]
	permit, why := cedar.Authorize(rules.permits, e.entities, req)
	_, whyNot := cedar.Authorize(rules.forbids, e.entities, req)
	if err := errors.Join(failures(why), failures(whyNot)); err != nil {
		return Decision{Rules: noPermit, Err: err}
	}
	forbidden := ids(whyNot)
	if bans := slices.DeleteFunc(slices.Clone(forbidden), func(id string) bool { return !e.rules[id].Ban }); len(bans) > 0 {
		return Decision{Rules: bans}
	}
	switch {
	case permit != cedar.Allow:
		return Decision{Rules: noPermit}
	case len(forbidden) > 0:
		return Decision{Rules: forbidden}
	}
	return Decision{Allow: true, Rules: ids(why)}
}

func ids(d cedar.Diagnostic) []string {
	var s []string
	for _, r := range d.Reasons {
		s = append(s, string(r.PolicyID))
	}
	slices.Sort(s)
	return s
}

func failures(d cedar.Diagnostic) error {
	var errs []error
	for _, f := range d.Errors {
		errs = append(errs, fmt.Errorf("policy: rule %s: %s", f.PolicyID, f.Message))
	}
	return errors.Join(errs...)
}

// attributes is the context that the rules see.
func attributes(q question) cedar.Record {
	f := q.facts
	return cedar.NewRecord(cedar.RecordMap{
		"operation":                cedar.String(q.op),
		"grades":                   cedar.Boolean(q.classes&Grades != 0),
		"difficulty":               cedar.Boolean(q.classes&Difficulty != 0),
		"sensitive":                cedar.Boolean(q.classes&Sensitive != 0),
		"sameInstitution":          cedar.Boolean(f.SameInstitution),
		"ownStore":                 cedar.Boolean(f.OwnStore),
		"ownChild":                 cedar.Boolean(f.OwnChild),
		"ownSelf":                  cedar.Boolean(f.OwnSelf),
		"quarantined":              cedar.Boolean(f.Quarantined),
		"restricted":               cedar.Boolean(f.Restricted),
		"erased":                   cedar.Boolean(f.Erased),
		"ageBand":                  cedar.String(f.AgeBand),
		"authority":                cedar.String(f.Authority),
		"inDifficulty":             cedar.Boolean(f.InDifficulty),
		"purposeActive":            cedar.Boolean(f.PurposeActive),
		"basis":                    cedar.String(f.Basis),
		"consent":                  cedar.String(f.Consent),
		"fieldsInSchema":           cedar.Boolean(f.FieldsInSchema),
		"grantLive":                cedar.Boolean(f.GrantLive),
		"grantCoversPurpose":       cedar.Boolean(f.GrantCoversPurpose),
		"grantCoversFields":        cedar.Boolean(f.GrantCoversFields),
		"grantCoversSubject":       cedar.Boolean(f.GrantCoversSubject),
		"grantApproverIsApplicant": cedar.Boolean(f.GrantApproverIsApplicant),
		"emergency":                cedar.Boolean(f.Emergency),
		"secondPerson":             cedar.Boolean(f.SecondPerson),
		"ownRequest":               cedar.Boolean(f.OwnRequest),
		"ownAppointee":             cedar.Boolean(f.OwnAppointee),
		"undertaking":              cedar.Boolean(f.Undertaking),
		"trained":                  cedar.Boolean(f.Trained),
		"stepUpFresh":              cedar.Boolean(f.StepUpFresh),
		"quotaLeft":                cedar.Boolean(f.QuotaLeft),
		"keyPurposeBound":          cedar.Boolean(f.KeyPurposeBound),
		"keyFieldsBound":           cedar.Boolean(f.KeyFieldsBound),
		"bulkCount":                cedar.Long(f.BulkCount),
		"sourceDocument":           cedar.Boolean(f.SourceDocument),
		"recipientNaturalPerson":   cedar.Boolean(f.RecipientNaturalPerson),
		"personalAccount":          cedar.Boolean(f.PersonalAccount),
	})
}
