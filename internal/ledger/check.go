package ledger

import (
	"context"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Report is the outcome of VerifyAll.
type Report struct {
	OK      bool
	Code    string // what is wrong: a verify.Code, or the code of a fault
	At      int64  // the leaf it concerns, or -1
	Size    int64  // leaves under the newest head, all of which were read
	Heads   int    // signed heads found on the way
	Waiting int64  // entries that no head covers yet; they are not checked
}

// VerifyAll reads the whole log of an institution from its first entry and
// checks it as an outsider would: every entry, every tile, every head that was
// ever signed, and the guard. Beyond that it compares what the database says
// about each entry, for searching, with the entry itself. It takes a Step
// first, so that the newest entries are under a head. Progress, if set, is
// called with the leaves done and the total.
//
// What is wrong with the log is in the Report; the error tells why it could not
// be read.
func (l *Log) VerifyAll(ctx context.Context, inst id.Institution, progress func(done, total int64)) (Report, error) {
	signer, err := l.Signer(inst)
	if err != nil {
		return Report{}, err
	}
	g, err := l.guarded(signer)
	if err != nil {
		return Report{Code: fault.CodeOf(err), At: -1}, nil
	}
	unsigned := fault.CodeOf(l.Step(ctx, inst)) // if it is grave, the check below may say where
	src, err := l.open(ctx, inst)
	if err != nil {
		return Report{}, err
	}
	if g.head.Size > src.next {
		return Report{Code: "ledger.behind_guard", At: -1}, nil
	}
	report := Report{OK: true, At: -1, Size: src.size, Heads: len(src.heads), Waiting: src.next - src.size}
	if unsigned != "" {
		report.OK, report.Code = false, unsigned
	}
	if src.size == 0 {
		return report, nil
	}
	defer func() { _ = src.then.settle() }() // nobody waits for what it reads any more
	_, err = verify.Log(ctx, src, verify.Options{Key: signer.Key(), From: src.from(g, signer.Name()), Progress: progress})
	return report.blame(err)
}

// blame turns what was found wrong into the report, and leaves what kept the
// log from being read an error.
func (r Report) blame(err error) (Report, error) {
	if err == nil {
		return r, nil
	}
	r.OK = false
	if e, ok := errors.AsType[*gapError](err); ok {
		r.Code, r.At = string(verify.Missing), e.idx
		return r, nil
	}
	if e, ok := errors.AsType[*columnError](err); ok {
		r.Code, r.At = "ledger.columns", e.idx
		return r, nil
	}
	if e, ok := errors.AsType[*verify.Error](err); ok {
		r.Code, r.At = string(e.Code), e.At
		return r, nil
	}
	return Report{}, err
}

// source is a log in the database as its files.
type source struct {
	l     *Log
	inst  id.Institution
	next  int64       // entries
	size  int64       // leaves under the newest head
	note  []byte      // that head, signed
	heads []tlog.Tree // all that were signed, shortest first

	now, then *ahead // what was read ahead, and what is being read behind it
}

func (l *Log) open(ctx context.Context, inst id.Institution) (*source, error) {
	s := &source{l: l, inst: inst, now: newAhead(), then: newAhead()}
	err := l.DB.View(ctx, inst, func(tx *db.Tx) error {
		st, err := readState(tx)
		if err != nil || st.head.N == 0 {
			s.next = st.next
			return err
		}
		s.next = st.next
		if s.note, s.size, err = Head(tx); err != nil {
			return err
		}
		return s.readHeads(tx)
	})
	return s, err
}

func (s *source) readHeads(tx *db.Tx) error {
	for after := int64(0); ; {
		rows, err := tx.Query(`SELECT size, root FROM head WHERE institution_id = $1 AND size > $2 ORDER BY size LIMIT $3`,
			s.inst.Bytes(), after, pageRows)
		if err != nil {
			return err
		}
		n := 0
		for ; rows.Next(); n++ {
			var root []byte
			if err := rows.Scan(&after, &root); err != nil {
				return err
			}
			t := tlog.Tree{N: after}
			copy(t.Hash[:], root)
			s.heads = append(s.heads, t)
		}
		if n < pageRows {
			return nil
		}
	}
}

// from lists what the log must still contain.
func (s *source) from(g guarded, origin string) []verify.Checkpoint {
	heads := s.heads
	if g.head.Size > 0 && g.head.Size <= s.size {
		heads = append(heads, tlog.Tree{N: g.head.Size, Hash: g.head.Root})
	}
	list := make([]verify.Checkpoint, len(heads))
	for i, h := range heads {
		list[i] = verify.Checkpoint{Origin: origin, Size: h.N, Root: h.Hash}
	}
	return list
}

// Read makes source a verify.Source.
func (s *source) Read(ctx context.Context, path string) (data []byte, err error) {
	if path == "checkpoint" {
		return s.note, nil
	}
	want, err := verify.ParseTilePath(path)
	if err != nil {
		return nil, err
	}
	if data, err := s.readAhead(ctx, want); data != nil || err != nil {
		return data, err
	}
	err = s.l.DB.View(ctx, s.inst, func(tx *db.Tx) error {
		if want.Level == verify.Entries {
			data, err = newReader().bundle(tx, nil, want)
		} else {
			data, err = newTree(tx, s.size).tile(want)
		}
		return err
	})
	return data, err
}
