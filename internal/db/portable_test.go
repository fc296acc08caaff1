package db_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The house rules that let one SQL text run on SQLite, PostgreSQL, Citus,
// CockroachDB and YugabyteDB, as far as a text can show them.

// keyless tables have a primary key that does not begin with institution_id.
// They are few and small, and become reference tables in a distributed
// database: none may point at another table.
var keyless = map[string]string{}

// everywhere lists statements that rightly name no institution, by a part of
// their text.
var everywhere = []struct{ part, why string }{
	{"FROM institution", "the list of institutions itself"},
	{"SELECT 1", "asks only whether the database answers"},
}

// A word is forbidden with the reason for it.
type word struct {
	pattern *regexp.Regexp
	why     string
}

func words(list ...string) (ws []word) {
	for i := 0; i < len(list); i += 2 {
		ws = append(ws, word{regexp.MustCompile(`(?i)` + list[i]), list[i+1]})
	}
	return ws
}

var forbidden = words(
	`\b(big|small)?serial\b|\bsequence\b|\bnextval\b|\bautoincrement\b|\bas identity\b`, "ids come from Go: no sequences",
	`\bnow\s*\(|\bcurrent_(timestamp|date|time)\b|\bstrftime\s*\(|\bunixepoch\s*\(|\bjulianday\s*\(`, "times come from Go",
	`\brandom\s*\(|\brandomblob\s*\(|\bgen_random_uuid\b|\buuid_generate`, "randomness comes from Go",
	`\bskip locked\b`, "claim with a lease and repeat the predicate",
	`\bpg_advisory|\block table\b|\blisten\s+\w+\s*$|\bpg_notify`, "local to one node",
	`\bdeferrable\b|\bexclude using\b|\binherits\b|\bmaterialized view\b|\btemp(orary)? table\b`, "missing on distributed engines",
	`\bcreate (or replace )?(function|procedure|rule|extension|type|domain)\b|\bon constraint\b`, "missing on distributed engines",
	`\bgenerated always\b|\bjsonb?\b`, "documents are opaque and columns plain",
	`\binsert or\b|\breplace into\b`, "SQLite only: use ON CONFLICT on named columns",
	`\bon conflict\s+do\b|\bon conflict\s*\([^)]*\(`, "ON CONFLICT names plain columns",
	`\bselect\s+(distinct\s+)?\*|\b\w+\.\*|\breturning\s+\*`, "columns are listed",
	`\binsert into \w+\s+(values|select)\b`, "columns are listed",
	`\bnulls (first|last)\b`, "ordered columns are NOT NULL",
	`\bisnull\b|\bnotnull\b|\bifnull\s*\(|\bilike\b|\bglob\b|::\w+`, "one engine only",
	`'\s*\|\|\s*\$|\browid\b|\bctid\b`, "one engine only, or text built in SQL",
)

var forbiddenInSchema = map[string][]word{
	"postgres": words(`\bcreate trigger\b`, "distributed engines have no triggers"),
}

func TestEveryStatementRunsOnEveryEngine(t *testing.T) {
	list := statements(t)
	for _, s := range list {
		for _, w := range forbidden {
			if m := w.pattern.FindString(s.text); m != "" {
				t.Errorf("%s: %q: %s", s.place, m, w.why)
			}
		}
		if err := numbered(s.text); err != nil {
			t.Errorf("%s: %v", s.place, err)
		}
		if !strings.Contains(s.text, "institution_id") && !slices.ContainsFunc(everywhere, func(e struct{ part, why string }) bool {
			return strings.Contains(s.text, e.part)
		}) {
			t.Errorf("%s: no institution_id: %.60q", s.place, s.text)
		}
	}
	t.Logf("%d statements", len(list))
}

