package policy

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cedar-policy/cedar-go"
)

// inspect walks a policy in Cedar's JSON form and refuses names that do not
// exist: a misspelt act would make a permit useless and, worse, a ban silent.
// It also learns which purposes the rules tell apart.
func (e *Engine) inspect(id string, tree any) error {
	var errs []error
	walk(tree, func(node map[string]any) {
		if kind, name, ok := entity(node); ok {
			if kind == "Purpose" {
				e.purposes[name] = true
			} else if _, exists := e.entities[uid(cedar.EntityType(kind), name)]; !exists {
				errs = append(errs, fmt.Errorf("policy: rule %s names %s %q, which does not exist", id, kind, name))
			}
		}
		if attr, ok := attribute(node); ok {
			if _, exists := attributes[cedar.String(attr)]; !exists {
				errs = append(errs, fmt.Errorf("policy: rule %s reads context.%s, which does not exist", id, attr))
			}
		}
		if n, ok := node["Value"].(float64); ok && n > BulkMax {
			errs = append(errs, fmt.Errorf("policy: rule %s tells apart numbers above %d", id, BulkMax))
		}
	})
	return errors.Join(errs...)
}

// reads returns the attributes of context that a rule looks at.
func reads(tree any) []cedar.String {
	var attrs []cedar.String
	walk(tree, func(node map[string]any) {
		if attr, ok := attribute(node); ok {
			attrs = append(attrs, cedar.String(attr))
		}
	})
	return attrs
}

func parsed(p *cedar.Policy) (any, error) {
	text, err := p.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var tree any
	return tree, json.Unmarshal(text, &tree)
}

func walk(tree any, visit func(map[string]any)) {
	switch t := tree.(type) {
	case map[string]any:
		visit(t)
		for _, v := range t {
			walk(v, visit)
		}
	case []any:
		for _, v := range t {
			walk(v, visit)
		}
	}
}

// entity reads {"type": "Role", "id": "clerk"}.
func entity(node map[string]any) (kind, name string, ok bool) {
	kind, a := node["type"].(string)
	name, b := node["id"].(string)
	return kind, name, a && b
}

// attribute reads {".": {"left": {"Var": "context"}, "attr": "consent"}} and
// the same of "has".
func attribute(node map[string]any) (string, bool) {
	for _, op := range []string{".", "has"} {
		if of, ok := node[op].(map[string]any); ok {
			attr, ok := of["attr"].(string)
			return attr, ok
		}
	}
	return "", false
}
