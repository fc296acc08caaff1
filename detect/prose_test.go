package detect_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// BenchmarkProse scans the labelled texts in $WARDFOLD_DETECT_DATA/dev.
func BenchmarkProse(b *testing.B) {
	dir := os.Getenv("WARDFOLD_DETECT_DATA")
	names, _ := filepath.Glob(filepath.Join(dir, "dev", "*.jsonl"))
	var text []byte
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		text = append(text, raw...)
	}
	if len(text) == 0 {
		b.Skip("WARDFOLD_DETECT_DATA names no directory with dev/*.jsonl")
	}
	text = bytes.ReplaceAll(text, []byte(`"text": "`), nil)
	for _, c := range []struct {
		name  string
		kinds detect.Kinds
	}{
		{"numbers", detect.Numbers},
		{"words without names", detect.Of(detect.WeChat, detect.BirthDate)},
		{"all but names and addresses", detect.Every &^ detect.Of(detect.PersonName, detect.Address)},
		{"everything", detect.Every},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := detect.New(detect.Options{On: on, Kinds: c.kinds})
			b.SetBytes(int64(len(text)))
			start := cpu()
			for b.Loop() {
				for range s.Text(text) {
				}
			}
			b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(cpu()-start).Seconds(), "MB/cpu-s")
		})
	}
}
