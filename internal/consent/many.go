package consent

import (
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// DecideFirst records the first decisions about many subjects, which nobody has
// spoken about before: their records are made in the same transaction. It fails
// like Decision.Check, and then records none. On PostgreSQL it takes two round
// trips.
func DecideFirst(tx *db.Tx, inst id.Institution, all []Decision) error {
	var events, states [][]any
	at := tx.Now()
	for _, d := range all {
		if err := d.Check(); err != nil {
			return err
		}
		fresh := d.events()
		for i := range fresh {
			e := &fresh[i]
			// Identifiers a millisecond apart keep the order within the act.
			e.ID, e.At = id.Make[id.Consent](at.Add(time.Duration(i)*time.Millisecond)), at
			if i > 0 && e.Of.IsZero() {
				e.Of = fresh[0].ID
			}
			events = append(events, []any{inst, e.Subject, e.ID, e.Of, e.At.UnixMilli(), string(e.Kind), string(e.Party), e.By,
				strings.Join(e.Purposes, ","), int64(e.Needs), e.Notice, hashColumn(e.Hash), textColumn(e.Language),
				hashColumn(e.Screen), textColumn(string(e.Proof)), textColumn(e.Ref)})
		}
		folded := Fold(fresh)
		states = append(states, []any{guarded(folded), pack(folded), inst, d.Subject})
	}
	err := tx.ExecMany(`INSERT INTO consent_event (institution_id, subject_id, event_id, of_id, at, kind, party,
			by_id, purposes, needs, notice_id, notice_hash, language, screen_hash, proof, ref)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, events)
	if err != nil {
		return wrap("record events", err)
	}
	return wrap("derive states", tx.ExecMany(saveDerived, states))
}
