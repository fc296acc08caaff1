package decoy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// stream is chance from a key: HMAC-SHA-256 in counter mode (as SP 800-108
// §4.1, without a length).
type stream struct {
	key   []byte
	label string
	n     uint32
	left  []byte
}

func newStream(key []byte, parts ...string) *stream {
	label := make([]byte, 0, 64)
	for _, p := range parts {
		label = binary.BigEndian.AppendUint32(label, uint32(len(p)))
		label = append(label, p...)
	}
	return &stream{key: key, label: string(label)}
}

func (s *stream) uint64() uint64 {
	if len(s.left) < 8 {
		m := hmac.New(sha256.New, s.key)
		m.Write(binary.BigEndian.AppendUint32(nil, s.n))
		m.Write([]byte(s.label))
		s.left = m.Sum(nil)
		s.n++
	}
	x := binary.BigEndian.Uint64(s.left)
	s.left = s.left[8:]
	return x
}

// below returns a number from 0 to n-1. The bias is below n/2⁶⁴.
func (s *stream) below(n int) int { return int(s.uint64() % uint64(n)) }

// pick returns one of the values.
func pick[T any](s *stream, from []T) T { return from[s.below(len(from))] }
