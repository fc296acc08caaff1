// Package wardfold_test holds the house in order: which room may know which,
// who may open a secret, how long a file may be. The tables below are the
// design (DESIGN.md, "The floors"); a package, a call or a file that does not
// fit them fails here.
package wardfold_test

import (
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wardfold/wardfold/"

// rooms lists every package, the lowest first. A package may import those above
// it in this list and no others, so a feature knows only the features before it
// and there can be no circle.
var rooms = strings.Fields(`
	internal/secret internal/fault internal/id internal/actor internal/civil internal/phone internal/lang

	verify verify/logtest
	detect/internal/block detect/internal/han detect/internal/person detect/internal/address detect/internal/number detect detect/internal/train
	internal/note
	trace trace/list trace/decoy deid/table deid/hierarchy deid/noise deid/anon deid/check deid

	internal/durable internal/db/row internal/db/abi internal/db/lite internal/db/walfile internal/db/slab internal/db internal/db/faultfs internal/db/dbtest
	internal/seal internal/seal/sealtest
	internal/ledger/guard internal/ledger/mirror internal/ledger
	internal/policy
	internal/gate

	internal/markup internal/sheet internal/roster
	internal/account/password internal/account/totp internal/account/passkey internal/account/passkey/passkeytest
	internal/account/signon internal/account/signon/signontest
	internal/institution internal/account internal/catalogue internal/subject internal/consent internal/grant
	internal/facts internal/enrol internal/desk internal/family internal/inventory internal/intake internal/attest internal/office internal/evidence
	internal/compartment
	internal/application internal/draw internal/release internal/leak internal/source/flow internal/source/office internal/source/ole internal/source/pdf internal/source/database internal/source/site internal/source internal/scan internal/survey internal/publish internal/research

	internal/keys/file internal/keys/pkcs11 internal/keys/transit
	internal/notify internal/relay
	internal/demo
	internal/house internal/house/housetest

	internal/web/problem internal/web/ui internal/web
	internal/api internal/api/apitest

	cmd/wardfold cmd/wardcheck

	test/load test/bench test/browser test/crash test/canary test/invariants test/law test/lawmap test/matrix
	test/detect test/trace test/deid
`)

// pure rooms have no disk, network, database, clock or chance of their own:
// whatever they need of these comes in as a parameter.
var pure = strings.Fields(`internal/secret internal/fault internal/id internal/actor internal/civil internal/phone
	internal/lang internal/policy internal/demo verify deid deid/table deid/hierarchy deid/noise deid/anon deid/check trace trace/list trace/decoy
	detect detect/internal/block detect/internal/han detect/internal/person detect/internal/address detect/internal/number`)

// impure are the imports that pure rooms may not have. (database/sql/driver is
// an interface, and embed is part of the program.)
var impure = regexp.MustCompile(`^(os|os/.*|net|net/.*|database/sql|syscall|crypto/rand|math/rand|log|io/ioutil)$`)

// exceptions to impure: identifiers are made of chance.
var allowed = map[string][]string{"internal/id": {"crypto/rand"}}

// clock are the functions of package time that read the clock or wait.
var clock = strings.Fields(`Now Since Until Sleep After AfterFunc Tick NewTicker NewTimer`)

// dice are the packages that may import math/rand/v2: one invents a city from a
// seed, the others spread retries, faults and load. Nothing secret comes from it.
var dice = strings.Fields(`internal/demo internal/db internal/db/faultfs internal/notify test/load test/crash test/bench
	test/detect detect/internal/train test/trace test/deid`)

// minters are the packages that may mint a permit (invariant I2).
var minters = []string{"internal/gate"}

// forTests reports whether a package serves tests only. (attest is a room.)
func forTests(room string) bool {
	return strings.HasSuffix(room, "test") && room != "internal/attest"
}

// exposers are the files that may take a secret out of its wrapping (I1, I3).
// Before adding one, ask whether the value can stay inside.
var exposers = strings.Fields(`
	internal/account/account.go internal/account/apikey.go internal/account/code.go internal/account/guard.go
	internal/account/identity.go internal/account/password/choice.go internal/account/password/password.go
	internal/account/signon/signon.go internal/account/totp/totp.go
	internal/api/shown.go internal/desk/card.go internal/family/look.go internal/intake/file.go internal/leak/people.go internal/subject/subject.go internal/subject/change.go
	internal/consent/assessment.go internal/desk/decide.go internal/compartment/case.go
	internal/enrol/decide.go internal/enrol/enrol.go internal/enrol/service.go internal/enrol/trial.go
	internal/keys/file/encode.go internal/keys/pkcs11/pkcs11.go internal/keys/pkcs11/session.go
	internal/keys/transit/transit.go
	internal/notify/sealed.go internal/notify/sign.go internal/notify/webhook.go internal/notify/worker.go
	internal/phone/phone.go internal/relay/relay.go internal/draw/row.go internal/release/open.go internal/release/shared.go internal/roster/duplicate.go internal/roster/value.go
	internal/web/called.go internal/web/session.go internal/web/shown.go
	cmd/wardfold/logkey.go cmd/wardfold/secrets.go test/bench/fill.go
	internal/seal/index.go internal/seal/kek.go internal/seal/parts.go internal/seal/ring.go internal/seal/sealer.go internal/seal/sign.go
`)

// vague are names that say nothing about what is in a package.
var vague = strings.Fields(`util utils common helper helpers base misc shared model models type types service services
	manager impl http errors log crypto core`)

// Lengths in lines.
const (
	maxFile, maxTestFile = 400, 600
	maxFunc, maxTestFunc = 80, 120
)

// TestImportsGoDownOnly is the map of the house.
func TestImportsGoDownOnly(t *testing.T) {
	floor := make(map[string]int, len(rooms))
	for i, r := range rooms {
		floor[r] = i
	}
	for _, p := range list(t) {
		at, listed := floor[p.room()]
		if !listed {
			if p.ImportPath != strings.TrimSuffix(module, "/") {
				t.Errorf("package %s is not in the table of rooms", p.room())
			}
			continue
		}
		for _, imp := range p.Imports {
			room, own := strings.CutPrefix(imp, module)
			if !own {
				continue
			}
			if to, ok := floor[room]; !ok || to >= at {
				t.Errorf("%s imports %s, which is not below it", p.room(), room)
			}
			if forTests(room) && !forTests(p.room()) {
				t.Errorf("%s imports %s, which is for tests", p.room(), room)
			}
		}
	}
}

// TestEveryRoomIsThere: the table lists no room that was never built.
func TestEveryRoomIsThere(t *testing.T) {
	for _, room := range rooms {
		if !slices.ContainsFunc(list(t), func(p pkg) bool { return p.room() == room }) {
			t.Errorf("there is no package %s", room)
		}
	}
}

// TestTheMapsNameEveryRoom: who looks for a room finds it in both documents.
func TestTheMapsNameEveryRoom(t *testing.T) {
	for name, section := range map[string]string{"README.md": "## The rooms", "DESIGN.md": "## The floors"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, part, _ := strings.Cut(string(text), section)
		part, _, _ = strings.Cut(part, "\n## ")
		for _, room := range rooms {
			head, rest, _ := strings.Cut(room, "/")
			if head == "internal" || head == "test" {
				head, _, _ = strings.Cut(rest, "/")
			}
			if strings.HasPrefix(room, "test/") && name == "README.md" {
				continue
			}
			if !regexp.MustCompile(`\b` + head + `\b`).MatchString(part) {
				t.Errorf("%s does not name %s", name, room)
			}
		}
	}
}

// TestVerifiersStandAlone: an outsider must be able to read all that judges us.
func TestVerifiersStandAlone(t *testing.T) {
	for _, p := range list(t) {
		ours := map[string][]string{"verify": {"golang.org/x/mod/"}, "cmd/wardcheck": {module + "verify"}}[p.room()]
		for _, imp := range p.Imports {
			std := !strings.Contains(strings.Split(imp, "/")[0], ".")
			fits := slices.ContainsFunc(ours, func(prefix string) bool { return strings.HasPrefix(imp, prefix) })
			if ours != nil && !std && !fits {
				t.Errorf("%s imports %s", p.room(), imp)
			}
		}
	}
}

func TestPureRoomsTouchNothing(t *testing.T) {
	for _, p := range list(t) {
		if !slices.Contains(pure, p.room()) {
			continue
		}
		for _, imp := range p.Imports {
			if impure.MatchString(imp) && !slices.Contains(allowed[p.room()], imp) {
				t.Errorf("%s imports %s", p.room(), imp)
			}
		}
	}
	for _, s := range parsed(t) {
		if s.test || !slices.Contains(pure, s.room) {
			continue
		}
		uses(s, func(at token.Pos, pkg, name string) {
			if pkg == "time" && slices.Contains(clock, name) {
				t.Errorf("%s uses time.%s", files.Position(at), name)
			}
		})
	}
}

func TestChanceThatCountsIsCryptographic(t *testing.T) {
	for _, p := range list(t) {
		if slices.Contains(p.Imports, "math/rand") ||
			slices.Contains(p.Imports, "math/rand/v2") && !slices.Contains(dice, p.room()) {
			t.Errorf("%s imports math/rand", p.room())
		}
	}
}

// TestOnlyTheGateMintsPermits is invariant I2: one door.
func TestOnlyTheGateMintsPermits(t *testing.T) {
	for _, s := range parsed(t) {
		if s.test || slices.Contains(minters, s.room) {
			continue
		}
		uses(s, func(at token.Pos, pkg, name string) {
			if pkg == "seal" && name == "Mint" {
				t.Errorf("%s mints a permit", files.Position(at))
			}
		})
	}
}

// TestSecretsLeaveInListedFilesOnly guards I1 and I3.
func TestSecretsLeaveInListedFilesOnly(t *testing.T) {
	used := make(map[string]bool)
	for _, s := range parsed(t) {
		if s.test || s.room == "internal/secret" || strings.HasSuffix(s.room, "test") {
			continue
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Expose" {
				used[s.name] = true
				if !slices.Contains(exposers, s.name) {
					t.Errorf("%s exposes a secret; see the list in arch_test.go", files.Position(sel.Pos()))
				}
			}
			return true
		})
	}
	for _, name := range exposers {
		if !used[name] {
			t.Errorf("%s is listed but exposes nothing", name)
		}
	}
}

