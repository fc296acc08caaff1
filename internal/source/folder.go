package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/pdf"
)

// openPath opens a file or a folder.
func openPath(target string, opt Options) (*Source, error) {
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "source.absent", target).Because(err)
	case err != nil:
		return nil, fault.New(fault.Unavailable, "source.down", target).Because(err)
	case !info.IsDir() && !info.Mode().IsRegular(): // it may never end, and nothing would say that it was not read
		return nil, fault.New(fault.Invalid, "source.device", target)
	}
	root, err := filepath.EvalSymlinks(target) // a link that is named is meant
	if err != nil {
		return nil, fault.New(fault.Unavailable, "source.down", target).Because(err)
	}
	f := &folder{root: root, opt: &opt, pdf: pdf.New(pdf.Options{Cache: opt.Cache, Readers: opt.Readers, Page: opt.Limits.Page})}
	s := &Source{Name: target, Kind: "files", limit: opt.Limits.Time, close: f.pdf.Close, items: f.walk}
	if !info.IsDir() {
		s.items = func(ctx context.Context) iter.Seq2[Item, error] {
			return func(yield func(Item, error) bool) { yield(f.item(target, filepath.Base(target), info)) }
		}
	}
	return s, nil
}

type folder struct {
	root string
	opt  *Options
	pdf  *pdf.Reader
}

// walk lists the files of a folder in the order of their names. Links are not
// followed: a link may lead back to where it comes from, or out of what was
// allowed to be read.
func (f *folder) walk(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		stop := errors.New("stop")
		err := filepath.WalkDir(f.root, func(file string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			name, rel := filepath.ToSlash(file), file
			if r, err := filepath.Rel(f.root, file); err == nil {
				rel = filepath.ToSlash(r)
				name = rel
			}
			switch {
			case err != nil:
				if !yield(Item{}, problem(name, err)) {
					return stop
				}
				return nil
			case rel != "." && f.excluded(rel):
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir():
				return nil
			}
			info, err := d.Info()
			if err != nil {
				if !yield(Item{}, problem(name, err)) {
					return stop
				}
				return nil
			}
			if !yield(f.item(file, name, info)) {
				return stop
			}
			return nil
		})
		if err != nil && err != stop {
			yield(Item{}, err)
		}
	}
}

func (f *folder) excluded(rel string) bool {
	for _, pattern := range f.opt.Exclude {
		whole, _ := path.Match(pattern, rel)
		base, _ := path.Match(pattern, path.Base(rel))
		if whole || base || strings.HasPrefix(rel, strings.TrimSuffix(pattern, "/")+"/") {
			return true
		}
	}
	return false
}

// item is one file, or the reason why it is none.
func (f *folder) item(file, name string, info fs.FileInfo) (Item, error) {
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		return Item{}, skip(name, "source.link")
	case !mode.IsRegular():
		return Item{}, skip(name, "source.special")
	}
	read := new(atomic.Int64)
	it := Item{Name: name, Size: info.Size(), Stamp: fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano()), read: read.Load}
	it.open = func(ctx context.Context, w *flow.Writer) error {
		h, err := os.Open(file)
		if err != nil {
			return problem(name, err)
		}
		defer h.Close()
		now, err := h.Stat()
		if err != nil {
			return problem(name, err)
		}
		if !now.Mode().IsRegular() {
			return skip(name, "source.special")
		}
		// A file that grows while it is read is read as far as it reached.
		at := &metered{h, read}
		e := &examiner{ctx: ctx, opt: f.opt, w: w, packed: now.Size(), pdf: f.pdf}
		return e.examine(input{name: name, size: now.Size(), at: at, file: file})
	}
	return it, nil
}

// metered counts how far into a file reading got.
type metered struct {
	r    io.ReaderAt
	most *atomic.Int64
}

func (m *metered) ReadAt(b []byte, off int64) (int, error) {
	n, err := m.r.ReadAt(b, off)
	if to := off + int64(n); to > m.most.Load() {
		m.most.Store(to)
	}
	return n, err
}
