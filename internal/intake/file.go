package intake

import (
	"bytes"
	"strconv"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// field is the sort of file that a roster is.
const field = "import.file"

// fileOf is where the file of a batch lies.
func fileOf(b Batch) seal.File {
	return seal.File{Institution: b.Institution, Holder: seal.Holder(b.ID), Field: field, Parts: b.Parts}
}

// openFile opens the file of a batch, inside the gate. What it returns is
// personal information of everybody in it.
func openFile(tx *db.Tx, v *seal.Vault, p seal.Permit, b Batch) (*bytes.Reader, error) {
	if b.Parts == 0 {
		return nil, fault.New(fault.Erased, "intake.file_gone")
	}
	whole, err := v.OpenParts(tx, p, fileOf(b), func(n int) ([]byte, error) { return part(tx, b, n) })
	return bytes.NewReader(whole), err
}

// same reports whether two values are equal, without saying either.
func same(a, b secret.Text) bool { return a.Expose() == b.Expose() }

// destroy ends a batch's file: its key first, then what the key opened.
func destroy(tx *db.Tx, v *seal.Vault, b *Batch) error {
	b.Parts = 0
	if err := v.Erase(tx, b.Institution, seal.Holder(b.ID)); err != nil {
		return err
	}
	return dropFile(tx, *b)
}

// line is the printed number of a line, for forms without a number of their own.
func line(n int) string { return strconv.Itoa(n) }
