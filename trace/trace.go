package trace

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// Leak is a list that was found, after matching.
type Leak struct {
	Rows    [][]uint32 // of each distinct row that matches: the items that it may be, nearly always one
	Outside int        // distinct rows that match nobody
}

// Config says by which measure to judge. The zero Config is the usual one.
type Config struct {
	// Alpha is the probability that any name is given wrongly; 0 means 0.001.
	Alpha float64

	// Hit is the share of an outside list that is by chance in our universe: the
	// institution's share of the market. 0 means 0.1.
	Hit float64

	// Seed splits the list into rows to learn from and rows to judge by. It must
	// not be known to who made the list. It is kept with the result, so that
	// anybody can repeat the calculation.
	Seed uint64

	universe int
}

func (c Config) alpha() float64 { return cmp.Or(c.Alpha, 0.001) }

// background is the chance that an outside row is one given item of ours.
func (c Config) background() float64 {
	return cmp.Or(c.Hit, 0.1) / float64(max(1, c.universe))
}

// Finding is what the list says about one store, account or disclosure.
type Finding struct {
	ID    string
	Share float64 // of the distinct rows, as estimated
	LogE  float64 // natural logarithm of the e-value against "it gave no row"; -Inf if not tested
	Named bool    // LogE reaches the bound for a name: log(number of candidates / alpha)
}

// Group is a set of which at least one gave rows. It is as small as the list
// allows.
type Group struct {
	Store string
	IDs   []string
	LogE  float64   // against "none of them gave a row"
	From  time.Time // of the earliest disclosure in the group
	Until time.Time // of the latest
}

// Result is what a list says under one Log.
type Result struct {
	Rows, Matched, Outside int       // distinct rows; Matched + Outside = Rows
	Background             float64   // share of rows from elsewhere, as estimated
	Stores                 []Finding // by falling share
	Accounts               []Finding
	Disclosures            []Finding
	AmongAccounts          []Group // for each named store: one of these accounts, or more
	AmongDisclosures       []Group // for each of these groups: one of these disclosures, or more
	Candidates             int     // disclosures that share a row with the list
}

// Trace explains a list by what was disclosed. It never fails: a list that says
// nothing gives a Result that names nobody.
//
// # What a name means
//
// Weights w give every disclosure, and the rest of the world, their shares of
// the list. What a part of the rows teaches about w is held against the best
// explanation of the other rows in which an account has no share. If that
// account gave nothing, the truth is one of these explanations, so the ratio T
// is at most E = L(learned)/L(truth), and E has expectation at most 1 however
// the list was made up: P(E ≥ 1/β) ≤ β (Wasserman, Ramdas and Balakrishnan, PNAS
// 117:16880, 2020). This E does not depend on the account: as seen from one
// store (see hearing), it bounds T for the store and for every account,
// disclosure and group in it at once, however they were chosen. With β = α/S for
// each of S stores, everything that one Result says is right with probability
// 1−α. A single account or disclosure must reach α/A all the same, with A the
// number of candidates, as a margin for what the assumptions leave out.
//
// # What is assumed
//
// Rows of a list are drawn at random from its sources: who picks rows so that
// they point at a colleague is not covered. A name is about the disclosures in
// the Log: a path past the log must be in it as Unlogged, or the name says "of
// those who got it by way of the log". Marks need neither assumption.
func (l *Log) Trace(k Leak, c Config) Result {
	c.universe = l.Universe
	h, _ := l.meet(k.Rows)
	r := Result{Rows: h.rows + k.Outside, Matched: h.rows, Outside: k.Outside, Candidates: len(h.cands)}
	if h.rows == 0 || len(h.cands) == 0 {
		r.Background = 1
		return r
	}
	in := make([]bool, h.rows)
	for i := range in {
		in[i] = true
	}
	share := h.problem(in, k.Outside, c.background()).simplest()
	r.Background = share[0]
	x := &inquiry{log: l, hits: h, config: c, trials: h.trials(k.Outside, c), share: share}
	x.count()
	for _, s := range x.suspects() {
		x.examine(&r, s)
	}
	for _, list := range [][]Finding{r.Stores, r.Accounts, r.Disclosures} {
		slices.SortStableFunc(list, func(a, b Finding) int {
			return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(b.LogE, a.LogE), cmp.Compare(a.ID, b.ID))
		})
	}
	return r
}

