package account

import (
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// leave ends what an account may do through others: the API keys whose secrets its
// owner has collected or could collect, and, by Leaving, its grants. Each key is an
// entry of its own. Like sessions they answer no longer here when the transaction
// is durable, and a second later nowhere.
func (g *Register) leave(tx *db.Tx, by actor.Actor, staff id.Staff) error {
	keys, err := keysOf(tx, by.Institution, staff)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := tx.Exec(`UPDATE api_key SET revoked_at = $1, secret_hash = NULL WHERE institution_id = $2 AND key_id = $3`,
			tx.Now().UnixMilli(), by.Institution, key); err != nil {
			return err
		}
		tx.AfterCommit(func() { g.keys.drop(); g.shares.drop(key) })
		if err := g.note(tx, ledger.APIKeyRevoked, by, mark{Ref: key.String()}); err != nil {
			return err
		}
	}
	if g.Leaving == nil {
		return nil
	}
	return g.Leaving(tx, by.Institution, staff)
}

// keysOf lists the keys that a member of staff asked for and that are not revoked.
// An institution has few keys, so they are looked through.
func keysOf(tx *db.Tx, inst id.Institution, staff id.Staff) (keys []id.APIKey, err error) {
	made, err := db.List(tx, func(k *APIKey, scan db.Scan) error {
		return scan(&k.ID, &k.MadeBy)
	}, `SELECT key_id, made_by FROM api_key WHERE institution_id = $1 AND revoked_at = 0 ORDER BY key_id`, inst)
	for _, k := range made {
		if k.MadeBy == staff {
			keys = append(keys, k.ID)
		}
	}
	return keys, err
}
