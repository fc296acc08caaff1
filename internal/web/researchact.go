package web

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// tryResearch makes the list anonymous under the conditions of the form and tries
// it. The page then says what passed and what failed.
func (p *staffPages) tryResearch(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	d, err := p.Research.Look(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	said := slices.Clone(d.Columns)
	for i := range said {
		n := strconv.Itoa(i)
		said[i].Role, said[i].Scale = research.Role(r.PostForm.Get("role-"+n)), hierarchy.Kind(r.PostForm.Get("scale-"+n))
	}
	set, err := typedSettings(r)
	if err == nil {
		d, err = p.Research.Run(r.Context(), r.Actor, which, said, set)
	}
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showResearch(w, r, lines, func(d *research.Dataset) { d.Columns, d.Settings = said, set })
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	if here := researchPath(which); d.State == research.Passed {
		return r.GoSaying(w, here, "flash.research_passed")
	}
	return r.Go(w, researchPath(which)) // the page begins with what failed
}

// typedSettings reads the conditions.
func typedSettings(r *Request) (s research.Settings, err error) {
	f := r.PostForm
	s = research.Settings{Method: research.Method(f.Get("method")), Attacker: research.Attacker(f.Get("attacker")), Threshold: research.Strict}
	if f.Get("threshold") == "room" {
		s.Threshold = research.Room
	}
	for _, x := range []struct {
		name string
		into *int
	}{{"k", &s.K}, {"l", &s.L}, {"cl", &s.CL}} {
		if text := strings.TrimSpace(f.Get(x.name)); text != "" {
			if *x.into, err = strconv.Atoi(text); err != nil {
				return s, typedWrong(x.name)
			}
		}
	}
	for _, x := range []struct {
		name string
		into *float64
	}{{"entropy", &s.Entropy}, {"c", &s.C}, {"t", &s.T}, {"presence", &s.Presence}, {"limit", &s.Limit}} {
		if text := strings.TrimSpace(f.Get(x.name)); text != "" {
			if *x.into, err = strconv.ParseFloat(text, 64); err != nil {
				return s, typedWrong(x.name)
			}
		}
	}
	return s, nil
}

// typedWrong is what a field that is no number gets.
func typedWrong(field string) error {
	code := map[string]string{"k": "research.k", "t": "research.t", "presence": "research.presence", "limit": "research.limit"}[field]
	if code == "" {
		code = "research.l"
	}
	return fault.At(field, code)
}

func (p *staffPages) approveResearch(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	var seen [32]byte
	if raw, err := hex.DecodeString(r.PostForm.Get("seen")); err == nil {
		copy(seen[:], raw)
	}
	_, err = p.Research.Approve(r.Context(), r.Actor, which, seen)
	return p.researchAfter(w, r, err, "flash.research_approved")
}

func (p *staffPages) endResearch(w http.ResponseWriter, r *Request) error {
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	_, err = p.Research.End(r.Context(), r.Actor, which)
	return p.researchAfter(w, r, err, "flash.research_ended")
}

// researchAfter shows the page after an act, or with what stood in its way.
func (p *staffPages) researchAfter(w http.ResponseWriter, r *Request, err error, said string) error {
	if err == nil {
		here := PathResearch + "/" + r.PathValue("id")
		return r.GoSaying(w, here, said)
	}
	if lines, ok := r.said(err, fault.Conflict, fault.Limited, fault.Erased); ok {
		return p.showResearch(w, r, lines, nil)
	}
	return p.deny(w, r, err)
}

// collectResearch answers with the file, once. The certificate lies beside it.
func (p *staffPages) collectResearch(w http.ResponseWriter, r *Request) error {
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	f, err := p.Research.Collect(r.Context(), r.Actor, which)
	if err != nil {
		return p.researchAfter(w, r, err, "")
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv")
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	_, err = w.Write(f.Bytes)
	return err
}

func (p *staffPages) researchCertificate(w http.ResponseWriter, r *Request) error {
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	d, err := p.Research.Look(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	if d.Certificate == "" {
		return fault.New(fault.NotFound, "research.unknown")
	}
	return r.download(w, d.ID.String()+".certificate.json", []byte(d.Certificate))
}

// countResearch releases noisy counts and shows them.
func (p *staffPages) countResearch(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadResearch(r)
	if err != nil {
		return err
	}
	var columns []string
	for _, field := range []string{"by-1", "by-2", "by-3"} {
		if name := r.PostForm.Get(field); name != "" {
			columns = append(columns, name)
		}
	}
	spend, err := typedEpsilon("epsilon", r.PostForm.Get("epsilon"))
	if err == nil {
		_, err = p.Research.Count(r.Context(), r.Actor, which, columns, spend)
	}
	return p.researchAfter(w, r, err, "flash.research_counted")
}

// number writes what was set, and nothing for what was not.
func number(x float64) string {
	if x == 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// condition is an Input for a condition that need not be set.
func condition(v researchOnePage, name string, x float64) ui.Input {
	return ui.Input{Name: name, Label: v.P.T("research.set." + name), Hint: v.P.T("research.set." + name + ".hint"), Value: number(x), Optional: true,
		Max: 12, Error: v.Errors.For(name)}
}
