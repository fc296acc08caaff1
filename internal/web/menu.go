package web

import (
	"strings"

	"github.com/wardfold/wardfold/internal/web/ui"
)

// menuParts is the order of the menus of staff, by the key of each page's entry.
// A page that stands nowhere here comes last; a test sees that none of them does.
var menuParts = []struct {
	title string // message key; none for what stands above all
	pages []string
}{
	{"", []string{"today.title", "self.title"}},
	{"menu.families", []string{"start.title", "find.title", "change.list", "imports.title", "capsules.title", "glass.title", "compartment.title", "figures.title"}},
	{"menu.rules", []string{"notices.title", "purposes.title", "schemas.title", "promise.menu", "mask.title"}},
	{"menu.people", []string{"people.title", "duty.title", "applications.title", "grants.title", "matrix.title", "systems.title", "apikeys.title"}},
	{"menu.leaving", []string{"exports.title", "publish.menu", "research.menu"}},
	{"menu.checks", []string{"audit.title", "alarms.title", "leak.title", "survey.title", "held.title", "review.title"}},
}

// plainMenu is how many entries a menu may have that needs no titles between them.
const plainMenu = 9

// menu lists the pages that admit the actor, in parts. The current one is that
// whose address reaches furthest into this page's.
func (r *Request) menu() []ui.NavPart {
	open, n := r.admitted()
	parts := make([]ui.NavPart, 0, len(menuParts)+1)
	for _, p := range menuParts {
		var part ui.NavPart
		for _, key := range p.pages {
			if item, ok := open[key]; ok {
				part.Items = append(part.Items, item)
				delete(open, key)
			}
		}
		if p.title != "" && n > plainMenu {
			part.Title = r.P.T(p.title)
		}
		if len(part.Items) > 0 {
			parts = append(parts, part)
		}
	}
	var rest ui.NavPart
	for _, route := range r.server.routes { // families have no parts
		if item, ok := open[route.Menu]; ok {
			rest.Items = append(rest.Items, item)
		}
	}
	if len(rest.Items) > 0 {
		parts = append(parts, rest)
	}
	return parts
}

// admitted are the entries of the pages that admit the actor, by key.
func (r *Request) admitted() (open map[string]ui.NavItem, n int) {
	open = map[string]ui.NavItem{}
	current, reach, at := "", 0, r.URL.Path
	if rest, ok := strings.CutPrefix(at, pathSubjects+"/"); ok {
		at = PathFind + "/" + rest // whoever is at a record has found it
	}
	for _, route := range r.server.routes {
		if route.Menu == "" || route.Access.Public || !route.Access.Admits(r.Actor.Role) {
			continue
		}
		href := route.href()
		if n := len(href); n > reach && (at == href || strings.HasPrefix(at, href+"/")) {
			current, reach = route.Menu, n
		}
		words := route.Menu
		if own := words + "." + string(r.Actor.Role); r.P.Has(own) { // one page may be called otherwise by some
			words = own
		}
		open[route.Menu] = ui.NavItem{Href: href, Text: r.P.T(words)}
	}
	if item, ok := open[current]; ok {
		item.Current = true
		open[current] = item
	}
	return open, len(open)
}
