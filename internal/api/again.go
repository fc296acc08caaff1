package api

import (
	"context"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// entryAgain finds the entry that an answer named.
func (s *API) entryAgain(ctx context.Context, a actor.Actor, k kept) (e Entry, err error) {
	err = s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		found, err := ledger.Find(tx, k.Event)
		e = Entry{found.Index, k.Event.String()}
		return err
	})
	return e, err
}

// doneAgain tells again that an act was done.
func (s *API) doneAgain(ctx context.Context, a actor.Actor, k kept) (*Done, error) {
	var d Done
	var err error
	d.Body.Entry, err = s.entryAgain(ctx, a, k)
	return &d, err
}

// parsed reads an identifier in a path. What is no identifier is absent, like
// everything else that cannot be found.
func parsed[T interface{ IsZero() bool }](printed string, parse func(string) (T, error)) (T, error) {
	x, err := parse(printed)
	if err != nil || x.IsZero() {
		return x, errAbsent
	}
	return x, nil
}

func subjectID(s string) (id.Subject, error)     { return parsed(s, id.Parse[id.Subject]) }
func enrolmentID(s string) (id.Enrolment, error) { return parsed(s, id.Parse[id.Enrolment]) }
func grantID(s string) (id.Grant, error)         { return parsed(s, id.Parse[id.Grant]) }
func noticeID(s string) (id.Notice, error)       { return parsed(s, id.Parse[id.Notice]) }
func keyID(s string) (id.APIKey, error)          { return parsed(s, id.Parse[id.APIKey]) }
func staffID(s string) (id.Staff, error)         { return parsed(s, id.Parse[id.Staff]) }
func batchID(s string) (id.Batch, error)         { return parsed(s, id.Parse[id.Batch]) }
func exportID(s string) (id.Export, error)       { return parsed(s, id.Parse[id.Export]) }
func leakID(s string) (id.Leak, error)           { return parsed(s, id.Parse[id.Leak]) }
func storeID(s string) (id.Store, error)         { return parsed(s, id.Parse[id.Store]) }

// storeAt reads an optional identifier in a body: empty is the asker's own store.
func storeAt(path, printed string, a actor.Actor) (id.Store, error) {
	if printed == "" {
		return a.Store, nil
	}
	x, err := id.Parse[id.Store](printed)
	if err != nil {
		return x, fault.At(path, "api.value")
	}
	return x, nil
}
