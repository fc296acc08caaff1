package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"filippo.io/age"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

const (
	format = "wardfold-keys/1"
	// minPassphrase counts characters. Source: NIST SP 800-63B-4 §3.1.1.2, a
	// password that stands alone.
	minPassphrase = 15
	maxFile       = 1 << 20 // bytes in clear: some thousand keys
	// maxWork keeps a planted file from taking all memory: 4 GiB, half a minute.
	maxWork = 22
)

type document struct {
	Format string  `json:"format"`
	Keys   []entry `json:"keys"`
}

type entry struct {
	ID      id.Key    `json:"id"`
	Created time.Time `json:"created"`
	Key     []byte    `json:"key"`
}

func strong(passphrase secret.Text) error {
	if utf8.RuneCountInString(passphrase.Expose()) < minPassphrase {
		return fault.New(fault.Invalid, "keys.passphrase_short", minPassphrase)
	}
	return nil
}

func encode(w io.Writer, keys []Key, passphrase secret.Text, workFactor int) error {
	doc := document{Format: format}
	for _, k := range keys {
		doc.Keys = append(doc.Keys, entry{k.ID, k.Created, k.key.Expose()})
	}
	clearText, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	defer clear(clearText)
	to, err := age.NewScryptRecipient(passphrase.Expose())
	if err != nil {
		return err
	}
	if workFactor > 0 {
		to.SetWorkFactor(workFactor)
	}
	out, err := age.Encrypt(w, to)
	if err != nil {
		return err
	}
	if _, err := out.Write(clearText); err != nil {
		return err
	}
	return out.Close()
}

// errPassphrase and errDamaged are turned into faults by File.explain, which
// knows the path.
var (
	errPassphrase = errors.New("wrong passphrase")
	errDamaged    = errors.New("damaged")
)

func (f File) explain(err error) error {
	if errors.Is(err, errPassphrase) {
		return fault.New(fault.Unauthenticated, "keys.passphrase", f.Path)
	}
	return fault.New(fault.Unavailable, "keys.damaged", f.Path).Because(err)
}

func decode(r io.Reader, passphrase secret.Text) ([]Key, error) {
	if passphrase.Empty() {
		return nil, errPassphrase
	}
	who, err := age.NewScryptIdentity(passphrase.Expose())
	if err != nil {
		return nil, err
	}
	who.SetMaxWorkFactor(maxWork)
	in, err := age.Decrypt(r, who)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, errPassphrase
	}
	if err != nil {
		return nil, errors.Join(errDamaged, err)
	}
	clearText, err := io.ReadAll(io.LimitReader(in, maxFile))
	defer clear(clearText)
	if err != nil {
		return nil, errors.Join(errDamaged, err)
	}
	return parse(clearText)
}

// parse reads the document. Its errors never quote it.
func parse(b []byte) ([]Key, error) {
	var doc document
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if d.Decode(&doc) != nil || doc.Format != format || len(doc.Keys) == 0 {
		return nil, fmt.Errorf("%w: not a %s document", errDamaged, format)
	}
	var keys []Key
	seen := make(map[id.Key]bool)
	for _, e := range doc.Keys {
		if e.ID.IsZero() || len(e.Key) != 32 || seen[e.ID] {
			return nil, fmt.Errorf("%w: entry %d is no key", errDamaged, len(keys)+1)
		}
		seen[e.ID] = true
		keys = append(keys, Key{e.ID, e.Created, secret.NewKey(e.Key)})
	}
	return keys, nil
}
