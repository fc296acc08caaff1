package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/wardfold/wardfold/internal/durable"
)

// A backup is an age file (age-encryption.org/v1), so that any age tool opens it,
// with a tar inside: the manifest first, then the files it names. Nothing in it
// opens a child's data without the key ring, which is never in it.

const (
	archiveFormat = "wardfold-backup/1"
	manifestName  = "manifest.json"
	maxManifest   = 16 << 20
)

// manifest says what a backup holds.
type manifest struct {
	Format   string         `json:"format"`
	Made     time.Time      `json:"made"`
	Build    build          `json:"build"`
	Database string         `json:"database"` // sqlite, postgres
	Logs     []logHead      `json:"logs"`
	Files    []archivedFile `json:"files"`
}

// logHead is how far the log of an institution went.
type logHead struct {
	Institution string `json:"institution"`
	Entries     int64  `json:"entries"`
	Head        string `json:"head,omitempty"` // the newest signed head
}

type archivedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// The names in an archive, and nothing else is ever unpacked.
var archiveNames = []string{databaseName, dumpName, configName, logKeyName, tombstoneName}

const dumpName = "postgres.dump"

// add measures a file for the manifest.
func (m *manifest) add(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	m.Files = append(m.Files, archivedFile{name, n, hex.EncodeToString(sum.Sum(nil))})
	return err
}

// pack writes the archive: encrypted, beside its place, synced, renamed.
func pack(target string, to []age.Recipient, m manifest, paths map[string]string) (err error) {
	tmp := target + ".part"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(tmp))
		}
	}()
	sealed, err := age.Encrypt(f, to...)
	if err != nil {
		return err
	}
	w := tar.NewWriter(sealed)
	head, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := putBytes(w, manifestName, head, m.Made); err != nil {
		return err
	}
	for _, x := range m.Files {
		if err := putFile(w, x, paths[x.Name], m.Made); err != nil {
			return err
		}
	}
	if err := errors.Join(w.Close(), sealed.Close(), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, target); err != nil {
		return err
	}
	return durable.Sync(filepath.Dir(target))
}

func putBytes(w *tar.Writer, name string, data []byte, at time.Time) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(data)), ModTime: at}); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

func putFile(w *tar.Writer, x archivedFile, path string, at time.Time) error {
	if err := w.WriteHeader(&tar.Header{Name: x.Name, Mode: 0o600, Size: x.Size, ModTime: at}); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// unpack decrypts an archive into a folder, each file synced, and checks every
// byte against the manifest.
func unpack(source, into string, keys []age.Identity) (m manifest, err error) {
	f, err := os.Open(source)
	if err != nil {
		return m, err
	}
	defer f.Close()
	clear, err := age.Decrypt(f, keys...)
	if err != nil {
		if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
			return m, refuse(exitKeys, "cli.restore.locked", source).because(err)
		}
		return m, refuse(exitData, "cli.restore.damaged", source).because(err)
	}
	r := tar.NewReader(clear)
	h, err := r.Next()
	if err != nil || h.Name != manifestName || h.Size > maxManifest {
		return m, refuse(exitData, "cli.restore.damaged", source).because(err)
	}
	if err := json.NewDecoder(r).Decode(&m); err != nil || m.Format != archiveFormat {
		return m, refuse(exitData, "cli.restore.format", source).because(err)
	}
	for _, x := range m.Files {
		if h, err = r.Next(); err != nil || h.Name != x.Name || !slices.Contains(archiveNames, x.Name) {
			return m, refuse(exitData, "cli.restore.damaged", source).because(err)
		}
		if err := takeFile(r, x, filepath.Join(into, x.Name)); err != nil {
			return m, err
		}
	}
	return m, durable.Sync(into)
}

func takeFile(r io.Reader, x archivedFile, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), r)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && (n != x.Size || hex.EncodeToString(sum.Sum(nil)) != x.SHA256) {
		err = refuse(exitData, "cli.restore.damaged", x.Name)
	}
	return err
}