func TestTheLintNoticesWhatItForbids(t *testing.T) {
	for _, bad := range []string{
		"SELECT * FROM store WHERE institution_id = $1",
		"SELECT s.* FROM store s WHERE s.institution_id = $1",
		"UPDATE store SET created_at = now() WHERE institution_id = $1",
		"INSERT INTO store VALUES ($1, $2)",
		"INSERT OR IGNORE INTO store (institution_id) VALUES ($1)",
		"INSERT INTO store (institution_id) VALUES ($1) ON CONFLICT DO NOTHING",
		"INSERT INTO store (institution_id) VALUES ($1) ON CONFLICT (lower(name)) DO NOTHING",
		"SELECT name FROM store WHERE institution_id = $1 FOR UPDATE SKIP LOCKED",
		"DELETE FROM store WHERE institution_id = $1 RETURNING *",
		"SELECT name::text FROM store WHERE institution_id = $1",
		"CREATE TABLE x (institution_id BYTEA, n BIGSERIAL)",
		"SELECT rowid FROM store",
	} {
		if !slices.ContainsFunc(forbidden, func(w word) bool { return w.pattern.MatchString(bad) }) {
			t.Errorf("not noticed: %s", bad)
		}
	}
	if primary.MatchString("PRIMARY KEY (store_id, institution_id)") {
		t.Error("a key in the wrong order was not noticed")
	}
}

var placeholder = regexp.MustCompile(`\$(\d+)|\?`)

// numbered reports whether placeholders are $1, $2 … in order of first
// appearance: some drivers bind by number, others by position.
func numbered(text string) error {
	highest := 0
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return fmt.Errorf("placeholder %q: use $1, $2 …", m[0])
		}
		if n > highest+1 {
			return fmt.Errorf("$%d comes before $%d", n, highest+1)
		}
		highest = max(highest, n)
	}
	return nil
}

func TestNumberedNoticesPlaceholdersOutOfOrder(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "$1": true, "$1 $1 $2": true, "$2": false, "$1 $3 $2": false, "?": false,
	} {
		if err := numbered(text); (err == nil) != ok {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// A table is a CREATE TABLE taken apart.
type table struct {
	place, name, tail string
	columns           []string // name and type
	keys              []string // PRIMARY KEY, UNIQUE and REFERENCES lists, as written
}

func schemaFiles(t *testing.T, engine string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("schema", engine, "*.sql"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no schema for %s: %v", engine, err)
	}
	files := map[string]string{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files[p] = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(string(b), "")
	}
	return files
}

var createTable = regexp.MustCompile(`(?is)CREATE TABLE\s+(\w+)\s*\(`)

// tables takes every CREATE TABLE of an engine's schema apart.
func tables(t *testing.T, engine string) map[string]table {
	t.Helper()
	all := map[string]table{}
	for path, text := range schemaFiles(t, engine) {
		for _, m := range createTable.FindAllStringSubmatchIndex(text, -1) {
			parts, end := split(text[m[1]:])
			x := table{place: path, name: text[m[2]:m[3]]}
			x.tail, _, _ = strings.Cut(text[m[1]+end:], ";")
			for _, p := range parts {
				fields := strings.Fields(p)
				switch strings.ToUpper(fields[0]) {
				case "PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT":
					x.keys = append(x.keys, strings.Join(fields, " "))
				case "CHECK":
				default:
					x.columns = append(x.columns, fields[0]+" "+strings.ToUpper(fields[1]))
					if strings.Contains(strings.ToUpper(p), "PRIMARY KEY") {
						x.keys = append(x.keys, "PRIMARY KEY ("+fields[0]+")")
					}
				}
			}
			all[x.name] = x
		}
	}
	return all
}

// split cuts the inside of a parenthesis at its top-level commas and returns
// where it ends.
func split(text string) (parts []string, end int) {
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		case r == ',' && depth == 0, r == ')':
			parts = append(parts, strings.TrimSpace(text[from:i]))
			from = i + 1
			if r == ')' {
				return parts, i + 1
			}
		}
	}
	return parts, len(text)
}

