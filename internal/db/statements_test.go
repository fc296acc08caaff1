package db_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
)

// A statement is one SQL text with its place. It is whole if every part of it
// is known; a part that is not stands in it as a bare word.
type statement struct {
	place, text string
	whole       bool
}

var begins = regexp.MustCompile(`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s`)

// statements returns the SQL of the rooms: every string of their Go files that
// begins like a statement. The room db itself speaks to the engines in their
// own tongues and is left out.
func statements(t *testing.T) (list []statement) {
	t.Helper()
	set := token.NewFileSet()
	for _, files := range packages(t, set) {
		known, pieces := constants(files)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if v, ok := n.(*ast.ValueSpec); ok && pieces[v.Names[0].Name] {
					return false // the beginning of statements, not one itself
				}
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				text, whole, ok := known.text(e)
				if _, name := e.(*ast.Ident); name || !ok || !begins.MatchString(text) {
					return !ok
				}
				p := set.Position(e.Pos())
				list = append(list, statement{fmt.Sprintf("%s:%d", strings.TrimPrefix(p.Filename, "../../"), p.Line), text, whole})
				return false
			})
		}
	}
	return list
}

// packages parses the Go files of the repository, tests apart, by folder.
func packages(t *testing.T, set *token.FileSet) map[string][]*ast.File {
	t.Helper()
	root := filepath.Join("..", "..")
	all := map[string][]*ast.File{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (path == filepath.Join(root, "internal", "db") || path == filepath.Join(root, "tmp") ||
			path == filepath.Join(root, "test") || // measures plain SQLite too
			path == filepath.Join(root, "internal", "source") || // asks other people's databases
			strings.HasPrefix(e.Name(), ".") && path != root):
			return filepath.SkipDir
		case e.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		if file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution); err == nil {
			all[filepath.Dir(path)] = append(all[filepath.Dir(path)], file) // else the compiler will say so
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// scope holds the constant expressions of a package by name.
type scope map[string]ast.Expr

// constants also returns the names that are used as pieces of sums.
func constants(files []*ast.File) (known scope, pieces map[string]bool) {
	known, pieces = scope{}, map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if sum, ok := n.(*ast.BinaryExpr); ok {
				for _, x := range []ast.Expr{sum.X, sum.Y} {
					if name, ok := x.(*ast.Ident); ok {
						pieces[name.Name] = true
					}
				}
			}
			if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, s := range d.Specs {
					if v := s.(*ast.ValueSpec); len(v.Names) == len(v.Values) {
						for i, name := range v.Names {
							known[name.Name] = v.Values[i]
						}
					}
				}
			}
			return true
		})
	}
	return known, pieces
}

// text returns the text of a string expression: literals, constants and sums of
// these; whole is false if it contains a name that is not known.
func (known scope) text(e ast.Expr) (text string, whole, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, true, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, wa, oka := known.text(e.X)
		b, wb, okb := known.text(e.Y)
		return a + b, wa && wb, e.Op == token.ADD && oka && okb
	case *ast.Ident:
		if x := known[e.Name]; x != nil {
			return known.text(x)
		}
		return e.Name, false, true
	case *ast.ParenExpr:
		return known.text(e.X)
	}
	return "", false, false
}

// Every statement is understood by both engines with the schema as it is, and
// permitted to the role of the application.
func TestEveryStatementIsUnderstoodByBothEngines(t *testing.T) {
	list := statements(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		for _, s := range list {
			if !s.whole || strings.HasSuffix(strings.TrimSpace(s.text), "VALUES") {
				continue // the rows are added by a loop
			}
			args := make([]any, arguments(s.text))
			err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
				_, err := tx.Query("EXPLAIN "+s.text, args...)
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", s.place, err)
			}
		}
	})
}

func arguments(text string) int {
	seen := map[string]bool{}
	for _, m := range placeholder.FindAllString(text, -1) {
		seen[m] = true
	}
	return len(slices.Collect(maps.Keys(seen)))
}

// scans lists tables that may be read from end to end, with the reason.
var scans = map[string]string{
	"institution": "the list of institutions itself is short and wanted whole",
	"bundle":      "the entries of one bundle, which the inner query found by their numbers",
	"log_counter": "one row per institution; the sequencer asks who has grown",
	"span":        "the spans of a log, which the statement counts itself",
}

// wide lists how the statements begin that join to all rows of an institution, with
// the reason. Elsewhere it is the planner's mistake: it has no statistics and takes
// an institution for something small. CROSS JOIN gives it the order.
var wide = map[string]string{
	"SELECT f.field, COUNT(*)":          "the inventory counts every field that is held",
	"SELECT COUNT(DISTINCT e.child_id)": "volumes count every record",
	"SELECT COUNT(*) FROM subject s":    "volumes count every record",
	"SELECT x.export_id, x.staff_id":    "a trace compares with everything that was handed over",
	"SELECT s.subject_id, e.body":       "a trace compares with everything that was shown",
	"SELECT c.standings, COUNT(*)":      "the figures of a store count the consents of all its children",
}

func (s statement) wide() bool {
	for begin := range wide {
		if strings.HasPrefix(s.text, begin) {
			return true
		}
	}
	return false
}

// No statement reads a table from end to end: it finds its rows by an index.
func TestEveryStatementFindsItsRowsByAnIndex(t *testing.T) {
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.SQLite(t)})
	inst := newInstitution(t, d)
	for _, s := range statements(t) {
		if !s.whole {
			continue
		}
		_ = d.View(t.Context(), inst, func(tx *db.Tx) error { // the test above reports its errors
			rows, err := tx.Query("EXPLAIN QUERY PLAN "+s.text, make([]any, arguments(s.text))...)
			if err != nil {
				return err
			}
			for rows.Next() {
				var a, b, c int
				var step string
				if err := rows.Scan(&a, &b, &c, &step); err != nil {
					return err
				}
				found, _, _ := strings.Cut(strings.TrimPrefix(step, "SEARCH "), " ")
				if strings.HasSuffix(step, "(institution_id=?)") && strings.Contains(s.text, "JOIN") && !s.wide() && scans[found] == "" {
					t.Errorf("%s joins to whatever an institution has: %s", s.place, step)
				}
				name, scan := strings.CutPrefix(step, "SCAN ")
				if name, _, _ = strings.Cut(name, " "); scan && scans[name] == "" && !strings.HasPrefix(name, "(") && name != "CONSTANT" {
					t.Errorf("%s: %s", s.place, step)
				}
			}
			return nil
		})
	}
}
