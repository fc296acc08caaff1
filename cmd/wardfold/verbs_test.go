package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
)

// TestARotationMovesEveryRecordAndTheOldKeyCanGo: the order that docs/ops/keys.md
// gives; what was sealed before still opens after (I10 needs the old key gone).
func TestARotationMovesEveryRecordAndTheOldKeyCanGo(t *testing.T) {
	data := city(t)
	var before, after struct {
		Current string
		Former  []string
	}
	list := func(v any) {
		t.Helper()
		if err := json.Unmarshal([]byte(must(t, "keys", "list", "--json", "--data", data)), v); err != nil {
			t.Fatal(err)
		}
	}
	list(&before)
	must(t, "keys", "add", "--data", data)
	fails(t, exitKeys, "once more 30 days later", "keys", "remove", before.Current, "--data", data)
	if out := must(t, "keys", "rotate", "--data", data); strings.Count(out, "records moved") != 7 {
		t.Errorf("rotated:\n%s", out)
	}
	list(&after)
	if after.Current == before.Current || len(after.Former) != 1 {
		t.Errorf("the ring is %+v after %+v", after, before)
	}
	in := opened(t, data)
	for _, p := range children(t, in) {
		if err := p.open(t.Context(), in); err != nil {
			t.Errorf("after the rotation: %v", err)
		}
	}
	in.Close()
	// The old version may not be destroyed before the backup window has passed,
	// and until then the old key stays.
	fails(t, exitKeys, "once more 30 days later", "keys", "remove", before.Current, "--data", data)

	fresh := write(t, filepath.Join(t.TempDir(), "fresh"), "another invented passphrase\n")
	must(t, "keys", "passphrase", "--data", data, "--new-passphrase-file", fresh)
	fails(t, exitKeys, "passphrase", "keys", "list", "--data", data)
	must(t, "keys", "list", "--data", data, "--passphrase-file", fresh)
}

// TestAnExportedReceiptVerifiesOutside builds the outsider's program and lets it
// judge a receipt, which is what a parent would do.
func TestAnExportedReceiptVerifiesOutside(t *testing.T) {
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
	wardcheck, receipt := filepath.Join(dir, "wardcheck"), filepath.Join(dir, "receipt.json")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", wardcheck, "../wardcheck").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	must(t, "export-receipt", number, "--data", data, "-o", receipt)
	cmd := exec.CommandContext(t.Context(), wardcheck, "receipt", receipt, "--key", signer.Key().String())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAnImportIsDoneInSomebodysName: the visitor's roster of the demonstration,
// first without and then with the document of its source (S1-01).
func TestAnImportIsDoneInSomebodysName(t *testing.T) {
	data := city(t)
	var g guide
	if err := json.Unmarshal([]byte(must(t, "demo", "--json", "--build-only", "--data", data, "--listen", "127.0.0.1:0")), &g); err != nil {
		t.Fatal(err)
	}
	key := ""
	for _, v := range g.Visitors {
		if v.Key == "officer" {
			key = v.OneTime
		}
	}
	scan := write(t, filepath.Join(t.TempDir(), "scan.pdf"), "an invented document")
	step := time.Now()
	run := func(args ...string) string {
		t.Helper()
		args = append([]string{"import", filepath.Join(data, demoRoster), "--json", "--data", data, "--as", "officer.chain1",
			"--institution", "示例一号美术培训连锁（示例）", "--store", "示例一号美术第1店（示例）", "--password-file", "-"}, args...)
		cmd := program(t.Context(), "en_US.UTF-8", args...)
		// Each code is good once; the next window's is accepted as well.
		step = step.Add(30 * time.Second)
		cmd.Stdin = strings.NewReader(g.Password + "\n" + codeNow(key, step) + "\n")
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, e.String())
		}
		return o.String()
	}
	if out := run("--document", "MIG-1", "--document-file", scan); !strings.Contains(out, `"state": "applied"`) {
		t.Errorf("with a document:\n%s", out)
	}
	if out := must(t, "audit", "verify", "--data", data); strings.Count(out, ": in order.") != 7 {
		t.Errorf("after the import:\n%s", out)
	}
}
