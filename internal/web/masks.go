package web

import (
	"net/http"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// masksPage is the table of masks: who sees how much of what, and how many
// people or numbers a mask leaves possible (S3-46).
type masksPage struct {
	ui.Page
	Table  ui.Table
	Counts []ui.Table // how many people fit what an audience sees
}

// crowds are the populations for which the page counts.
var crowds = []struct {
	name  string
	crowd deid.Crowd
}{{"class", deid.Crowd{Size: 45, Years: 1}}, {"school", deid.Crowd{Size: 1200, Years: 6}}, {"city", deid.Crowd{Size: 200_000, Years: 18}}}

// countTable is how many people of each population fit what an audience sees of
// one person: each kind alone, and all of them side by side.
func countTable(p lang.Printer, a deid.Audience) ui.Table {
	t := ui.Table{Caption: p.T("masks.counts", p.T("mask.audience."+string(a))), Hidden: true, Heads: []ui.Head{{Text: p.T("masks.kind")}}}
	for _, c := range crowds {
		t.Heads = append(t.Heads, ui.Head{Text: p.T("masks.crowd."+c.name, c.crowd.Size), Number: true})
	}
	line := func(name string, shown ...deid.Shown) {
		row := ui.Words(name)
		for _, c := range crowds {
			e := c.crowd.Expect(shown...)
			alone := min(100, int(100*e.Alone+.5)) // an estimate; frequencies of names add up to a little over one
			text := p.T("masks.count", p.Number(int64(e.Candidates)), alone)
			if !e.Passes() {
				text = p.T("masks.few", text)
			}
			row = append(row, ui.Cell{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	var all []deid.Shown
	for _, kind := range []deid.Kind{deid.ChildName, deid.GuardianName, deid.Phone, deid.BirthMonth, deid.NationalID, deid.Address} {
		s := deid.Shown{Kind: kind, Form: desk.Masks.Form(kind, a)}
		if s.Form != deid.Nothing {
			line(p.T("mask.kind."+string(kind)), s)
			all = append(all, s)
		}
	}
	line(p.T("masks.together"), all...)
	return t
}

func (p *staffPages) masks(w http.ResponseWriter, r *Request) error {
	v := masksPage{Page: r.Page("mask.title")}
	audiences := []deid.Audience{deid.Staff, deid.Family, deid.Public, deid.Log}
	v.Table = ui.Table{Caption: r.P.T("mask.title"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("masks.kind")}}}
	for _, a := range audiences {
		v.Table.Heads = append(v.Table.Heads, ui.Head{Text: r.P.T("mask.audience." + string(a))})
	}
	v.Table.Heads = append(v.Table.Heads, ui.Head{Text: r.P.T("masks.left")})
	seen := map[deid.Kind]bool{}
	for _, rule := range desk.Masks {
		if seen[rule.Kind] {
			continue
		}
		seen[rule.Kind] = true
		row := ui.Words(r.P.T("mask.kind." + string(rule.Kind)))
		for _, a := range audiences {
			row = append(row, ui.Cell{Text: r.P.T("mask.form." + string(desk.Masks.Form(rule.Kind, a)))})
		}
		row = append(row, ui.Cell{Text: r.P.T("masks.left." + string(desk.Masks.Form(rule.Kind, deid.Staff)))})
		v.Table.Rows = append(v.Table.Rows, row)
	}
	for _, a := range []deid.Audience{deid.Staff, deid.Family, deid.Public} {
		v.Counts = append(v.Counts, countTable(r.P, a))
	}
	return r.Show(w, v.body())
}
