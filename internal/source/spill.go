package source

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// inMemory is how much of a spill stays in memory, in bytes.
const inMemory = 16 << 20

// spill keeps a stream so that it can be read out of order: in memory, and what
// is longer in a file without a name, enciphered (AES-256-CTR) with a key that
// dies with the process. The disk never holds what an archive held under its
// password or its compression.
type spill struct {
	head  []byte
	file  *os.File
	block cipher.Block
	size  int64
}

// newSpill reads r to its end. Errors: a Problem source.large beyond most bytes;
// those of the reader and of the disk.
func newSpill(r io.Reader, most int64) (*spill, error) {
	head, err := io.ReadAll(io.LimitReader(r, min(inMemory, most)+1))
	if err != nil {
		return nil, err
	}
	s := &spill{head: head, size: int64(len(head))}
	if int64(len(head)) <= min(inMemory, most) {
		return s, nil
	}
	if err := s.onDisk(r, most); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *spill) onDisk(r io.Reader, most int64) (err error) {
	key := make([]byte, 32)
	if _, err = rand.Read(key); err != nil {
		return err
	}
	if s.block, err = aes.NewCipher(key); err != nil {
		return err
	}
	if s.file, err = os.CreateTemp("", "wardfold-*"); err != nil {
		return err
	}
	if err = os.Remove(s.file.Name()); err != nil {
		return err
	}
	buf := make([]byte, 256<<10)
	for at := int64(0); ; {
		n, err := io.ReadFull(r, buf)
		s.crypt(buf[:n], at)
		if _, werr := s.file.WriteAt(buf[:n], at); werr != nil {
			return werr
		}
		at += int64(n)
		if s.size += int64(n); s.size > most {
			return &flow.Problem{Code: "source.large", Args: []any{most >> 20}}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// crypt enciphers or deciphers b, which stands at a multiple of the block size.
func (s *spill) crypt(b []byte, at int64) {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[8:], uint64(at/aes.BlockSize))
	cipher.NewCTR(s.block, iv[:]).XORKeyStream(b, b)
}

// ReadAt reads from memory, then from the file.
func (s *spill) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 || off >= s.size {
		return 0, io.EOF
	}
	if off < int64(len(s.head)) {
		n = copy(b, s.head[off:])
	}
	for n < len(b) && off+int64(n) < s.size {
		from := off + int64(n) - int64(len(s.head))
		lead := int(from % aes.BlockSize)
		chunk := make([]byte, min(lead+len(b)-n, 256<<10))
		m, err := s.file.ReadAt(chunk, from-int64(lead))
		if err != nil && err != io.EOF || m <= lead {
			return n, errors.Join(err, io.ErrUnexpectedEOF)
		}
		s.crypt(chunk[:m], from-int64(lead))
		n += copy(b[n:], chunk[lead:m])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Close frees the disk.
func (s *spill) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
