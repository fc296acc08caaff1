package main

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/id"
)

// tombstones remember who was erased, in a file beside the guard and so outside
// the database, that a backup restored later erases them again before it serves
// (invariant I10). One line a record: time, institution, record, checksum. The
// identifiers lead nowhere once the record is gone.
//
// The file only grows. A torn last line belongs to an erasure that was never
// acknowledged and is cut off; damage anywhere else is an error that names the
// line, because a line that cannot be read is a child who would come back.
type tombstones struct {
	path string
	mu   sync.Mutex
	f    *os.File
	torn error // after a failed write nothing more is promised
}

// tombstone is one erased record.
type tombstone struct {
	at      time.Time
	inst    id.Institution
	subject id.Subject
}

// openTombstones opens the file in a folder for appending.
func openTombstones(dir string) (*tombstones, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, tombstoneName)
	_, whole, err := readTombstones(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Truncate(whole), seekTo(f, whole), f.Sync(), durable.Sync(dir)); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &tombstones{path: path, f: f}, nil
}

func seekTo(f *os.File, offset int64) error {
	_, err := f.Seek(offset, 0)
	return err
}

// Add writes records down and returns once they are on the disk. It is
// family.Tombstones.
func (t *tombstones) Add(inst id.Institution, gone []id.Subject, at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.torn != nil {
		return t.torn
	}
	var b bytes.Buffer
	for _, s := range gone {
		b.WriteString(tombstone{at, inst, s}.line())
	}
	_, err := t.f.Write(b.Bytes())
	if err = errors.Join(err, t.f.Sync()); err != nil {
		// A failed sync may have dropped what was written: only a new start, which
		// reads the file again, knows what is there.
		t.torn = err
	}
	return err
}

// Close closes the file.
func (t *tombstones) Close() error { return t.f.Close() }

func (s tombstone) line() string {
	body := fmt.Sprintf("%d %s %s", s.at.UnixMilli(), s.inst, s.subject)
	return fmt.Sprintf("%s %08x\n", body, crc32.ChecksumIEEE([]byte(body)))
}

// readTombstones reads the whole file; whole is the length of its complete lines.
// A file that is absent is empty.
func readTombstones(path string) (list []tombstone, whole int64, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	for n := 1; len(data) > 0; n++ {
		line, rest, complete := bytes.Cut(data, []byte("\n"))
		if !complete {
			return list, whole, nil
		}
		s, err := parseTombstone(string(line))
		if err != nil {
			return nil, 0, refuse(exitData, "cli.tombstone_damaged", path, n).because(err)
		}
		list, whole, data = append(list, s), whole+int64(len(line))+1, rest
	}
	return list, whole, nil
}

func parseTombstone(line string) (s tombstone, err error) {
	body, sum, ok := cutLast(line)
	if !ok || sum != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(body))) {
		return s, errors.New("checksum")
	}
	var ms int64
	var inst, subject string
	if _, err := fmt.Sscanf(body, "%d %s %s", &ms, &inst, &subject); err != nil {
		return s, err
	}
	s.at = time.UnixMilli(ms).UTC()
	if s.inst, err = id.Parse[id.Institution](inst); err != nil {
		return s, err
	}
	s.subject, err = id.Parse[id.Subject](subject)
	return s, err
}

func cutLast(line string) (before, after string, ok bool) {
	i := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return "", "", false
	}
	return line[:i], line[i+1:], true
}

// broken reports whether a write failed since the start.
func (t *tombstones) broken() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.torn != nil
}
