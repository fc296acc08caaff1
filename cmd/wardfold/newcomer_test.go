package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/wardfold/wardfold/internal/lang"
)

// Every mistake gets a sentence that says what to do, and a status of its own.
func TestNewcomersMistakesAreExplained(t *testing.T) {
	data := city(t)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	wrongPass, openPass := write(t, at("wrong"), "not this one at all\n"), write(t, at("open"), "x\n")
	if err := os.Chmod(openPass, 0o644); err != nil {
		t.Fatal(err)
	}
	empty := write(t, at("empty"), "\n")
	secret := write(t, at("secret"), "backup passphrase of tests\n")
	for _, c := range []struct {
		name     string
		status   int
		sentence string
		args     []string
	}{
		{"an unknown verb", exitUsage, `"srve" is not known`, []string{"srve"}},
		{"an unknown flag", exitUsage, "There is no flag --prot", []string{"serve", "--prot", "1"}},
		{"a verb without its operand", exitUsage, "is missing", []string{"export-receipt", "--data", data}},
		{"help for what does not exist", exitUsage, `"srve" is not known`, []string{"srve", "--help"}},
		{"a file and a batch at once", exitUsage, "one of the two", []string{"import", "x.csv", "--resume", "b", "--as", "x", "--data", data}},
		{"a verb without its part", exitUsage, "Choose from", []string{"keys"}},
		{"a number that is none", exitUsage, "--families is wrong", []string{"demo", "--families", "many"}},
		{"a missing folder", exitUsage, "no data of wardfold", []string{"serve", "--data", at("nowhere")}},
		{"a demonstration open to the world", exitUsage, "this machine only", []string{"demo", "--data", at("d"), "--listen", "0.0.0.0:1"}},
		{"an address that is none", exitUsage, "host:port", []string{"serve", "--data", data, "--listen", "here"}},
		{"a folder that is taken", exitUsage, "not empty", []string{"init", "--data", dir}},
		{"init without answers", exitUsage, "--name is missing", []string{"init", "--data", at("new"), "--passphrase-file", secret}},
		{"init with one person", exitUsage, "two people", []string{"init", "--data", at("new"), "--passphrase-file", secret, "--name", "x",
			"--contact", "x", "--store", "x", "--officer", "a", "--manager", "a", "--officer-name", "x", "--manager-name", "x"}},
		{"init at an address without a name", exitUsage, "--origin is wrong", []string{"init", "--data", at("new"), "--passphrase-file", secret, "--name", "x",
			"--contact", "x", "--store", "x", "--officer-name", "x", "--manager-name", "x", "--origin", "http://127.0.0.1:8080"}},
		{"init with algorithms that are not there", exitUsage, "--suite is wrong", []string{"init", "--data", at("new"), "--passphrase-file", secret, "--name", "x",
			"--contact", "x", "--store", "x", "--officer-name", "x", "--manager-name", "x", "--suite", "sm"}},
		{"a doctor without data", exitWrong, "found something wrong: 2", []string{"doctor", "--data", at("nowhere")}},
		{"a wrong passphrase", exitKeys, "passphrase", []string{"audit", "verify", "--data", data, "--passphrase-file", wrongPass}},
		{"an empty passphrase file", exitUsage, "first line", []string{"audit", "verify", "--data", data, "--passphrase-file", empty}},
		{"a passphrase that others can read", exitUsage, "chmod 600", []string{"audit", "verify", "--data", data, "--passphrase-file", openPass}},
		{"an empty standard input", exitUsage, "standard input is empty", []string{"audit", "verify", "--data", data, "--passphrase-file", "-"}},
		{"a receipt that does not exist", exitUsage, "no receipt", []string{"export-receipt", "R-1", "--data", data}},
		{"an institution that does not exist", exitUsage, "no institution", []string{"user", "list", "--institution", "x", "--data", data}},
		{"one institution of several", exitUsage, "several institutions", []string{"user", "add", "x", "--name", "x", "--role", "clerk", "--data", data}},
		{"a role that does not exist", exitUsage, "Choose from: clerk", []string{"user", "add", "xy", "--institution", "示例大学", "--name", "x", "--role", "king", "--data", data}},
		{"a backup for nobody", exitUsage, "Who may open", []string{"backup", at("b.age"), "--data", data}},
		{"a backup to a key that is none", exitUsage, "no age key", []string{"backup", at("b.age"), "-r", "age1x", "--data", data}},
		{"a backup over a file", exitUsage, "not overwritten", []string{"backup", secret, "--backup-passphrase-file", secret, "--data", data}},
		{"a backup that is none", exitData, "incomplete", []string{"restore", secret, "--backup-passphrase-file", secret, "--data", at("r")}},
		{"a backup whose passphrase nobody can type", exitUsage, "--backup-passphrase-file is missing", []string{"restore", secret, "--data", at("r")}},
		{"a password that nobody can type", exitUsage, "--password-file is missing", []string{"import", secret, "--as", "officer", "--institution", "示例大学", "--data", data}},
		{"a backup that is not there", exitUsage, "no file", []string{"restore", at("none"), "--data", at("r")}},
		{"a key that is none", exitUsage, "KEY is wrong", []string{"keys", "remove", "x", "--data", data}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.status, c.sentence, c.args...) })
	}
}

