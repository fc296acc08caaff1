package verify

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Source gives the files of one log by the paths of c2sp.org/tlog-tiles. A
// directory, a web server and a test's map are all Sources.
type Source interface {
	// Read returns the whole file. The error wraps fs.ErrNotExist when there is
	// no such file. The caller does not change what it gets.
	Read(ctx context.Context, path string) ([]byte, error)
}

// SourceFunc is a function as a Source.
type SourceFunc func(ctx context.Context, path string) ([]byte, error)

// Read calls f.
func (f SourceFunc) Read(ctx context.Context, path string) ([]byte, error) { return f(ctx, path) }

// Options say whom to believe and what to watch.
type Options struct {
	Key       Key          // the log's key, from somewhere other than the log
	Witnesses []Key        // whose cosignatures count
	Quorum    int          // how many of them must have signed the head
	From      []Checkpoint // heads kept from earlier: the log must still contain them

	// Entry, if set, is called with every entry in order. The bytes are only
	// valid during the call. An error ends the verification and is returned.
	Entry func(index int64, entry []byte) error

	// Progress, if set, is called after each bundle with leaves done and total.
	Progress func(done, total int64)
}

// Log verifies a whole log from its first leaf: it reads the checkpoint, hashes
// every entry, and requires that the entries give the signed root, that every
// tile agrees with them, and that every head of From lies on the way. It reads
// each file once and keeps one tile per level in memory.
//
// It returns the verified head. Errors: all codes except NotIncluded and
// NotOpened; errors of the Source other than a missing file are returned as
// they are.
func Log(ctx context.Context, src Source, o Options) (Head, error) {
	signed, err := src.Read(ctx, "checkpoint")
	if err != nil {
		return Head{}, missing("checkpoint", err)
	}
	head, err := OpenHead(signed, o.Key, o.Witnesses...)
	if err != nil {
		return Head{}, err
	}
	if err := head.Quorum(o.Quorum); err != nil {
		return head, err
	}
	w := walker{src: src, o: o, head: head.Checkpoint}
	if err := w.expect(o.From); err != nil {
		return head, err
	}
	return head, w.run(ctx)
}

// walker goes through the bundles of one log from left to right.
type walker struct {
	src   Source
	o     Options
	head  Checkpoint
	tree  Tree
	marks []Checkpoint // heads that must lie on the way, shortest first
	edge  []level      // the tile being filled on each level
	leafs [tileWidth]Hash
	bytes []byte
}

// level collects the hashes of one tile.
type level struct {
	hash  [tileWidth]Hash
	width int
	n     int64
}

