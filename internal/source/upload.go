package source

import (
	"context"
	"io"
	"iter"
	"path/filepath"

	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/pdf"
)

// Upload opens a file that is in hand, such as one that came with a form. Nothing
// of it reaches the disk in clear. name tells its kind where the content does not.
func Upload(name string, at io.ReaderAt, size int64, opt Options) *Source {
	if opt.Limits == (Limits{}) {
		opt.Limits = DefaultLimits
	}
	name = filepath.Base(name)
	reader := pdf.New(pdf.Options{Cache: opt.Cache, Readers: max(1, opt.Readers), Page: opt.Limits.Page})
	it := Item{Name: name, Size: size, open: func(ctx context.Context, w *flow.Writer) error {
		e := &examiner{ctx: ctx, opt: &opt, w: w, packed: size, pdf: reader}
		return e.examine(input{name: name, size: size, at: at})
	}}
	return &Source{Name: name, Kind: "files", limit: opt.Limits.Time, close: reader.Close,
		items: func(context.Context) iter.Seq2[Item, error] {
			return func(yield func(Item, error) bool) { yield(it, nil) }
		}}
}
