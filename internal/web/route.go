package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
)

// Route is one line of the route list: an address, what answers it, and who
// may come in. The authorisation matrix is generated from the list.
type Route struct {
	Pattern string // "GET /family/{subject}"; std ServeMux syntax with a method
	Handler Handler
	Access  Access
	Menu    string // message key, when the page stands in the menu of those it admits

	MaxBody int64         // largest request body in bytes; 0 is 64 KiB
	Timeout time.Duration // longest the handler may take; 0 is 15 s
}

// Handler answers one route. An error it returns is told to the person by the
// one table of package problem; nothing may have been written by then.
type Handler func(w http.ResponseWriter, r *Request) error

// Access says who may come in: anyone, or certain roles that stand in a
// relation to what the address names. The server checks the role and the age
// of the proof before the handler runs; the relation is a fact the gate checks,
// declared here so that the matrix test can try every other one.
type Access struct {
	Public   bool
	Roles    []actor.Role
	Relation Relation
	Fresh    time.Duration // last strong proof of identity at most this old; 0 asks no more than a session
}

// Relation ties the person who asks to the thing asked about.
type Relation string

// The relations.
const (
	Itself      Relation = ""            // the page is about nobody but the person who asks
	OwnChild    Relation = "own_child"   // a child in the person's family, or the child itself
	OwnStore    Relation = "own_store"   // something of the store where the account works
	Institution Relation = "institution" // something of the account's institution
)

// Anyone admits everybody, signed in or not.
var Anyone = Access{Public: true}

// Only admits roles in a relation.
func Only(relation Relation, roles ...actor.Role) Access {
	return Access{Roles: roles, Relation: relation}
}

// Within returns a with the demand that the last strong proof is at most d old.
func (a Access) Within(d time.Duration) Access {
	a.Fresh = d
	return a
}

// Admits reports whether a person in role may come in at all. The empty role
// is somebody who is not signed in.
func (a Access) Admits(role actor.Role) bool {
	return a.Public || role != "" && slices.Contains(a.Roles, role)
}

// Method and Path split the pattern.
func (r Route) Method() string { m, _, _ := strings.Cut(r.Pattern, " "); return m }

// Path is the address of the route, with its wildcards.
func (r Route) Path() string { _, p, _ := strings.Cut(r.Pattern, " "); return p }

// href is the path of a route that can stand in a menu.
func (r Route) href() string { return strings.TrimSuffix(r.Path(), "{$}") }
