package ledger

import (
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/verify"
)

// Receipt proves that the entry at an index is in the log of the transaction's
// institution. It stands under the newest head that a witness has cosigned, if
// that covers the entry, or else under the newest head. The opening may be nil;
// it belongs only in the hands of the person whom the entry is about.
//
// Errors: NotFound, ledger.no_entry; Unavailable, ledger.unsigned, when no head
// covers the entry yet: ask again in a second.
func (l *Log) Receipt(tx *db.Tx, index int64, opening *verify.Opening) (verify.Receipt, error) {
	signer, err := l.Signer(tx.Institution())
	if err != nil {
		return verify.Receipt{}, err
	}
	e, err := At(tx, index)
	if err != nil {
		return verify.Receipt{}, err
	}
	signed, size, err := covering(tx, signer, index)
	if err != nil {
		return verify.Receipt{}, err
	}
	proof, err := tlog.ProveRecord(size, index, newTree(tx, size))
	if err != nil {
		return verify.Receipt{}, damaged(err)
	}
	return verify.Receipt{
		Format: verify.ReceiptFormat, Log: signer.Key().String(), Index: index,
		Leaf: e.Leaf, Opening: opening, Proof: proof, Checkpoint: string(signed),
	}, nil
}

// covering finds the head for a receipt.
func covering(tx *db.Tx, s Signer, index int64) (signed []byte, size int64, err error) {
	for _, head := range []func(*db.Tx) ([]byte, int64, error){WitnessedHead, Head} {
		signed, size, err = head(tx)
		if err == nil && size > index && strings.HasPrefix(string(signed), s.Name()+"\n") {
			return signed, size, nil
		}
		if err != nil && fault.CodeOf(err) != "ledger.unsigned" {
			return nil, 0, err
		}
	}
	return nil, 0, fault.New(fault.Unavailable, "ledger.unsigned")
}
