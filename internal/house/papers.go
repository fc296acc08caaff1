package house

import (
	"crypto/sha256"
	"fmt"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify"
)

// inventories are the reports of nightly scans that a pack's entries speak of.
func inventories(tx *db.Tx, inst id.Institution, exhibits []ledger.Entry) (list []verify.Paper, err error) {
	for _, e := range exhibits {
		if e.Type != ledger.InventoryTaken {
			continue
		}
		body, err := inventory.On(tx, inst, e.At)
		if err != nil {
			return nil, err
		}
		if sha256.Sum256(body) == e.Hash {
			name := fmt.Sprintf("inventory-%s-%d.json", e.At.UTC().Format("2006-01-02"), e.Index)
			list = append(list, verify.Paper{Name: name, Text: string(body)})
		}
	}
	return list, nil
}
