package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
)

// TestAnEvidencePackVerifiesOutside: the operator writes the pack while the
// server runs, and the outsider's program, which knows nothing but the key,
// verifies it offline and writes out the papers (B15, S1-12).
func TestAnEvidencePackVerifiesOutside(t *testing.T) {
	data := city(t)
	in := opened(t, data)
	p := children(t, in)[0]
	var number string
	err := in.DB.View(t.Context(), p.inst, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT receipt FROM enrolment WHERE institution_id = $1 AND child_id = $2`, p.inst, p.child).Scan(&number)
	})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := in.key.signer(p.inst)
	if err != nil {
		t.Fatal(err)
	}
	in.Close()
	dir := t.TempDir()
	wardcheck, pack, papers := filepath.Join(dir, "wardcheck"), filepath.Join(dir, "pack.json"), filepath.Join(dir, "papers")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", wardcheck, "../wardcheck").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	check := func(want string, more ...string) {
		t.Helper()
		args := append([]string{"evidence", pack, "--key", signer.Key().String()}, more...)
		out, err := exec.CommandContext(t.Context(), wardcheck, args...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v\n%s", err, out)
		}
	}
	said := must(t, "export-evidence", "--data", data, "--institution", p.inst.String(), "-o", pack)
	if !strings.Contains(said, signer.Key().String()) {
		t.Errorf("the key is not said:\n%s", said)
	}
	check("notice-enrolment-1.zh-CN.json", "--extract", papers)
	if _, err := os.Stat(filepath.Join(papers, "notice-enrolment-1.zh-CN.json")); err != nil {
		t.Error(err)
	}
	address := freeAddress(t)
	server(t, address, "serve", "--data", data, "--listen", address)
	must(t, "export-evidence", "--data", data, "--institution", p.inst.String(), "--receipt-no", number, "-o", pack)
	check(p.child.String())
	if fails(t, exitUsage, "--from", "export-evidence", "--data", data, "--from", "yesterday"); t.Failed() {
		return
	}
	fails(t, exitUsage, "several institutions", "export-evidence", "--data", data)
}
