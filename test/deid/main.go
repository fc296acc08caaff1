// Command deid measures the engines of anonymisation against published figures:
//
//	go run ./test/deid -data DIR -rows 10000000
//
// DIR holds sets as ARX distributes them: NAME.csv with NAME_hierarchy_COLUMN.csv
// beside it, such as adult.csv. Every such set in it is measured; sets that are not
// there are replaced by ones invented after what is published of them. The bars of
// exactness are of the real ones, so an invented set is held to a ratio: to what the
// scheme of ARX's local transformation reaches on the same table, as the real ones
// are by their published figures. So are tables of other characters, for which
// nothing was chosen. Times are processor times on one core, medians of several runs;
// only the largest table may use all cores.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/deid/anon"
)

func main() {
	data := flag.String("data", os.Getenv("WARDFOLD_ANON_DATA"), "directory of sets with their hierarchies")
	rows := flag.Int("rows", 10_000_000, "rows of the largest invented table; 0 leaves it out")
	runs := flag.Int("runs", 9, "how often each measurement is repeated")
	proofs := flag.Bool("proofs", true, "run the tests behind the bars that are no measurement")
	flag.Parse()
	err := run(*data, *rows, *runs)
	if err == nil && *proofs {
		prove(*data)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bar is what a set must reach, and what is published about it.
type bar struct {
	granularity float64
	took        time.Duration
	published   string
	exact       time.Duration // of exact full-domain recoding
	ratio       float64       // to the published granularity of ARX's local transformation
}

var bars = map[string]bar{
	"adult":          {0.93, 40 * time.Millisecond, "ARX optimum .7296 in 219 ms, top-down 76 ms", 27 * time.Millisecond, 0},
	"adult_int":      {0.93, 40 * time.Millisecond, "ARX optimum .7296 in 219 ms, top-down 76 ms", 27 * time.Millisecond, 0},
	"creditcard_int": {0.54, 200 * time.Millisecond, "ARX .4512 in 211 s", 0, 1.20},
	"mach2019_int":   {0.65, 250 * time.Millisecond, "ARX .6338 in 2,283 s", 0, 1.03},
}

func run(dir string, rows, runs int) error {
	cores := runtime.GOMAXPROCS(1)
	fmt.Printf("Sets: one worker, GOMAXPROCS 1. The register of %d records: GOMAXPROCS %d, the processor time of all together.\n", rows, cores)
	seen := map[int]bool{}
	if dir == "" {
		fmt.Println("No directory of published sets is named (-data DIR): only invented tables are measured.")
	}
	for _, file := range sets(dir) {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		j, err := load(filepath.Dir(file), name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		seen[len(j.Quasi)] = true
		if err := measure(name, j, barOf(name, j), runs); err != nil {
			return err
		}
	}
	for _, m := range []made{bills(30_000), survey(73_489)} {
		if seen[len(m.columns)] {
			continue
		}
		j, err := m.job()
		if err != nil {
			return err
		}
		b := barOf("", j)
		b.granularity = 0 // of the set that is not here
		if err := measure(m.name+" (invented)", j, b, runs); err != nil {
			return err
		}
	}
	if err := others(runs); err != nil {
		return err
	}
	runtime.GOMAXPROCS(cores)
	if rows > 0 {
		if err := large(rows); err != nil {
			return err
		}
	}
	return nil
}

// mostExact is the most columns that are recoded exactly: published figures of
// wider sets are of heuristics.
const mostExact = 12

// sets are the sets in a directory and in those below it.
func sets(dir string) (files []string) {
	if dir == "" {
		return nil
	}
	for _, pattern := range []string{"*.csv", "*/*.csv"} {
		found, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is right
		for _, file := range found {
			if !strings.Contains(file, "hierarch") {
				files = append(files, file)
			}
		}
	}
	return files
}

// barOf is what a set must reach: by its name, or by its shape.
func barOf(name string, j anon.Job) bar {
	if b, known := bars[name]; known {
		return b
	}
	switch len(j.Quasi) {
	case 24:
		return bars["creditcard_int"]
	case 16:
		return bars["mach2019_int"]
	}
	return bar{}
}

// measure recodes one set in every way and prints what came of it.
func measure(name string, j anon.Job, b bar, runs int) error {
	fmt.Printf("\n%s: %d records, %d columns, k = 5\n", name, j.Table.Rows(), len(j.Quasi))
	took, res, err := median(runs, func() (*anon.Result, error) { return anon.Local(j) })
	if err != nil {
		return err
	}
	u := res.Utility()
	fmt.Printf("  local recoding     %-9s granularity %.4f  loss %.4f  classes %d  left out %d%s\n", ms(took), u.Granularity, u.Loss, u.Classes, u.Suppressed, against(u.Granularity, took, b))
	if len(j.Quasi) > mostExact {
		at := spent()
		theirs := newPeer(j, 5).granularity()
		fmt.Printf("  passes of full-domain recoding, as ARX's local transformation: %.4f in %s; ratio %.3f", theirs, ms(spent()-at), u.Granularity/theirs)
		if b.ratio > 0 {
			fmt.Printf(" (bar %.2f: %s)", b.ratio, verdict(u.Granularity >= b.ratio*theirs))
		}
		fmt.Println()
	}
	if i := slices.IndexFunc(j.Quasi, func(a anon.Attribute) bool { return a.Column == "age" }); i >= 0 {
		cut := j
		cut.Quasi = slices.Clone(j.Quasi)
		cut.Quasi[i].Cut = true
		if took, res, err = median(runs, func() (*anon.Result, error) { return anon.Local(cut) }); err != nil {
			return err
		}
		fmt.Printf("  with ages cut free %-9s granularity %.4f\n", ms(took), res.Utility().Granularity)
	}
	if len(j.Quasi) > mostExact {
		return nil
	}
	for _, limit := range []float64{0, 1} {
		j.Limit = limit
		took, res, err := median(runs, func() (*anon.Result, error) { return anon.Uniform(j, anon.LeastLoss) })
		if e, ok := err.(*anon.Error); ok && e.Code == anon.Lattice {
			fmt.Println("  exact full-domain  too many combinations of levels")
			return nil
		}
		if err != nil {
			return err
		}
		u := res.Utility()
		fmt.Printf("  exact full-domain  %-9s granularity %.4f  loss %.4f  node %v  left out %.2f %% (at most %.0f %%)\n", ms(took), u.Granularity, u.Loss, res.Levels,
			100*float64(u.Suppressed)/float64(u.Records), 100*limit)
		if b.exact > 0 && limit == 0 {
			fmt.Printf("                     bar: %s %s; Flash 27.4 ms, OLA 64 ms, Incognito 1,090 ms; the published optimum is compared in deid/anon\n", ms(b.exact), verdict(took <= b.exact))
		}
	}
	return nil
}

func against(granularity float64, took time.Duration, b bar) string {
	s := ""
	if b.took > 0 {
		s += fmt.Sprintf("\n                     bar: %s %s", ms(b.took), verdict(took <= b.took))
	}
	if b.granularity > 0 {
		s += fmt.Sprintf(", granularity %.2f %s; %s", b.granularity, verdict(granularity >= b.granularity), b.published)
	}
	return s
}

func verdict(ok bool) string {
	if ok {
		return "met"
	}
	return "missed"
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
