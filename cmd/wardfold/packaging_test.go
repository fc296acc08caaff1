package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheManualMakesEveryFolderOfTheUnits (S0-06): systemd refuses to start a unit
// whose folder is absent, and the account cannot make one in /var/lib or /srv.
func TestTheManualMakesEveryFolderOfTheUnits(t *testing.T) {
	read := func(pattern string) (all string) {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all += string(b)
		}
		return all
	}
	units, manual := read("../../packaging/*.service"), read("../../docs/ops/*.md")
	for _, line := range regexp.MustCompile(`(?m)^(?:ReadWritePaths=|ExecStart=.*--data )(.*)$`).FindAllStringSubmatch(units, -1) {
		for _, path := range strings.Fields(line[1]) {
			path = strings.Trim(path, "-'")
			if !strings.HasPrefix(path, "/var/") && !strings.HasPrefix(path, "/srv/") {
				continue
			}
			if !regexp.MustCompile(`install -d -m 0700 -o wardfold -g wardfold ` + regexp.QuoteMeta(path) + `\s`).MatchString(manual) {
				t.Errorf("no command of docs/ops makes %s", path)
			}
		}
	}
}
