package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/verify"
)

// plan is what the command line asks for, with the table at hand.
type plan struct {
	job       anon.Job
	kept      []string // columns that leave as they are
	sensitive []string
	least     int          // records in the smallest class
	held      *table.Table // records that stay here, for the trial
}

// columns lists the columns of the release in the order of its file.
func (p plan) columns() (list []verify.ReleaseColumn) {
	for _, name := range p.job.Table.Names() {
		role := verify.Kept
		switch {
		case slices.ContainsFunc(p.job.Quasi, func(a anon.Attribute) bool { return a.Column == name }):
			role = verify.Identifying
		case slices.Contains(p.sensitive, name):
			role = verify.Sensitive
		}
		list = append(list, verify.ReleaseColumn{Name: name, Role: role})
	}
	return list
}

// spec is one of the values of --quasi: a column, and where its hierarchy comes
// from.
type spec struct{ column, file, kind string }

func specOf(s string) spec {
	if column, file, ok := strings.Cut(s, "="); ok {
		return spec{column: column, file: file}
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 {
		return spec{column: s[:i], kind: s[i+1:]}
	}
	return spec{column: s}
}

func (v anonymiseVerb) plan(ctx context.Context, t *console) (plan, error) {
	p := plan{kept: append(slices.Clone(v.Sensitive), v.Keep...), sensitive: v.Sensitive}
	var specs []spec
	var names []string
	for _, q := range v.Quasi {
		specs = append(specs, specOf(q))
		names = append(names, specs[len(specs)-1].column)
	}
	data, err := readTable(ctx, t, v.File, append(slices.Clone(names), p.kept...))
	if err != nil {
		return p, err
	}
	p.job = anon.Job{Table: data, Limit: v.Suppress}
	all := slices.Concat(names, p.kept)
	for i, name := range all {
		if slices.Contains(all[:i], name) {
			return p, &anon.Error{Code: anon.TwiceUsed, Column: name}
		}
		c := data.Column(name)
		if c == nil {
			return p, &anon.Error{Code: anon.NoColumn, Column: name}
		}
		if kind, row, found := anon.Direct(c); found {
			return p, refuse(exitWrong, "anonymise.direct."+string(kind), row, name)
		}
	}
	for _, s := range specs {
		a, err := s.attribute(data.Column(s.column))
		if err != nil {
			return p, err
		}
		p.job.Quasi = append(p.job.Quasi, a)
	}
	if v.Population != "" {
		if p.job.Population, err = readTable(ctx, t, v.Population, names); err != nil {
			return p, err
		}
	}
	if p.job.Models, err = v.models(); err != nil {
		return p, err
	}
	p.least = max(v.K, v.L)
	return p, v.holdBack(&p)
}

// holdBack takes records out of the table for the attacker to look for in vain.
func (v anonymiseVerb) holdBack(p *plan) (err error) {
	switch n := p.job.Table.Rows(); {
	case v.HoldBack == 0:
		return nil
	case v.HoldBack < 0 || v.HoldBack > n/2:
		return refuse(exitUsage, "anonymise.hold_back", n/2)
	}
	p.job.Table, p.held, _, err = anon.HoldBack(p.job.Table, v.HoldBack, rand.Reader)
	return err
}

func readTable(ctx context.Context, t *console, path string, names []string) (*table.Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := f.Stat()
	if err != nil {
		return nil, err
	}
	step, end := t.progress("anonymise.progress.read")
	defer end()
	data, err := table.Read(interruptible{ctx, f}, table.Options{
		Keep:     func(name string) bool { return slices.Contains(names, name) },
		Progress: func(n int64) { step(n>>20, s.Size()>>20) },
	})
	if err != nil {
		return nil, fileError{path, err}
	}
	return data, nil
}

// fileError says in which file something is wrong.
type fileError struct {
	path string
	err  error
}

func (e fileError) Error() string { return e.path + ": " + e.err.Error() }
func (e fileError) Unwrap() error { return e.err }

// attribute finds or makes the hierarchy of a column.
func (s spec) attribute(c *table.Column) (anon.Attribute, error) {
	a := anon.Attribute{Column: s.column}
	if s.file != "" {
		f, err := os.Open(s.file)
		if err != nil {
			return a, err
		}
		defer f.Close()
		if a.Hierarchy, err = hierarchy.Parse(f); err != nil {
			return a, fileError{s.file, err}
		}
		return a, nil
	}
	kind := hierarchy.Kind(s.kind)
	switch {
	case s.kind == "":
		if kind = hierarchy.Guess(c.Values); kind == hierarchy.Categories {
			if near, at, ok := hierarchy.Nearly(c.Values); ok {
				return a, unfit(&hierarchy.Error{Code: hierarchy.Unfit, At: at}, near, c)
			}
		}
	case !slices.Contains(hierarchy.Kinds, kind):
		return a, refuse(exitUsage, "anonymise.kind", s.kind, strings.Trim(fmt.Sprint(hierarchy.Kinds), "[]"))
	}
	var err error
	if a.Hierarchy, err = hierarchy.Generate(kind, c.Values); err != nil {
		return a, unfit(err, kind, c)
	}
	a.Cut = a.Hierarchy.Ordered()
	return a, nil
}

// models lists the conditions that the flags ask for.
func (v anonymiseVerb) models() ([]anon.Model, error) {
	models := []anon.Model{anon.K(v.K)}
	var c float64
	var l int
	if v.Recursive != "" {
		if _, err := fmt.Sscanf(v.Recursive, "%g,%d", &c, &l); err != nil {
			return nil, refuse(exitUsage, "cli.usage.value", "--recursive").because(err)
		}
	}
	if len(v.Sensitive) == 0 && (v.L > 0 || v.Entropy > 0 || v.T > 0 || l > 0) {
		return nil, refuse(exitUsage, "cli.usage.missing", "--sensitive")
	}
	for _, s := range v.Sensitive {
		if v.L > 0 {
			models = append(models, anon.Distinct{Column: s, L: v.L})
		}
		if v.Entropy > 0 {
			models = append(models, anon.Entropy{Column: s, L: v.Entropy})
		}
		if l > 0 {
			models = append(models, anon.Recursive{Column: s, C: c, L: l})
		}
		if v.T > 0 {
			models = append(models, anon.Close{Column: s, T: v.T})
		}
	}
	if v.KMap > 0 {
		models = append(models, anon.KMap(v.KMap))
	}
	if v.Presence > 0 {
		models = append(models, anon.Presence{Max: v.Presence})
	}
	return models, nil
}
