// Package durable replaces files so that a crash leaves the old file or the new
// one, never half of one.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces a file and returns once that is durable: it is written beside,
// synced and renamed, and the folder synced. Only the program's user may read it.
func Write(path string, data []byte) error {
	if err := Replace(path, data); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

// Replace is Write without the folder: until Sync, a crash may still bring the old
// file back.
func Replace(path string, data []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return nil
}

// Sync makes durable which files a folder has.
func Sync(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
