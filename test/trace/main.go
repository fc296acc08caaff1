// Command trace measures how well leaked lists are traced, on a simulated chain
// with a seed: 200 stores of 500 children, 1,000 accounts in stores, 6,019 exports
// in a year. It prints a table for each of the questions that matter and says at
// the end whether the bars are met; if one is not, it exits with 1.
//
//	go run ./test/trace            under eight minutes on two processors
//	go run ./test/trace -trials 20 a look
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/wardfold/wardfold/trace"
)

func main() {
	trials := flag.Int("trials", 100, "trials in each cell of the grid")
	seed := flag.Uint64("seed", 1, "of the simulation")
	flag.Parse()
	b := &bench{out: os.Stdout, trials: *trials, seed: *seed}
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if b.missed > 0 {
		os.Exit(1)
	}
}

// verdict is one bar and whether it was met, for the table at the end.
type verdict struct {
	text string
	met  bool
}

// bench is one run.
type bench struct {
	out    io.Writer
	trials int
	seed   uint64
	missed int
	bars   []verdict

	all, falseName, falseMark int // over every trial of the chain
}

func (b *bench) printf(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format, args...) }

func (b *bench) run() error {
	began := time.Now()
	c := newCity(standard, b.seed)
	b.printf("chain: %d children with their values, %d exports, seed %d, %d trials a cell\n\n",
		len(c.items), len(c.log.Disclosures), b.seed, b.trials)
	b.singles(c)
	b.unions(c)
	b.strangers(c)
	b.bar("false names: %d of %d lists of the chain, bar 0 of 10,000 or more", b.falseName+b.falseMark == 0 && (b.all >= 10_000 || b.trials < 100),
		b.falseName+b.falseMark, b.all)
	_, high := wilson(b.falseName, b.all)
	b.printf("  95 %% bound of the rate: %.3f %%\n\n", 100*high)
	b.guilt()
	if err := b.cells(); err != nil {
		return err
	}
	if err := b.looks(); err != nil {
		return err
	}
	b.intersections()
	b.scale()
	b.table()
	b.printf("%v\n", time.Since(began).Round(time.Second))
	return nil
}

// bar says whether a bar is met.
func (b *bench) bar(format string, met bool, args ...any) {
	v := verdict{strings.TrimSpace(fmt.Sprintf(format, args...)), met}
	if b.bars = append(b.bars, v); !met {
		b.missed++
	}
	b.printf("bar %s "+format+"\n", append([]any{v.word()}, args...)...)
}

func (v verdict) word() string {
	if v.met {
		return "met   "
	}
	return "MISSED"
}

// table says at the end, on one screen, what was asked for and what came of it.
func (b *bench) table() {
	b.printf("\n%-6s  bar\n", "result")
	for _, v := range b.bars {
		b.printf("%s  %s\n", v.word(), v.text)
	}
	b.printf("%d of %d bars met; seed %d, %d trials a cell, %v of processor time\n", len(b.bars)-b.missed, len(b.bars), b.seed, b.trials, cpu().Round(time.Second))
}

func (b *bench) count(t tally) {
	b.all += t.trials
	b.falseName += t.falseName
	b.falseMark += t.falseMark
}

// singles is the grid of one source: what is kept of it, and how much comes from
// elsewhere.
func (b *bench) singles(c *city) {
	b.printf("one source: right first %% | named %% (at the level of certainty) | export by decoys %%; 95 %% intervals\n")
	b.printf("%-7s %5s %6s | %-22s %-22s | %-22s %-22s | %s\n", "list", "keep", "others", "store", "account", "store", "account", "export")
	var store, region, account tally
	for _, kind := range []string{"class", "store", "region"} {
		for _, keep := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1} {
			for _, noise := range []float64{0, 0.3, 0.5, 0.7, 0.9} {
				t := c.run(attack{kind: kind, sources: 1, keep: keep, noise: noise}, b.trials/2, b.seed)
				b.count(t)
				n := t.trials
				b.printf("%-7s %4.0f%% %5.0f%% | %-22s %-22s | %-22s %-22s | %s\n", kind, 100*keep, 100*noise,
					percent(t.store, n), percent(t.account, n), percent(t.storeNamed, n), percent(t.accountNamed, n), percent(t.exportMarked, n))
				if noise > 0.5 || t.leaked < 20*n {
					continue
				}
				into := &store
				if kind == "region" {
					into = &region
				}
				into.trials += n
				into.add(t)
			}
		}
	}
	t := c.run(attack{kind: "class", sources: 1, rows: 20}, 5*b.trials, b.seed+1)
	b.count(t)
	account = t
	clean := c.run(attack{kind: "store", sources: 1, rows: 300}, 5*b.trials, b.seed+2)
	half := c.run(attack{kind: "store", sources: 1, rows: 600, noise: 0.5}, 2*b.trials, b.seed+3)
	tight := c.run(attack{kind: "store", sources: 1, rows: 300, noise: 0.5}, 5*b.trials, b.seed+4)
	for _, t := range []tally{clean, half, tight} {
		b.count(t)
	}
	b.bar("store named, 20 rows or more of a class or a store, half from elsewhere at most: %s, bar 99.5", rate(store.storeNamed, store.trials) >= 0.995,
		percent(store.storeNamed, store.trials))
	b.printf("    a region: %s first by share, %s named; all its stores together explain its rows as well. By its decoys: %s\n",
		percent(region.store, region.trials), percent(region.storeNamed, region.trials), percent(region.exportMarked, region.trials))
	b.bar("account named, class list of 20 rows: %s, bar 99", rate(account.accountNamed, account.trials) >= 0.99,
		percent(account.accountNamed, account.trials))
	b.bar("export named by decoys, 300 rows of a store list: %s, bar 99.5", rate(clean.exportMarked, clean.trials) >= 0.995,
		percent(clean.exportMarked, clean.trials))
	b.bar("the same, half of the 300 from elsewhere: %s, bar 90", rate(tight.exportMarked, tight.trials) >= 0.9,
		percent(tight.exportMarked, tight.trials))
	b.printf("    and 300 of 600: %s\n\n", percent(half.exportMarked, half.trials))
}

