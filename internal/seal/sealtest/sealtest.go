// Package sealtest gives tests a Vault of their own and institutions to use it
// with. The root key lives in memory and dies with the test.
package sealtest

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// KEK returns a random root key.
func KEK(t testing.TB, name string) seal.KEK {
	t.Helper()
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	k, err := seal.Local(name, secret.NewKey(b))
	if err != nil {
		t.Fatalf("make root key: %v", err)
	}
	return k
}

// Vault returns a Vault with a root key of its own.
func Vault(t testing.TB) *seal.Vault {
	t.Helper()
	v, err := seal.New(seal.Config{KEK: KEK(t, "test")})
	if err != nil {
		t.Fatalf("make vault: %v", err)
	}
	return v
}

// Provision gives an institution its keys.
func Provision(t testing.TB, v *seal.Vault, d *db.DB, inst id.Institution, s seal.Suite) {
	t.Helper()
	err := d.Update(t.Context(), inst, func(tx *db.Tx) error { return v.Provision(tx, inst, s) })
	if err != nil {
		t.Fatalf("provision institution: %v", err)
	}
}

// Institution makes the id of a new institution and gives it keys.
func Institution(t testing.TB, v *seal.Vault, d *db.DB, s seal.Suite) id.Institution {
	t.Helper()
	inst := id.Make[id.Institution](time.Now())
	Provision(t, v, d, inst, s)
	return inst
}
