package policy_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/policy"
)

// inside reports whether an act is one of the compartment's own.
func inside(a policy.Act) bool { return strings.HasPrefix(string(a), "compartment.") }

// TestASecludedRecordIsThereForNobodyAtWork walks S2-23†: role × act × each flag.
// Owner, emergency and every grant included, only the family, the program's own
// duties and the compartment's two officers reach such a record; whoever else would
// be allowed is told that it is not there.
func TestASecludedRecordIsThereForNobodyAtWork(t *testing.T) {
	e := engine(t)
	for _, role := range actor.Roles {
		family := role == actor.Guardian || role == actor.Child || role == actor.System
		for _, act := range policy.Acts() {
			for _, f := range append(settings(), ideal(role, act).Facts) {
				f.AgeBand, f.Authority = ideal(role, act).Facts.AgeBand, ideal(role, act).Facts.Authority
				f.Basis, f.Consent, f.BulkCount = policy.BasisConsent, policy.ConsentLive, 1
				r := policy.Request{Role: role, Act: act, Purpose: "contact.class", Fields: []string{"guardian.phone"}, Facts: f}
				r.Facts.Secluded = false
				seen := e.DecideAfresh(r)
				r.Facts.Secluded = true
				hidden := e.DecideAfresh(r)
				switch {
				case family || inside(act):
					if seen.Allow != hidden.Allow {
						t.Fatalf("%s %s: %v without, %v with seclusion", role, act, seen.Allow, hidden.Allow)
					}
				case hidden.Allow:
					t.Fatalf("%s may %s a secluded record by %v", role, act, hidden.Rules)
				case seen.Allow && fault.KindOf(e.Refusal(hidden)) != fault.NotFound:
					t.Fatalf("%s %s: %v says that the record is there", role, act, hidden.Rules)
				}
			}
		}
	}
}

// TestNoFlagOpensASealedFileForOne draws requests at random (S2-23†, I8): what opens
// a file or lets it out has a second officer and the case behind it.
func TestNoFlagOpensASealedFileForOne(t *testing.T) {
	e := engine(t)
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		r.Act = rapid.SampledFrom([]policy.Act{policy.CompartmentOpen, policy.CompartmentRelease}).Draw(t, "act")
		f := r.Facts
		if e.Decide(r).Allow && !(f.SecondPerson && f.CaseNamed && f.StepUpFresh && r.Role == actor.Officer) {
			t.Fatalf("%+v is allowed", r)
		}
	})
}

// TestTheCompartmentIsTheOfficersAlone: no other role has any of its acts (S2-23†).
func TestTheCompartmentIsTheOfficersAlone(t *testing.T) {
	e := engine(t)
	for _, act := range slices.DeleteFunc(policy.Acts(), func(a policy.Act) bool { return !inside(a) }) {
		for _, role := range actor.Roles {
			if got := e.MayEver(role, act); got != (role == actor.Officer) {
				t.Errorf("%s %s: %v", role, act, got)
			}
		}
	}
}
