package trace_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/trace"
)

var day = time.Date(2025, 3, 2, 14, 5, 0, 0, time.UTC)

// roster registers an export of the items from…to.
func roster(id, account, store string, from, to uint32, on time.Time) trace.Disclosure {
	var items []uint32
	for i := from; i < to; i++ {
		items = append(items, i)
	}
	return trace.Disclosure{ID: id, Kind: trace.Export, Account: account, Store: store, From: on, Until: on,
		Items: trace.NewSet(items)}
}

// school is three stores of 300 children; in each, teachers export their own
// class and two managers the whole store. The head office has it all.
func school() *trace.Log {
	l := &trace.Log{Universe: 10_000}
	for s := range uint32(3) {
		store := fmt.Sprint("store", s)
		for c := range uint32(3) {
			l.Disclosures = append(l.Disclosures, roster(fmt.Sprint(store, "/class", c), fmt.Sprint(store, "/teacher", c),
				store, s*300+c*100, s*300+c*100+100, day.AddDate(0, 0, int(c))))
		}
		for m := range 2 {
			l.Disclosures = append(l.Disclosures, roster(fmt.Sprint(store, "/list", m), fmt.Sprint(store, "/manager", m),
				store, s*300, s*300+300, day.AddDate(0, m, 0)))
		}
	}
	l.Disclosures = append(l.Disclosures, roster("all", "office", "office", 0, 900, day))
	return l
}

func rows(items ...uint32) [][]uint32 {
	var all [][]uint32
	for _, i := range items {
		all = append(all, []uint32{i})
	}
	return all
}

// pick draws n of the items from…to.
func pick(seed uint64, from, to uint32, n int) []uint32 {
	var items []uint32
	for _, i := range rand.New(rand.NewPCG(seed, 1)).Perm(int(to - from))[:n] {
		items = append(items, from+uint32(i))
	}
	return items
}

// TestAClassListNamesTheAccountThatHadItAlone (S1-05, B10).
func TestAClassListNamesTheAccountThatHadItAlone(t *testing.T) {
	r := school().Trace(trace.Leak{Rows: rows(pick(1, 400, 500, 30)...), Outside: 5}, trace.Config{Seed: 1})
	if a := r.Accounts[0]; a.ID != "store1/teacher1" || !a.Named {
		t.Errorf("accounts %+v", r.Accounts)
	}
	if s := r.Stores[0]; s.ID != "store1" || !s.Named {
		t.Errorf("stores %+v", r.Stores)
	}
	if g := r.AmongDisclosures; len(g) != 1 || !slices.Equal(g[0].IDs, []string{"store1/class1"}) {
		t.Errorf("among disclosures %+v", g)
	}
}

// TestAListThatTwoHadAlikeNamesNeither: the store is certain, the person is not,
// and the result says which two it lies between.
func TestAListThatTwoHadAlikeNamesNeither(t *testing.T) {
	r := school().Trace(trace.Leak{Rows: rows(pick(2, 300, 600, 200)...)}, trace.Config{Seed: 1})
	if len(r.Stores) == 0 || !r.Stores[0].Named || r.Stores[0].ID != "store1" {
		t.Fatalf("stores %+v", r.Stores)
	}
	for _, a := range r.Accounts {
		if a.Named {
			t.Errorf("%s is named", a.ID)
		}
	}
	// That three teachers put their classes together is not excluded, so one of
	// them stays in the group.
	g := r.AmongAccounts
	if len(g) != 1 || len(g[0].IDs) > 3 || !slices.Contains(g[0].IDs, "store1/manager0") || !slices.Contains(g[0].IDs, "store1/manager1") {
		t.Errorf("among %+v", g)
	}
}

// TestAnUnloggedRosterIsALiveAlternative: where somebody could have copied the
// list past the log, no account is named for it, and no group of accounts.
func TestAnUnloggedRosterIsALiveAlternative(t *testing.T) {
	l := school()
	ghost := roster("roster of store1", "", "store1", 300, 600, day)
	ghost.Kind = trace.Unlogged
	l.Disclosures = append(l.Disclosures, ghost)
	r := l.Trace(trace.Leak{Rows: rows(pick(2, 300, 600, 200)...)}, trace.Config{Seed: 1})
	if len(r.Stores) == 0 || !r.Stores[0].Named || r.Stores[0].ID != "store1" {
		t.Errorf("stores %+v", r.Stores)
	}
	if len(r.AmongAccounts) != 0 || slices.ContainsFunc(r.Accounts, func(f trace.Finding) bool { return f.Named }) {
		t.Errorf("accounts %+v among %+v", r.Accounts, r.AmongAccounts)
	}
}

