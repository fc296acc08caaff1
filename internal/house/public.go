package house

import (
	"context"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
)

// Directory lists the institutions by name and kind, oldest first: what
// everybody may know.
func (h *House) Directory(ctx context.Context) (all []institution.Institution, err error) {
	err = h.DB.View(ctx, id.Institution{}, func(tx *db.Tx) (err error) {
		all, err = institution.All(tx)
		return err
	})
	return all, err
}

// StoreOf reads one store. NotFound: institution.store.
func (h *House) StoreOf(ctx context.Context, inst id.Institution, store id.Store) (s institution.Store, err error) {
	err = h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		s, err = institution.StoreOf(tx, inst, store)
		return err
	})
	return s, err
}

// NoticeOf reads a published notice, current or former. NotFound:
// catalogue.notice_unknown.
func (h *House) NoticeOf(ctx context.Context, inst id.Institution, which id.Notice) (n catalogue.Notice, err error) {
	err = h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		n, err = h.Catalogue.Notice(tx, inst, which)
		return err
	})
	return n, err
}

// CurrentNotice reads the newest version of a notice. NotFound:
// catalogue.notice_unknown.
func (h *House) CurrentNotice(ctx context.Context, inst id.Institution, code string) (n catalogue.Notice, err error) {
	err = h.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		n, err = h.Catalogue.CurrentNotice(tx, inst, code)
		return err
	})
	return n, err
}
