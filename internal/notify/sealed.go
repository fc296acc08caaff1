package notify

import (
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm4"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// content is what waits sealed.
type content struct {
	to   secret.Text
	args []secret.Text
}

// seal encrypts what a message carries. Each message has a key of its own, which
// the vault derives from its identifier: the base alone opens nothing, and a
// sealed content moved to another message does not open.
func (o *Outbox) seal(tx *db.Tx, inst id.Institution, msg id.Message, c content) ([]byte, error) {
	plain := []string{c.to.Expose()}
	for _, a := range c.args {
		plain = append(plain, a.Expose())
	}
	raw, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("notify: encode: %w", err)
	}
	defer clear(raw)
	aead, err := o.aead(tx, inst, msg)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(raw)+aead.Overhead())
	if _, err := io.ReadFull(o.random(), nonce); err != nil {
		return nil, fmt.Errorf("notify: read randomness: %w", err)
	}
	return aead.Seal(nonce, nonce, raw, msg.Bytes()), nil
}

var errDamaged = fault.New(fault.Unavailable, "seal.damaged")

func (o *Outbox) open(tx *db.Tx, inst id.Institution, msg id.Message, sealed []byte) (content, error) {
	aead, err := o.aead(tx, inst, msg)
	if err != nil {
		return content{}, err
	}
	if len(sealed) < aead.NonceSize() {
		return content{}, errDamaged
	}
	raw, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], msg.Bytes())
	if err != nil {
		return content{}, errDamaged
	}
	defer clear(raw)
	var plain []string
	if err := json.Unmarshal(raw, &plain); err != nil || len(plain) == 0 {
		return content{}, errDamaged
	}
	c := content{to: secret.NewText(plain[0])}
	for _, a := range plain[1:] {
		c.args = append(c.args, secret.NewText(a))
	}
	return c, nil
}

// aead is AES-128-GCM, or SM4-GCM for an institution of suite gm.
func (o *Outbox) aead(tx *db.Tx, inst id.Institution, msg id.Message) (cipher.AEAD, error) {
	key, err := o.Vault.Index(tx, inst, "notify.message", secret.NewText(msg.String()))
	if err != nil {
		return nil, err
	}
	defer clear(key)
	suite := ""
	err = tx.QueryRow(`SELECT suite FROM institution WHERE institution_id = $1`, inst).Scan(&suite)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	newCipher := aes.NewCipher
	if suite == "gm" {
		newCipher = sm4.NewCipher
	}
	block, err := newCipher(key)
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return cipher.NewGCM(block)
}
