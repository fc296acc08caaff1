package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/wardfold/wardfold/detect"
)

// benchCommand measures every bar in one run, beside the memory read rate of the
// machine. Speed is told by processor time, because a machine that does other
// things would tell another time each day.
func benchCommand(args []string) error {
	f := flags("bench")
	data := f.String("data", "", "directory with dev/, region/ and bank/")
	seed := f.Uint64("seed", 1, "seed of the generated values")
	n := f.Int("n", 1000, "values of each variant")
	gb := f.Float64("gb", 1, "gigabytes of the dense table")
	runs := f.Int("runs", 5, "runs of which the median counts")
	if err := f.Parse(args); err != nil {
		return err
	}
	b := &bench{w: tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0), runs: *runs}
	d, err := newDice(*data, *seed)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.w, "item\tbar\tmeasured\t")
	if err := b.table(d, int64(*gb*1e9)); err != nil { // first: it tells the memory of the process
		return err
	}
	text, err := prose(filepath.Join(*data, "dev"), 32<<20)
	if err != nil {
		return err
	}
	b.speed(text)
	const tried = 20_000_000
	b.row("18 random digits that pass for an ID", "≤ 1 in 10⁶", "%d in %d·10⁶", random(d, tried), tried/1_000_000)
	b.cases(d, *n)
	return b.w.Flush()
}

type bench struct {
	w    *tabwriter.Writer
	runs int
}

func (b *bench) row(item, bar, format string, args ...any) {
	fmt.Fprintf(b.w, "%s\t%s\t%s\t\n", item, bar, fmt.Sprintf(format, args...))
}

// usage is the processor time and the peak memory of the process.
func usage() (cpu time.Duration, peak int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10
}

// median runs fn and returns the median of its processor time.
func (b *bench) median(fn func()) time.Duration {
	var list []time.Duration
	for range b.runs {
		start, _ := usage()
		fn()
		end, _ := usage()
		list = append(list, end-start)
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func rate(bytes int, cpu time.Duration) float64 { return float64(bytes) / 1e9 / cpu.Seconds() }

// loop reads a block again and again: a file in the page cache.
type loop struct {
	block []byte
	size  int64
}

func (l loop) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < l.size {
		k := copy(p[n:min(len(p), n+int(min(l.size-off, 1<<40)))], l.block[off%int64(len(l.block)):])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// table is the dense table: every line has a name, an identity number and a
// mobile.
func (b *bench) table(d dice, size int64) error {
	var block bytes.Buffer
	for i := 0; block.Len() < 8<<20; i++ {
		fmt.Fprintf(&block, "%d,%s,%s,%s,三年级%d班,朝阳路%d号\n", i, pick(d, "王芳", "李小明", "张伟"), d.id(), d.mobile(), 1+d.IntN(9), d.IntN(300))
	}
	in := loop{block.Bytes(), size}
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Kinds: detect.Numbers})
	found := 0
	var wall time.Duration
	cpu := b.median(func() {
		start := time.Now()
		found = 0
		for _, err := range s.Parallel(in, size, 2) {
			if err != nil {
				panic(err)
			}
			found++
		}
		wall = time.Since(start)
	})
	_, peak := usage()
	gbs := float64(size) / 1e9
	b.row("dense table, numbers, two workers", "≥ 1 GB/s", "%.2f GB/s on two quiet cores (%.2f CPU-s/GB; now %.2f GB/s), %d findings",
		2*gbs/cpu.Seconds(), cpu.Seconds()/gbs, gbs/wall.Seconds(), found)
	b.row("peak memory", "≤ 100 MB", "%d MB", peak>>20)
	return nil
}

// prose is the texts of the labelled sets, repeated.
func prose(dir string, size int) ([]byte, error) {
	var b bytes.Buffer
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		set, err := readExamples(name)
		if err != nil {
			return nil, err
		}
		for _, e := range set {
			b.WriteString(e.Text + "\n")
		}
	}
	if b.Len() == 0 {
		b.WriteString(strings.Join(neutral, "\n") + "\n")
	}
	return bytes.Repeat(b.Bytes(), size/b.Len()+1)[:size], nil
}

func (b *bench) speed(text []byte) {
	n := 0
	read := rate(len(text), b.median(func() { n += bytes.Count(text, []byte{0}) }))
	b.row("memory read rate, one core", "", "%.1f GB/s", read)
	for _, c := range []struct {
		name, bar string
		kinds     detect.Kinds
	}{
		{"numbers only, Chinese text, one core", "≥ 2 GB/s", detect.Numbers},
		{"everything, Chinese text, one core", "≥ 0.1 GB/s", detect.Every},
	} {
		s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Kinds: c.kinds})
		found := 0
		scan := func() {
			found = 0
			for range s.Text(text) {
				found++
			}
		}
		scan()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		cpu := b.median(scan)
		runtime.ReadMemStats(&after)
		got := rate(len(text), cpu)
		b.row(c.name, c.bar, "%.2f GB/s, %.2f CPU-s/GB, %.0f %% of memory, %d findings, %.2f allocations per MB", got, 1/got, 100*got/read, found,
			float64(after.Mallocs-before.Mallocs)/float64(b.runs)/(float64(len(text))/1e6))
	}
}

// random counts how many of n runs of 18 random digits pass for an identity
// number.
func random(d dice, n int) (wrong int) {
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Kinds: detect.Of(detect.ResidentID)})
	const step = 100_000
	block := make([]byte, 0, 19*step)
	for ; n > 0; n -= step {
		block = block[:0]
		for range step {
			block = fmt.Appendln(block, 1e17+d.Uint64N(9e17))
		}
		for range s.Text(block) {
			wrong++
		}
	}
	return wrong
}

// cases tells the worst recall of the written forms and the worst precision.
func (b *bench) cases(d dice, n int) {
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Least: detect.Likely})
	score := judge(s, d, neutral, n)
	bars := map[detect.Kind]string{detect.ResidentID: "≥ .995", detect.Mobile: "≥ .99", detect.BankCard: "≥ .99"}
	worst := make(map[detect.Kind]float64)
	flagged := 0
	for _, t := range score.list {
		r := part(t.exact, t.n)
		if old, ok := worst[t.kind]; !ok || r < old {
			worst[t.kind] = r
		}
		if t.kind == detect.None {
			flagged += t.touched
		}
	}
	for k := range detect.Every.All() {
		if r, ok := worst[k]; ok {
			bar := bars[k]
			if bar == "" {
				bar = "≥ .97"
			}
			b.row(k.String()+", worst written form", bar, "recall %.4f, precision %.4f", r, part(score.right[k], score.right[k]+score.wrong[k]))
		}
	}
	b.row("values that are not personal", "", "%d flagged", flagged)
}
