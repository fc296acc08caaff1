package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/wardfold/wardfold/verify"
)

// leaked is what a verified pack of a leaked list says.
type leaked struct {
	Case     string             `json:"case"`
	Exhibit  string             `json:"exhibit_sha256"`
	Compared bool               `json:"compared"` // the list itself was given, and is the one
	Result   verify.LeakResult  `json:"result"`
	Custody  []verify.Touch     `json:"custody"`
	Basis    map[string][]int64 `json:"basis"` // entries on which each name stands
}

// checkLeak verifies the pack of a leaked list and, if it is given, that the list
// is the one that was sealed.
func checkLeak(_ context.Context, t terminal, o options) (result, error) {
	data, err := t.read(o.operands[0])
	if err != nil {
		return result{}, err
	}
	l, err := verify.ParseLeak(data)
	if err != nil {
		return result{}, err
	}
	p, err := l.Verify(o.key, o.witnesses...)
	if err != nil {
		return result{}, err
	}
	res := headResult(p.Head, o)
	res.Key = l.Evidence.Log
	res.Leak = &leaked{Case: p.Case, Exhibit: p.Result.File, Result: p.Result, Custody: p.Custody, Basis: p.Basis}
	if err := p.Head.Quorum(o.quorum); err != nil {
		return res, err
	}
	if o.exhibit != "" {
		if err := same(o.exhibit, p.Exhibit); err != nil {
			return res, err
		}
		res.Leak.Compared = true
	}
	if o.extract != "" {
		return res, extract(o.extract, l.Evidence)
	}
	return res, nil
}

// same reports whether a file has a hash.
func same(name string, want verify.Hash) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if verify.Hash(h.Sum(nil)) != want {
		return &verify.Error{Code: verify.WrongData, At: -1, Err: fmt.Errorf("the list is not the one that was sealed")}
	}
	return nil
}

// printLeak says it in words: what the evidence supports, on whom, on what it
// stands, and how the list was kept.
func (t terminal) printLeak(l *leaked) {
	if l == nil {
		return
	}
	t.say(t.out, "leak-case", l.Case)
	t.say(t.out, "leak-exhibit", l.Exhibit)
	if l.Compared {
		t.say(t.out, "leak-compared")
	}
	t.say(t.out, "leak-verdict", t.words.text("verdict-"+l.Result.Verdict))
	for _, part := range []struct {
		key  string
		list []verify.LeakFinding
	}{{"leak-export", l.Result.Exports}, {"leak-store", l.Result.Stores}, {"leak-account", l.Result.Accounts}} {
		for _, f := range part.list {
			t.say(t.out, part.key, f.ID, t.words.text("leak-"+f.Grade()))
			if n := len(l.Basis[f.ID]); n > 0 {
				t.say(t.out, "leak-basis", n, l.Basis[f.ID][0])
			}
		}
	}
	for _, g := range l.Result.Among {
		t.say(t.out, "leak-among", strings.Join(g.IDs, " "))
	}
	t.say(t.out, "leak-searched", l.Result.Compared, l.Result.Searched)
	t.say(t.out, "leak-sure", percent(1-l.Result.Alpha))
	for _, x := range l.Custody {
		t.say(t.out, "leak-custody", clock(x.At), t.words.text("custody-"+x.Act), x.Actor)
	}
	t.say(t.out, "leak-person")
}