func TestFilesAndFunctionsAreShort(t *testing.T) {
	for _, s := range parsed(t) {
		file, fn := maxFile, maxFunc
		if s.test || strings.HasPrefix(s.room, "test/") {
			file, fn = maxTestFile, maxTestFunc
		}
		if s.lines > file {
			t.Errorf("%s has %d lines, at most %d", s.name, s.lines, file)
		}
		for _, d := range s.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1; n > fn {
				t.Errorf("%s: %s has %d lines, at most %d", files.Position(f.Pos()), f.Name.Name, n, fn)
			}
		}
	}
}

func TestPackagesAreNouns(t *testing.T) {
	for _, p := range list(t) {
		if slices.Contains(vague, p.Name) {
			t.Errorf("%s: the name says nothing", p.room())
		}
	}
	documented := make(map[string]bool)
	for _, s := range parsed(t) {
		documented[s.room] = documented[s.room] || !s.test && s.tree.Doc != nil
	}
	for _, room := range slices.Sorted(maps.Keys(documented)) {
		if room != "." && !documented[room] && slices.Contains(rooms, room) && !onlyTests(t, room) {
			t.Errorf("package %s has no doc comment", room)
		}
	}
}

func onlyTests(t *testing.T, room string) bool {
	return !slices.ContainsFunc(parsed(t), func(s source) bool { return s.room == room && !s.test })
}

