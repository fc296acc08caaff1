// Package pkcs11 keeps a root key in a hardware security module and has the
// module wrap institution keys with it (PKCS #11 v2.40, CKM_AES_GCM). The key
// is generated inside, not extractable, and found by its label.
//
// The module's library is C, so this package does its work only in binaries
// built with the tag pkcs11 (and cgo); in others Open and Generate say so.
//
// It is tested with SoftHSM 2.6.1, which has no SM4: the root key is AES-256
// for both suites. A module that must be certified for commercial cryptography
// in China speaks GM/T 0018 rather than PKCS #11, and needs an adapter of its
// own behind seal.KEK.
//
// To destroy a root key (package seal, Rotation and destruction), generate one
// under another label, make it current and the first former, rotate every
// institution, and Destroy the first when the backup window has passed.
package pkcs11

import (
	"context"

	"github.com/wardfold/wardfold/internal/secret"
)

// Config names a key in a module.
type Config struct {
	Module string      // path of the module's shared library
	Token  string      // label of the token
	PIN    secret.Text // of the token's user
	Key    string      // label of the AES-256 key
}

// id names the key for ever; token and key labels are unique together.
func (c Config) id() string { return "pkcs11:" + c.Token + "/" + c.Key }

// A KEK must satisfy seal.KEK in both builds.
type kek interface {
	Wrap(ctx context.Context, aad []byte, key secret.Key) ([]byte, error)
	Unwrap(ctx context.Context, aad, wrapped []byte) (secret.Key, error)
	ID() string
	Close() error
}
