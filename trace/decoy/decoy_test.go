package decoy_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

var key = []byte("a key of the institution, 32 bytes")

// roster invents 60 families; the numbers are nobody's.
func roster() []decoy.Row {
	surnames, given := []rune("王李张刘陈杨赵黄"), []rune("子涵雨轩欣怡浩然思远一诺")
	var rows []decoy.Row
	for i := range 60 {
		last := string(surnames[i*7%len(surnames)])
		rows = append(rows, decoy.Row{
			Name:     last + string(given[i*5%len(given)]) + string(given[(i*3+1)%len(given)]),
			Month:    fmt.Sprintf("201%d-%02d", 4+i%3, 1+i%12),
			Guardian: last + string(given[i%len(given)]),
			Phone:    fmt.Sprintf("1%s%08d", []string{"38", "59", "77"}[i%3], i),
			Class:    fmt.Sprint("班", i%3),
		})
	}
	return rows
}

func pool() []string {
	var all []string
	for i := range 300 {
		all = append(all, fmt.Sprintf("1%s9%07d", []string{"38", "59", "77"}[i%3], i))
	}
	return all
}

// TestDecoysAreMadeAgainFromTheKeyAndForgedByNobody (S1-05, B10).
func TestDecoysAreMadeAgainFromTheKeyAndForgedByNobody(t *testing.T) {
	src := decoy.Source{Rows: roster(), Pool: pool()}
	make := func(key []byte, id string) []decoy.Row {
		rows, err := decoy.Make(key, id, 10, src)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	a := make(key, "exp1")
	if !slices.Equal(a, make(key, "exp1")) {
		t.Error("the same key and export give other decoys")
	}
	for _, other := range [][]decoy.Row{make(key, "exp2"), make([]byte("another key"), "exp1")} {
		for _, r := range other {
			if slices.Contains(a, r) {
				t.Error("two exports share a unique decoy")
			}
		}
	}
}

// TestADecoyIsNoRealFamily: neither its number nor its name with its month is
// that of a child in the base.
func TestADecoyIsNoRealFamily(t *testing.T) {
	taken := pool()[:250]
	src := decoy.Source{Rows: roster(), Pool: pool(), Exists: func(k list.Kind, v string) bool {
		return k == list.ByPhone && slices.Contains(taken, v) || k == list.ByName && strings.HasPrefix(v, "王")
	}}
	rows, err := decoy.Make(key, "exp1", 40, src)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, r := range rows {
		if slices.Contains(taken, r.Phone) || strings.HasPrefix(r.Name, "王") || len(r.Phone) != 11 || r.Month == "" || r.Guardian == "" {
			t.Errorf("decoy %d is a real family or incomplete", i)
		}
		for _, real := range src.Rows {
			if real.Phone == r.Phone || real.Name == r.Name && real.Month == r.Month {
				t.Errorf("decoy %d is a row of the export", i)
			}
		}
		if k := r.Name + r.Month; seen[k] {
			t.Errorf("decoy %d is made twice", i)
		} else {
			seen[k] = true
		}
	}
	if _, err := decoy.Make(key, "exp1", 60, src); !errors.Is(err, decoy.ErrPool) {
		t.Errorf("60 decoys of 50 numbers: %v", err)
	}
	if _, err := decoy.Make(key, "exp1", 1, decoy.Source{}); !errors.Is(err, decoy.ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
	src.Exists = func(k list.Kind, _ string) bool { return k == list.ByName }
	if _, err := decoy.Make(key, "exp1", 1, src); !errors.Is(err, decoy.ErrLikely) {
		t.Errorf("every name taken: %v", err)
	}
}

func TestADecoyShowsNoFieldThatTheExportDoesNot(t *testing.T) {
	rows := roster()
	for i := range rows {
		rows[i].Guardian, rows[i].Phone = "", ""
	}
	made, err := decoy.Make(key, "exp1", 5, decoy.Source{Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range made {
		if r.Guardian != "" || r.Phone != "" || r.Name == "" {
			t.Error("a decoy has other fields than the rows")
		}
	}
}

// TestEverySetOfColludersKeepsADecoyOfItsOwn: what is left when up to c exports
// are intersected are the decoys of exactly that set and of larger ones.
func TestEverySetOfColludersKeepsADecoyOfItsOwn(t *testing.T) {
	exports := []string{"a", "b", "c", "d", "e"}
	all := decoy.Lattice(exports, 3, 2)
	carried := 0
	for _, s := range all {
		if slices.Contains(s.Exports, "a") {
			carried++
		}
	}
	if want := 2 * (4 + 6); carried != want {
		t.Errorf("an export carries %d shared decoys, want %d", carried, want)
	}
	for _, colluders := range [][]string{{"a", "b"}, {"b", "e"}, {"a", "c", "e"}} {
		smallest := exports
		for _, s := range all {
			if !slices.ContainsFunc(colluders, func(x string) bool { return !slices.Contains(s.Exports, x) }) &&
				len(s.Exports) < len(smallest) {
				smallest = s.Exports
			}
		}
		if !slices.Equal(smallest, colluders) {
			t.Errorf("%v cross everything out but %v", colluders, smallest)
		}
	}
}

// TestNoSerialIsThatOfAnotherExport: no false match in a million (S1-05).
func TestNoSerialIsThatOfAnotherExport(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	seen := make(map[[13]byte]bool, n)
	for i := range n {
		s := decoy.Serial(key, "exp"+strconv.Itoa(i%1000), "sub"+strconv.Itoa(i/1000))
		if len(s) != 13 || seen[[13]byte([]byte(s))] {
			t.Fatalf("serial %d: %q", i, s)
		}
		seen[[13]byte([]byte(s))] = true
	}
}

// TestAnAliasIsOfOneFamilyInOneExport: it can be computed again from the key, and
// is another for every family, every export, every key and every try (S1-05).
func TestAnAliasIsOfOneFamilyInOneExport(t *testing.T) {
	first := decoy.Alias(key, "exp1", "sub1", 0, pool())
	if first != decoy.Alias(key, "exp1", "sub1", 0, pool()) || len(first) != 16 || first[11] != ',' || !slices.Contains(pool(), first[:11]) {
		t.Errorf("alias %q", first)
	}
	for name, other := range map[string]string{
		"export": decoy.Alias(key, "exp2", "sub1", 0, pool()), "family": decoy.Alias(key, "exp1", "sub2", 0, pool()),
		"try": decoy.Alias(key, "exp1", "sub1", 1, pool()), "key": decoy.Alias([]byte("another"), "exp1", "sub1", 0, pool()),
	} {
		if other == first {
			t.Errorf("the same for another %s", name)
		}
	}
	perNumber := map[string]int{}
	for i := range 1000 {
		perNumber[decoy.Alias(key, "exp1", strconv.Itoa(i), 0, pool()[:5])[:11]]++
	}
	for n, count := range perNumber {
		if len(perNumber) != 5 || count < 150 || count > 250 {
			t.Errorf("%d of 1,000 on %s", count, n)
		}
	}
}

func ExampleMake() {
	rows := roster()
	decoys, err := decoy.Make(key, "exp_1", decoy.Count(len(rows)), decoy.Source{Rows: rows, Pool: pool()})
	if err != nil {
		panic(err)
	}
	marked, places := decoy.Insert(key, "exp_1", rows, decoys)
	fmt.Println(len(marked), "rows, of which", len(places), "lead back to the export")
	// Output: 63 rows, of which 3 lead back to the export
}
