package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/wardfold/wardfold/verify"
)

// pack is what a verified evidence pack holds.
type pack struct {
	Made     time.Time      `json:"made"`
	By       string         `json:"by,omitempty"` // who made it
	Role     string         `json:"role,omitempty"`
	From     time.Time      `json:"from"`
	To       time.Time      `json:"to"`
	About    string         `json:"about,omitempty"`
	Manifest string         `json:"manifest_sha256"`
	Heads    []anchor       `json:"heads"`
	Types    map[string]int `json:"types"` // exhibits by type
	Exhibits []exhibit      `json:"exhibits"`
	Papers   []paper        `json:"papers"`
}

// anchor is a head signed earlier and who cosigned it.
type anchor struct {
	Size      int64     `json:"size"`
	Witnesses []witness `json:"witnesses,omitempty"`
}

type exhibit struct {
	Index int64 `json:"index"`
	entry
	Subject string `json:"subject,omitempty"`
}

type paper struct {
	Name  string    `json:"name"`
	Hash  string    `json:"sha256"`
	Entry *int64    `json:"entry,omitempty"` // in which the log had it first; absent: stated with the pack
	Since time.Time `json:"since"`
}

func checkEvidence(_ context.Context, t terminal, o options) (result, error) {
	data, err := t.read(o.operands[0])
	if err != nil {
		return result{}, err
	}
	e, err := verify.ParseEvidence(data)
	if err != nil {
		return result{}, err
	}
	p, err := e.Verify(o.key, o.witnesses...)
	if err != nil {
		return result{}, err
	}
	res := headResult(p.Head, o)
	res.Key, res.Pack = e.Log, packOf(e, p)
	if err := p.Head.Quorum(o.quorum); err != nil {
		return res, err
	}
	if o.extract != "" {
		return res, extract(o.extract, e)
	}
	return res, nil
}

func packOf(e verify.Evidence, p verify.ProvedEvidence) *pack {
	out := &pack{Made: p.Seal.Time, By: p.Seal.HandledBy, Role: p.Seal.Role, From: e.From, To: e.To, About: e.About,
		Manifest: hex.EncodeToString(p.Seal.Hash[:]), Types: map[string]int{}}
	if out.By == "" {
		out.By = p.Seal.Actor
	}
	for _, h := range p.Heads {
		out.Heads = append(out.Heads, anchor{h.Size, witnessesOf(h)})
	}
	for _, x := range p.Exhibits {
		out.Types[x.Leaf.Type]++
		out.Exhibits = append(out.Exhibits, exhibit{x.Index, *entryOf(x.Leaf), x.Subject})
	}
	for _, x := range p.Papers {
		h := x.Hash()
		one := paper{Name: x.Name, Hash: hex.EncodeToString(h[:]), Since: x.Since}
		if x.Index >= 0 {
			one.Entry = &x.Index
		}
		out.Papers = append(out.Papers, one)
	}
	return out
}

// extract writes the papers and the manifest of a verified pack into a folder.
// It replaces nothing. Names have no path in them: Verify has seen to that.
func extract(dir string, e verify.Evidence) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, p := range append(e.Papers, verify.Paper{Name: "MANIFEST", Text: e.Manifest}) {
		f, err := os.OpenFile(filepath.Join(dir, p.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return usageError{"extract-exists", filepath.Join(dir, p.Name)}
		}
		if err != nil {
			return err
		}
		_, err = f.WriteString(p.Text)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (t terminal) printPack(p *pack) {
	if p == nil {
		return
	}
	t.say(t.out, "pack-made", clock(p.Made), p.By, p.Role)
	t.say(t.out, "pack-period", clock(p.From), clock(p.To))
	if p.About != "" {
		t.say(t.out, "subject", p.About)
	}
	t.say(t.out, "pack-manifest", p.Manifest)
	for _, h := range p.Heads {
		t.say(t.out, "pack-head", h.Size)
		for _, w := range h.Witnesses {
			t.say(t.out, "pack-witnessed", w.Name, clock(w.At))
		}
	}
	t.say(t.out, "pack-exhibits", len(p.Exhibits))
	for _, name := range slices.Sorted(maps.Keys(p.Types)) {
		t.say(t.out, "pack-type", p.Types[name], name)
	}
	for _, x := range p.Papers {
		if x.Entry != nil {
			t.say(t.out, "pack-paper-logged", x.Name, *x.Entry, clock(x.Since))
		} else {
			t.say(t.out, "pack-paper-stated", x.Name)
		}
	}
}
