package law_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/internal/catalogue"
)

// root is the repository.
const root = "../.."

// eachFile calls fn for every file of the program with one of the endings.
func eachFile(t *testing.T, fn func(name, text string), endings ...string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == filepath.Join(root, "test") || d.Name() == "docs" || d.Name() == "testdata" || d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") && name != root):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(name, "_test.go") || !slices.Contains(endings, filepath.Ext(name)):
			return nil
		}
		text, err := os.ReadFile(name)
		if err == nil {
			short, _ := filepath.Rel(root, name)
			fn(filepath.ToSlash(short), string(text))
		}
		return err
	})
	must(t, err)
}

// hardship matches names under which a program might keep, list or export that
// a child is in difficulty.
var hardship = regexp.MustCompile(`(?i)difficult|hardship|orphan|disab(led_child|ility)|poverty|poor_|left_?behind|destitute|welfare_?status|困境|孤儿|留守|低保|贫困`)

// S2-01, B13: the status of a child in difficulty is no column, no field, no
// part of an answer, an export, a list or a page. Only the ban, which must name
// what it forbids, the assessment of capacity, the finder of such words in files
// that should not hold them, and the desks that refuse to publish or to release
// them know the word; so an endpoint that told it of two children, or of one,
// does not build.
func TestNoColumnFieldAnswerOrPageCanSayThatAChildIsInDifficulty(t *testing.T) {
	eachFile(t, func(name, text string) {
		for _, line := range strings.Split(text, "\n") {
			if code, _, _ := strings.Cut(line, "--"); hardship.MatchString(code) {
				t.Errorf("%s: %s", name, strings.TrimSpace(line))
			}
		}
	}, ".sql", ".templ")
	for _, f := range catalogue.Fields {
		if hardship.MatchString(f.Code) || hardship.MatchString(string(f.Category)) {
			t.Errorf("the field %s", f.Code)
		}
	}
	knows := map[string]bool{}
	eachFile(t, func(name, text string) {
		tree, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		must(t, err)
		ast.Inspect(tree, func(n ast.Node) bool {
			word := ""
			switch n := n.(type) {
			case *ast.Ident:
				word = n.Name
			case *ast.BasicLit:
				word = n.Value
			}
			if hardship.MatchString(word) {
				knows[filepath.ToSlash(filepath.Dir(name))] = true
			}
			return true
		})
	}, ".go")
	allowed := map[string]bool{"internal/policy": true, "internal/consent": true, "internal/publish": true, "internal/research": true}
	for room := range knows {
		finder := room == "detect" || strings.HasPrefix(room, "detect/") || room == "internal/scan"
		if !allowed[room] && !finder {
			t.Errorf("%s can say that a child is in difficulty", room)
		}
	}
	if !knows["internal/policy"] {
		t.Error("the search found nothing at all: it proves nothing")
	}
}

// writers are the only places that may write an item of somebody's record, and
// the one source that each stands for.
var writers = map[string]string{
	"internal/enrol/confirm.go": "subject.Prepare", // the family's own word, at enrolment
	"internal/intake/line.go":   "subject.Prepare", // a roster with its source document
	"internal/family/act.go":    "subject.Put",     // the family's own correction
	"internal/desk/decide.go":   "subject.Put",     // the family's word, taken and confirmed by two at the desk
}

// derived is what package consent folds from its own events and keeps in the row
// of the record: two columns, neither of which is an item.
var derived = regexp.MustCompile(`UPDATE subject SET guarded = (\$1|0), standings = (\$2|'') WHERE `)

// S3-29, S3-28: every item has one source, the family or the roster, and one
// room that stores it. A second writer does not get in unseen: this fails.
func TestEveryItemHasOneSourceAndAListedWriter(t *testing.T) {
	found := map[string]string{}
	eachFile(t, func(name, text string) {
		for _, call := range []string{"subject.Prepare", "subject.Put"} {
			if strings.Contains(text, call+"(") {
				found[name] += call
			}
		}
		sql := regexp.MustCompile(`(INSERT INTO|UPDATE|DELETE FROM) (sealed_field|subject|family)\b`)
		if strings.HasPrefix(name, "internal/consent/") {
			text = derived.ReplaceAllString(text, "")
		}
		if m := sql.FindString(text); m != "" && !strings.HasPrefix(name, "internal/subject/") {
			t.Errorf("%s: %s", name, m)
		}
	}, ".go")
	if diff := cmp.Diff(writers, found); diff != "" {
		t.Errorf("who writes items of a record:\n%s", diff)
	}
}

// S2-06: nothing in the program claims that something is anonymous but the
// engine that tests it.
func TestOnlyTheTestedTypeIsCalledAnonymous(t *testing.T) {
	literal := regexp.MustCompile(`deid\.Anonymous\{[^}]`)
	eachFile(t, func(name, text string) {
		if literal.MatchString(text) {
			t.Errorf("%s makes an anonymous table by hand", name)
		}
	}, ".go")
}
