package api

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/policy"
)

// may asks the rules themselves which roles may ever do an act.
func (s *API) may(act policy.Act, r Relation) Access {
	a := Access{Relation: r}
	for _, role := range actor.Roles {
		if role != actor.System && s.house.Policy.MayEver(role, act) {
			a.Roles = append(a.Roles, role)
		}
	}
	return a
}

func union(a, b []actor.Role) []actor.Role {
	out := slices.Clone(a)
	for _, r := range b {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

func mapped[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// moment is a time that may be absent.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