func rate(x, n int) float64 { return float64(x) / float64(max(1, n)) }

// unions is lists put together from several exports.
func (b *bench) unions(c *city) {
	b.printf("unions: every store named %% | every account named %% | accounts in a group that is certain\n")
	var named, trials int
	for _, x := range []struct {
		kind  string
		rows  int
		noise float64
		bar   bool
	}{{"store", 300, 0, true}, {"store", 300, 0.5, true}, {"store", 1000, 0.5, true}, {"class", 100, 0, true}, {"class", 100, 0.5, false},
		{"mixed", 400, 0.3, true}, {"same", 600, 0, false}, {"same", 600, 0.3, false}} {
		for sources := 2; sources <= 5; sources++ {
			t := c.run(attack{kind: x.kind, sources: sources, rows: x.rows, noise: x.noise}, b.trials, b.seed+5)
			b.count(t)
			b.printf("%-6s of %d, %4d rows, %2.0f%% from elsewhere | %-22s | %-22s | %.1f\n", x.kind, sources, x.rows, 100*x.noise,
				percent(t.storeNamed, t.trials), percent(t.accountNamed, t.trials), float64(t.groupSize)/float64(max(1, t.groups)))
			if x.bar {
				named, trials = named+t.storeNamed, trials+t.trials
			}
		}
	}
	b.bar("every store of a union of 2 to 5 named: %s, bar 97\n", rate(named, trials) >= 0.97, percent(named, trials))
}

// strangers is lists from elsewhere.
func (b *bench) strangers(c *city) {
	for _, rows := range []int{100, 1000, 10_000} {
		t := c.run(attack{rows: rows, noise: 1}, 5*b.trials, b.seed+6)
		b.count(t)
		b.printf("%d rows from elsewhere: %d of %d lists name anybody\n", rows, t.falseName, t.trials)
	}
}

// guilt is the setting of Papadimitriou and Garcia-Molina beside ours.
func (b *bench) guilt() {
	b.printf("10 objects, 10 agents of 8 each: mean / least Δ of guilt\nfakes  e-random        e-optimal\n")
	rows := guiltTable(b.trials, b.seed)
	ordered := true
	for _, r := range rows {
		b.printf("%5d  %.3f / %.3f   %.3f / %.3f\n", r.fakes, r.randomMean, r.randomLeast, r.optimalMean, r.optLeast)
		ordered = ordered && r.optimalMean >= r.randomMean-1e-9
	}
	mean, least := claims(10)
	b.printf("   10  %.3f / %.3f   ours: one unique decoy each; named (1) or not (0), false at most once in 10⁹\n", mean, least)
	ten := rows[3]
	b.bar("their ordering: e-optimal above e-random everywhere; with 10 fakes mean %.3f, least %.3f (published .073 → .67), ours %.3f, %.3f\n",
		ordered && rows[0].optimalMean < 0.09 && ten.optimalMean > 0.6, ten.optimalMean, ten.optLeast, mean, least)
}

// claims is Δ of what we claim: agent i is named by the decoy in its list, and
// agent j is not.
func claims(agents int) (mean, least float64) {
	least = 1
	for i := range agents {
		hit := trace.Hit{Mark: trace.Mark{Kind: trace.Decoy, Exports: []string{fmt.Sprint(i)}}}
		named := make(map[string]bool)
		for _, e := range trace.Weigh([]trace.Hit{hit}, trace.Marks{Exports: agents}) {
			named[e.Export] = e.Named
		}
		for j := range agents {
			if i != j {
				d := float64(yes(named[fmt.Sprint(i)]) - yes(named[fmt.Sprint(j)]))
				mean, least = mean+d/float64(agents*(agents-1)), min(least, d)
			}
		}
	}
	return mean, least
}

// cpu is the time that the process has computed.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// scale is the largest case.
func (b *bench) scale() {
	l := newScale(b.seed)
	k := scaleLeak(l, b.seed)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, began := cpu(), time.Now()
	r := l.Trace(k, trace.Config{Seed: b.seed})
	used, wall := cpu()-start, time.Since(began)
	runtime.ReadMemStats(&after)
	named := 0
	for _, f := range r.Stores {
		named += yes(f.Named)
	}
	b.printf("%d rows against %d disclosures of %d subjects: %.1f s of processor time, %.1f s on the clock, %d MiB from the system (log %d MiB); %d stores named\n",
		r.Rows, len(l.Disclosures), l.Universe, used.Seconds(), wall.Seconds(), after.Sys>>20, before.HeapAlloc>>20, named)
	b.bar("100,000 rows against 100,000 exports and reads of 1,000,000 subjects in 5 s and 1 GiB: %.1f s, %d MiB",
		used < 5*time.Second && after.Sys < 1<<30, used.Seconds(), after.Sys>>20)
}
