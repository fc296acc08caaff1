package main

import (
	"os"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// data is the directory of the external data, without which what needs it is
// skipped.
func data(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("WARDFOLD_DETECT_DATA")
	if dir == "" {
		t.Skip("WARDFOLD_DETECT_DATA names no directory with region/, bank/ and dev/: recall of generated values is not measured")
	}
	return dir
}

// TestEveryWrittenFormReachesItsBar is the table of bars for numbers: S3-04 in
// every written form, S2-10 for what was planted.
func TestEveryWrittenFormReachesItsBar(t *testing.T) {
	d, err := newDice(data(t), 42)
	if err != nil {
		t.Fatal(err)
	}
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Least: detect.Likely})
	score := judge(s, d, neutral, 200)
	for _, v := range score.list {
		bar := 0.97
		switch v.kind {
		case detect.ResidentID:
			bar = 0.995
		case detect.Mobile, detect.BankCard, detect.StudentNumber:
			bar = 0.99
		case detect.None:
			if v.touched > 0 {
				t.Errorf("%s: %d of %d flagged", v.name, v.touched, v.n)
			}
			continue
		}
		if r := part(v.exact, v.n); r < bar {
			t.Errorf("%s: recall %.4f, bar %.3f", v.name, r, bar)
		}
	}
	for k, wrong := range score.wrong {
		if p := part(score.right[k], score.right[k]+wrong); p < 0.99 {
			t.Errorf("%s: precision %.4f", k, p)
		}
	}
}

func TestASeedMakesTheSameValues(t *testing.T) {
	dir := data(t)
	var first []string
	for range 2 {
		d, err := newDice(dir, 7)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range positives {
			value := v.make(d)
			if len(first) <= i {
				first = append(first, value)
			} else if first[i] != value {
				t.Errorf("%s: the seed does not decide", v.name)
			}
		}
	}
}

// TestFewRandomNumbersPassForAnIdentityNumber: at most one in a million.
func TestFewRandomNumbersPassForAnIdentityNumber(t *testing.T) {
	d, err := newDice(data(t), 9)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := random(d, 2_000_000); wrong > 6 { // 2 are allowed on average; more than 6 by chance is 1 in 200
		t.Errorf("%d of 2 million", wrong)
	}
}
