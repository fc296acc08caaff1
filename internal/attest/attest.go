// Package attest states, once a day, by which technical means an institution's
// information is protected, as the running program finds them: the cipher suite
// and the ages of its keys, the settings on which durability rests, how
// transmission is protected, how old the newest backup is.
//
// A statement is kept as canonical JSON, and the log has its hash, so nobody can
// later say that it was otherwise. A statement older than a day says nothing any
// more, and Fresh tells so (S0-06, S3-12, S3-38). Source: PIPL art. 51; training
// institutions' pledge of 2023-08-15, item 6.
package attest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/gowebpki/jcs"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
)

// Life is how long a statement counts.
const Life = 24 * time.Hour

// The bounds beyond which a statement says that something is wrong.
const (
	oldKey    = 2 * 365 * 24 * time.Hour
	oldBackup = 7 * 24 * time.Hour
)

// Transport says who protects what goes over the network.
type Transport string

// The ways.
const (
	TLS      Transport = "tls"      // this program, TLS 1.2 or newer
	Proxy    Transport = "proxy"    // a proxy in front of it; this program answers on loopback only
	Loopback Transport = "loopback" // nothing leaves the machine
	Plain    Transport = "plain"    // nobody: anybody on the way can read
)

// Outside is what only the running program knows.
type Outside struct {
	Program   string    // version
	Transport Transport // of pages and programs
	Ports     []string  // on which it listens, such as "127.0.0.1:8080"
}

// Key is one version of the institution's key; never the key itself.
type Key struct {
	Version   uint32    `json:"version"`
	Suite     string    `json:"suite"`
	KEK       string    `json:"kek"` // id of the root key that wraps it
	Created   time.Time `json:"created"`
	Retired   time.Time `json:"retired,omitzero"`
	Destroyed time.Time `json:"destroyed,omitzero"`
}

// Statement is what was found. It names nobody.
type Statement struct {
	Format    string            `json:"format"`
	At        time.Time         `json:"at"`
	Program   string            `json:"program"`
	Engine    string            `json:"engine"`
	Settings  map[string]string `json:"settings"` // as the database reads them back
	Transport Transport         `json:"transport"`
	Ports     []string          `json:"ports"`
	Keys      []Key             `json:"keys"` // oldest first
	BackupAt  time.Time         `json:"backup_at,omitzero"`
	Held      *Held             `json:"held,omitempty"` // the newest nightly scan; none yet if absent
	Found     []string          `json:"found"`          // codes of what is wrong; words in lang under "attest."
}

// Held is what the newest nightly scan found (S0-01): the report itself is in
// the log by its hash.
type Held struct {
	At     time.Time      `json:"at"`
	Fields []string       `json:"fields"` // codes of what is stored
	Found  map[string]int `json:"found"`  // findings by code
}

// Office makes statements.
type Office struct {
	DB    *db.DB
	Vault *seal.Vault
}

// Make looks, keeps the statement and logs its hash.
func (o *Office) Make(ctx context.Context, inst id.Institution, out Outside) (Statement, error) {
	s := Statement{Format: "wardfold/attestation/1", Program: out.Program, Engine: o.DB.Kind(),
		Transport: out.Transport, Ports: out.Ports}
	var err error
	if s.Settings, err = o.DB.Settings(ctx); err != nil {
		return s, err
	}
	versions, err := o.Vault.Versions(ctx, o.DB, inst)
	if err != nil {
		return s, err
	}
	for _, v := range versions {
		s.Keys = append(s.Keys, Key{v.Number, v.Suite.String(), v.KEK, v.Created, v.Retired, v.Destroyed})
	}
	err = o.DB.Update(ctx, inst, func(tx *db.Tx) error {
		s.At = tx.Now().UTC().Truncate(time.Millisecond)
		if s.BackupAt, err = lastBackup(tx); err != nil {
			return err
		}
		if s.Held, err = held(tx, inst); err != nil {
			return err
		}
		s.Found = s.judge()
		body, err := s.encode()
		if err != nil {
			return err
		}
		ledger.Append(tx, ledger.Event{Type: ledger.Attested, Role: actor.System, Allow: true,
			Hash: sha256.Sum256(body), Count: len(s.Found)})
		return insert(tx, inst, s.At, body)
	})
	return s, err
}

// judge returns the codes of what is wrong.
func (s Statement) judge() []string {
	found := []string{}
	if s.Transport != TLS && s.Transport != Proxy && s.Transport != Loopback {
		found = append(found, "plain")
	}
	for _, k := range s.Keys {
		if k.Retired.IsZero() && s.At.Sub(k.Created) > oldKey {
			found = append(found, "old_key")
		}
	}
	if s.At.Sub(s.BackupAt) > oldBackup {
		found = append(found, "old_backup")
	}
	if s.Held != nil && len(s.Held.Found) > 0 {
		found = append(found, "not_as_promised")
	}
	return found
}

// held reads the newest nightly scan; nil if there is none.
func held(tx *db.Tx, inst id.Institution) (*Held, error) {
	k, err := inventory.Latest(tx, inst)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	h := &Held{At: k.At, Fields: []string{}, Found: k.Found}
	for _, f := range k.Fields {
		h.Fields = append(h.Fields, f.Field)
	}
	return h, err
}

// encode returns the canonical form, whose SHA-256 is in the log (RFC 8785).
func (s Statement) encode() ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

// lastBackup returns when a backup was last made for the institution.
func lastBackup(tx *db.Tx) (time.Time, error) {
	page, err := ledger.List(tx, ledger.Filter{Type: ledger.BackupMade, Limit: 1})
	if err != nil || len(page.Entries) == 0 {
		return time.Time{}, err
	}
	return page.Entries[0].At, nil
}

// Latest returns the newest statement. NotFound, attest.none.
func Latest(tx *db.Tx, inst id.Institution) (Statement, error) {
	body, err := newest(tx, inst)
	if err != nil {
		return Statement{}, err
	}
	var s Statement
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return s, fault.New(fault.Unavailable, "attest.damaged").Because(err)
	}
	return s, nil
}

// Fresh returns nil if there is a statement that still counts. Unavailable:
// attest.stale, with the time of the newest; attest.none if there is none.
func Fresh(tx *db.Tx, inst id.Institution) error {
	s, err := Latest(tx, inst)
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Unavailable, "attest.none")
	}
	if err == nil && tx.Now().Sub(s.At) > Life {
		return fault.New(fault.Unavailable, "attest.stale", s.At)
	}
	return err
}

// Proved reports whether the log has exactly the newest statement: its hash,
// at its time.
func Proved(tx *db.Tx, inst id.Institution) (bool, error) {
	body, err := newest(tx, inst)
	if err != nil {
		return false, err
	}
	page, err := ledger.List(tx, ledger.Filter{Type: ledger.Attested, Limit: 1})
	return len(page.Entries) == 1 && page.Entries[0].Hash == sha256.Sum256([]byte(body)), err
}
