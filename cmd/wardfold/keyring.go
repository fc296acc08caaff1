package main

import (
	"context"

	"github.com/wardfold/wardfold/internal/keys/file"
	"github.com/wardfold/wardfold/internal/keys/pkcs11"
	"github.com/wardfold/wardfold/internal/keys/transit"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// ring is the root keys as the configuration names them.
type ring struct {
	current seal.KEK
	former  []seal.KEK
	close   []func() error
}

func (r *ring) Close() {
	for _, c := range r.close {
		_ = c() // the module is left to itself; nothing more can be done
	}
}

// byID finds a key of the ring.
func (r *ring) byID(kek string) seal.KEK {
	for _, k := range append([]seal.KEK{r.current}, r.former...) {
		if k.ID() == kek {
			return k
		}
	}
	return nil
}

// workFactor is the binary logarithm of scrypt's cost for a key file: half a
// second here, so that a server is back within one. Source: OWASP Password Storage
// Cheat Sheet, scrypt with N=2^17, r=8, p=1.
const workFactor = 17

func (s keySource) file(d folder) file.File {
	path := s.File
	if path == "" {
		path = ringName
	}
	return file.File{Path: d.in(path), WorkFactor: workFactor}
}

// ringFile is the file of the root keys and its passphrase, for verbs that change
// it. Keys that lie elsewhere are changed there.
func (t *console) ringFile(d folder, c *command) (f file.File, pass secret.Text, err error) {
	cfg, err := loadConfig(d)
	if err != nil {
		return f, pass, err
	}
	if cfg.Keys.Source != "file" {
		return f, pass, refuse(exitUsage, "cli.keys.elsewhere", cfg.Keys.Source)
	}
	pass, err = t.passphrase(d, c, cfg.Keys.PassphraseFile)
	return cfg.Keys.file(d), pass, err
}

// openRing opens the root keys of a folder.
func (t *console) openRing(d folder, c *command, s keySource) (*ring, error) {
	switch s.Source {
	case "pkcs11":
		pin, err := fromFile(d.in(s.PINFile))
		if err != nil {
			return nil, err
		}
		return openModule(s, pin)
	case "transit":
		return openTransit(d, s)
	}
	f := s.file(d)
	if !exists(f.Path) {
		_, err := f.Open(secret.Text{})
		return nil, err
	}
	pass, err := t.passphrase(d, c, s.PassphraseFile)
	if err != nil {
		return nil, err
	}
	opened, err := f.Open(pass)
	if err != nil {
		return nil, err
	}
	return &ring{current: opened.Current(), former: opened.Former()}, nil
}

func openModule(s keySource, pin secret.Text) (*ring, error) {
	r := &ring{}
	for i, label := range append([]string{s.Key}, s.Former...) {
		k, err := pkcs11.Open(pkcs11.Config{Module: s.Module, Token: s.Token, PIN: pin, Key: label})
		if err != nil {
			r.Close()
			return nil, err
		}
		r.add(i, k)
		r.close = append(r.close, k.Close)
	}
	return r, nil
}

func openTransit(d folder, s keySource) (*ring, error) {
	r := &ring{}
	for i, name := range append([]string{s.Key}, s.Former...) {
		k, err := transit.Open(transit.Config{Address: s.Address, Mount: s.Mount, Namespace: s.Namespace, Key: name,
			Token: func(context.Context) (secret.Text, error) { return fromFile(d.in(s.TokenFile)) }})
		if err != nil {
			return nil, err
		}
		r.add(i, k)
	}
	return r, nil
}

func (r *ring) add(i int, k seal.KEK) {
	if i == 0 {
		r.current = k
		return
	}
	r.former = append(r.former, k)
}

// ringPass is a chosen passphrase for a key file that is about to be made.
type ringPass struct {
	pass secret.Text
	work int // binary logarithm of scrypt's cost; 0 is the default
}

// choosePassphrase reads or asks for the passphrase of a new key file.
func (t *console) choosePassphrase(c *command) (ringPass, error) {
	pass, err := t.newPassphrase(c.PassphraseFile)
	return ringPass{pass: pass}, err
}

// create makes the key file of a folder.
func (p ringPass) create(d folder) (*ring, error) {
	f := keySource{}.file(d)
	if p.work > 0 {
		f.WorkFactor = p.work
	}
	opened, err := f.Create(p.pass)
	if err != nil {
		return nil, err
	}
	return &ring{current: opened.Current(), former: opened.Former()}, nil
}
