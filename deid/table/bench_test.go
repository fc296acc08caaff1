package table_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/wardfold/wardfold/deid/table"
)

// file makes a CSV file of nine columns, like a register.
func file(rows int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	b.WriteString("sex,age,race,marital,education,country,work,occupation,pay\n")
	for range rows {
		fmt.Fprintf(&b, "%s,%d,race-%d,marital-status-%d,education-%d,country-of-birth-%d,workclass-%d,occupation-%d,%s\n",
			[]string{"Male", "Female"}[r.IntN(2)], 17+r.IntN(74), r.IntN(5), r.IntN(7), r.IntN(16), r.IntN(41), r.IntN(8), r.IntN(14), []string{"<=50K", ">50K"}[r.IntN(2)])
	}
	return b.Bytes()
}

func BenchmarkRead(b *testing.B) {
	data := file(200_000)
	b.SetBytes(int64(len(data)))
	at, runs := spent(), 0
	for b.Loop() {
		if _, err := table.Read(bytes.NewReader(data), table.Options{}); err != nil {
			b.Fatal(err)
		}
		runs++
	}
	b.ReportMetric(float64(runs*len(data))/1e6/(spent()-at).Seconds(), "cpu-MB/s")
}

// spent is the processor time that this process has used.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
