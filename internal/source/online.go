package source

import (
	"bytes"
	"context"
	"iter"

	"github.com/wardfold/wardfold/internal/source/database"
	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/pdf"
	"github.com/wardfold/wardfold/internal/source/site"
)

// openSite opens a web site: each answer is an item, which is fetched while the
// site is listed.
func openSite(target string, opt Options) (*Source, error) {
	root, err := site.Parse(target)
	if err != nil {
		return nil, err
	}
	reader := pdf.New(pdf.Options{Cache: opt.Cache, Readers: opt.Readers, Page: opt.Limits.Page})
	s := &Source{Name: root.String(), Kind: "site", limit: opt.Limits.Time, close: reader.Close}
	s.items = func(ctx context.Context) iter.Seq2[Item, error] {
		return func(yield func(Item, error) bool) {
			for p, err := range site.Walk(ctx, root, opt.Client, opt.Site) {
				if err != nil {
					if !yield(Item{}, err) {
						return
					}
					continue
				}
				if !yield(pageItem(p, &opt, reader), nil) {
					return
				}
			}
		}
	}
	return s, nil
}

func pageItem(p site.Page, opt *Options, reader *pdf.Reader) Item {
	size := int64(len(p.Body))
	it := Item{Name: p.Name, Size: size, read: func() int64 { return size }}
	it.open = func(ctx context.Context, w *flow.Writer) error {
		for _, other := range p.Parties {
			if err := w.Problem(&flow.Problem{Name: p.Name, Code: "source.party." + other.How, Skipped: true, Args: []any{other.Host}}); err != nil {
				return err
			}
		}
		e := &examiner{ctx: ctx, opt: opt, w: w, packed: size, pdf: reader}
		return e.examine(input{name: p.Name, size: size, at: bytes.NewReader(p.Body), mime: p.MIME})
	}
	return it
}

// openBase opens a database: each table is an item.
func openBase(ctx context.Context, target string, opt Options) (*Source, error) {
	b, err := database.Open(ctx, target, opt.Base)
	if err != nil {
		return nil, err
	}
	s := &Source{Name: b.Name, Kind: "database", limit: 0, close: b.Close}
	s.items = func(ctx context.Context) iter.Seq2[Item, error] {
		return func(yield func(Item, error) bool) {
			for t, err := range b.Tables(ctx) {
				it := Item{Name: b.Name + "#" + t.String(), Size: -1}
				it.open = func(ctx context.Context, w *flow.Writer) error { return b.Read(ctx, t, w) }
				if !yield(it, err) {
					return
				}
			}
		}
	}
	return s, nil
}