func TestAWrongConfigurationIsNamed(t *testing.T) {
	for _, c := range []struct{ name, text, sentence string }{
		{"an unknown key", `{"listen": "127.0.0.1:1", "lisen": 1}`, "no setting lisen"},
		{"an unknown key deeper down", `{"keys": {"source": "file", "pasphrase": "x"}}`, "no setting pasphrase"},
		{"a value of another kind", `{"listen": 8080}`, "value of listen"},
		{"a value that is not possible", `{"listen": "127.0.0.1:1", "origin": "ftp://x", "suite": "intl", "guard": "g", "keys": {"source": "file"}}`, "value of origin"},
		{"plain http for the world", `{"listen": "127.0.0.1:1", "origin": "http://ward.example", "suite": "intl", "guard": "g", "keys": {"source": "file"}}`, "value of origin"},
		{"an address without a name", `{"listen": "127.0.0.1:1", "origin": "https://192.0.2.1", "suite": "intl", "guard": "g", "keys": {"source": "file"}}`, "value of origin"},
		{"no JSON", "{\n\"listen\": \"x\",,\n}", "near line 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, configName), c.text)
			fails(t, exitUsage, c.sentence, "serve", "--data", dir)
		})
	}
}

func TestDamageIsRefusedInWords(t *testing.T) {
	for _, c := range []struct {
		name, sentence string
		status         int
		harm           func(data string) error
	}{
		{"a truncated database", "damaged", exitData, func(d string) error { return os.Truncate(filepath.Join(d, databaseName), 5000) }},
		{"an emptied database", "holds no institution", exitData, func(d string) error { return os.Truncate(filepath.Join(d, databaseName), 0) }},
		{"a missing database", "restore a backup", exitData, func(d string) error { return os.Remove(filepath.Join(d, databaseName)) }},
		{"a missing key ring", "copy", exitKeys, func(d string) error { return os.Remove(filepath.Join(d, ringName)) }},
		{"a damaged key ring", "copy", exitKeys, func(d string) error { return os.WriteFile(filepath.Join(d, ringName), []byte("x"), 0o600) }},
		{"a damaged log key", "log key", exitData, func(d string) error { return os.WriteFile(filepath.Join(d, logKeyName), []byte("{}"), 0o600) }},
		{"a damaged tombstone", "Line 1", exitData, func(d string) error {
			return os.WriteFile(filepath.Join(d, guardName, tombstoneName), []byte("1 ins_x sub_y 00000000\n"), 0o600)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := city(t)
			if err := c.harm(data); err != nil {
				t.Fatal(err)
			}
			if status, out, _ := wardfold(t, "en_US.UTF-8", "doctor", "--data", data); status != exitWrong || strings.Contains(out, "does not expect") {
				t.Errorf("doctor: %d\n%s", status, out)
			}
			fails(t, c.status, c.sentence, "serve", "--data", data, "--listen", freeAddress(t))
		})
	}
}

func TestAFullDiskIsSaidInWords(t *testing.T) {
	for _, tag := range lang.Tags {
		c := &console{p: lang.For(tag)}
		status, text := c.explain(&os.PathError{Op: "write", Path: "/d/wardfold.db", Err: syscall.ENOSPC})
		if status != exitOutside || !strings.Contains(text, "/d/wardfold.db") {
			t.Errorf("%d %s", status, text)
		}
	}
}

func TestTheLanguageFollowsTheLocale(t *testing.T) {
	for locale, want := range map[string]string{"zh_CN.UTF-8": "没有", "en_US.UTF-8": "There", "C": "There", "de_DE.UTF-8": "There"} {
		if _, _, errs := wardfold(t, locale, "serve", "--data", "/nowhere"); !strings.Contains(errs, want) {
			t.Errorf("%s: %s", locale, errs)
		}
	}
	if _, _, errs := wardfold(t, "en_US.UTF-8", "--lang", "zh-CN", "serve", "--data", "/nowhere"); !strings.Contains(errs, "没有") {
		t.Errorf("--lang: %s", errs)
	}
}

// TestEveryVerbAndFlagHasWords reads the command line itself, and the sources for
// every other key.
func TestEveryVerbAndFlagHasWords(t *testing.T) {
	k, err := kong.New(&command{}, kong.Name("wardfold"), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	p := lang.For("zh-CN")
	err = kong.Visit(k.Model, func(n kong.Visitable, next kong.Next) error {
		key := ""
		switch n := n.(type) {
		case *kong.Application:
			key = "cli.help.wardfold"
		case *kong.Node:
			key = "cli.help." + helpKey(n)
		case *kong.Flag:
			key = "cli.flag." + n.Name
		}
		if key != "" && !p.Has(key) {
			t.Errorf("no words for %s", key)
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !p.Has("cli.doctor." + c.name) {
			t.Errorf("no words for the check %s", c.name)
		}
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"(cli\.[a-z_.]+[a-z_])"`)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
			if !p.Has(m[1]) && !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s: no words for %s", name, m[1])
			}
		}
	}
}
