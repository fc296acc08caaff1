package leak

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/list"
	"github.com/wardfold/wardfold/verify"
)

// alpha is the chance that any name of a result is wrong.
const alpha = 0.001

// Trace finds where an exhibit comes from, and keeps the result. It may be run
// again, with what the log has then; each result is an entry. progress, which may
// be nil, hears how many children were compared.
//
// Errors: NotFound leak.unknown; Erased leak.closed; Invalid leak.damaged,
// leak.rows; what the gate refuses.
func (s *Service) Trace(ctx context.Context, a actor.Actor, which id.Leak, progress func(done int)) (Case, Result, error) {
	c, data, err := s.open(ctx, a, which)
	if err != nil {
		return Case{}, Result{}, err
	}
	cells, err := rows(c.Format, data)
	clear(data)
	if err != nil {
		return Case{}, Result{}, err
	}
	p, err := newPeople(s.Rand)
	if err != nil {
		return Case{}, Result{}, err
	}
	if err := s.compare(ctx, a, c, p, progress); err != nil {
		return Case{}, Result{}, err
	}
	r, err := s.explain(ctx, c, p, cells)
	if err != nil {
		return Case{}, Result{}, err
	}
	return s.keep(ctx, a, c, r)
}

// open opens the exhibit, as an act of the gate.
func (s *Service) open(ctx context.Context, a actor.Actor, which id.Leak) (c Case, data []byte, err error) {
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.LeakTrace}, s.who, func(tx *db.Tx, p seal.Permit, gc *gate.Case) (err error) {
		if c, err = load(tx, a.Institution, which); err != nil {
			return err
		}
		gc.Ref, gc.Hash, gc.Count = which.String(), c.Hash, 1
		data, err = openFile(tx, s.Gate.Vault, p, c)
		return err
	})
	if err == nil && sha256.Sum256(data) != c.Hash {
		err = fault.New(fault.Unavailable, "seal.damaged")
	}
	return c, data, err
}

// explain matches the cells and runs the engine. Nothing is written.
func (s *Service) explain(ctx context.Context, c Case, p *people, cells [][]string) (Result, error) {
	r := Result{Format: format, Case: c.ID.String(), File: hex.EncodeToString(c.Hash[:]), Alpha: alpha, Compared: len(p.number),
		Exports: []Finding{}, Stores: []Finding{}, Accounts: []Finding{}, Among: []Group{}, Window: []Group{},
		Assumed: []string{"random", "erased", "logged"}}
	seed := make([]byte, 8)
	if _, err := io.ReadFull(s.Rand, seed); err != nil {
		return r, err
	}
	r.Seed = binary.BigEndian.Uint64(seed)
	var m list.Match
	var found *marks
	var logged, open *trace.Log
	err := s.Gate.DB.View(ctx, c.Institution, func(tx *db.Tx) (err error) {
		r.At = tx.Now().UTC()
		if logged, err = p.gather(tx, c.Institution, false); err != nil {
			return err
		}
		if open, err = p.gather(tx, c.Institution, true); err != nil {
			return err
		}
		if found, err = loadMarks(tx, c.Institution); err != nil {
			return err
		}
		var failed error
		m = list.Base{Items: p.find, Marks: found.finder(tx, s.Gate.Vault, c.Institution, &failed),
			Relay: func(number string) bool { return found.pool[number] }}.Match(cells)
		return failed
	})
	if err != nil {
		return r, err
	}
	r.Read, r.Searched, r.MarksFound = reading(m.Report), len(logged.Disclosures), len(m.Hits)
	p.widen(&m.Leak)
	r.NotBefore = p.notBefore(m.Leak)
	conf := trace.Config{Alpha: alpha, Seed: r.Seed}
	r.crossed = crossing{m.Hits, found}
	r.draw(logged.Trace(m.Leak, conf), open.Trace(m.Leak, conf), logged,
		trace.Weigh(m.Hits, trace.Marks{Alpha: alpha, Exports: found.exports, Pool: len(found.pool), Numbers: found.numbers,
			Aliases: found.aliases, Dialled: m.Dialled}))
	return r, nil
}

// widen lets rows that no number identifies stand for a child with any of its
// numbers: which one was current, names do not say.
func (p *people) widen(k *trace.Leak) {
	if len(p.former) == 0 {
		return
	}
	earlier := make(map[uint32][]uint32)
	for f, x := range p.former {
		now := p.number[f.child]
		earlier[now] = append(earlier[now], x)
	}
	for i, row := range k.Rows {
		if len(row) == 0 {
			continue
		}
		for _, x := range row[:len(row):len(row)] {
			if !p.byNumber[x] {
				k.Rows[i] = append(k.Rows[i], earlier[x]...)
			}
		}
	}
}

// notBefore is when the newest of the matched records was made, but for one in a
// hundred: the list is not older.
func (p *people) notBefore(k trace.Leak) (t time.Time) {
	var spans []trace.Span
	for _, row := range k.Rows {
		spans = append(spans, p.span[row[0]])
	}
	if b, ok := trace.Date(spans); ok {
		return b.From
	}
	return t
}

// keep writes the result, with its hash in the log.
func (s *Service) keep(ctx context.Context, a actor.Actor, c Case, r Result) (Case, Result, error) {
	text, err := r.canonical()
	if err != nil {
		return Case{}, r, err
	}
	hash := sha256.Sum256(text)
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.LeakTrace}, s.who, func(tx *db.Tx, _ seal.Permit, gc *gate.Case) (err error) {
		if c, err = load(tx, a.Institution, c.ID); err != nil {
			return err
		}
		if c.State == Received {
			c.State = Traced
		}
		c.TracedAt, c.Result = tx.Now(), text
		gc.Type, gc.Ref, gc.Hash, gc.Count = ledger.LeakTraced, c.ID.String(), hash, r.Read.Matched()
		if err := update(tx, c); err != nil {
			return err
		}
		return note(tx, c, a, "traced", hash)
	})
	return c, r, err
}

// Papers are the results of the cases that a pack's entries speak of, and their
// custody records: it is an evidence.Shelf.
func Papers(tx *db.Tx, inst id.Institution, exhibits []ledger.Entry) (papers []verify.Paper, err error) {
	for _, e := range exhibits {
		if e.Type != ledger.LeakTraced {
			continue
		}
		which, err := id.Parse[id.Leak](e.Ref)
		if err != nil {
			return nil, err
		}
		c, err := load(tx, inst, which)
		if err != nil {
			return nil, err
		}
		if sha256.Sum256(c.Result) != e.Hash {
			continue // a later result took its place
		}
		papers = append(papers, verify.Paper{Name: "leak-" + e.Ref + ".json", Text: string(c.Result)})
	}
	return papers, nil
}
