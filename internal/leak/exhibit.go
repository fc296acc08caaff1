package leak

import (
	"bytes"
	"io"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// partSize is the size of a sealed part of a file, in bytes.
const partSize = 512 << 10

// field is the place of a file's parts under the key of its case. It is no field
// of the catalogue, so no record can have it.
const field = "leak.file"

// keyOf is the subject under which a case has its key. A case and a person never
// share an identifier: both are random.
func keyOf(l id.Leak) id.Subject {
	k, err := id.FromBytes[id.Subject](l.Bytes())
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

// openFile opens the exhibit, inside the gate.
func openFile(tx *db.Tx, v *seal.Vault, p seal.Permit, c Case) ([]byte, error) {
	if c.Parts == 0 {
		return nil, fault.New(fault.Erased, "leak.closed")
	}
	var whole bytes.Buffer
	for n := 1; n <= c.Parts; n++ {
		sealed, err := part(tx, c, n)
		if err != nil {
			return nil, err
		}
		place := seal.Place{Institution: c.Institution, Subject: keyOf(c.ID), Field: field, Version: uint32(n)}
		text, err := v.Open(tx, p, place, sealed)
		if err != nil {
			return nil, err
		}
		whole.WriteString(text.Expose())
	}
	return whole.Bytes(), nil
}
