package verify

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveInclusion builds from a log's tiles the proof that leaf index is under
// head. Every tile is checked against the head's root before it is used, so a
// proof that comes back is right; a wrong tile is an error.
func ProveInclusion(ctx context.Context, src Source, head Checkpoint, index int64) ([]Hash, error) {
	if index < 0 || index >= head.Size || head.Size > maxSize {
		return nil, failAt(Malformed, index, "no such leaf")
	}
	p, err := tlog.ProveRecord(head.Size, index, hashes(ctx, src, head))
	return p, wrongTile(err)
}

// ProveConsistency builds the proof that newer continues older. Nothing is
// proved yet: hand the result to Consistency.
func ProveConsistency(ctx context.Context, src Source, older, newer Checkpoint) ([]Hash, error) {
	if older.Size > newer.Size || newer.Size > maxSize {
		return nil, fail(RolledBack, "from %d leaves to %d", older.Size, newer.Size)
	}
	if older.Size <= 0 || older.Size == newer.Size {
		return nil, nil
	}
	p, err := tlog.ProveTree(newer.Size, older.Size, hashes(ctx, src, newer))
	return p, wrongTile(err)
}

func hashes(ctx context.Context, src Source, head Checkpoint) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: head.Size, Hash: head.Root}, tiles{ctx, src})
}

// tiles reads tiles for tlog. The context lives as long as one proof.
type tiles struct {
	ctx context.Context
	src Source
}

func (t tiles) Height() int { return tileHeight }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(list))
	for i, want := range list {
		var err error
		tile := Tile{Level: want.L, N: want.N, Width: want.W}
		if data[i], err = readTile(t.ctx, t.src, tile); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func wrongTile(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: WrongTile, At: -1, Err: err}
}
