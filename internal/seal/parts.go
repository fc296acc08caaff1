package seal

import (
	"bytes"
	"errors"
	"io"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// partSize is the size of a part before it is sealed, in bytes.
const partSize = 512 << 10

// File is where a file lies that is no person's: a roster, an exhibit, a draft.
// It is sealed in parts under a key of its own, so that destroying the key ends
// it, and each part opens in its place only (I5). Field names the sort of file;
// no field of the catalogue has such a name, so no record can hold one.
type File struct {
	Institution id.Institution
	Holder      id.Subject
	Field       string
	Parts       int
}

// Holder is the subject under which a thing, or a member of staff, has a key. It
// is nobody on record: identifiers are random.
func Holder(thing interface{ Bytes() []byte }) id.Subject {
	holder, err := id.FromBytes[id.Subject](thing.Bytes())
	if err != nil {
		panic(err) // an identifier has 16 bytes
	}
	return holder
}

// SealParts seals a file to its end, in parts of which the first has version 1.
// The caller stores them, and how many there are.
func (s *Sealer) SealParts(field string, file io.Reader) (parts [][]byte, err error) {
	buf := make([]byte, partSize)
	defer clear(buf)
	for {
		n, err := io.ReadFull(file, buf)
		if n > 0 {
			sealed, err := s.Seal(field, uint32(len(parts)+1), secret.NewText(string(buf[:n])))
			if err != nil {
				return nil, err
			}
			parts = append(parts, sealed)
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return parts, nil
		case err != nil:
			return nil, err
		}
	}
}

// OpenParts opens a file, inside the gate; part returns the nth of its parts as
// stored. What comes back is personal information of whoever the file is about.
// Errors: those of Open and of part.
func (v *Vault) OpenParts(tx *db.Tx, p Permit, f File, part func(n int) ([]byte, error)) ([]byte, error) {
	var whole bytes.Buffer
	for n := 1; n <= f.Parts; n++ {
		sealed, err := part(n)
		if err != nil {
			return nil, err
		}
		text, err := v.Open(tx, p, Place{Institution: f.Institution, Subject: f.Holder, Field: f.Field, Version: uint32(n)}, sealed)
		if err != nil {
			return nil, err
		}
		whole.WriteString(text.Expose())
	}
	return whole.Bytes(), nil
}
