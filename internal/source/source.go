// Package source opens what is scanned: files and folders, archives within
// archives, web sites, databases. Whatever it is, it comes out as items, and
// each item as a stream of pieces (package flow) with the exact place of every
// byte.
//
// It reads and never writes: files are opened for reading, databases in
// read-only transactions, a site by GET. It believes nothing that it reads: sizes
// promised by a file, links, and what follows from them are bounded by Limits
// while reading. What cannot be examined becomes one flow.Problem, and the rest
// goes on.
//
// What has to be spilled to disk (an archive within an archive) is enciphered
// with a key that only the memory of this process holds.
package source

import (
	"context"
	"iter"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/source/database"
	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/site"
)

// Limits bound what one item may cost.
type Limits struct {
	Depth   int           // archives within archives
	Entries int           // members of one archive
	Out     int64         // bytes unpacked from one item
	Ratio   int64         // unpacked bytes for each packed one, once Free is used up
	Free    int64         // bytes that may be unpacked whatever the ratio
	Spill   int64         // bytes of one archive member kept for reading out of order
	Time    time.Duration // for one item, 0 for no limit
	Page    time.Duration // for one page of a PDF
}

// DefaultLimits let everything pass that people make, and stop bombs within
// seconds.
var DefaultLimits = Limits{
	Depth: 8, Entries: 200_000, Out: 64 << 30, Ratio: 300, Free: 512 << 20, Spill: 1 << 30,
	Time: 30 * time.Minute, Page: 20 * time.Second,
}

// Options say how to read. The zero Options read everything with DefaultLimits.
type Options struct {
	Limits  Limits
	Exclude []string // patterns of names that are left out (path.Match on the base name or the whole path)
	Cache   string   // folder for compiled code of the PDF reader; "" for none
	Random  func([]byte) error

	Base database.Options
	Site site.Options
	// Client makes the requests of a site scan.
	Client *http.Client
	// PDF readers at the same time; 0 is one for each processor.
	Readers int
}

// Item is what is examined as one, and remembered as done: a file, a page of a
// site, a table.
type Item struct {
	Name string
	// Size in bytes, or rows of a table; -1 if unknown.
	Size int64
	// Stamp changes when the content does, as far as can be told without reading
	// it; "" if it cannot be told, so that a resumed scan reads it again.
	Stamp string

	open func(ctx context.Context, w *flow.Writer) error
	read func() int64
}

// Source is something opened. Items may be read concurrently with each other and
// with the listing. Close ends it.
type Source struct {
	// Name is the target without anything secret in it.
	Name string
	// Kind is "files", "site" or "database".
	Kind string

	items func(ctx context.Context) iter.Seq2[Item, error]
	limit time.Duration
	close func() error
}

// Items lists what there is to examine. Errors are flow.Problems, after which the
// listing goes on, or else the last.
func (s *Source) Items(ctx context.Context) iter.Seq2[Item, error] { return s.items(ctx) }

// Close ends the source.
func (s *Source) Close() error {
	if s.close == nil {
		return nil
	}
	return s.close()
}

// Read examines an item. The pieces come in order; the consumer releases them.
func (s *Source) Read(ctx context.Context, it Item) flow.Seq {
	return func(yield func(*flow.Piece, error) bool) {
		inner, cancel := ctx, context.CancelFunc(func() {})
		if s.limit > 0 {
			inner, cancel = context.WithTimeout(ctx, s.limit)
		}
		defer cancel()
		w := flow.NewWriter(yield, it.read)
		err := guarded(func() error { return it.open(inner, w) })
		if err == nil {
			err = w.End()
		}
		switch {
		case err == nil || err == flow.ErrStop:
		case ctx.Err() != nil:
			yield(nil, ctx.Err())
		case inner.Err() != nil:
			_ = w.Problem(&flow.Problem{Name: it.Name, Code: "source.slow", Args: []any{int(s.limit.Seconds())}, Err: err}) // the last word anyway
		default:
			_ = w.Report(it.Name, err) // the last word anyway
		}
	}
}

// Open opens a target: a path, "-" for the standard input is the caller's, an
// http or https address, or a database address (sqlite:, postgres:, mysql:).
// Errors: fault.Invalid source.target; fault.NotFound source.absent;
// fault.Unavailable source.down.
func Open(ctx context.Context, target string, opt Options) (*Source, error) {
	if opt.Limits == (Limits{}) {
		opt.Limits = DefaultLimits
	}
	if opt.Readers == 0 {
		opt.Readers = runtime.GOMAXPROCS(0)
	}
	scheme, _, found := strings.Cut(target, ":")
	switch {
	case found && (scheme == "http" || scheme == "https"):
		return openSite(target, opt)
	case found && database.Speaks(scheme):
		return openBase(ctx, target, opt)
	}
	return openPath(target, opt)
}
