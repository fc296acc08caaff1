package person_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// floors are what the finder must keep on sets that the project does not bring.
// uner_dev and weibo_dev choose among models and are not learned from; the
// resume sets and the reviews tune rules and thresholds.
var floors = []struct {
	set string
	f1  float64
}{{"uner_dev", 0.68}, {"weibo_dev", 0.67}, {"resume_dev", 0.97}, {"resume_train", 0.98}}

// falsePerMB is the most that may be found in reviews, which hold few names.
const falsePerMB = 40

func dataDir(t *testing.T) string {
	dir := os.Getenv("WARDFOLD_DETECT_DATA")
	if dir == "" {
		t.Skip("WARDFOLD_DETECT_DATA names no directory with dev/: names in other people's texts are not measured")
	}
	return filepath.Join(dir, "dev")
}

// exact counts spans that are right to the byte.
func exact(t *testing.T, file string) (right, found, gold int) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var finder person.Finder
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var s struct {
			Text  string
			Spans [][]any
		}
		if err := d.Decode(&s); err != nil {
			t.Fatal(err)
		}
		want := map[[2]int]bool{}
		for _, p := range s.Spans {
			if p[2] == "PER" {
				want[[2]int{int(p[0].(float64)), int(p[1].(float64))}] = true
			}
		}
		gold += len(want)
		finder.Find([]byte(s.Text), func(start, end int, _ int16, _ uint32) {
			found++
			if want[[2]int{start, end}] {
				right++
			}
		})
	}
	return right, found, gold
}

func TestNamesOfTheDevelopmentSets(t *testing.T) {
	dir := dataDir(t)
	for _, c := range floors {
		right, found, gold := exact(t, filepath.Join(dir, c.set+".jsonl"))
		f1 := 2 * float64(right) / float64(found+gold)
		t.Logf("%-13s F1 %.3f  precision %.3f  recall %.3f  of %d names", c.set, f1,
			float64(right)/float64(found), float64(right)/float64(gold), gold)
		if f1 < c.f1 {
			t.Errorf("%s: F1 %.3f, want %.2f", c.set, f1, c.f1)
		}
	}
}

func TestReviewsHoldFewNames(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(dataDir(t), "reviews_no_pi.csv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	person.Find(b, func(int, int, int16, uint32) { n++ })
	rate := float64(n) / float64(len(b)) * 1e6
	t.Logf("%.0f names per MB", rate)
	if rate > falsePerMB {
		t.Errorf("%.0f names per MB, want at most %d", rate, falsePerMB)
	}
}