func TestAListThatSaysNothingNamesNobody(t *testing.T) {
	l := school()
	for name, k := range map[string]trace.Leak{
		"empty":            {},
		"no match":         {Outside: 1_000_000},
		"one row":          {Rows: rows(350)},
		"chance hits":      {Rows: rows(pick(3, 0, 10_000, 100)...), Outside: 900},
		"items of nobody":  {Rows: rows(9_998, 9_999), Outside: 3},
		"beyond the log":   {Rows: rows(4_000_000_000)},
		"rows of no item":  {Rows: [][]uint32{{}, {}}},
		"a row, repeated":  {Rows: rows(350, 350, 350, 350)},
		"everybody we had": {Rows: rows(pick(4, 0, 900, 900)...)},
	} {
		r := l.Trace(k, trace.Config{Seed: 7})
		for _, f := range slices.Concat(r.Stores, r.Accounts) {
			if f.Named && f.ID != "office" {
				t.Errorf("%s: %s is named", name, f.ID)
			}
		}
	}
	if r := (&trace.Log{}).Trace(trace.Leak{Rows: rows(1)}, trace.Config{}); r.Candidates != 0 {
		t.Errorf("an empty log gives %+v", r)
	}
}

// TestReadsOfASingleRowCountTogether: who copied a list from the screen, one
// child after the other, is found by the day on which it was done.
func TestReadsOfASingleRowCountTogether(t *testing.T) {
	l := school()
	var reads []trace.Read
	for i, item := range pick(5, 600, 900, 40) {
		reads = append(reads, trace.Read{ID: fmt.Sprint("evt", i), Account: "clerk", Store: "store2",
			At: day.Add(time.Duration(i) * time.Minute), Item: item})
	}
	for i, item := range pick(6, 600, 900, 60) {
		reads = append(reads, trace.Read{ID: fmt.Sprint("old", i), Account: "clerk", Store: "store2",
			At: day.AddDate(0, -2, i/4), Item: item})
	}
	bags := trace.Bag(reads)
	l.Disclosures = append(l.Disclosures, bags...)
	var leaked []uint32
	for _, r := range reads[:30] {
		leaked = append(leaked, r.Item)
	}
	r := l.Trace(trace.Leak{Rows: rows(leaked...)}, trace.Config{Seed: 1})
	if len(r.Accounts) == 0 || r.Accounts[0].ID != "clerk" || !r.Accounts[0].Named {
		t.Errorf("accounts %+v", r.Accounts)
	}
	if g := r.AmongDisclosures; len(g) != 1 || g[0].From.Before(day.AddDate(0, 0, -31)) {
		t.Errorf("among %+v", g)
	}
}

// TestTheSameInputGivesTheSameResult: an expert for the defence must be able to
// repeat it.
func TestTheSameInputGivesTheSameResult(t *testing.T) {
	k := trace.Leak{Rows: rows(pick(8, 300, 600, 120)...), Outside: 40}
	a, b := school().Trace(k, trace.Config{Seed: 5}), school().Trace(k, trace.Config{Seed: 5})
	if math.Abs(a.Stores[0].LogE-b.Stores[0].LogE) > 1e-9 || len(a.Disclosures) != len(b.Disclosures) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

func ExampleLog_Trace() {
	log := &trace.Log{Universe: 1000, Disclosures: []trace.Disclosure{
		roster("export 1", "teacher A", "store 1", 0, 50, day),
		roster("export 2", "teacher B", "store 1", 50, 100, day),
		roster("export 3", "manager", "store 1", 0, 100, day),
	}}
	leak := trace.Leak{Rows: rows(pick(9, 50, 100, 40)...)}
	result := log.Trace(leak, trace.Config{Seed: 1})
	for _, f := range result.Accounts {
		fmt.Println(f.ID, f.Named)
	}
	// Output: teacher B true
}
