package detect_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wardfold/wardfold/detect"
)

// news is invented text in the proportions of a newspaper: an event every few
// hundred bytes.
func news(size int) []byte {
	r := rand.New(rand.NewPCG(7, 8))
	parts := strings.Split("记者昨日从有关部门获悉，|本市将进一步完善公共服务体系。|会议指出，要坚持以人为本，|2026年全市共新建学校12所，|较上年增长5.3%。|"+
		"专家表示，这一举措有利于推动教育均衡发展，|据了解，该项目总投资3500万元，|预计明年6月底前完工。|市民纷纷表示支持和期待。|\n|图书馆每天开放到晚上九点，|", "|")
	var b bytes.Buffer
	for b.Len() < size {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.Bytes()
}

// dense is a table where every line has an identity number and a mobile.
func dense(size int) []byte {
	r := rand.New(rand.NewPCG(9, 10))
	var b bytes.Buffer
	for b.Len() < size {
		body := fmt.Sprintf("1101%02d20%02d%02d%02d%03d", []int{1, 2, 5, 6, 8}[r.IntN(5)], 8+r.IntN(12), 1+r.IntN(12), 1+r.IntN(28), r.IntN(1000))
		fmt.Fprintf(&b, "%d,王小明,%s%c,13%d%08d,三年级%d班,朝阳路%d号\n", b.Len()/70, body, check(body), r.IntN(10), r.IntN(1e8), 1+r.IntN(9), r.IntN(300))
	}
	return b.Bytes()
}

func check(body string) byte {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(body[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// cpu is the processor time of the process: a machine that does other things at
// the same time does not count.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkText(b *testing.B) {
	for _, c := range []struct {
		name  string
		kinds detect.Kinds
		text  []byte
	}{
		{"numbers in news", detect.Numbers, news(4 << 20)},
		{"numbers in a dense table", detect.Numbers, dense(4 << 20)},
		{"everything in news", detect.Every, news(4 << 20)},
		{"everything in a dense table", detect.Every, dense(4 << 20)},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := detect.New(detect.Options{On: on, Kinds: c.kinds})
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			n, start := 0, cpu()
			for b.Loop() {
				n = 0
				for range s.Text(c.text) {
					n++
				}
			}
			b.ReportMetric(float64(len(c.text))*float64(b.N)/1e6/(cpu()-start).Seconds(), "MB/cpu-s")
			b.ReportMetric(float64(n), "findings")
		})
	}
}

func BenchmarkTable(b *testing.B) {
	g := invented{rand.New(rand.NewPCG(5, 6))}
	var rows [][]string
	size := 0
	for range 5000 {
		row := []string{g.name(), g.id(2014), g.mobile(), "三年级2班", fmt.Sprint(60 + g.IntN(40)), "朝阳区朝阳路12号院3号楼", "无"}
		rows = append(rows, row)
		size += len(strings.Join(row, ","))
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	start := cpu()
	for b.Loop() {
		t := everything.Table([]string{"姓名", "身份证号", "手机", "班级", "语文", "住址", "备注"})
		for _, row := range rows {
			t.Row(row...)
		}
	}
	b.ReportMetric(float64(size)*float64(b.N)/1e6/(cpu()-start).Seconds(), "MB/cpu-s")
}
