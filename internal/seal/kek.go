package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// KEK is a root key outside the database. It wraps institution keys and never
// leaves its home: a passphrase-protected file, an HSM, a transit engine
// (packages below keys). Implementations are safe for concurrent use.
type KEK interface {
	// Wrap encrypts key, bound to aad. What it returns is opaque to seal.
	Wrap(ctx context.Context, aad []byte, key secret.Key) ([]byte, error)
	// Unwrap undoes Wrap. Where wrapped or aad is wrong it returns a fault of
	// kind Unavailable, and so it does where the home of the key is out of reach.
	Unwrap(ctx context.Context, aad, wrapped []byte) (secret.Key, error)
	// ID names the key for ever. It is stored beside what the key wrapped.
	ID() string
}

// Local returns a KEK that works in this process with a key of 32 bytes:
// AES-256-GCM with random nonces, good for 2^32 wraps.
func Local(name string, key secret.Key) (KEK, error) {
	block, err := aes.NewCipher(key.Expose())
	if err != nil || len(key.Expose()) != 32 || name == "" {
		return nil, fault.New(fault.Invalid, "seal.kek_invalid")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &local{name, aead}, nil
}

type local struct {
	name string
	aead cipher.AEAD
}

func (l *local) ID() string { return l.name }

func (l *local) Wrap(_ context.Context, aad []byte, key secret.Key) ([]byte, error) {
	return l.aead.Seal(nil, nil, key.Expose(), aad), nil
}

func (l *local) Unwrap(_ context.Context, aad, wrapped []byte) (secret.Key, error) {
	key, err := l.aead.Open(nil, nil, wrapped, aad)
	if err != nil {
		return secret.Key{}, fault.New(fault.Unavailable, "seal.kek_refused", l.name)
	}
	return secret.NewKey(key), nil
}
