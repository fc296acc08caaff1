package leak

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/verify"
)

// mostLooks is how many looks of one account a pack holds, the newest.
const mostLooks = 2000

// Pack makes the file with which a result is proved to outsiders: the result, the
// custody record, the result in words, and the entries of the log on which they
// stand, each with its proof (verify.Leak, wardcheck leak). Making it is a reading
// of the result and an entry of its own, which seals the pack.
//
// Errors: those of Read and of evidence.Service.Make; Conflict leak.untraced.
func (s *Service) Pack(ctx context.Context, a actor.Actor, which id.Leak) (verify.Leak, error) {
	c, _, err := s.Read(ctx, a, which)
	if err != nil {
		return verify.Leak{}, err
	}
	if len(c.Result) == 0 {
		return verify.Leak{}, fault.New(fault.Conflict, "leak.untraced")
	}
	e, _, err := s.Evidence.Make(ctx, a, evidence.Request{Of: func(tx *db.Tx) (evidence.Matter, error) { return matter(tx, a.Institution, which) }})
	return verify.Leak{Evidence: e}, err
}

// matter collects what the pack of a case holds.
func matter(tx *db.Tx, inst id.Institution, which id.Leak) (m evidence.Matter, err error) {
	c, err := load(tx, inst, which)
	if err != nil {
		return m, err
	}
	r, err := Parse(c.Result)
	if err != nil {
		return m, err
	}
	m.Ref, m.From = which.String(), c.CreatedAt
	g := gathering{tx: tx}
	g.about(which.String(), c.CreatedAt, ledger.LeakReceived, ledger.LeakOpened, ledger.LeakTraced, ledger.LeakRead, ledger.LeakClosed)
	g.sources(inst, r)
	if m.Entries = g.found; g.err != nil {
		return m, g.err
	}
	lines, err := custody(tx, inst, which)
	if err != nil {
		return m, err
	}
	record, err := json.Marshal(custodyOf(c, lines))
	if err != nil {
		return m, err
	}
	m.Papers = []verify.Paper{{Name: "custody-" + which.String() + ".json", Text: string(record)}}
	for _, language := range lang.Tags {
		m.Papers = append(m.Papers, verify.Paper{Name: "statement-" + which.String() + "." + language + ".txt",
			Text: strings.Join(Said(lang.For(language), r), "\n") + "\n"})
	}
	return m, nil
}

// custodyOf is the custody record as outsiders read it.
func custodyOf(c Case, lines []Custody) verify.Custody {
	out := verify.Custody{Format: verify.CustodyFormat, Case: c.ID.String()}
	for _, l := range lines {
		out.Lines = append(out.Lines, verify.Touch{At: l.At, Actor: l.Actor, Act: l.Act, Hash: hex.EncodeToString(l.Hash[:]), Chain: hex.EncodeToString(l.Chain[:])})
	}
	return out
}

// gathering is entries that come together. err keeps the first error.
type gathering struct {
	tx    *db.Tx
	found []ledger.Entry
	err   error
}

// list adds up to most entries that a filter and a condition take, the newest.
func (g *gathering) list(f ledger.Filter, most int, is func(ledger.Entry) bool) {
	for f.Limit = 500; g.err == nil && most > 0; {
		page, err := ledger.List(g.tx, f)
		if g.err = err; err != nil {
			return
		}
		for _, e := range page.Entries {
			if most > 0 && is(e) && !slices.ContainsFunc(g.found, func(x ledger.Entry) bool { return x.Index == e.Index }) {
				g.found, most = append(g.found, e), most-1
			}
		}
		if f.Before = page.Next; f.Before == 0 {
			return
		}
	}
}

// about adds the entries of some types that concern an object, from when it was
// made.
func (g *gathering) about(ref string, from time.Time, types ...ledger.Type) {
	for _, t := range types {
		g.list(ledger.Filter{Type: t, From: from.Add(-time.Second)}, evidence.Most, func(e ledger.Entry) bool { return e.Ref == ref })
	}
}

// sources adds what each name of a result stands on: how an export was applied
// for, agreed to, prepared and collected; what an account collected or looked at
// in the time that the result names.
func (g *gathering) sources(inst id.Institution, r Result) {
	for _, f := range r.Exports {
		if f.Named {
			g.export(inst, f.ID)
		}
	}
	from, until := r.span()
	for _, f := range r.Accounts {
		if !f.Named {
			continue
		}
		for _, t := range []ledger.Type{ledger.Exported, ledger.Reveal} {
			g.list(ledger.Filter{Type: t, Actor: f.ID, From: from, To: until}, mostLooks, func(e ledger.Entry) bool { return e.Code == "" })
		}
	}
	for _, w := range r.Window {
		for _, x := range w.IDs {
			if strings.HasPrefix(x, "exp_") {
				g.export(inst, x)
			}
		}
	}
}

// span is when what a result names left the house.
func (r Result) span() (from, until time.Time) {
	for _, w := range r.Window {
		if from.IsZero() || w.From.Before(from) {
			from = w.From
		}
		if w.Until.After(until) {
			until = w.Until
		}
	}
	if !until.IsZero() {
		until = until.Add(time.Millisecond) // Filter.To is exclusive
	}
	return from, until
}

func (g *gathering) export(inst id.Institution, printed string) {
	which, err := id.Parse[id.Export](printed)
	if err != nil || g.err != nil {
		return
	}
	e, err := release.Load(g.tx, inst, which)
	if g.err = err; err != nil {
		return
	}
	g.about(e.Application.String(), e.Application.Time(), ledger.ApplicationSubmitted, ledger.ApplicationAgreed)
	g.about(e.Grant.String(), e.Grant.Time(), ledger.GrantApproved)
	g.about(printed, e.Prepared, ledger.ExportPrepared, ledger.Exported, ledger.ExportHanded)
}
