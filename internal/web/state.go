package web

import (
	"maps"
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathInventory shows what is held beside what was promised, as the newest
// nightly scan found it (S0-01).
const PathInventory = "/staff/inventory"

// concern is what those who answer for an institution should know before
// anything else, with a page that says more, if there is one.
type concern struct {
	Kind        ui.Kind
	Title, Text string
	Href, Go    string
}

// concerns lists them: witnesses that are silent (R6), a scan that found
// something. Everybody else sees none.
func (p *staffPages) concerns(r *Request) (list []concern, err error) {
	if !may(examiners, r.Actor.Role) {
		return nil, nil
	}
	s, err := p.Office.State(r.Context(), r.Actor)
	switch {
	case err != nil:
		return nil, err
	case s.Halted():
		list = append(list, concern{Kind: ui.Danger, Title: r.P.T("state.halted"), Text: r.P.T("state.halted.text", r.P.Duration(s.Unseen))})
	case s.Late():
		list = append(list, concern{Kind: ui.Warning, Title: r.P.T("state.late"), Text: r.P.T("state.late.text", r.P.Duration(s.Unseen))})
	}
	if n := s.Inventory.Findings(); n > 0 {
		list = append(list, concern{Kind: ui.Warning, Title: r.P.T("state.differs"), Text: r.P.T("state.differs.text", n, r.P.Time(s.Inventory.At)),
			Href: PathInventory, Go: r.P.T("state.differs.go")})
	}
	return list, nil
}

// inventoryPage is the newest nightly scan in words.
type inventoryPage struct {
	ui.Page
	When   string // "" if there is none yet
	Fields ui.Table
	Found  []string
	Volume string
}

func (p *staffPages) inventoryRoutes() []Route {
	return []Route{{Pattern: "GET " + PathInventory, Handler: p.inventory, Access: Only(Institution, examiners...), Menu: "held.title"}}
}

func (p *staffPages) inventory(w http.ResponseWriter, r *Request) error {
	s, err := p.Office.State(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := inventoryPage{Page: r.Page("held.title")}
	if !s.Inventory.At.IsZero() {
		v.fill(r, s)
	}
	return r.Show(w, v.body())
}

func (v *inventoryPage) fill(r *Request, s office.State) {
	k := s.Inventory
	v.When = r.P.Time(k.At)
	v.Volume = r.P.T("held.volume", k.Volume.Children, k.Volume.Enrolled, k.Records)
	v.Fields = ui.Table{ID: "fields", Caption: r.P.T("held.fields"), Heads: []ui.Head{{Text: r.P.T("held.field")},
		{Text: r.P.T("held.records"), Number: true}, {Text: r.P.T("held.schemas")}}}
	for _, f := range k.Fields {
		admitted := r.P.List(f.Schemas)
		if admitted == "" {
			admitted = r.P.T("held.nobody")
		}
		v.Fields.Rows = append(v.Fields.Rows, ui.Words(wordOr(r.P, "field."+f.Field, f.Field), r.P.Number(int64(f.Records)), admitted))
	}
	for _, code := range slices.Sorted(maps.Keys(k.Found)) {
		v.Found = append(v.Found, r.P.T("held.found."+code, k.Found[code]))
	}
}
