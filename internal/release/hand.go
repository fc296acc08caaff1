package release

import (
	"context"
	"errors"
	"io"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
)

// part is how much of a file is sent before the grant is asked again.
const part = 64 << 10

// Hand writes a collected file to whoever collected it, in parts, and stops when
// the grant has ended: what was sent by then is sent, and an entry says that the
// rest was not. Errors: fault.Denied grant.over; those of w.
func (s *Service) Hand(ctx context.Context, f File, w io.Writer) error {
	for rest := f.Bytes; len(rest) > 0; {
		err := s.Gate.DB.View(ctx, f.Export.Institution, func(tx *db.Tx) error {
			return s.Grants.Still(tx, f.Export.Institution, f.Export.Grant)
		})
		if fault.CodeOf(err) == "grant.over" {
			return errors.Join(err, s.brokeOff(ctx, f.Export))
		}
		if err != nil {
			return err
		}
		n := min(len(rest), part)
		if _, err := w.Write(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// brokeOff writes down that the grant ended while its file was handed over.
func (s *Service) brokeOff(ctx context.Context, e Export) error {
	return s.Gate.DB.Update(ctx, e.Institution, func(tx *db.Tx) error {
		ledger.Append(tx, ledger.Event{Type: ledger.Denied, Actor: e.Collector.String(),
			Store: e.Store, Op: ledger.Operation(policy.ExportCollect.Operation()), HandledBy: e.Collector.String(), InCharge: e.Collector.String(), Purpose: e.Purpose,
			Fields: e.Fields, Grant: e.Grant, Ref: e.ID.String(), Code: "grant.over"})
		return nil
	})
}
