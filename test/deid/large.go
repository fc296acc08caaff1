package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/verify"
)

// spent is the processor time that this process has used.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func peak() int64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return u.Maxrss >> 10
}

// median runs fn several times.
func median(runs int, fn func() (*anon.Result, error)) (time.Duration, *anon.Result, error) {
	var took []time.Duration
	var res *anon.Result
	for range max(runs, 1) {
		at := spent()
		var err error
		if res, err = fn(); err != nil {
			return 0, nil, err
		}
		took = append(took, spent()-at)
	}
	slices.Sort(took)
	return took[len(took)/2], res, nil
}

// load reads a set and its hierarchies.
func load(dir, name string) (anon.Job, error) {
	f, err := os.Open(filepath.Join(dir, name+".csv"))
	if err != nil {
		return anon.Job{}, err
	}
	defer f.Close()
	t, err := table.Read(f, table.Options{})
	if err != nil {
		return anon.Job{}, err
	}
	j := anon.Job{Table: t, Models: []anon.Model{anon.K(5)}, Workers: 1}
	for _, c := range t.Columns {
		tree, err := levels(dir, name, c)
		if err != nil {
			return j, fmt.Errorf("hierarchy of %s: %w", c.Name, err)
		}
		j.Quasi = append(j.Quasi, anon.Attribute{Column: c.Name, Hierarchy: tree})
	}
	return j, nil
}

// levels reads the hierarchy of a column from where sets have it, or makes one.
func levels(dir, name string, c *table.Column) (*hierarchy.Hierarchy, error) {
	file := name + "_hierarchy_" + c.Name + ".csv"
	for _, path := range []string{filepath.Join(dir, file), filepath.Join(dir, "hierarchies", file)} {
		f, err := os.Open(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		tree, err := hierarchy.Parse(f)
		return tree, errors.Join(err, f.Close())
	}
	kind := hierarchy.Guess(c.Values)
	fmt.Printf("%s: no %s; levels of %s are made\n", name, file, kind)
	return hierarchy.Generate(kind, c.Values)
}

// job makes an invented table in memory.
func (m made) job() (anon.Job, error) {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(m.write(w)) }()
	t, err := table.Read(r, table.Options{})
	if err != nil {
		return anon.Job{}, err
	}
	return m.over(t, 1)
}

func (m made) over(t *table.Table, workers int) (anon.Job, error) {
	j := anon.Job{Table: t, Models: []anon.Model{anon.K(5)}, Workers: workers}
	for i, c := range m.columns {
		h, err := c.levels(t.Column(m.column(i)))
		if err != nil {
			return j, err
		}
		j.Quasi = append(j.Quasi, anon.Attribute{Column: m.column(i), Hierarchy: h})
	}
	return j, nil
}

// large goes from a file on the disk to a file on the disk, and counts what was
// written as an outsider would.
func large(rows int) error {
	dir, err := os.MkdirTemp("", "wardfold-deid-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // only invented data
	m := register(rows)
	in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
	f, err := os.Create(in)
	if err != nil {
		return err
	}
	if err := errors.Join(m.write(f), f.Close()); err != nil {
		return err
	}
	began, at := time.Now(), spent()
	step := func(what string) {
		fmt.Printf("  %-18s %8.2f s, %.2f s of processor time\n", what, time.Since(began).Seconds(), (spent() - at).Seconds())
		began, at = time.Now(), spent()
	}
	first, firstAt := began, at
	t, size, err := readBack(in)
	if err != nil {
		return err
	}
	fmt.Printf("\nregister (invented): %d records, %d columns, %d MiB\n", rows, len(m.columns), size>>20)
	fmt.Printf("  read at %.0f MB/s of processor time\n", float64(size)/1e6/(spent()-at).Seconds())
	step("read")
	j, err := m.over(t, 0)
	if err != nil {
		return err
	}
	res, err := anon.Local(j)
	if err != nil {
		return err
	}
	step("local recoding")
	if err := writeOut(res, out); err != nil {
		return err
	}
	step("written")
	u := res.Utility()
	fmt.Printf("  together           %8.2f s, %.2f s of processor time (bar: 30 s %s, by processor time); peak %d MiB (bar: 2,048 %s); granularity %.4f, %d classes\n",
		time.Since(first).Seconds(), (spent() - firstAt).Seconds(), verdict(spent()-firstAt <= 30*time.Second), peak(), verdict(peak() <= 2048), u.Granularity, u.Classes)
	began, at = time.Now(), spent()
	c, err := count(out, m)
	if err != nil {
		return err
	}
	step("counted again")
	fmt.Printf("  smallest class %d of %d records: %s\n", c.Smallest, c.Records, verdict(c.Smallest >= 5 && c.Records == rows))
	return nil
}

func readBack(path string) (*table.Table, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	s, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	t, err := table.Read(f, table.Options{})
	return t, s.Size(), err
}

func writeOut(res *anon.Result, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := table.NewWriter(f, false)
	return errors.Join(res.Write(w, nil), w.Flush(), f.Sync(), f.Close())
}

func count(path string, m made) (verify.Counted, error) {
	f, err := os.Open(path)
	if err != nil {
		return verify.Counted{}, err
	}
	defer f.Close()
	var columns []verify.ReleaseColumn
	for i := range m.columns {
		columns = append(columns, verify.ReleaseColumn{Name: m.column(i), Role: verify.Identifying})
	}
	return verify.CountRelease(bufio.NewReaderSize(f, 1<<20), columns)
}
