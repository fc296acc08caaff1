package matrix_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

var update = flag.Bool("update", false, "write the tables anew; read them before they are committed")

// relations are the columns: how who asks is tied to what is asked about.
var relations = []string{"own", "other", "wide", "foreign", "stale", "revoked", "expired"}

// world is the house in which the matrix is walked.
type world struct {
	*apitest.Face
	key     string
	foreign house.Founded
	staff   map[actor.Role]account.Staff
	n       int

	reserved bool // the clerk may break the glass
	traced   id.Leak
	draft    id.Application // the newest that the clerk wrote for a cell
	asking   id.Staff       // the second officer, who asks
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Face: apitest.New(t), staff: map[actor.Role]account.Staff{}}
	w.key, _ = w.Key(w.Store, nil)
	for _, r := range []actor.Role{actor.Clerk, actor.Teacher, actor.Manager} {
		w.must(t, w.Desk.SetPhone(t.Context(), w.As(r), secret.NewText("010-8888 0000")))
	}
	var err error
	w.foreign, err = w.House.Found(t.Context(), house.Founding{Name: "示例另一机构", Kind: institution.School, Suite: seal.Intl,
		Contact: "示例电话 000", Store: institution.Store{Name: "示例校区", Address: "示例路 9 号"},
		Officer: house.Person{Login: "officer", Name: "示例甲"}, Manager: house.Person{Login: "manager", Name: "示例乙"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range actor.Roles {
		if s, ok := w.Staff[r]; ok {
			w.staff[r] = s
			continue
		}
		w.staff[r] = w.Hire("as-"+strings.ReplaceAll(string(r), "_", "-"), w.Store, actor.Clerk)
		if err := w.Instruct(t.Context(), w.Institution, w.staff[r].ID, w.Now().AddDate(1, 0, 0), [32]byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// family is one fresh family.
type family struct{ child, guardian id.Subject }

func (w *world) enrol(t *testing.T, birth string) family {
	t.Helper()
	w.n++
	a := w.Bearer(w.key).Post("/v1/enrolments", w.Enrolment(w.n, birth))
	var e struct{ Child, Guardian string }
	a.Into(t, &e)
	child, err := id.Parse[id.Subject](e.Child)
	if err != nil {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	guardian, err := id.Parse[id.Subject](e.Guardian)
	if err != nil {
		t.Fatal(err)
	}
	return family{child, guardian}
}

// asker is somebody in a role and a relation to the family and the store; ok is
// false where the two do not go together.
func (w *world) asker(t *testing.T, role actor.Role, relation string, of family) (who apitest.Asker, ok bool) {
	t.Helper()
	if role == actor.Integrator {
		return w.program(relation)
	}
	if relation == "revoked" || relation == "expired" {
		return w.SignedIn(actor.Actor{}), relation == "revoked" // a session that has ended is nobody
	}
	a := actor.Actor{Institution: w.Institution, Role: role, ProvedAt: w.Now()}
	if relation == "foreign" {
		a.Institution = w.foreign.Institution
	}
	if relation == "stale" {
		a.ProvedAt = w.Now().Add(-5 * time.Hour)
	}
	if role == actor.Guardian || role == actor.Child {
		subjects := map[actor.Role]id.Subject{actor.Guardian: of.guardian, actor.Child: of.child}
		a.Subject = subjects[role]
		if relation == "other" {
			other := w.enrol(t, "2016-03")
			a.Subject = map[actor.Role]id.Subject{actor.Guardian: other.guardian, actor.Child: other.child}[role]
		}
		return w.SignedIn(a), relation != "wide"
	}
	a.Staff, a.Store = w.staff[role].ID, w.Store
	switch relation {
	case "other":
		a.Store = w.Other
	case "wide":
		a.Store = id.Store{}
	case "foreign":
		a.Staff, a.Store = w.foreign.Officer.ID, id.Store{}
	}
	return w.SignedIn(a), true
}

// program is an API key in a relation.
func (w *world) program(relation string) (apitest.Asker, bool) {
	switch relation {
	case "own":
		return w.Bearer(w.key), true
	case "other", "wide":
		key, _ := w.Key(map[string]id.Store{"other": w.Other}[relation], nil)
		return w.Bearer(key), true
	case "revoked":
		key, made := w.Key(w.Store, nil)
		if err := w.Accounts.RevokeKey(w.T.Context(), w.As(actor.Officer), made); err != nil {
			w.T.Fatal(err)
		}
		return w.Bearer(key), true
	case "expired":
		key, _ := w.Key(w.Store, func(r *account.KeyRequest) { r.Expires = w.Now().Add(time.Minute) })
		w.Advance(2 * time.Minute)
		return w.Bearer(key), true
	}
	return w.Nobody(), false
}

// send carries out an operation on fresh things.
func (w *world) send(t *testing.T, who apitest.Asker, op api.Operation, of family, store id.Store) apitest.Answer {
	t.Helper()
	path, body := w.request(t, op, of, store)
	switch op.Method {
	case "GET":
		return who.Get(path)
	case "DELETE":
		return who.Delete(path)
	}
	return who.Post(path, body)
}

type row struct {
	op   string
	role actor.Role
}

// TestEveryOperationForEveryRoleAndRelation asks every operation as every role in
// every relation and compares with the table in testdata, which people have
// read. An operation without a row fails. S0-10, S3-10, S3-11, I4, I8, T30, T31.
func TestEveryOperationForEveryRoleAndRelation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := map[row][]string{}
	for _, op := range w.API.Operations() {
		for _, role := range actor.Roles {
			if role != actor.System {
				got[row{op.ID, role}] = w.cells(t, op, role)
			}
		}
		if a := w.send(t, w.Nobody(), op, w.enrol(t, "2016-03"), w.Store); a.Status != 401 {
			t.Errorf("%s by nobody: %d", op.ID, a.Status)
		}
	}
	compare(t, "api.txt", got)
}

// cells are the statuses of one operation for one role, one for each relation.
// What must hold whatever the table says is checked here.
func (w *world) cells(t *testing.T, op api.Operation, role actor.Role) []string {
	t.Helper()
	out := make([]string, len(relations))
	for i, relation := range relations {
		of := w.enrol(t, "2016-03")
		who, ok := w.asker(t, role, relation, of)
		if out[i] = "-"; !ok {
			continue
		}
		a := w.send(t, who, op, of, w.Store)
		out[i] = fmt.Sprint(a.Status)
		good := a.Status < 300
		switch {
		case a.Status >= 500:
			t.Errorf("%s as %s, %s: %d %s", op.ID, role, relation, a.Status, a.Body)
		case good && !slices.Contains(op.Access.Roles, role):
			t.Errorf("%s lets %s in, whom it does not name", op.ID, role)
		case good && (relation == "revoked" || relation == "expired"):
			t.Errorf("%s lets a %s %s in", op.ID, relation, role)
		case good && relation == "other" && op.Access.Relation == api.OwnRecord && (role == actor.Guardian || role == actor.Child) && strings.Contains(op.Path, "{id}"):
			t.Errorf("%s shows a %s somebody else's child", op.ID, role)
		case good && relation == "foreign" && strings.Contains(op.Path, "{id}"):
			t.Errorf("%s reaches into another institution as %s", op.ID, role)
		case good && relation == "other" && op.Access.Relation == api.OwnStore && placed[op.ID] && !slices.Contains(everywhere, role):
			t.Errorf("%s reaches into another store as %s", op.ID, role)
		}
	}
	return out
}

// placed are the operations about something of one store; everywhere are the
// roles that answer for the whole institution wherever they sit.
var (
	placed = map[string]bool{"subject-get": true, "subject-reveal": true, "subject-message": true, "subject-call": true, "enrolment-get": true,
		"enrolment-cancel": true, "grant-approve": true, "grant-refuse": true, "grant-end": true, "store-figures": true,
		"staff-appoint": true, "staff-confirm": true, "staff-dismiss": true, "staff-remove": true}
	everywhere = []actor.Role{actor.Officer, actor.Owner, actor.Leader, actor.DataOwner, actor.CyberOffice, actor.Auditor, actor.SysAdmin}
)

// compare holds what was found against the committed table.
func compare(t *testing.T, file string, got map[row][]string) {
	t.Helper()
	keys := slices.SortedFunc(maps.Keys(got), func(a, b row) int {
		return strings.Compare(a.op+" "+string(a.role), b.op+" "+string(b.role))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "%-28s %-13s %s\n", "# operation", "role", strings.Join(relations, "\t"))
	for _, k := range keys {
		fmt.Fprintf(&b, "%-28s %-13s %s\n", k.op, k.role, strings.Join(got[k], "\t"))
	}
	name := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(kept), "\n")
	for l := range strings.Lines(b.String()) {
		if !slices.Contains(want, strings.TrimSuffix(l, "\n")) {
			t.Errorf("not in %s: %s", name, l)
		}
	}
	if n := len(got) + 2; len(want) != n {
		t.Errorf("%s has %d lines, want %d", name, len(want), n)
	}
}
