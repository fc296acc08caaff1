package seal

import (
	"crypto/cipher"
	"fmt"
	"io"
	"strconv"

	"github.com/wardfold/wardfold/internal/fault"
)

const (
	nonceSize = 12
	tagSize   = 16
	// maxText bounds one value, in bytes: a name or a page of reasons, not a file.
	maxText = 1 << 20
)

// envelope is sealed data taken apart; body is nonce, ciphertext and tag.
type envelope struct {
	version uint32
	suite   Suite
	body    []byte
}

// damaged is the one answer for data that does not open in its place. It says
// nothing about why: a flipped bit and a moved row look alike.
func damaged() error { return fault.New(fault.Unavailable, "seal.damaged") }

// parse takes sealed data apart without copying. It accepts exactly one
// spelling of each version.
func parse(b []byte) (envelope, error) {
	if len(b) < 2 || b[0] != 'v' {
		return envelope{}, damaged()
	}
	var n uint64
	i := 1
	for ; i < len(b) && i <= 10 && b[i] >= '0' && b[i] <= '9'; i++ {
		n = n*10 + uint64(b[i]-'0')
	}
	rest := b[i:]
	if i == 1 || b[1] == '0' || n > 1<<32-1 || len(rest) < 2+nonceSize+tagSize || rest[0] != ':' {
		return envelope{}, damaged()
	}
	s := Suite(rest[1])
	if !s.valid() {
		return envelope{}, damaged()
	}
	return envelope{uint32(n), s, rest[2:]}, nil
}

func appendHeader(dst []byte, version uint32, s Suite) []byte {
	dst = append(dst, 'v')
	dst = strconv.AppendUint(dst, uint64(version), 10)
	return append(dst, ':', byte(s))
}

// encrypt returns the sealed form of text under the key named version.
func encrypt(random io.Reader, a cipher.AEAD, s Suite, version uint32, text, aad []byte) ([]byte, error) {
	out := make([]byte, 0, 1+10+2+nonceSize+len(text)+tagSize)
	out = appendHeader(out, version, s)
	nonce := out[len(out) : len(out)+nonceSize]
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("seal: read randomness: %w", err)
	}
	return a.Seal(out[:len(out)+nonceSize], nonce, text, aad), nil
}

// decrypt appends the clear text of e to dst. dst must not overlap e.
func (e envelope) decrypt(dst []byte, a cipher.AEAD, aad []byte) ([]byte, error) {
	text, err := a.Open(dst, e.body[:nonceSize], e.body[nonceSize:], aad)
	if err != nil {
		return nil, damaged()
	}
	return text, nil
}
