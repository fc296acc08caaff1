package family

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify"
)

// Evidence is what remains of an erasure: the entry and its proof. It names
// nobody, and nothing connects it to anybody any more.
type Evidence struct {
	At      time.Time
	Index   int64
	Fields  []string
	Records int
	Proof   verify.Receipt
}

// Evidence reads the certificate of an erasure again, for whoever knows its
// number. The proof is zero until a signed head covers the entry, for about a
// second. NotFound ledger.no_entry for an entry of another type.
func (s *Service) Evidence(ctx context.Context, inst id.Institution, event id.Event) (Evidence, error) {
	var ev Evidence
	err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		e, err := ledger.Find(tx, event)
		if err != nil {
			return err
		}
		if e.Type != ledger.Erased || e.Code != "" {
			return fault.New(fault.NotFound, "ledger.no_entry")
		}
		ev = Evidence{At: e.At, Index: e.Index, Fields: e.Fields, Records: e.Count}
		ev.Proof, err = s.Log.Receipt(tx, e.Index, nil)
		if fault.CodeOf(err) == "ledger.unsigned" {
			return nil
		}
		return err
	})
	return ev, err
}
