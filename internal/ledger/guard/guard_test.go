package guard_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/ledger/guard"
)

func TestSwapReplacesOnlyTheExpectedHead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "guard")
	g, err := guard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	const origin = "audit.example/ins_1"
	if _, err := g.Load(origin); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("empty: %v", err)
	}
	one, two := []byte("one\n"), []byte("two\n")
	if err := g.Swap(origin, two, one); !errors.Is(err, guard.ErrMoved) {
		t.Errorf("from nothing, expecting something: %v", err)
	}
	if err := g.Swap(origin, nil, one); err != nil {
		t.Fatal(err)
	}
	if err := g.Swap(origin, nil, two); !errors.Is(err, guard.ErrMoved) {
		t.Errorf("expecting nothing: %v", err)
	}
	if err := g.Swap(origin, one, two); err != nil {
		t.Fatal(err)
	}
	again, err := guard.Open(dir) // as after a restart
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Load(origin); err != nil || !bytes.Equal(got, two) {
		t.Errorf("got %q, %v", got, err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("%d files, %v", len(files), err)
	}
}

func TestAHalfWrittenHeadIsNeverSeen(t *testing.T) {
	dir := t.TempDir()
	g, err := guard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Swap("o", nil, []byte("one\n")); err != nil {
		t.Fatal(err)
	}
	// What a crash in the middle of a Swap leaves behind.
	if err := os.WriteFile(filepath.Join(dir, "o.head.new"), []byte("tw"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := g.Load("o"); err != nil || string(got) != "one\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := g.Swap("o", []byte("one\n"), []byte("two\n")); err != nil {
		t.Error(err)
	}
}

func TestOneOfManySwapsWins(t *testing.T) {
	g, err := guard.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var wins, losses int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := g.Swap("o", nil, fmt.Appendf(nil, "%d\n", i))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				wins++
			case errors.Is(err, guard.ErrMoved):
				losses++
			}
		})
	}
	wg.Wait()
	if wins != 1 || losses != 19 {
		t.Errorf("%d wins, %d losses", wins, losses)
	}
}

func TestOriginsDoNotEscapeTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "guard")
	g, err := guard.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, origin := range []string{"../x", "a/b/c", "a%2Fb"} {
		if err := g.Swap(origin, nil, []byte(origin)); err != nil {
			t.Error(err)
		}
		if got, err := g.Load(origin); err != nil || string(got) != origin {
			t.Errorf("%q: %q, %v", origin, got, err)
		}
	}
	above, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(above) != 1 {
		t.Errorf("%d files beside the folder, %v", len(above), err)
	}
}

func TestAFolderThatCannotBeWrittenIsAnError(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := guard.Open(filepath.Join(file, "guard")); err == nil {
		t.Error("a folder inside a file")
	}
	g, err := guard.Open(filepath.Join(dir, "guard"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "guard")); err != nil {
		t.Fatal(err)
	}
	if err := g.Swap("o", nil, []byte("x")); err == nil {
		t.Error("the folder is gone")
	}
}