// inquiry is one list under examination.
type inquiry struct {
	log              *Log
	hits             *hits
	config           Config
	trials           []trial
	share            []float64     // of each column
	stores, accounts int           // in the log
	largest          []*Disclosure // of each store
}

func (x *inquiry) at(col int) *Disclosure { return &x.log.Disclosures[x.hits.disclosure(col)] }

// count counts who could be named, and finds the largest disclosure of each store.
func (x *inquiry) count() {
	accounts, largest := make(map[string]bool), make(map[string]*Disclosure)
	for i := range x.log.Disclosures {
		d := &x.log.Disclosures[i]
		if d.Account != "" {
			accounts[d.Account] = true
		}
		if known := largest[d.Store]; known == nil || known.Items.Len() < d.Items.Len() {
			largest[d.Store] = d
		}
	}
	x.stores, x.accounts = len(largest), len(accounts)
	x.largest = slices.Collect(maps.Values(largest))
}

// examined is the number of stores that are looked at closely. Others have a
// smaller share; not to look is not to name.
const examined = 24

// suspects lists the stores that have a share of the list, the largest first.
func (x *inquiry) suspects() []string {
	share := make(map[string]float64)
	for col, s := range x.share[1:] {
		if s > 0 {
			share[x.at(col+1).Store] += s
		}
	}
	order := slices.SortedFunc(maps.Keys(share), func(a, b string) int {
		return cmp.Or(cmp.Compare(share[b], share[a]), cmp.Compare(a, b))
	})
	return order[:min(len(order), examined)]
}

// examine tests one store, and what is in it.
func (x *inquiry) examine(r *Result, store string) {
	v := &view{inquiry: x, hearings: x.hear(store), bound: math.Log(float64(x.stores) / x.config.alpha())}
	for col := 1; col < len(x.share); col++ {
		if x.at(col).Store == store {
			v.cols = append(v.cols, col)
		}
	}
	stores := v.level(func(d *Disclosure) string { return d.Store }, v.bound)
	r.Stores = append(r.Stores, stores...)
	single := math.Log(float64(x.accounts) / x.config.alpha())
	r.Accounts = append(r.Accounts, v.level(func(d *Disclosure) string { return d.Account }, max(v.bound, single))...)
	r.Disclosures = append(r.Disclosures, v.level(func(d *Disclosure) string {
		if d.Kind == Unlogged {
			return ""
		}
		return d.ID
	}, max(v.bound, math.Log(float64(len(x.log.Disclosures))/x.config.alpha())))...)
	if len(stores) > 0 && stores[0].Named {
		v.narrow(r, store)
	}
}

// view is one store under examination.
type view struct {
	*inquiry
	hearings []hearing
	cols     []int
	bound    float64
}

// level tests the names of one level that have a share of the list.
func (v *view) level(name func(*Disclosure) string, bound float64) []Finding {
	share := make(map[string]float64)
	for _, col := range v.cols {
		if n := name(v.at(col)); n != "" && v.share[col] > 0 {
			share[n] += v.share[col]
		}
	}
	var found []Finding
	for _, n := range slices.Sorted(maps.Keys(share)) {
		e := logE(v.hearings, func(col int) bool { d := v.at(col); return d.Store == v.at(v.cols[0]).Store && name(d) == n })
		found = append(found, Finding{ID: n, Share: share[n], LogE: e, Named: e >= bound})
	}
	return found
}
