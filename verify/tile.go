package verify

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// Entries is the level of an entry bundle.
const Entries = -1

// Tile names one file of a log: Width hashes of the tree (or, at level Entries,
// Width entries) starting at number N*256 of that level (c2sp.org/tlog-tiles).
type Tile struct {
	Level int   // Entries, or 0 (leaf hashes) to 5
	N     int64 // from the left, in tiles
	Width int   // 1 to 256; 256 is a full tile
}

// Path returns the file's path relative to the log, such as
// "tile/0/x001/234.p/17".
func (t Tile) Path() string {
	level := "entries"
	if t.Level != Entries {
		level = strconv.Itoa(t.Level)
	}
	digits := fmt.Sprintf("%03d", t.N%1000)
	for n := t.N / 1000; n > 0; n /= 1000 {
		digits = fmt.Sprintf("x%03d/%s", n%1000, digits)
	}
	if t.Width != tileWidth {
		digits += fmt.Sprintf(".p/%d", t.Width)
	}
	return "tile/" + level + "/" + digits
}

// ParseTilePath reads a path. It accepts exactly what Path prints.
func ParseTilePath(path string) (Tile, error) {
	bad := fail(Malformed, "not the path of a tile")
	rest, ok := strings.CutPrefix(path, "tile/")
	level, rest, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || len(path) > 64 {
		return Tile{}, bad
	}
	t := Tile{Level: Entries, Width: tileWidth}
	var err error
	if level != "entries" {
		if t.Level, err = strconv.Atoi(level); err != nil || t.Level < 0 || t.Level > 5 {
			return Tile{}, bad
		}
	}
	number, width, partial := strings.Cut(rest, ".p/")
	if partial {
		if t.Width, err = strconv.Atoi(width); err != nil || t.Width < 1 || t.Width >= tileWidth {
			return Tile{}, bad
		}
	}
	for part := range strings.SplitSeq(number, "/") {
		n, err := strconv.Atoi(strings.TrimPrefix(part, "x"))
		if err != nil || n < 0 || n > 999 {
			return Tile{}, bad
		}
		t.N = t.N*1000 + int64(n)
	}
	if t.N > maxSize || t.Path() != path {
		return Tile{}, bad
	}
	return t, nil
}

// NextEntry cuts the first entry off an entry bundle: two bytes of length, big
// endian, then the entry. It does not copy. Errors: Malformed.
func NextEntry(bundle []byte) (entry, rest []byte, err error) {
	if len(bundle) < 2 {
		return nil, nil, fail(Malformed, "the bundle ends inside a length")
	}
	n := 2 + int(binary.BigEndian.Uint16(bundle))
	if len(bundle) < n {
		return nil, nil, fail(Malformed, "the bundle ends inside an entry")
	}
	return bundle[2:n:n], bundle[n:], nil
}

// AppendEntry adds an entry to a bundle. Entries have at most 65,535 bytes.
func AppendEntry(bundle, entry []byte) ([]byte, error) {
	if len(entry) > 0xffff {
		return nil, fail(Malformed, "the entry has more than 65535 bytes")
	}
	bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
	return append(bundle, entry...), nil
}
