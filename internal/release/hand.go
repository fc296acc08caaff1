package release

import (
	"context"
	"io"

	"github.com/wardfold/wardfold/internal/db"
)

// part is how much of a file is sent before the grant is asked again.
const part = 64 << 10

// Hand writes a collected file to whoever collected it, in parts, and stops when
// the grant has ended: what was sent by then is sent. Errors: fault.Denied
// grant.over; those of w.
func (s *Service) Hand(ctx context.Context, f File, w io.Writer) error {
	for rest := f.Bytes; len(rest) > 0; {
		err := s.Gate.DB.View(ctx, f.Export.Institution, func(tx *db.Tx) error {
			return s.Grants.Still(tx, f.Export.Institution, f.Export.Grant)
		})
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
