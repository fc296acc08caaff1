//go:build pkcs11

package pkcs11

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"

	p11 "github.com/miekg/pkcs11"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

const (
	nonceSize = 12
	tagBits   = 128
)

// KEK is a seal.KEK in a module. It is safe for concurrent use; questions are
// asked one at a time. A session that the module has dropped is opened again.
type KEK struct {
	c  Config
	mu sync.Mutex
	s  *session
}

var _ kek = (*KEK)(nil)

// Open logs in and finds the key. Unavailable: keys.pkcs11_module (the library
// does not load), keys.pkcs11_token, keys.pkcs11_key (no such token or key),
// keys.pkcs11_failed; Unauthenticated: keys.pkcs11_pin.
func Open(c Config) (*KEK, error) {
	s, err := dial(c)
	if err != nil {
		return nil, err
	}
	return &KEK{c: c, s: s}, nil
}

// Generate makes a new AES-256 key inside the module: sensitive, not
// extractable, only for encryption. Conflict: keys.exists.
func Generate(c Config) error {
	s, err := login(c)
	if err != nil {
		return err
	}
	defer s.close()
	if _, err := s.find(c.Key); fault.CodeOf(err) != "keys.pkcs11_key" {
		if err == nil {
			err = fault.New(fault.Conflict, "keys.exists", c.id())
		}
		return err
	}
	_, err = s.ctx.GenerateKey(s.h, []*p11.Mechanism{p11.NewMechanism(p11.CKM_AES_KEY_GEN, nil)}, []*p11.Attribute{
		p11.NewAttribute(p11.CKA_CLASS, p11.CKO_SECRET_KEY),
		p11.NewAttribute(p11.CKA_KEY_TYPE, p11.CKK_AES),
		p11.NewAttribute(p11.CKA_LABEL, c.Key),
		p11.NewAttribute(p11.CKA_VALUE_LEN, 32),
		p11.NewAttribute(p11.CKA_TOKEN, true),
		p11.NewAttribute(p11.CKA_PRIVATE, true),
		p11.NewAttribute(p11.CKA_SENSITIVE, true),
		p11.NewAttribute(p11.CKA_EXTRACTABLE, false),
		p11.NewAttribute(p11.CKA_ENCRYPT, true),
		p11.NewAttribute(p11.CKA_DECRYPT, true),
		p11.NewAttribute(p11.CKA_WRAP, false),
		p11.NewAttribute(p11.CKA_UNWRAP, false),
	})
	return failed(err)
}

// Destroy erases the key from the module: whatever it wrapped is lost. Ask
// seal.Vault.InUse for every institution first.
func Destroy(c Config) error {
	s, err := dial(c)
	if err != nil {
		return err
	}
	defer s.close()
	return failed(s.ctx.DestroyObject(s.h, s.key))
}

// ID returns "pkcs11:token/key".
func (k *KEK) ID() string { return k.c.id() }

// Close ends the session. The KEK is useless afterwards.
func (k *KEK) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.s != nil {
		k.s.close()
		k.s = nil
	}
	return nil
}

// Wrap has the module encrypt key under a random nonce, which precedes the
// result.
func (k *KEK) Wrap(_ context.Context, aad []byte, key secret.Key) ([]byte, error) {
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	out, err := k.do(nonce, aad, func(s *session, m []*p11.Mechanism) ([]byte, error) {
		if err := s.ctx.EncryptInit(s.h, m, s.key); err != nil {
			return nil, err
		}
		return s.ctx.Encrypt(s.h, key.Expose())
	})
	if err != nil {
		return nil, failed(err)
	}
	return append(nonce, out...), nil
}

// Unwrap has the module decrypt what Wrap returned.
func (k *KEK) Unwrap(_ context.Context, aad, wrapped []byte) (secret.Key, error) {
	if len(wrapped) < nonceSize+tagBits/8 {
		return secret.Key{}, fault.New(fault.Unavailable, "seal.kek_refused", k.ID())
	}
	out, err := k.do(wrapped[:nonceSize], aad, func(s *session, m []*p11.Mechanism) ([]byte, error) {
		if err := s.ctx.DecryptInit(s.h, m, s.key); err != nil {
			return nil, err
		}
		return s.ctx.Decrypt(s.h, wrapped[nonceSize:])
	})
	switch code(err) {
	case p11.CKR_OK:
		return secret.NewKey(out), nil
	case p11.CKR_ENCRYPTED_DATA_INVALID, p11.CKR_ENCRYPTED_DATA_LEN_RANGE, p11.CKR_GENERAL_ERROR:
		// SoftHSM answers GENERAL_ERROR to a tag that does not fit.
		return secret.Key{}, fault.New(fault.Unavailable, "seal.kek_refused", k.ID()).Because(err)
	}
	return secret.Key{}, failed(err)
}

// do runs one operation, and once more in a fresh session if the module has
// lost the old one (a module that restarted, a token pulled and put back).
func (k *KEK) do(nonce, aad []byte, op func(*session, []*p11.Mechanism) ([]byte, error)) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for try := 0; ; try++ {
		if k.s == nil {
			s, err := dial(k.c)
			if err != nil {
				return nil, err
			}
			k.s = s
		}
		params := p11.NewGCMParams(nonce, aad, tagBits)
		out, err := op(k.s, []*p11.Mechanism{p11.NewMechanism(p11.CKM_AES_GCM, params)})
		params.Free()
		switch code(err) {
		case p11.CKR_SESSION_HANDLE_INVALID, p11.CKR_SESSION_CLOSED, p11.CKR_DEVICE_REMOVED,
			p11.CKR_TOKEN_NOT_PRESENT, p11.CKR_USER_NOT_LOGGED_IN, p11.CKR_OBJECT_HANDLE_INVALID, p11.CKR_KEY_HANDLE_INVALID:
			k.s.close()
			k.s = nil
			if try == 0 {
				continue
			}
		}
		return out, err
	}
}

func code(err error) p11.Error {
	if err == nil {
		return p11.CKR_OK
	}
	e, ok := errors.AsType[p11.Error](err)
	if !ok {
		return p11.CKR_FUNCTION_FAILED
	}
	return e
}

// failed makes a fault of a module's error; faults pass unchanged.
func failed(err error) error {
	if err == nil || fault.KindOf(err) != "" {
		return err
	}
	return fault.New(fault.Unavailable, "keys.pkcs11_failed", uint(code(err))).Because(err)
}
