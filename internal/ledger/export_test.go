package ledger

import (
	"context"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Integrate is the first half of Step: it stores full tiles and signs nothing.
func (l *Log) Integrate(ctx context.Context, inst id.Institution) error {
	var tiles []newTile
	err := l.DB.View(ctx, inst, func(tx *db.Tx) error {
		s, err := readState(tx)
		if err == nil {
			tiles, err = integrate(tx, s.head.N, s.next)
		}
		return err
	})
	if err != nil {
		return err
	}
	return l.store(ctx, inst, tiles)
}

var (
	Within = within
	IsCode = isCode
)
