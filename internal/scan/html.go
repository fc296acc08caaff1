package scan

import (
	"bufio"
	"fmt"
	"html"
	"io"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
)

// pageStyle makes the page print: black on white, rows not cut in two, the heads
// of tables on every sheet of paper.
const pageStyle = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;break-after:avoid}h3{font-size:1rem;margin:1.2rem 0 .3rem;overflow-wrap:anywhere;break-after:avoid}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
thead{display:table-header-group}tr{break-inside:avoid}.answer{font-size:1.2rem;border:2px solid;padding:.8rem 1rem;border-radius:.4rem}.low{color:#666}
@media screen and (max-width:40rem){table{font-size:.8125rem}th,td{padding:.3rem .2rem}}
@media print{body{margin:0;max-width:none;font-size:10.5pt}@page{margin:18mm 15mm}}`

// WriteHTML writes the report as a page of its own that prints and needs nothing
// from anywhere. Values stand in it under their masks.
func WriteHTML(w io.Writer, j *Journal, s Summary, p lang.Printer) error {
	h := &hypertext{w: bufio.NewWriter(w), p: p}
	h.put(`<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>%s</title><style>`,
		p.HTML(), p.T("scan.title"))
	_, _ = h.w.WriteString(pageStyle) // Flush tells of errors
	h.put(`</style></head><body><h1>%s</h1><p>%s</p>`, p.T("scan.title"), HeadWords(p, s))
	h.put(`<p>%s</p>`, p.T("scan.when", p.Time(s.Started)))
	h.put(`<p class="answer">%s</p>`, Answer(p, s))
	h.todo(s)
	h.kinds(s)
	h.put(`<h2>%s</h2>`, p.T("scan.places"))
	for l, err := range j.Lines() {
		if err != nil {
			return err
		}
		h.result(l)
	}
	h.endPart()
	if err := h.problems(j, s); err != nil {
		return err
	}
	h.put(`<p class="low">%s</p></body></html>`, p.T("scan.foot"))
	return h.w.Flush()
}

type hypertext struct {
	w    *bufio.Writer
	p    lang.Printer
	part string
	open bool // a table is open
	n    int  // findings of the part so far
	more int64
}

// put writes with every argument escaped.
func (h *hypertext) put(format string, args ...any) {
	for i, a := range args {
		args[i] = html.EscapeString(fmt.Sprint(a))
	}
	_, _ = fmt.Fprintf(h.w, format, args...) // Flush tells of errors
}

func (h *hypertext) todo(s Summary) {
	list := Advice(h.p, s)
	if len(list) == 0 {
		return
	}
	h.put(`<h2>%s</h2><ol>`, h.p.T("scan.do"))
	for _, line := range list {
		h.put(`<li>%s</li>`, line)
	}
	h.put(`</ol>`)
}

func (h *hypertext) kinds(s Summary) {
	p := h.p
	h.put(`<h2>%s</h2><table><thead><tr><th>%s</th><th class="n">%s</th><th class="n">%s</th><th class="n">%s</th><th class="n">%s</th><th class="n">%s</th><th class="n">%s</th></tr></thead><tbody>`,
		p.T("scan.what"), p.T("scan.col.kind"), LevelName(p, detect.Certain), LevelName(p, detect.Likely), LevelName(p, detect.Possible),
		MinorName(p, under14), MinorName(p, from14To17), p.T("scan.col.masked"))
	for k := range detect.Every.All() {
		if c := s.Kinds[k]; c.All()+c.Masked > 0 {
			h.put(`<tr><td>%s</td><td class="n">%v</td><td class="n">%v</td><td class="n">%v</td><td class="n">%v</td><td class="n">%v</td><td class="n">%v</td></tr>`,
				KindName(p, k), p.Number(c.Certain), p.Number(c.Likely), p.Number(c.Possible), p.Number(c.Under14), p.Number(c.From14To17), p.Number(c.Masked))
		}
	}
	h.put(`</tbody></table>`)
}

// under begins the table of a part.
func (h *hypertext) under(part string) {
	if part == h.part && h.open {
		return
	}
	h.endPart()
	p := h.p
	h.part, h.open, h.n, h.more = part, true, 0, 0
	h.put(`<h3>%s</h3><table><thead><tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr></thead><tbody>`, part,
		p.T("scan.col.where"), p.T("scan.col.kind"), p.T("scan.col.sure"), p.T("scan.col.sample"), p.T("scan.col.why"))
}

func (h *hypertext) endPart() {
	if !h.open {
		return
	}
	h.put(`</tbody></table>`)
	if h.more > 0 {
		h.put(`<p class="low">%s</p>`, h.p.T("scan.more", h.more))
	}
	h.open = false
}

func (h *hypertext) row(cells ...string) {
	h.put(`<tr>`)
	for _, c := range cells {
		h.put(`<td>%s</td>`, c)
	}
	h.put(`</tr>`)
}

// span is a row of one cell.
func (h *hypertext) span(cell string) { h.put(`<tr><td colspan="5">%s</td></tr>`, cell) }

// pageMax is how many findings of one part a page shows.
const pageMax = 200

func (h *hypertext) result(l Line) {
	p := h.p
	switch {
	case l.People != nil:
		h.under(l.People.Location)
		h.span(PeopleWords(p, l.People))
	case l.Column != nil:
		c := l.Column
		h.under(c.Part)
		why := ReasonNames(p, c.Reasons)
		if c.Under14+c.From14To17 > 0 {
			why += p.T("scan.minors", c.Under14, c.From14To17)
		}
		why += SampleWords(p, c)
		h.row(p.T("scan.whole_column", c.Column, c.Header), KindName(p, c.Kind), LevelName(p, c.Level), p.T("scan.share", c.Valid, c.Filled), why+state(p, c.Accepted))
	case l.Finding != nil && !l.Finding.Masked:
		f := l.Finding
		h.under(f.Part)
		if h.n++; h.n > pageMax {
			h.more++
			return
		}
		why := ReasonNames(p, f.Reasons)
		if young(f.Minor) {
			why = joined(p, MinorName(p, f.Minor), why)
		}
		if f.Planted != "" {
			why += p.T("scan.is_planted", f.Planted)
		}
		h.row(PlaceWords(p, f), KindName(p, f.Kind), LevelName(p, f.Level), f.Sample, why+state(p, f.Accepted))
	case l.Over != nil:
		h.under(l.Over.Location)
		h.more += l.Over.Count
	case l.Party != nil:
		h.under(l.Party.Location)
		h.row(l.Party.Host, p.T("scan.party."+l.Party.How), "", "", PartyWords(p, l.Party))
	}
}

func (h *hypertext) problems(j *Journal, s Summary) error {
	p := h.p
	if s.Problems+s.Skipped == 0 {
		return nil
	}
	h.put(`<h2>%s</h2><table><tbody>`, p.T("scan.unexamined", s.Problems, s.Skipped))
	n := 0
	for l, err := range j.of("problem") {
		if err != nil {
			return err
		}
		if n++; !l.Problem.Skipped || n <= 10*pageMax {
			h.row(l.Problem.Location, ProblemWords(p, l.Problem))
		}
	}
	h.put(`</tbody></table>`)
	return nil
}
