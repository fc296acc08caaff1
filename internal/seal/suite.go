package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"github.com/wardfold/wardfold/internal/fault"
)

// Suite is a closed set of algorithms. Its number is the suite byte of sealed
// data and never changes. The zero Suite is none.
type Suite uint8

// The suites.
const (
	Intl Suite = 1 // AES-256-GCM, HMAC-SHA256, Ed25519
	GM   Suite = 2 // SM4-GCM, HMAC-SM3, SM2
)

type algorithms struct {
	name    string
	keySize int // bytes of an AEAD key
	block   func([]byte) (cipher.Block, error)
	hash    func() hash.Hash
}

var suites = [...]algorithms{
	Intl: {"intl", 32, aes.NewCipher, sha256.New},
	GM:   {"gm", 16, sm4.NewCipher, sm3.New},
}

// ParseSuite reads the name of a suite, "intl" or "gm". Anything else is
// Invalid, seal.suite_unknown.
func ParseSuite(name string) (Suite, error) {
	for _, s := range []Suite{Intl, GM} {
		if suites[s].name == name {
			return s, nil
		}
	}
	return 0, fault.New(fault.Invalid, "seal.suite_unknown")
}

// String returns the name of the suite, or "" for the zero Suite.
func (s Suite) String() string {
	if !s.valid() {
		return ""
	}
	return suites[s].name
}

func (s Suite) valid() bool { return s == Intl || s == GM }

// KeySize returns the length of an AEAD key in bytes: 32 (AES-256) or 16 (SM4).
func (s Suite) KeySize() int { return suites[s].keySize }

// Hash returns a new SHA-256 or SM3; both have 32 bytes.
func (s Suite) Hash() hash.Hash { return suites[s].hash() }

// aead returns GCM with a 12-byte nonce and a 16-byte tag over the suite's cipher.
func (s Suite) aead(key []byte) (cipher.AEAD, error) {
	block, err := suites[s].block(key)
	if err != nil {
		return nil, err // wrong length only
	}
	return cipher.NewGCM(block)
}

// mac returns HMAC(key, message) with the suite's hash.
func (s Suite) mac(key, message []byte) []byte {
	h := hmac.New(suites[s].hash, key)
	h.Write(message)
	return h.Sum(nil)
}
