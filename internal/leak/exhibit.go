package leak

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/seal"
)

// field is the sort of file that an exhibit is.
const field = "leak.file"

// openFile opens the exhibit, inside the gate.
func openFile(tx *db.Tx, v *seal.Vault, p seal.Permit, c Case) ([]byte, error) {
	if c.Parts == 0 {
		return nil, fault.New(fault.Erased, "leak.closed")
	}
	at := seal.File{Institution: c.Institution, Holder: seal.Holder(c.ID), Field: field, Parts: c.Parts}
	return v.OpenParts(tx, p, at, func(n int) ([]byte, error) { return part(tx, c, n) })
}