// expect takes over the heads kept from earlier.
func (w *walker) expect(from []Checkpoint) error {
	w.marks = slices.Clone(from)
	slices.SortFunc(w.marks, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	for _, m := range w.marks {
		switch {
		case m.Origin != w.head.Origin:
			return fail(WrongOrigin, "the kept head is of %s", m.Origin)
		case m.Size > w.head.Size:
			return fail(RolledBack, "from %d leaves to %d", m.Size, w.head.Size)
		}
	}
	return nil
}

func (w *walker) run(ctx context.Context) error {
	if err := w.passed(&w.tree); err != nil { // a head of no leaves
		return err
	}
	for w.tree.Size() < w.head.Size {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.bundle(ctx); err != nil {
			return err
		}
		if w.o.Progress != nil {
			w.o.Progress(w.tree.Size(), w.head.Size)
		}
	}
	for l := range w.edge {
		if w.edge[l].width > 0 {
			if err := w.check(ctx, l); err != nil {
				return err
			}
		}
	}
	if w.tree.Root() != w.head.Root {
		return fail(WrongRoot, "%d entries do not give the signed root", w.head.Size)
	}
	return nil
}

// bundle verifies the next up to 256 entries.
func (w *walker) bundle(ctx context.Context) error {
	start := w.tree.Size()
	width := int(min(tileWidth, w.head.Size-start))
	data, err := readTile(ctx, w.src, Tile{Level: Entries, N: start / tileWidth, Width: width})
	if err != nil {
		return err
	}
	for i := range width {
		var entry []byte
		if entry, data, err = NextEntry(data); err != nil {
			return &Error{Code: WrongTile, At: start + int64(i), Err: err}
		}
		w.leafs[i] = LeafHash(entry)
		if w.o.Entry != nil {
			if err := w.o.Entry(start+int64(i), entry); err != nil {
				return err
			}
		}
	}
	if len(data) != 0 {
		return failAt(WrongTile, start, "a bundle has entries left over")
	}
	if err := w.between(start, width); err != nil {
		return err
	}
	return w.grow(ctx, width)
}

// between checks the kept heads that fall inside the current bundle.
func (w *walker) between(start int64, width int) error {
	if len(w.marks) == 0 || w.marks[0].Size > start+int64(width) {
		return nil
	}
	t := w.tree
	for i := range width {
		t.Add(w.leafs[i])
		if err := w.passed(&t); err != nil {
			return err
		}
	}
	return nil
}

// passed checks and drops the kept heads of the tree's size.
func (w *walker) passed(t *Tree) error {
	for len(w.marks) > 0 && w.marks[0].Size == t.Size() {
		if w.marks[0].Root != t.Root() {
			return fail(Forked, "the kept head of %d leaves is not part of this log", t.Size())
		}
		w.marks = w.marks[1:]
	}
	return nil
}

// grow adds the bundle's leaves to the tree and, when a tile is full on a
// level, checks it and passes its root upwards.
func (w *walker) grow(ctx context.Context, width int) error {
	if len(w.edge) == 0 {
		w.edge = make([]level, 1, 8)
	}
	w.edge[0].hash, w.edge[0].width = w.leafs, width
	if width < tileWidth {
		for i := range width {
			w.tree.Add(w.leafs[i])
		}
		return nil
	}
	for l := 0; w.edge[l].width == tileWidth; l++ {
		if err := w.check(ctx, l); err != nil {
			return err
		}
		root := tileRoot(&w.edge[l].hash)
		w.edge[l].width = 0
		w.edge[l].n++
		if l == 0 {
			w.tree.add(root, tileHeight)
		}
		if l+1 == len(w.edge) {
			w.edge = append(w.edge, level{})
		}
		up := &w.edge[l+1]
		up.hash[up.width] = root
		up.width++
	}
	return nil
}

// check compares the tile being filled on level l with the log's file.
func (w *walker) check(ctx context.Context, l int) error {
	e := &w.edge[l]
	w.bytes = w.bytes[:0]
	for i := range e.width {
		w.bytes = append(w.bytes, e.hash[i][:]...)
	}
	got, err := readTile(ctx, w.src, Tile{Level: l, N: e.n, Width: e.width})
	if err != nil {
		return err
	}
	if !bytes.Equal(got, w.bytes) {
		return failAt(WrongTile, e.n<<(tileHeight*(l+1)), "tile %d of level %d", e.n, l)
	}
	return nil
}

// readTile reads a tile. A log may drop a partial tile once the full one is
// there, so a missing partial tile is cut from the full one.
func readTile(ctx context.Context, src Source, t Tile) ([]byte, error) {
	data, err := src.Read(ctx, t.Path())
	if err == nil || t.Width == tileWidth || !errors.Is(err, fs.ErrNotExist) {
		return data, missing(t.Path(), err)
	}
	full := Tile{t.Level, t.N, tileWidth}
	if data, err = src.Read(ctx, full.Path()); err != nil {
		return nil, missing(t.Path(), err)
	}
	if t.Level != Entries {
		return data[:min(len(data), t.Width*len(Hash{}))], nil
	}
	rest := data
	for range t.Width {
		if _, rest, err = NextEntry(rest); err != nil {
			return nil, err
		}
	}
	return data[:len(data)-len(rest)], nil
}

func missing(path string, err error) error {
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return &Error{Code: Missing, At: -1, Err: fmt.Errorf("%s: %w", path, err)}
}
