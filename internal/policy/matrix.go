package policy

import (
	"github.com/cedar-policy/cedar-go"

	"github.com/wardfold/wardfold/internal/actor"
)

// Access is the most that a role can see of a record of its own reach.
type Access string

// The levels; words in package lang under "policy.access."+level.
const (
	AccessNone   Access = "none"
	AccessMasked Access = "masked" // masked values, never one in clear
	AccessGrant  Access = "grant"  // one value at a time, under a live grant
	AccessOwn    Access = "own"    // their own or their child's
	AccessKey    Access = "key"    // within the bounds of an API key
)

// AccessOf returns the most that role can see, asked of the rules themselves.
func (e *Engine) AccessOf(role actor.Role) Access {
	switch {
	case !e.MayEver(role, SubjectView) && !e.MayEver(role, FieldReveal):
		return AccessNone
	case !e.MayEver(role, FieldReveal):
		return AccessMasked
	case e.bound(role, "family"):
		return AccessOwn
	case role == actor.Integrator:
		return AccessKey
	}
	return AccessGrant
}

// MayEver reports whether some permit names the role and the act. Permits look
// at nothing else; what must be so besides is for the limits.
func (e *Engine) MayEver(role actor.Role, act Act) bool {
	if _, ok := acts[act]; !ok {
		return false
	}
	allowed, _ := cedar.Authorize(e.permits, e.entities, cedar.Request{
		Principal: uid("Role", string(role)),
		Action:    uid("Action", string(act)),
		Resource:  uid("Purpose", ""),
	})
	return allowed == cedar.Allow
}

func (e *Engine) bound(role actor.Role, team string) bool {
	entity, ok := e.entities[uid("Role", string(role))]
	return ok && entity.Parents.Contains(uid("Team", team))
}