// TestNothingIsPrintedAndNothingIsLeftUndone: rooms return and log, they do not
// print; and what is committed is finished.
func TestNothingIsPrintedAndNothingIsLeftUndone(t *testing.T) {
	undone := regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`)

	for _, s := range parsed(t) {
		for _, group := range s.tree.Comments {
			if s.name != "arch_test.go" && undone.MatchString(group.Text()) {
				t.Errorf("%s: unfinished", files.Position(group.Pos()))
			}
		}
		if s.test || !strings.HasPrefix(s.room, "internal/") && s.room != "verify" && s.room != "deid" && s.room != "trace" && s.room != "detect" {
			continue
		}
		uses(s, func(at token.Pos, pkg, name string) {
			if pkg == "fmt" && strings.HasPrefix(name, "Print") || pkg == "log" && !strings.HasPrefix(name, "slog") {
				t.Errorf("%s uses %s.%s", files.Position(at), pkg, name)
			}
		})
	}
}

// uses calls visit for every pkg.Name in a file where pkg is an import.
func uses(s source, visit func(at token.Pos, pkg, name string)) {
	imported := make(map[string]string)
	for _, i := range s.tree.Imports {
		full := strings.Trim(i.Path.Value, `"`)

		name := path.Base(full)
		if i.Name != nil {
			name = i.Name.Name
		}
		imported[name] = path.Base(full)
	}
	ast.Inspect(s.tree, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && imported[x.Name] != "" {
				visit(sel.Pos(), imported[x.Name], sel.Sel.Name)
			}
		}
		return true
	})
}