var (
	primary  = regexp.MustCompile(`(?i)^PRIMARY KEY \(\s*institution_id\b`)
	uniques  = regexp.MustCompile(`(?i)^(UNIQUE|FOREIGN KEY)\s*\(\s*institution_id\b`)
	uniqueIx = regexp.MustCompile(`(?is)CREATE UNIQUE INDEX\s+(\w+)\s+ON\s+\w+\s*\(\s*(\w+)`)
)

func TestEveryKeyBeginsWithTheInstitution(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for name, x := range tables(t, engine) {
			if !slices.ContainsFunc(x.keys, primary.MatchString) && keyless[name] == "" {
				t.Errorf("%s: table %s: the primary key does not begin with institution_id", x.place, name)
			}
			for _, k := range x.keys {
				up := strings.ToUpper(k)
				if (strings.HasPrefix(up, "UNIQUE") || strings.HasPrefix(up, "FOREIGN")) && !uniques.MatchString(k) {
					t.Errorf("%s: table %s: %s does not begin with institution_id", x.place, name, k)
				}
			}
		}
		for path, text := range schemaFiles(t, engine) {
			for _, m := range uniqueIx.FindAllStringSubmatch(text, -1) {
				if m[2] != "institution_id" {
					t.Errorf("%s: unique index %s does not begin with institution_id", path, m[1])
				}
			}
			for _, w := range append(slices.Clone(forbidden), forbiddenInSchema[engine]...) {
				if m := w.pattern.FindString(strings.ReplaceAll(text, "WITHOUT ROWID", "")); m != "" {
					t.Errorf("%s: %q: %s", path, m, w.why)
				}
			}
		}
	}
}

// Both schemas declare the same tables with the same columns in the same order.
func TestBothSchemasSayTheSame(t *testing.T) {
	lite, pg := tables(t, "sqlite"), tables(t, "postgres")
	delete(pg, "writer") // SQLite has one writer without it
	same := map[string]string{"TEXT": "TEXT", "BIGINT": "INTEGER", "BYTEA": "BLOB"}
	for name, p := range pg {
		l, ok := lite[name]
		if !ok {
			t.Errorf("table %s is missing on SQLite", name)
			continue
		}
		if !strings.Contains(strings.ToUpper(l.tail), "STRICT") {
			t.Errorf("%s: table %s is not STRICT", l.place, name)
		}
		var want []string
		for _, c := range p.columns {
			col, kind, _ := strings.Cut(c, " ")
			if same[kind] == "" {
				t.Errorf("%s: %s.%s: type %s; use TEXT, BIGINT or BYTEA", p.place, name, col, kind)
			}
			want = append(want, col+" "+same[kind])
		}
		if !slices.Equal(l.columns, want) {
			t.Errorf("table %s:\nsqlite   %v\npostgres %v", name, l.columns, want)
		}
	}
	for name := range lite {
		if _, ok := pg[name]; !ok {
			t.Errorf("table %s is missing on PostgreSQL", name)
		}
	}
}

// A text key sorts by its bytes on every engine.
func TestTextKeysSortByBytesOnPostgreSQL(t *testing.T) {
	key := regexp.MustCompile(`(?is)PRIMARY KEY \(([^)]*)\)`)
	files := schemaFiles(t, "postgres")
	for name, x := range tables(t, "postgres") {
		for _, k := range x.keys {
			m := key.FindStringSubmatch(k)
			if m == nil {
				continue
			}
			for col := range strings.SplitSeq(m[1], ",") {
				col = strings.TrimSpace(col)
				declared := regexp.MustCompile(`(?i)\n\s*` + col + `\s+TEXT\b([^,]*)`).FindStringSubmatch(files[x.place])
				if slices.Contains(x.columns, col+" TEXT") && declared != nil && !strings.Contains(declared[1], `COLLATE "C"`) {
					t.Errorf(`%s: %s.%s needs COLLATE "C"`, x.place, name, col)
				}
			}
		}
	}
}
