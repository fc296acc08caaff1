package policy

import (
	"errors"
	"slices"

	"github.com/wardfold/wardfold/internal/fault"
)

// refusals are the kinds of refusal, the one to tell first coming first. Who
// may not know that a record exists learns nothing else; a missing consent is
// told before a missing approval, since no approval makes up for it.
var refusals = []struct {
	kind fault.Kind
	code string
}{
	{fault.NotFound, "policy.not_found"},
	{fault.Erased, "policy.erased"},
	{fault.Denied, "policy.denied"},
	{fault.Invalid, "policy.invalid"},
	{fault.Unauthenticated, "policy.unauthenticated"},
	{fault.ConsentNeeded, "policy.consent_needed"},
	{fault.ApprovalNeeded, "policy.approval_needed"},
	{fault.Limited, "policy.limited"},
	{fault.Unavailable, "policy.halted"},
}

// Refusal returns the fault to answer with when d denies, or nil when it
// allows. The fault carries the rules to explain, except under NotFound, where
// naming the rule would say that the record exists. An error while deciding is
// fault.Unavailable.
func (e *Engine) Refusal(d Decision) error {
	switch {
	case d.Err != nil:
		return fault.New(fault.Unavailable, "policy.unavailable").Because(d.Err)
	case d.Allow:
		return nil
	}
	for _, r := range refusals {
		if !slices.ContainsFunc(d.Rules, func(id string) bool { return e.rules[id].Kind == r.kind }) {
			continue
		}
		f := fault.New(r.kind, r.code)
		if r.kind != fault.NotFound {
			f.Rules = d.Rules
		}
		return f
	}
	return fault.New(fault.Unavailable, "policy.unavailable").Because(errNoKind)
}

var errNoKind = errors.New("policy: a denial without a rule of a kind")
