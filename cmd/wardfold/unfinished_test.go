package main

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
)

// secretsAt writes the configuration of a gateway whose secret lies in a file.
func secretsAt(t *testing.T, data string) (name, secret string) {
	t.Helper()
	edit(t, data, `"guard":`, `"gateway": {"url": "https://sms.example.cn/send", "secret_file": "gateway.secret"}, "guard":`)
	return "gateway.secret", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 24)) + "\n"
}

// TestADrillNeedsNoSecretOfTheGateway: a backup does not hold it, and restoring and
// verifying send nothing. Serving does, and says which file is missing.
func TestADrillNeedsNoSecretOfTheGateway(t *testing.T) {
	data := city(t)
	dir := t.TempDir()
	pass := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup := filepath.Join(dir, "b.age")
	name, secret := secretsAt(t, data)
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", pass)

	back := beside(t, data)
	must(t, "restore", backup, "--data", back, "--backup-passphrase-file", pass)
	must(t, "audit", "verify", "--data", back)
	if _, out, _ := wardfold(t, "en_US.UTF-8", "doctor", "--data", back); !strings.Contains(out, "1 wrong") ||
		!strings.Contains(out, "WRONG Message gateway: There is no file") {
		t.Errorf("doctor without the secret:\n%s", out)
	}
	fails(t, exitUsage, name, "serve", "--data", back, "--listen", freeAddress(t))
	write(t, filepath.Join(back, name), secret)
	address := freeAddress(t)
	server(t, address, "serve", "--data", back, "--listen", address)
}

// TestARestoreThatWasBrokenOffIsNotServed is I10: between the files and the
// erasures that came after them nothing is served, and the restore goes on.
func TestARestoreThatWasBrokenOffIsNotServed(t *testing.T) {
	data := city(t)
	dir := t.TempDir()
	pass := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup := filepath.Join(dir, "b.age")
	in := opened(t, data)
	gone := children(t, in)[0]
	in.Close()
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", pass)
	in = opened(t, data)
	gone.erase(t, in)
	in.Close()

	back := beside(t, data)
	right, err := os.ReadFile(filepath.Join(back, "passphrase"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(back, "passphrase"), "not the right one at all\n")
	fails(t, exitKeys, "passphrase", "restore", backup, "--data", back, "--backup-passphrase-file", pass)
	write(t, filepath.Join(back, "passphrase"), string(right))
	fails(t, exitData, "broken off", "serve", "--data", back, "--listen", freeAddress(t))
	fails(t, exitData, "cannot be served", "restore", "--data", back)
	in = opened(t, back)
	if err := gone.open(context.Background(), in); fault.KindOf(err) != fault.Erased {
		t.Errorf("the restore that went on has not erased again: %v", err)
	}
	in.Close()
	fails(t, exitUsage, "FILE is missing", "restore", "--data", back)
}
