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
	"applicant":   {actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.DataOwner},
	"decider":     {actor.Manager, actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader, actor.Owner},
	"breaker":     {actor.Clerk, actor.Teacher, actor.Manager, actor.Officer},
	"watcher":     {actor.Manager, actor.Officer, actor.Owner},
	"registrar":   {actor.CyberOffice, actor.Officer},
	"staffing":    {actor.Manager, actor.Owner, actor.SysAdmin},
	"signer":      {actor.Overseer, actor.System},
	"appointer":   {actor.Owner, actor.Officer, actor.Manager},
	"founder":     {actor.Owner, actor.SysAdmin},
	"reviewer":    {actor.Manager, actor.Officer, actor.Auditor, actor.Owner},
	"accountable": {actor.Manager, actor.Officer, actor.Owner, actor.Leader, actor.DataOwner, actor.CyberOffice, actor.Auditor},
	"examiner":    {actor.Officer, actor.Auditor, actor.Owner, actor.System},
	"publisher":   {actor.Officer, actor.Manager, actor.Leader},
	"researcher":  {actor.Officer, actor.DataOwner},
	"releaser":    {actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader, actor.Manager},
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
	rules := e.shelves[place{q.role, q.act}]
	req := cedar.Request{
		Principal: uid("Role", string(q.role)),
		Action:    uid("Action", string(q.act)),
		Resource:  uid("Purpose", q.purpose),
		Context:   context(q, rules.reads),
	}
	permit, why := cedar.Authorize(rules.permits, rules.entities, req)
	_, whyNot := cedar.Authorize(rules.forbids, rules.entities, req)
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

// attributes is the context that the rules see, by name. Making a record costs
// by its length, so each shelf makes one of what its rules read.
var attributes = map[cedar.String]func(question) cedar.Value{
	"operation":                func(q question) cedar.Value { return cedar.String(q.op) },
	"grades":                   func(q question) cedar.Value { return cedar.Boolean(q.classes&Grades != 0) },
	"difficulty":               func(q question) cedar.Value { return cedar.Boolean(q.classes&Difficulty != 0) },
	"sensitive":                func(q question) cedar.Value { return cedar.Boolean(q.classes&Sensitive != 0) },
	"sameInstitution":          func(q question) cedar.Value { return cedar.Boolean(q.facts.SameInstitution) },
	"ownStore":                 func(q question) cedar.Value { return cedar.Boolean(q.facts.OwnStore) },
	"ownChild":                 func(q question) cedar.Value { return cedar.Boolean(q.facts.OwnChild) },
	"ownSelf":                  func(q question) cedar.Value { return cedar.Boolean(q.facts.OwnSelf) },
	"quarantined":              func(q question) cedar.Value { return cedar.Boolean(q.facts.Quarantined) },
	"restricted":               func(q question) cedar.Value { return cedar.Boolean(q.facts.Restricted) },
	"erased":                   func(q question) cedar.Value { return cedar.Boolean(q.facts.Erased) },
	"secluded":                 func(q question) cedar.Value { return cedar.Boolean(q.facts.Secluded) },
	"caseNamed":                func(q question) cedar.Value { return cedar.Boolean(q.facts.CaseNamed) },
	"ageBand":                  func(q question) cedar.Value { return cedar.String(q.facts.AgeBand) },
	"authority":                func(q question) cedar.Value { return cedar.String(q.facts.Authority) },
	"inDifficulty":             func(q question) cedar.Value { return cedar.Boolean(q.facts.InDifficulty) },
	"purposeActive":            func(q question) cedar.Value { return cedar.Boolean(q.facts.PurposeActive) },
	"basis":                    func(q question) cedar.Value { return cedar.String(q.facts.Basis) },
	"consent":                  func(q question) cedar.Value { return cedar.String(q.facts.Consent) },
	"fieldsInSchema":           func(q question) cedar.Value { return cedar.Boolean(q.facts.FieldsInSchema) },
	"grantLive":                func(q question) cedar.Value { return cedar.Boolean(q.facts.GrantLive) },
	"grantCoversPurpose":       func(q question) cedar.Value { return cedar.Boolean(q.facts.GrantCoversPurpose) },
	"grantCoversFields":        func(q question) cedar.Value { return cedar.Boolean(q.facts.GrantCoversFields) },
	"grantCoversSubject":       func(q question) cedar.Value { return cedar.Boolean(q.facts.GrantCoversSubject) },
	"grantApproverIsApplicant": func(q question) cedar.Value { return cedar.Boolean(q.facts.GrantApproverIsApplicant) },
	"emergency":                func(q question) cedar.Value { return cedar.Boolean(q.facts.Emergency) },
	"secondPerson":             func(q question) cedar.Value { return cedar.Boolean(q.facts.SecondPerson) },
	"ownRequest":               func(q question) cedar.Value { return cedar.Boolean(q.facts.OwnRequest) },
	"ownAppointee":             func(q question) cedar.Value { return cedar.Boolean(q.facts.OwnAppointee) },
	"undertaking":              func(q question) cedar.Value { return cedar.Boolean(q.facts.Undertaking) },
	"trained":                  func(q question) cedar.Value { return cedar.Boolean(q.facts.Trained) },
	"stepUpFresh":              func(q question) cedar.Value { return cedar.Boolean(q.facts.StepUpFresh) },
	"quotaLeft":                func(q question) cedar.Value { return cedar.Boolean(q.facts.QuotaLeft) },
	"keyPurposeBound":          func(q question) cedar.Value { return cedar.Boolean(q.facts.KeyPurposeBound) },
	"keyFieldsBound":           func(q question) cedar.Value { return cedar.Boolean(q.facts.KeyFieldsBound) },
	"bulkCount":                func(q question) cedar.Value { return cedar.Long(q.facts.BulkCount) },
	"sourceDocument":           func(q question) cedar.Value { return cedar.Boolean(q.facts.SourceDocument) },
	"recipientNaturalPerson":   func(q question) cedar.Value { return cedar.Boolean(q.facts.RecipientNaturalPerson) },
	"unwitnessed":              func(q question) cedar.Value { return cedar.Boolean(q.facts.Unwitnessed) },
	"personalAccount":          func(q question) cedar.Value { return cedar.Boolean(q.facts.PersonalAccount) },
}

// context makes the record of some attributes.
func context(q question, read []cedar.String) cedar.Record {
	m := make(cedar.RecordMap, len(read))
	for _, name := range read {
		m[name] = attributes[name](q)
	}
	return cedar.NewRecord(m)
}
