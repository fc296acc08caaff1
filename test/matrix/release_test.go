package matrix_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// releaseTarget is a fresh export or leaked list for an operation on one, or "".
func (w *world) releaseTarget(t *testing.T, op api.Operation, of family) string {
	t.Helper()
	switch {
	case strings.HasPrefix(op.Path, "/v1/exports/{id}"):
		return w.export(t, of, op.ID == "export-hand").String()
	case strings.HasPrefix(op.Path, "/v1/leaks/{id}"):
		return w.leak(t, op.ID == "leak-result" || op.ID == "leak-pack").String()
	}
	return ""
}

// export is a file about one child that waits for the clerk; provided to another
// body if it is to be handed over.
func (w *world) export(t *testing.T, of family, provided bool) id.Export {
	t.Helper()
	g, err := w.Grants.Ask(t.Context(), w.As(actor.Clerk), grant.Application{Who: w.Staff[actor.Clerk].ID, Role: actor.Clerk,
		Purpose: "learner.manage", Fields: []string{subject.LearnerName}, Store: w.Store, Subjects: []id.Subject{of.child}, From: w.Now(),
		Until: w.Now().AddDate(0, 1, 0), Reason: "front_desk"})
	w.must(t, err)
	_, err = w.Grants.Approve(t.Context(), w.As(actor.Manager), g.ID)
	w.must(t, err)
	app := w.use(t, "decide", of)
	x := id.Make[id.Export](w.Now())
	w.must(t, w.DB.Update(t.Context(), w.Institution, func(tx *db.Tx) error {
		now := tx.Now()
		_, err := tx.Exec(`INSERT INTO release_export (institution_id, export_id, application_id, grant_id, staff_id, store_id, purpose, fields,
			format, state, prepared_at, expires_at, collected_at, people, left_out, decoys, file_hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
			w.Institution, x, app, g.ID, w.Staff[actor.Clerk].ID, w.Store, "learner.manage", subject.LearnerName, "csv", "prepared",
			now.UnixMilli(), now.Add(time.Hour).UnixMilli(), 0, 1, 0, 0, []byte{})
		if err != nil || !provided {
			return err
		}
		_, err = tx.Exec(`INSERT INTO provision (institution_id, export_id, recipient, agreement, document, purpose, fields, people, at, keep_until)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, w.Institution, x, "示例研究所", "A-1", [32]byte{1}, "learner.manage",
			subject.LearnerName, 1, now.UnixMilli(), now.AddDate(3, 0, 0).UnixMilli())
		return err
	}))
	return x
}

// leak is a list that the officer took in, traced if its result is asked for.
func (w *world) leak(t *testing.T, traced bool) id.Leak {
	t.Helper()
	if traced && w.traced != (id.Leak{}) {
		return w.traced
	}
	file := []byte("电话\n13800001234\n")
	c, err := w.Leaks.Receive(t.Context(), w.As(actor.Officer), bytes.NewReader(file), int64(len(file)))
	w.must(t, err)
	if traced {
		_, _, err = w.Leaks.Trace(t.Context(), w.As(actor.Officer), c.ID, nil)
		w.must(t, err)
		w.traced = c.ID
	}
	return c.ID
}
