package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Page is what the public sees.
type Page struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"`
}

// page is the public form of a proposal: in the order of the notice numbers, so
// that the order of the list says nothing.
func page(p Proposal) ([]byte, [32]byte, error) {
	out := Page{Header: p.Header, Rows: slices.Clone(p.Rows)}
	if len(out.Header) > 0 && out.Header[0] == NumberHeader {
		slices.SortFunc(out.Rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	}
	text, err := json.Marshal(out)
	return text, sha256.Sum256(text), err
}

// Public is a notice for whoever opens its address. A notice whose days are over
// is not shown, whether or not the sweep has been there. Errors: NotFound
// publish.over.
func (s *Service) Public(ctx context.Context, inst id.Institution, which id.Publication) (p Publication, page Page, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		p, err = load(tx, inst, which)
		if err == nil && (p.State != Published || !tx.Now().Before(p.Until) || len(p.Open()) > 0) {
			err = fault.New(fault.NotFound, "publish.over")
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return Publication{}, Page{}, fault.New(fault.NotFound, "publish.over")
	}
	if err != nil {
		return Publication{}, Page{}, err
	}
	return p, page, json.Unmarshal(p.body, &page)
}
