package policy

import (
	"maps"
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/wardfold/wardfold/internal/actor"
)

// shelf holds the rules whose scope fits one role and one act. Both come from
// closed vocabularies, so the shelves are filled at load; Cedar would find out
// anew with every decision that most rules are about something else. A property
// test holds the answer equal to that of all rules together.
//
// Its entities are the two themselves with all that they are in laid flat, so
// that Cedar need not climb.
type shelf struct {
	permits, forbids *cedar.PolicySet
	entities         types.EntityMap
	reads            []cedar.String // the attributes that these rules look at
}

type place struct {
	role actor.Role
	act  Act
}

func (e *Engine) fillShelves(scopes map[string]scope) {
	roles, deeds := make(map[actor.Role]cedar.EntityUIDSet), make(map[Act]cedar.EntityUIDSet)
	for _, role := range actor.Roles {
		roles[role] = e.above(uid("Role", string(role)))
	}
	for act := range acts {
		deeds[act] = e.above(uid("Action", string(act)))
	}
	e.shelves = make(map[place]shelf, len(roles)*len(deeds))
	for role, r := range roles {
		for act, a := range deeds {
			e.shelves[place{role, act}] = e.fill(role, r, act, a, scopes)
		}
	}
}

func (e *Engine) fill(role actor.Role, aboveRole cedar.EntityUIDSet, act Act, aboveAct cedar.EntityUIDSet,
	scopes map[string]scope,
) shelf {
	who, what := uid("Role", string(role)), uid("Action", string(act))
	s := shelf{permits: cedar.NewPolicySet(), forbids: cedar.NewPolicySet(), entities: types.EntityMap{
		who: {UID: who, Parents: aboveRole}, what: {UID: what, Parents: aboveAct},
	}}
	read := make(map[cedar.String]bool)
	pick := func(to, from *cedar.PolicySet) {
		for id, p := range from.All() {
			if sc := scopes[string(id)]; sc.principal.fits(aboveRole) && sc.action.fits(aboveAct) {
				to.Add(id, p)
				for _, attr := range sc.reads {
					read[attr] = true
				}
			}
		}
	}
	pick(s.permits, e.permits)
	pick(s.forbids, e.forbids)
	s.reads = slices.Collect(maps.Keys(read))
	return s
}

// above returns u and everything that u is in.
func (e *Engine) above(u cedar.EntityUID) cedar.EntityUIDSet {
	all := []cedar.EntityUID{u}
	for i := 0; i < len(all); i++ {
		for parent := range e.entities[all[i]].Parents.All() {
			if !slices.Contains(all, parent) {
				all = append(all, parent)
			}
		}
	}
	return cedar.NewEntityUIDSet(all...)
}

// scope is the head of a rule, permit (principal …, action …, resource), and
// what the rest of it reads.
type scope struct {
	principal, action head
	reads             []cedar.String
}

// head is one part of it: any entity, or one that is or is in one of some.
type head struct {
	any  bool
	some []cedar.EntityUID
}

func (h head) fits(above cedar.EntityUIDSet) bool {
	return h.any || slices.ContainsFunc(h.some, above.Contains)
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
	return scope{part("principal"), part("action"), reads(tree)}
}
