package detect_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

func BenchmarkPasses(b *testing.B) {
	text := news(2 << 20)
	if name := os.Getenv("TEXT"); name != "" {
		t, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		text = bytes.Repeat(t, 1+(2<<20)/len(t))
	}
	for _, c := range []struct {
		name  string
		kinds detect.Kinds
	}{
		{"numbers", detect.Numbers},
		{"describe", detect.Of(detect.BirthDate)},
		{"address", detect.Of(detect.Address)},
		{"names", detect.Of(detect.PersonName)},
		{"every", detect.Every},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := detect.New(detect.Options{On: on, Kinds: c.kinds})
			n, start := 0, cpu()
			for b.Loop() {
				n = 0
				for range s.Text(text) {
					n++
				}
			}
			b.ReportMetric(float64((cpu()-start).Nanoseconds())/float64(len(text)*b.N), "ns/B")
			b.ReportMetric(float64(n), "findings")
		})
	}
}
