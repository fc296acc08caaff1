package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
)

// TestARestoreTakesWhatIsMissingFromTheMirror: a backup, then work, then the
// database is lost (R5, I9, I10). With the mirror the log comes back whole, under
// its own name and every signed head; which acts the data lack is said by number
// and kind; whoever was erased stays erased; and nobody has to accept a loss of
// history.
func TestARestoreTakesWhatIsMissingFromTheMirror(t *testing.T) {
	data := city(t)
	dir := t.TempDir()
	copies := filepath.Join(dir, "copies")
	edit(t, data, `"suite"`, `"mirror": "`+copies+`", "suite"`)
	secret := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup := filepath.Join(dir, "b.age")
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", secret)

	in := opened(t, data)
	family := children(t, in)
	gone, stays := family[0], family[len(family)-1]
	families(t, in, 3)
	gone.erase(t, in)
	signer, err := in.key.signer(gone.inst)
	if err != nil {
		t.Fatal(err)
	}
	in.Log.StepAll(t.Context())
	in.Close()
	wardcheck := filepath.Join(dir, "wardcheck")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", wardcheck, "../wardcheck").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	folders, err := filepath.Glob(filepath.Join(copies, "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no copies: %v", err)
	}
	for _, f := range folders {
		if out, err := exec.CommandContext(t.Context(), wardcheck, "log", f).CombinedOutput(); err != nil {
			t.Errorf("an outsider cannot verify %s: %v\n%s", f, err, out)
		}
	}

	back := beside(t, data)
	away := filepath.Join(dir, "away")
	if err := os.Rename(copies, away); err != nil {
		t.Fatal(err)
	}
	fails(t, exitUsage, "no copy of the log", "restore", backup, "--data", back, "--backup-passphrase-file", secret, "--mirror", dir)
	back = beside(t, data)
	out := must(t, "restore", backup, "--json", "--data", back, "--backup-passphrase-file", secret, "--mirror", away)
	var o outcome
	if err := json.Unmarshal([]byte(out), &o); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int64{}
	for _, r := range o.Returned {
		for k, n := range r.Types {
			kinds[k] += n
		}
	}
	if len(o.Lost) != 0 || o.Epoch != 1 || kinds["erased"] != 1 || kinds["enrol.completed"] != 3 || o.Replayed == 0 {
		t.Errorf("restored with %+v", o)
	}
	in = opened(t, back)
	if again, err := in.key.signer(gone.inst); err != nil || again.Name() != signer.Name() {
		t.Errorf("the log goes on as %s, %v", again.Name(), err)
	}
	if err := gone.open(t.Context(), in); fault.KindOf(err) != fault.Erased {
		t.Errorf("the restored base opens an erased child: %v", err)
	}
	if err := stays.open(t.Context(), in); err != nil {
		t.Errorf("the restored base has lost a child: %v", err)
	}
	in.Close()
	if out := must(t, "audit", "verify", "--data", back); strings.Count(out, ": in order.") != 7 {
		t.Errorf("after the restore:\n%s", out)
	}
	address := freeAddress(t)
	server(t, address, "serve", "--data", back, "--listen", address)
}
