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
	began := time.Now()
	b := &bench{w: tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0), runs: *runs}
	d, err := newDice(*data, *seed)
	if err != nil {
		return err
	}
	fmt.Fprintln(b.w, "item\tbar\t\tmeasured\t")
	if err := b.table(d, int64(*gb*1e9)); err != nil { // first: it tells the memory of the process
		return err
	}
	text, err := prose(filepath.Join(*data, "dev", "uner_*.jsonl"), 32<<20)
	if err != nil {
		return err
	}
	b.speed(text)
	const tried = 20 // million
	wrong := random(d, tried*1_000_000)
	b.most("18 random digits that pass for an ID, per million", 1, float64(wrong)/tried, "%.2f (%d in %d million)", float64(wrong)/tried, wrong, tried)
	b.cases(d, *n)
	b.birthdays()
	b.forms(d, 8*(*n))
	if err := b.quality(filepath.Join(*data, "dev")); err != nil {
		return err
	}
	if err := b.w.Flush(); err != nil {
		return err
	}
	fmt.Printf("%d bars missed, in %.0f s\n", b.missed, time.Since(began).Seconds())
	return nil
}

type bench struct {
	w      *tabwriter.Writer
	runs   int
	missed int
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
	b.bar("dense table, numbers, two workers, GB/s", 1, 2*gbs/cpu.Seconds(), "%.2f by processor time (%.2f CPU-s/GB; by the clock now %.2f), %d findings",
		2*gbs/cpu.Seconds(), cpu.Seconds()/gbs, gbs/wall.Seconds(), found)
	b.most("peak memory, MB", 100, float64(peak>>20), "%d", peak>>20)
	return nil
}

// prose is the texts of labelled sets, repeated: those of UNER, from an
// encyclopedia, have about as many names as a newspaper.
func prose(pattern string, size int) ([]byte, error) {
	var b bytes.Buffer
	names, err := filepath.Glob(pattern)
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
	b.bar("memory read rate, one core, GB/s", 0, read, "%.1f", read)
	for _, c := range []struct {
		name  string
		bar   float64
		kinds detect.Kinds
	}{
		{"numbers only, Chinese text, one core, GB/s", 2, detect.Numbers},
		{"all but names and addresses, GB/s", 0, detect.Of(detect.BirthDate)},
		{"all but names, GB/s", 0, detect.Of(detect.BirthDate, detect.Address)},
		{"everything, Chinese text, one core, GB/s", .1, detect.Every},
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
		b.bar(c.name, c.bar, got, "%.3f (%.2f CPU-s/GB, %.1f %% of the memory read rate, %d findings)", got, 1/got, 100*got/read, found)
		if c.bar > 0 {
			per := float64(after.Mallocs-before.Mallocs) / float64(b.runs) / (float64(len(text)) / 1e6)
			b.most("  allocations per MB", 0.1, per, "%.2f: %d in %d MB, those of a scan as a whole", per, (after.Mallocs-before.Mallocs)/uint64(b.runs), len(text)>>20)
		}
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
	bars := map[detect.Kind]float64{detect.ResidentID: .995, detect.Mobile: .99, detect.BankCard: .99, detect.StudentNumber: .99}
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
			if bar == 0 {
				bar = .97
			}
			precise := part(score.right[k], score.right[k]+score.wrong[k])
			b.bar(k.String()+", worst written form", bar, min(r, precise), "recall %.4f, precision %.4f", r, precise)
		}
	}
	b.most("values that are not personal, flagged", 0, float64(flagged), "%d", flagged)
}
