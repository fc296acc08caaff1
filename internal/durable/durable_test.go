package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/internal/durable"
)

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"the old one, which is longer", "the new one"} {
		if err := durable.Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	s, err := os.Stat(path)
	if err != nil || s.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", s.Mode(), err)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 1 {
		t.Errorf("beside it lies %v, %v", list, err)
	}
}

// What cannot be put in the place of the old file leaves it as it is.
func TestAFileThatCannotBeReplacedStays(t *testing.T) {
	dir := t.TempDir()
	if err := durable.Write(filepath.Join(dir, "none", "x"), nil); err == nil {
		t.Error("a file was written into a folder that is not there")
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := durable.Write(full, []byte("x")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("in the folder lies %v, %v", list, err)
	}
}
