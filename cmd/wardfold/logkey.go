package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// logKey signs the heads of this installation's logs. In the folder it lies
// wrapped under the root key, so that whoever copies the folder cannot sign.
//
// The epoch counts how often a log went on after a loss: a restored backup that
// lacks entries already signed must not sign a second history under the same
// name, so it takes a new one.
type logKey struct {
	Name    string `json:"name"`  // schema-less origin of all logs: "audit.example.cn"
	Epoch   int    `json:"epoch"` // from 1
	KEK     string `json:"kek"`   // id of the root key that wraps it
	Wrapped []byte `json:"wrapped"`

	private ed25519.PrivateKey
}

// aad binds the wrapped key to its use.
var aad = []byte("wardfold/log-key/1")

// newLogKey makes a key and wraps it.
func newLogKey(ctx context.Context, name string, r *ring) (*logKey, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	k := &logKey{Name: name, Epoch: 1, private: private}
	return k, k.wrap(ctx, r)
}

// wrap puts the key under the current root key.
func (k *logKey) wrap(ctx context.Context, r *ring) (err error) {
	k.KEK = r.current.ID()
	k.Wrapped, err = r.current.Wrap(ctx, aad, secret.NewKey(k.private.Seed()))
	return err
}

// loadLogKey reads and unwraps the key of a folder.
func loadLogKey(ctx context.Context, d folder, r *ring) (*logKey, error) {
	data, err := os.ReadFile(d.in(logKeyName))
	if err != nil {
		return nil, err
	}
	var k logKey
	if err := json.Unmarshal(data, &k); err != nil || k.Name == "" || k.Epoch < 1 {
		return nil, refuse(exitData, "cli.log_key_damaged", d.in(logKeyName)).because(err)
	}
	kek := r.byID(k.KEK)
	if kek == nil {
		return nil, refuse(exitKeys, "cli.kek_unknown", k.KEK)
	}
	seed, err := kek.Unwrap(ctx, aad, k.Wrapped)
	// A service that is sealed or a token that expired says nothing about the file.
	if room, _, _ := strings.Cut(fault.CodeOf(err), "."); room == "keys" && fault.CodeOf(err) != "keys.transit_refused" {
		return nil, err
	}
	if err != nil {
		return nil, refuse(exitData, "cli.log_key_damaged", d.in(logKeyName)).because(err)
	}
	raw := seed.Expose()
	if len(raw) != ed25519.SeedSize {
		return nil, refuse(exitData, "cli.log_key_damaged", d.in(logKeyName))
	}
	k.private = ed25519.NewKeyFromSeed(raw)
	return &k, nil
}

func (k *logKey) save(d folder) error {
	data, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return durable.Write(d.in(logKeyName), append(data, '\n'))
}

// origin names the log of an institution.
func (k *logKey) origin(inst id.Institution) string {
	if k.Epoch == 1 {
		return k.Name + "/" + inst.String()
	}
	return fmt.Sprintf("%s/%s/%d", k.Name, inst, k.Epoch)
}

func (k *logKey) signer(inst id.Institution) (ledger.Signer, error) {
	return ledger.NewSigner(k.origin(inst), k.private)
}

// head reads what the guard remembers of an institution's log; nil if nothing.
func (k *logKey) head(g ledger.Guard, inst id.Institution) ([]byte, error) {
	data, err := g.Load(k.origin(inst))
	if isAbsent(err) {
		return nil, nil
	}
	return data, err
}

func isAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
