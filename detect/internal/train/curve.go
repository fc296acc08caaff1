package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// judges are the sets that the curve is measured on: none is learned from.
var judges = []string{"uner_dev", "weibo_dev", "resume_dev", "resume_train", "silver_dev", "aishell_test"}

// curve learns from growing shares of all texts, and from all of them but what the
// teacher labelled, and prints the F1 of each. The lists and tables stay as they
// are.
func curve(o options) error {
	o.all = false // aishell/test.jsonl judges
	l, sets, err := inputs(o)
	if err != nil {
		return err
	}
	reviews, err := os.ReadFile(filepath.Join(o.data, "dev", "reviews_no_pi.csv"))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprint(w, "share\tsentences\t")
	for _, name := range judges {
		fmt.Fprint(w, name, "\t")
	}
	fmt.Fprintln(w, "in reviews, per MB")
	step := func(name string, part float64, sets map[string][]sentence) error {
		o := o
		o.part = part
		m, _ := learn(o, l, sets, false)
		n := 0
		for _, name := range []string{"uner_train", "weibo_train", "silver", "aishell_dev"} {
			n += int(float64(len(sets[name])) * part)
		}
		fmt.Fprintf(w, "%s\t%d\t", name, n)
		f := &person.Finder{Model: m}
		for _, name := range judges {
			fmt.Fprintf(w, "%.3f\t", judge(f, sets[name], 0, nil).f1())
		}
		found := 0
		f.Find(reviews, func(int, int, int16, uint32) { found++ })
		fmt.Fprintf(w, "%.0f\n", float64(found)/float64(len(reviews))*1e6)
		return w.Flush()
	}
	for _, part := range []float64{.03, .1, .3, 1} {
		if err := step(fmt.Sprint(part), part, sets); err != nil {
			return err
		}
	}
	alone := maps.Clone(sets)
	delete(alone, "silver")
	return step("1, without the teacher", 1, alone)
}
