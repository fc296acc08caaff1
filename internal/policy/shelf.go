package policy

import (
	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/wardfold/wardfold/internal/actor"
)

// shelf holds the rules whose scope fits one role and one act. Both come from
// closed vocabularies, so the shelves are filled at load; Cedar would find out
// anew with every decision that most rules are about something else. A property
// test holds the answer equal to that of all rules together.
type shelf struct{ permits, forbids *cedar.PolicySet }

type place struct {
	role actor.Role
	act  Act
}

func (e *Engine) fillShelves(scopes map[string]scope) {
	e.shelves = make(map[place]shelf, len(actor.Roles)*len(acts))
	for _, role := range actor.Roles {
		mayRole := e.above(uid("Role", string(role)))
		for act := range acts {
			mayAct := e.above(uid("Action", string(act)))
			s := shelf{cedar.NewPolicySet(), cedar.NewPolicySet()}
			pick := func(to, from *cedar.PolicySet) {
				for id, p := range from.All() {
					if sc := scopes[string(id)]; sc.principal.fits(mayRole) && sc.action.fits(mayAct) {
						to.Add(id, p)
					}
				}
			}
			pick(s.permits, e.permits)
			pick(s.forbids, e.forbids)
			e.shelves[place{role, act}] = s
		}
	}
}

// above returns u and everything that u is in.
func (e *Engine) above(u cedar.EntityUID) map[types.EntityUID]bool {
	all := map[types.EntityUID]bool{u: true}
	for todo := []cedar.EntityUID{u}; len(todo) > 0; todo = todo[1:] {
		for parent := range e.entities[todo[0]].Parents.All() {
			if !all[parent] {
				all[parent] = true
				todo = append(todo, parent)
			}
		}
	}
	return all
}

// scope is the head of a rule: permit (principal …, action …, resource).
type scope struct{ principal, action head }

// head is one part of it: any entity, or one that is or is in one of some.
type head struct {
	any  bool
	some []cedar.EntityUID
}

func (h head) fits(above map[types.EntityUID]bool) bool {
	for _, u := range h.some {
		if above[u] {
			return true
		}
	}
	return h.any
}

// scopeOf reads the head from Cedar's JSON form. A form it does not know fits
// everything: the shelf is then longer, never wrong. An equality reads like an
// "in", which is wider and so harmless too.
func scopeOf(tree any) scope {
	policy, _ := tree.(map[string]any)
	part := func(name string) head {
		node, _ := policy[name].(map[string]any)
		var h head
		list, _ := node["entities"].([]any)
		for _, one := range append(list, node["entity"]) {
			if m, ok := one.(map[string]any); ok {
				if kind, id, ok := entity(m); ok {
					h.some = append(h.some, uid(cedar.EntityType(kind), id))
				}
			}
		}
		op, _ := node["op"].(string)
		h.any = op != "in" && op != "=="
		return h
	}
	return scope{part("principal"), part("action")}
}
