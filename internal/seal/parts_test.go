package seal_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
)

// I5: a file comes back as it was, and none of its parts opens as another or in
// another file.
func TestAFileInPartsComesBackInItsPlaceOnlyI5(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		batch, other := id.Make[id.Batch](time.Now()), id.Make[id.Batch](time.Now())
		file := []byte(strings.Repeat("invented,2016-03\n", 70_000)) // more than two parts
		var parts [][]byte
		h.update(func(tx *db.Tx) error {
			for _, b := range []id.Batch{batch, other} {
				if err := h.v.Create(tx, h.inst, seal.Holder(b)); err != nil {
					return err
				}
			}
			s, err := h.v.Sealer(tx, h.inst, seal.Holder(batch))
			if err != nil {
				return err
			}
			parts, err = s.SealParts("test.file", bytes.NewReader(file))
			return err
		})
		if len(parts) != 3 {
			t.Fatalf("%d parts", len(parts))
		}
		open := func(f seal.File, order ...int) (whole []byte, err error) {
			err = h.d.View(t.Context(), h.inst, func(tx *db.Tx) error {
				permit := seal.Mint()
				defer permit.Revoke()
				whole, err = h.v.OpenParts(tx, permit, f, func(n int) ([]byte, error) { return parts[order[n-1]], nil })
				return err
			})
			return whole, err
		}
		at := seal.File{Institution: h.inst, Holder: seal.Holder(batch), Field: "test.file", Parts: 3}
		if got, err := open(at, 0, 1, 2); err != nil || !bytes.Equal(got, file) {
			t.Errorf("%d of %d bytes, %v", len(got), len(file), err)
		}
		if _, err := open(at, 1, 0, 2); fault.KindOf(err) == "" {
			t.Error("opens in another order")
		}
		foreign, kind := at, at
		foreign.Holder, kind.Field = seal.Holder(other), "other.file"
		for _, f := range []seal.File{foreign, kind} {
			if _, err := open(f, 0, 1, 2); fault.KindOf(err) == "" {
				t.Errorf("opens as %s of another", f.Field)
			}
		}
	})
}

// A file that cannot be read to its end is not sealed by half.
func TestAFileThatBreaksOffIsNotSealed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h house) {
		who, broken := h.subject(), errors.New("the reading breaks")
		h.update(func(tx *db.Tx) error {
			s, err := h.v.Sealer(tx, h.inst, who)
			if err != nil {
				return err
			}
			if parts, err := s.SealParts("test.file", iotest.ErrReader(broken)); !errors.Is(err, broken) || parts != nil {
				t.Errorf("%d parts, %v", len(parts), err)
			}
			if parts, err := s.SealParts("test.file", strings.NewReader("")); err != nil || len(parts) != 0 {
				t.Errorf("nothing has %d parts, %v", len(parts), err)
			}
			return nil
		})
	})
}
