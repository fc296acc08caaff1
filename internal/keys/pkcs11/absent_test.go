//go:build !pkcs11

package pkcs11_test

import (
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/keys/pkcs11"
	"github.com/wardfold/wardfold/internal/seal"
)

var _ seal.KEK = (*pkcs11.KEK)(nil)

func TestABinaryWithoutTheModuleSaysSo(t *testing.T) {
	_, err := pkcs11.Open(pkcs11.Config{})
	for _, err := range []error{err, pkcs11.Generate(pkcs11.Config{}), pkcs11.Destroy(pkcs11.Config{})} {
		if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "keys.pkcs11_absent" {
			t.Errorf("%v", err)
		}
	}
}
