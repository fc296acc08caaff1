//go:build !pkcs11

package pkcs11

import (
	"context"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// KEK is a seal.KEK in a module. This binary was built without the tag pkcs11,
// so there is never one.
type KEK struct{ c Config }

var _ kek = (*KEK)(nil)

func absent() error { return fault.New(fault.Unavailable, "keys.pkcs11_absent") }

// Open returns Unavailable, keys.pkcs11_absent.
func Open(Config) (*KEK, error) { return nil, absent() }

// Generate returns Unavailable, keys.pkcs11_absent.
func Generate(Config) error { return absent() }

// Destroy returns Unavailable, keys.pkcs11_absent.
func Destroy(Config) error { return absent() }

// ID names the key.
func (k *KEK) ID() string { return k.c.id() }

// Wrap returns Unavailable, keys.pkcs11_absent.
func (k *KEK) Wrap(context.Context, []byte, secret.Key) ([]byte, error) { return nil, absent() }

// Unwrap returns Unavailable, keys.pkcs11_absent.
func (k *KEK) Unwrap(context.Context, []byte, []byte) (secret.Key, error) {
	return secret.Key{}, absent()
}

// Close does nothing.
func (k *KEK) Close() error { return nil }
