// Command bench measures what the house does over HTTP against this machine's own
// limits, all in one run: what is fast here is a ratio, not a number.
//
//	go run ./test/bench [-subjects 100000] [-seconds 5] [-postgres=true]
//
// The server is a process of its own, on a SQLite file with synchronous=FULL, so
// that its memory and its start are its own; the client shares its cores. Every
// answer is checked, and one that fails fails the run.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

type settings struct {
	subjects int
	run      time.Duration
	postgres bool
	dir      string
}

func main() {
	runtime.LockOSThread() // the others are tied to this thread (see tied), which is the process's own
	var s settings
	serve := flag.String("serve", "", "be the server of a database (used by the command itself)")
	seconds := flag.Int("seconds", 5, "how long each measurement takes")
	flag.IntVar(&s.subjects, "subjects", 100_000, "children to load, each with a guardian")
	flag.BoolVar(&s.postgres, "postgres", true, "measure PostgreSQL too, if it is installed")
	flag.StringVar(&s.dir, "dir", "", "folder for the databases; by default a temporary one")
	flag.Parse()
	s.run = time.Duration(*seconds) * time.Second
	err := func() error {
		if *serve != "" {
			return server(*serve)
		}
		return bench(context.Background(), s)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, s settings) (err error) {
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "wardfold-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(s.dir)
	}
	fmt.Printf("%d cores, %s, %d subjects, %s each\n\n", runtime.NumCPU(), runtime.Version(), s.subjects, s.run)
	m, err := machine(s)
	if err != nil {
		return err
	}
	if err := sqlite(ctx, s, m); err != nil {
		return err
	}
	if err := roster(ctx, s); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if !s.postgres {
		return nil
	}
	return postgres(ctx, s, m)
}

// limits are what this machine can do at most.
type limits struct{ hello1, hello64, fsyncs, inserts float64 }

func machine(s settings) (m limits, err error) {
	one, err := hello(1, s.run)
	if err != nil {
		return m, err
	}
	many, err := hello(64, s.run)
	if err != nil {
		return m, err
	}
	m.hello1, m.hello64 = one.PerSecond(), many.PerSecond()
	if m.fsyncs, err = fsyncs(s.dir, s.run/2); err != nil {
		return m, err
	}
	if m.inserts, err = inserts(filepath.Join(s.dir, "probe.db"), s.run/2); err != nil {
		return m, err
	}
	line("net/http hello, c = 1", one.String(), "")
	line("net/http hello, c = 64", many.String(), "")
	line("fsyncs of 4 KiB", fmt.Sprintf("%8.0f/s", m.fsyncs), "")
	line("SQLite single durable inserts", fmt.Sprintf("%8.0f/s", m.inserts), "")
	return m, nil
}

// line prints one row: what, how much, against which bar.
func line(what, much, bar string) { fmt.Printf("%-34s %-78s %s\n", what, much, bar) }

// against judges a figure: at least the bar is good.
func against(figure, bar float64, unit string) string {
	verdict := "met"
	if figure < bar {
		verdict = "MISSED"
	}
	return fmt.Sprintf("bar %.4g%s: %s", bar, unit, verdict)
}

// below is against for figures that should be small.
func below(figure, bar float64, unit string) string {
	verdict := "met"
	if figure > bar {
		verdict = "MISSED"
	}
	return fmt.Sprintf("bar ≤ %.4g%s: %s", bar, unit, verdict)
}
