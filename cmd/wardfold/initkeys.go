package main

import (
	"context"
	"path/filepath"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/keys/pkcs11"
	"github.com/wardfold/wardfold/internal/secret"
)

// keyAnswers say where the root key of a new installation is. Secrets are named
// by the file that holds them.
type keyAnswers struct {
	KeyStore     string `json:"key_store" placeholder:"file|pkcs11|transit"`
	KeyName      string `json:"key_name"` // label in the module, or name in the key service
	Module       string `json:"module"`
	Token        string `json:"token"`
	PINFile      string `json:"pin_file" name:"pin-file"`
	KeyAddress   string `json:"key_address"`
	KeyMount     string `json:"key_mount"`
	KeyTokenFile string `json:"key_token_file"`
}

// keyQuestions are asked by nobody: a module or a key service is named on the
// command line or in the file of answers.
func (a *keyAnswers) keyQuestions() []question {
	return []question{
		{"key_store", &a.KeyStore, "file", false}, {"key_name", &a.KeyName, "wardfold", false},
		{"module", &a.Module, "", false}, {"token", &a.Token, "", false}, {"pin_file", &a.PINFile, "", false},
		{"key_address", &a.KeyAddress, "", false}, {"key_mount", &a.KeyMount, "", false},
		{"key_token_file", &a.KeyTokenFile, "", false},
	}
}

// checkKeys says which answer is missing.
func (a *keyAnswers) checkKeys() error {
	var needs []question
	all := a.keyQuestions()
	switch a.KeyStore {
	case "file":
	case "pkcs11":
		needs = all[2:5]
	case "transit":
		needs = []question{all[5], all[7]}
	default:
		return refuse(exitUsage, "cli.usage.value", "--key-store")
	}
	for _, q := range needs {
		if *q.into == "" {
			return refuse(exitUsage, "cli.init.missing", flagName(q.key))
		}
	}
	return nil
}

// source is the answers as the configuration says them. Files lie where they lie:
// a relative path is of the folder where the command was typed.
func (a *keyAnswers) source() (s keySource, err error) {
	switch s.Source = a.KeyStore; s.Source {
	case "pkcs11":
		s.Module, s.Token, s.Key = a.Module, a.Token, a.KeyName
		s.PINFile, err = filepath.Abs(a.PINFile)
	case "transit":
		s.Address, s.Mount, s.Key = a.KeyAddress, a.KeyMount, a.KeyName
		s.TokenFile, err = filepath.Abs(a.KeyTokenFile)
	default:
		s.File = ringName
	}
	return s, err
}

// newRing makes or finds the root key of a new installation. A module makes the
// key itself and keeps it inside; a key service must have it already.
func (t *console) newRing(ctx context.Context, c *command, d folder, s keySource, pass ringPass) (*ring, error) {
	switch s.Source {
	case "pkcs11":
		pin, err := fromFile(s.PINFile)
		if err != nil {
			return nil, err
		}
		r, err := openModule(s, pin)
		if fault.CodeOf(err) == "keys.pkcs11_key" {
			if err := generate(s, pin); err != nil {
				return nil, err
			}
			r, err = openModule(s, pin)
		}
		return r, err
	case "transit":
		r, err := t.openRing(d, c, s)
		if err == nil {
			err = proven(ctx, r)
		}
		return r, err
	}
	return pass.create(d)
}

func generate(s keySource, pin secret.Text) error {
	return pkcs11.Generate(pkcs11.Config{Module: s.Module, Token: s.Token, PIN: pin, Key: s.Key})
}

// checker is a root key that can tell whether it does what it must.
type checker interface {
	Check(ctx context.Context) error
}

// proven asks a key service whether it binds what it wraps to its place, before
// anything rests on it.
func proven(ctx context.Context, r *ring) error {
	if k, ok := r.current.(checker); ok {
		return k.Check(ctx)
	}
	return nil
}
