package scan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/scan"
)

// BenchmarkALongTable tells what a scan of a table full of identity numbers takes,
// from the file to the report, in seconds of processor time for each gigabyte. Its
// size in megabytes is WARDFOLD_SCAN_MB, 128 if that is not set.
func BenchmarkALongTable(b *testing.B) {
	size, err := strconv.Atoi(os.Getenv("WARDFOLD_SCAN_MB"))
	if err != nil {
		size = 128
	}
	_, rows := invent(10_000)
	path := filepath.Join(b.TempDir(), "a.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := strings.Join(rows, "\n") + "\n"
	fmt.Fprintln(f, "编号,姓名,身份证号,家长手机,班级,住址,备注")
	for n := 0; n < size<<20; n += len(block) {
		if _, err := f.WriteString(block); err != nil {
			b.Fatal(err)
		}
	}
	for name, kinds := range map[string]detect.Kinds{"numbers": detect.Numbers, "everything": detect.Every} {
		b.Run(name, func(b *testing.B) {
			began := cpu()
			for b.Loop() {
				run(b, path, func(j *scan.Job) {
					j.Scanner = detect.New(detect.Options{On: detect.On(2026, 11, 22), Kinds: kinds})
				})
			}
			b.ReportMetric((cpu()-began)/float64(b.N)/(float64(size)/1e3*1.048576), "CPU-s/GB")
		})
	}
}

// cpu is the processor time of the process, in seconds.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
