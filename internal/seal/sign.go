package seal

import (
	"crypto/ed25519"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm2"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// GenerateKey makes a key pair of the suite's signature algorithm, reading 32
// random bytes at a time from random. The public key is 32 bytes (Ed25519, RFC
// 8032) or 65 (SM2, the uncompressed point); the private key is 32 bytes.
func (s Suite) GenerateKey(random io.Reader) (public []byte, private secret.Key, err error) {
	if !s.valid() {
		return nil, secret.Key{}, fault.New(fault.Invalid, "seal.suite_unknown")
	}
	seed := make([]byte, 32)
	for {
		if _, err := io.ReadFull(random, seed); err != nil {
			return nil, secret.Key{}, fmt.Errorf("seal: read randomness: %w", err)
		}
		if s == Intl {
			pub := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
			return pub, secret.NewKey(seed), nil
		}
		// An SM2 private key lies in [1, n-2]; other seeds are drawn again.
		key, err := sm2.NewPrivateKey(seed)
		if err != nil {
			continue
		}
		point, err := sm2.PublicKeyToECDH(&key.PublicKey)
		if err != nil {
			return nil, secret.Key{}, fmt.Errorf("seal: encode SM2 key: %w", err)
		}
		return point.Bytes(), secret.NewKey(seed), nil
	}
}

// Sign signs message with a private key of GenerateKey. SM2 draws a nonce from
// random and hashes the default identity of GM/T 0009 ("1234567812345678");
// Ed25519 is deterministic and reads nothing.
func (s Suite) Sign(random io.Reader, private secret.Key, message []byte) ([]byte, error) {
	switch s {
	case Intl:
		if len(private.Expose()) != ed25519.SeedSize {
			return nil, fmt.Errorf("seal: an Ed25519 key has %d bytes", ed25519.SeedSize)
		}
		return ed25519.Sign(ed25519.NewKeyFromSeed(private.Expose()), message), nil
	case GM:
		key, err := sm2.NewPrivateKey(private.Expose())
		if err != nil {
			return nil, fmt.Errorf("seal: not an SM2 private key")
		}
		return key.SignWithSM2(random, nil, message)
	}
	return nil, fault.New(fault.Invalid, "seal.suite_unknown")
}

// Verify reports whether signature is valid for message under the public key.
// It accepts any input without panic.
func (s Suite) Verify(public, message, signature []byte) bool {
	switch s {
	case Intl:
		return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, message, signature)
	case GM:
		key, err := sm2.NewPublicKey(public)
		return err == nil && sm2.VerifyASN1WithSM2(key, nil, message, signature)
	}
	return false
}
