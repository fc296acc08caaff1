package lawmap_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/test/lawmap"
)

var update = flag.Bool("update", false, "write docs/law.md anew")

const page = "../../docs/law.md"

// TestLawMapIsCurrent keeps docs/law.md true, and says which rules no test cites.
func TestLawMapIsCurrent(t *testing.T) {
	rules, err := lawmap.Map(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if len(r.Tests) == 0 {
			t.Logf("no test cites %s %s", r.ID, r.Text)
		}
	}
	want := lawmap.Markdown(rules)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("docs/law.md is old; run go test ./test/lawmap -update (-want +got):\n%s", diff)
	}
}

func TestLawMapFindsCitationsWhereTheyStand(t *testing.T) {
	repo := fstest.MapFS{
		"a/a.go":        {Data: []byte("package a // invariant I4\n\nconst key = \"I44 S9-99 B77\"\n")},
		"a/rules.cedar": {Data: []byte("// S2-20 without its dagger\n")},
		"a/a_templ.go":  {Data: []byte("package a // I1\n")},
		"docs/x.go":     {Data: []byte("package docs // I2\n")},
		".git/x.go":     {Data: []byte("package git // I2\n")},
		"a/a_test.go": {Data: []byte(`package a_test // I9

// TestBans is I4.
func TestBans(t *testing.T) {
	t.Run("owner (S2-04)", nil) // B2
}

func TestOneDoorI2(t *testing.T) {}

func TestWiden_I7_S0_03(t *testing.T) { _ = "xI8 S0_05" }

var table = []string{"S0-01"} // S0-02

// at the end: S2-20†
`)},
	}
	rules, err := lawmap.Map(repo)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]string{
		"I4":     {"a/a.go", "a/a_test.go TestBans"},
		"S2-20†": {"a/rules.cedar", "a/a_test.go"},
		"S2-04":  {"", "a/a_test.go TestBans"},
		"B2":     {"", "a/a_test.go TestBans"},
		"S0-01":  {"", "a/a_test.go table"},
		"S0-02":  {"", "a/a_test.go table"},
		"I9":     {"", "a/a_test.go"},
		"I2":     {"", "a/a_test.go TestOneDoorI2"},
		"I7":     {"", "a/a_test.go TestWiden_I7_S0_03"},
		"S0-03":  {"", "a/a_test.go TestWiden_I7_S0_03"},
	}
	for _, r := range rules {
		got := [2]string{strings.Join(r.Code, ","), strings.Join(r.Tests, ",")}
		if got != want[r.ID] {
			t.Errorf("%s: %q, want %q", r.ID, got, want[r.ID])
		}
	}
}

func TestLawMapListsEveryRuleOnce(t *testing.T) {
	rules, err := lawmap.Rules()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	if n := len(ids); n != 101 {
		t.Errorf("%d rules", n)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(rules) {
		t.Error("a rule is listed twice")
	}
}
