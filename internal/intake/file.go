package intake

import (
	"bytes"
	"io"
	"strconv"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// partSize is the size of a sealed part of a file, in bytes.
const partSize = 512 << 10

// field is the place of a file's parts under the key of its batch. It is no
// field of the catalogue, so no record can have it.
const field = "import.file"

// keyOf is the subject under which a batch has its key. A batch and a person
// never share an identifier: both are random.
func keyOf(b id.Batch) id.Subject {
	k, err := id.FromBytes[id.Subject](b.Bytes())
	if err != nil {
		panic(err) // an identifier has 16 bytes
	}
	return k
}

// sealFile seals a file in parts under a new key.
func sealFile(s *seal.Sealer, file io.ReaderAt, size int64) (parts [][]byte, err error) {
	buf := make([]byte, partSize)
	defer clear(buf)
	for at := int64(0); at < size; at += partSize {
		n, err := file.ReadAt(buf[:min(partSize, size-at)], at)
		if err != nil && err != io.EOF {
			return nil, err
		}
		sealed, err := s.Seal(field, uint32(len(parts)+1), secret.NewText(string(buf[:n])))
		if err != nil {
			return nil, err
		}
		parts = append(parts, sealed)
	}
	return parts, nil
}

// openFile opens the file of a batch, inside the gate. What it returns is
// personal information of everybody in it.
func openFile(tx *db.Tx, v *seal.Vault, p seal.Permit, b Batch) (*bytes.Reader, error) {
	var whole bytes.Buffer
	if b.Parts == 0 {
		return nil, fault.New(fault.Erased, "intake.file_gone")
	}
	for n := 1; n <= b.Parts; n++ {
		sealed, err := part(tx, b, n)
		if err != nil {
			return nil, err
		}
		place := seal.Place{Institution: b.Institution, Subject: keyOf(b.ID), Field: field, Version: uint32(n)}
		text, err := v.Open(tx, p, place, sealed)
		if err != nil {
			return nil, err
		}
		whole.WriteString(text.Expose())
	}
	return bytes.NewReader(whole.Bytes()), nil
}

// same reports whether two values are equal, without saying either.
func same(a, b secret.Text) bool { return a.Expose() == b.Expose() }

// destroy ends a batch's file: its key first, then what the key opened.
func destroy(tx *db.Tx, v *seal.Vault, b *Batch) error {
	b.Parts = 0
	if err := v.Erase(tx, b.Institution, keyOf(b.ID)); err != nil {
		return err
	}
	return dropFile(tx, *b)
}

// line is the printed number of a line, for forms without a number of their own.
func line(n int) string { return strconv.Itoa(n) }
