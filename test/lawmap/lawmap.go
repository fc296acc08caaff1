// Package lawmap draws the map from rules to code to tests, from the citations
// that people write beside both. Nothing in it is kept by hand but the list of
// rules: a citation that goes takes its line with it, and a rule that no test
// cites is listed as missing.
package lawmap

import (
	"bufio"
	_ "embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed rules.txt
var list string

// Rule is one thing to make true, and where it is cited.
type Rule struct {
	ID, Text string
	Code     []string // paths
	Tests    []string // path, a blank, and the name of the test or table
}

// Rules reads the list.
func Rules() ([]Rule, error) {
	var all []Rule
	for s := bufio.NewScanner(strings.NewReader(list)); s.Scan(); {
		if line := s.Text(); line != "" && line[0] != '#' {
			id, text, ok := strings.Cut(line, "\t")
			if !ok || id == "" || text == "" {
				return nil, fmt.Errorf("lawmap: line %q", line)
			}
			all = append(all, Rule{ID: id, Text: text})
		}
	}
	return all, nil
}

// cited finds identifiers. The dagger belongs to those that have one, but may
// be left out.
var cited = regexp.MustCompile(`\b(?:S[0-3]-\d\d|I\d{1,2}|B\d{1,2})\b†?`)

// named finds them in the name of a test, where a dash cannot stand.
var named = regexp.MustCompile(`S[0-3]_\d\d|(?:[a-z_])([IB]\d{1,2})(?:\b|_)`)

// inName returns the identifiers in the name of a test, in their usual form.
func inName(title string) string {
	var ids []string
	for _, m := range named.FindAllString(title, -1) {
		m = strings.Trim(m, "_abcdefghijklmnopqrstuvwxyz")
		ids = append(ids, strings.Replace(m, "_", "-", 1))
	}
	return strings.Join(ids, " ")
}

// Map looks for every rule in the files of a repository.
func Map(repo fs.FS) ([]Rule, error) {
	rules, err := Rules()
	if err != nil {
		return nil, err
	}
	index := make(map[string]*Rule)
	for i := range rules {
		index[strings.TrimSuffix(rules[i].ID, "†")] = &rules[i]
	}
	note := func(text, where string, test bool) {
		for _, id := range cited.FindAllString(text, -1) {
			r := index[strings.TrimSuffix(id, "†")]
			switch {
			case r == nil:
			case test:
				r.Tests = append(r.Tests, where)
			default:
				r.Code = append(r.Code, where)
			}
		}
	}
	err = fs.WalkDir(repo, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name != "." && strings.HasPrefix(d.Name(), ".") || slices.Contains(skipped, name)):
			return fs.SkipDir
		case d.IsDir() || !slices.Contains(read, path.Ext(name)) || strings.HasSuffix(name, "_templ.go"):
			return nil
		}
		text, err := fs.ReadFile(repo, name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, "_test.go") {
			return tests(name, text, note)
		}
		note(string(text), name, false)
		return nil
	})
	for i := range rules {
		rules[i].Code, rules[i].Tests = tidy(rules[i].Code), tidy(rules[i].Tests)
	}
	return rules, err
}

var (
	read    = []string{".go", ".cedar", ".sql", ".templ"}
	skipped = []string{"bin", "docs", "test/lawmap"}
)

func tidy(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// tests notes the citations of a test file under the declaration they stand in
// or above. One that stands in none says what the whole file is about.
func tests(name string, text []byte, note func(text, where string, test bool)) error {
	files := token.NewFileSet()
	tree, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("lawmap: %w", err)
	}
	done := 0
	at := func(p token.Pos) int { return files.Position(p).Offset }
	for _, d := range tree.Decls {
		title, start := about(d)
		end := at(d.End())
		for end < len(text) && text[end] != '\n' { // a comment behind the last brace
			end++
		}
		note(string(text[done:at(start)]), name, true)
		note(inName(title)+" "+string(text[at(start):end]), strings.TrimSpace(name+" "+title), true)
		done = end
	}
	note(string(text[min(done, len(text)):]), name, true)
	return nil
}

// about names a declaration and says where it begins, its comment included.
func about(d ast.Decl) (string, token.Pos) {
	start, title := d.Pos(), ""
	doc := (*ast.CommentGroup)(nil)
	switch d := d.(type) {
	case *ast.FuncDecl:
		title, doc = d.Name.Name, d.Doc
	case *ast.GenDecl:
		doc = d.Doc
		if v, ok := d.Specs[0].(*ast.ValueSpec); ok && len(d.Specs) == 1 {
			title = v.Names[0].Name
		}
	}
	if doc != nil {
		start = doc.Pos()
	}
	return title, start
}

// Markdown writes the map as a page.
func Markdown(rules []Rule) string {
	var b strings.Builder
	b.WriteString("# Rule → code → test\n\n" +
		"Drawn from the citations in the code by `go test ./test/lawmap -update`; do not edit.\n" +
		"Ids: S0–S3 requirements, B behaviours, I invariants (DESIGN.md).\n\n")
	var open []string
	for _, r := range rules {
		if len(r.Tests) == 0 {
			open = append(open, r.ID)
		}
	}
	fmt.Fprintf(&b, "%d rules, %d cited by a test.\n\n## Not cited by any test\n\n", len(rules), len(rules)-len(open))
	if len(open) == 0 {
		b.WriteString("None.\n")
	}
	for _, r := range rules {
		if len(r.Tests) == 0 {
			fmt.Fprintf(&b, "- **%s** %s\n", r.ID, r.Text)
		}
	}
	b.WriteString("\n## The map\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "\n### %s %s\n\n", r.ID, r.Text)
		write(&b, "Code", r.Code)
		write(&b, "Tests", r.Tests)
	}
	return b.String()
}

func write(b *strings.Builder, title string, where []string) {
	if len(where) == 0 {
		fmt.Fprintf(b, "- %s: none cites it\n", title)
		return
	}
	fmt.Fprintf(b, "- %s:\n", title)
	for _, w := range where {
		file, name, _ := strings.Cut(w, " ")
		if name != "" {
			name = " " + name
		}
		fmt.Fprintf(b, "  - [%s](../%s)%s\n", file, file, name)
	}
}
