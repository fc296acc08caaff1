package house

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/id"
)

// leaving ends what belongs to an account that goes: its grants, and the
// telephone at which a relay reached it.
func (h *House) leaving(tx *db.Tx, inst id.Institution, staff id.Staff) error {
	if err := h.Grants.EndAll(tx, inst, staff); err != nil {
		return err
	}
	return desk.ForgetPhone(tx, h.Vault, inst, staff)
}
