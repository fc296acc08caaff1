package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/ledger/mirror"
	"github.com/wardfold/wardfold/verify"
)

// returned says which entries of a log came back from a mirror: the acts whose
// data the restored backup lacks.
type returned struct {
	Institution string           `json:"institution"`
	From        int64            `json:"from"`
	To          int64            `json:"to"`
	Types       map[string]int64 `json:"types"`
}

// kinds are the types in order of name.
func (r returned) kinds() []string { return slices.Sorted(maps.Keys(r.Types)) }

// returnEntries takes what logs lost from their mirrors (R5). A log whose mirror
// is nowhere stays as it is: its losses are counted and need --accept-loss.
func (in *installation) returnEntries(ctx context.Context, where string, losses []lostLine) ([]returned, error) {
	out := []returned{}
	for _, l := range losses {
		inst, err := id.Parse[id.Institution](l.Institution)
		if err != nil {
			return nil, err
		}
		src, err := in.mirrorOf(ctx, where, inst)
		if err != nil {
			return nil, err
		}
		if src == nil {
			continue
		}
		m, err := in.Log.Replay(ctx, inst, src)
		if err != nil {
			return nil, mirrorTrouble(l.Institution, err)
		}
		r := returned{Institution: l.Institution, From: m.From, To: m.To - 1, Types: map[string]int64{}}
		for t, n := range m.Types {
			r.Types[string(t)] = n
		}
		out = append(out, r)
	}
	return out, nil
}

// mirrorTrouble puts into words why a mirror was not taken.
func mirrorTrouble(inst string, err error) error {
	if e, ok := errors.AsType[*verify.Error](err); ok {
		return refuse(exitData, "cli.restore.mirror", inst, string(e.Code)).because(err)
	}
	return err
}

// mirrorOf finds the copy of an institution's log: in the folder or at the
// address that was named, or where the settings say. It returns nil if there is
// none, unless one was named.
func (in *installation) mirrorOf(ctx context.Context, where string, inst id.Institution) (verify.Source, error) {
	named := where != ""
	if !named {
		if where = in.config.Mirror; where == "" {
			return nil, nil
		}
		where = in.folder.in(where)
	}
	for _, src := range candidates(where, in.key.origin(inst), inst) {
		_, err := src.Read(ctx, "checkpoint")
		if err == nil {
			return src, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, refuse(exitOutside, "cli.restore.mirror_unread", where).because(err)
		}
	}
	if named {
		return nil, refuse(exitUsage, "cli.restore.mirror_absent", where, inst.String())
	}
	return nil, nil
}

// candidates are the ways to read a place: a mirror of ours, the logs of a server
// at /log/, or one log itself.
func candidates(where, origin string, inst id.Institution) []verify.Source {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		base := strings.TrimSuffix(where, "/") + "/"
		return []verify.Source{remote(base + inst.String() + "/"), remote(base)}
	}
	d, err := mirror.Open(where)
	if err != nil {
		return []verify.Source{mirror.Source(where)}
	}
	return []verify.Source{mirror.Source(d.Folder(origin)), mirror.Source(where)}
}

// mostTile bounds what is read from a stranger: a bundle of 256 entries of 64 KiB.
const mostTile = 256 * (2 + 0xffff)

// remote reads a log over HTTP.
func remote(base string) verify.Source {
	client := &http.Client{Timeout: time.Minute}
	return verify.SourceFunc(func(ctx context.Context, path string) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return nil, err
		}
		resp, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close() // only read
		switch resp.StatusCode {
		case http.StatusOK:
			return io.ReadAll(io.LimitReader(resp.Body, mostTile))
		case http.StatusNotFound, http.StatusGone:
			return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
		}
		return nil, fmt.Errorf("%s: %s", path, resp.Status)
	})
}

// checkMirror: a copy of the log lets a restore say exactly what is missing; on
// the disk of the database it is lost with it.
func checkMirror(ctx context.Context, p *patient) finding {
	switch {
	case !p.known():
		return skipped()
	case p.config.Mirror == "":
		return warned("none")
	}
	place, err := os.Stat(p.folder.in(p.config.Mirror))
	if err != nil {
		return failed(err)
	}
	data, err := os.Stat(string(p.folder))
	if err != nil {
		return failed(err)
	}
	a, okA := place.Sys().(*syscall.Stat_t)
	b, okB := data.Sys().(*syscall.Stat_t)
	f := p.each(ctx, func(inst id.Institution) finding { return p.behind(ctx, inst) })
	if f.State == good && okA && okB && a.Dev == b.Dev {
		return warned("same_disk")
	}
	return f
}

// behind compares the mirror with the guard: every head that was signed must be
// in it.
func (p *patient) behind(ctx context.Context, inst id.Institution) finding {
	l, err := p.in.lostEntries(ctx, inst)
	if err != nil {
		return failed(err)
	}
	d, err := mirror.Open(p.folder.in(p.config.Mirror))
	if err != nil {
		return failed(err)
	}
	signer, err := p.in.key.signer(inst)
	if err != nil {
		return failed(err)
	}
	size := int64(0)
	if signed, err := d.Checkpoint(signer.Name()); err == nil {
		if h, err := verify.OpenHead(signed, signer.Key()); err == nil {
			size = h.Size
		}
	}
	if size < l.head.Size {
		return warned("behind", inst.String(), l.head.Size-size)
	}
	return ok()
}

var _ ledger.Mirror = (*mirror.Dir)(nil)
