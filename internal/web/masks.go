package web

import (
	"net/http"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// masksPage is the table of masks: who sees how much of what, and how many
// people or numbers a mask leaves possible (S3-46).
type masksPage struct {
	ui.Page
	Table ui.Table
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
	for _, rule := range deid.Rules {
		if seen[rule.Kind] {
			continue
		}
		seen[rule.Kind] = true
		row := ui.Words(r.P.T("mask.kind." + string(rule.Kind)))
		for _, a := range audiences {
			row = append(row, ui.Cell{Text: r.P.T("mask.form." + string(deid.Rules.Form(rule.Kind, a)))})
		}
		row = append(row, ui.Cell{Text: r.P.T("masks.left." + string(deid.Rules.Form(rule.Kind, deid.Staff)))})
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return r.Show(w, v.body())
}
