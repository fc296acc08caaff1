package policy_test

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/policy"
)

func engine(t testing.TB) *policy.Engine {
	t.Helper()
	e, err := policy.New()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// ideal is a request in which everything is as it should be, so that a test
// changes one thing.
func ideal(role actor.Role, act policy.Act) policy.Request {
	f := policy.Facts{
		SameInstitution: true, OwnStore: true, OwnChild: true, OwnSelf: true,
		AgeBand: policy.Under14, Authority: policy.AuthorityGuardian,
		PurposeActive: true, Basis: policy.BasisConsent, Consent: policy.ConsentLive, FieldsInSchema: true,
		GrantLive: true, GrantCoversPurpose: true, GrantCoversFields: true, GrantCoversSubject: true,
		SecondPerson: true, Undertaking: true, Trained: true, StepUpFresh: true, QuotaLeft: true,
		KeyPurposeBound: true, KeyFieldsBound: true, BulkCount: 1, SourceDocument: true, CaseNamed: true,
	}
	if role == actor.Child {
		f.AgeBand, f.Authority = policy.Teen, policy.AuthorityChild
	}
	if act == policy.PublishApprove {
		f.AgeBand = policy.Teen // nobody younger is ever shown (BAN-09)
	}
	return policy.Request{Role: role, Act: act, Purpose: "contact.class",
		Fields: []string{"guardian.phone"}, Facts: f}
}

// flags returns pointers to all booleans of f.
func flags(f *policy.Facts) []*bool {
	var all []*bool
	v := reflect.ValueOf(f).Elem()
	for i := range v.NumField() {
		if p, ok := v.Field(i).Addr().Interface().(*bool); ok {
			all = append(all, p)
		}
	}
	return all
}

var purposes = []string{"", "learner.manage", "course.deliver", "contact.class", "photo.wall", "survey", "marketing",
	"label", "publicity.traffic", "fundraising", "livestream.sales", "marketing.auto", "personal",
	"foreign.disclosure", "no such purpose"}

var fieldSets = [][]string{nil, {"learner.name"}, {"learner.name", "guardian.phone"}, {"learner.grades"},
	{"case.difficulty"}, {"learner.blood_type"}}

// anyRequest draws from the whole vocabulary and a little beyond it.
func anyRequest(t *rapid.T) policy.Request {
	r := policy.Request{
		Role:      rapid.SampledFrom(append([]actor.Role{"", "root"}, actor.Roles...)).Draw(t, "role"),
		Act:       rapid.SampledFrom(append(policy.Acts(), "", "no.such.act")).Draw(t, "act"),
		Operation: rapid.SampledFrom(append([]policy.Operation{"", "", "sell"}, policy.Operations...)).Draw(t, "operation"),
		Purpose:   rapid.SampledFrom(purposes).Draw(t, "purpose"),
		Fields:    rapid.SampledFrom(fieldSets).Draw(t, "fields"),
	}
	f := &r.Facts
	if rapid.Bool().Draw(t, "start from ideal") {
		*f = ideal(r.Role, r.Act).Facts
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			b := rapid.SampledFrom(flags(f)).Draw(t, "flag")
			*b = !*b
		}
	} else {
		for _, b := range flags(f) {
			*b = rapid.Bool().Draw(t, "flag")
		}
	}
	f.AgeBand = rapid.SampledFrom(append(policy.AgeBands, "old")).Draw(t, "age")
	f.Authority = rapid.SampledFrom(append(policy.Authorities, "aunt")).Draw(t, "authority")
	f.Consent = rapid.SampledFrom(append(policy.Consents, policy.ConsentLive, "maybe")).Draw(t, "consent")
	f.Basis = rapid.SampledFrom(append(policy.Bases, policy.BasisConsent, "hunch")).Draw(t, "basis")
	f.BulkCount = rapid.SampledFrom([]int{-1, 0, 1, 2, 50, 51, 500, 501, 1000, 1001, 1 << 30}).Draw(t, "count")
	return r
}
