package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/wardfold/wardfold/detect"
)

// neutral are carriers that hold nothing personal.
var neutral = []string{
	"图书馆的阅览区周末照常开放，", "这份材料请在周五之前交到办公室，", "活动结束以后大家把桌椅放回原处，", "今年的秋季运动会推迟一周举行，",
	"食堂新增了两个窗口，", "请把下面的内容核对一遍，", "外面下着小雨，路上有些滑，", "会议改到下午三点，", "如果有问题请及时反馈，", "感谢配合，",
}

// casesCommand generates values in all written forms, places them in carriers and
// judges what is found.
func casesCommand(args []string) error {
	f := flags("cases")
	data := f.String("data", "", "directory with region/ and bank/")
	seed := f.Uint64("seed", 1, "seed; hold your own apart")
	n := f.Int("n", 1000, "values of each variant")
	carriers := f.String("carriers", "", "file with a neutral text on each line")
	least := f.String("least", "likely", "least level that counts")
	if err := f.Parse(args); err != nil {
		return err
	}
	d, err := newDice(*data, *seed)
	if err != nil {
		return err
	}
	texts := neutral
	if *carriers != "" {
		if texts, err = lines(*carriers); err != nil {
			return err
		}
	}
	level, ok := detect.ParseLevel(*least)
	if !ok {
		return fmt.Errorf("no such level: %s", *least)
	}
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Least: level})
	score := judge(s, d, texts, *n)
	score.print(os.Stdout)
	return nil
}

func newDice(data string, seed uint64) (dice, error) {
	d := dice{Rand: rand.New(rand.NewPCG(seed, 0x5eed))}
	var m map[string]string
	if err := readJSON(filepath.Join(data, "region", "gb2260_history.json"), &m); err != nil {
		return d, err
	}
	for _, code := range sorted(m) {
		if !strings.HasSuffix(code, "00") && code < "8" {
			d.regions = append(d.regions, code)
		}
	}
	err := eachRow(filepath.Join(data, "bank", "bin.csv"), func(r []string) {
		if n, err := strconv.Atoi(r[3]); err == nil && n >= 16 {
			d.issuers = append(d.issuers, issuer{r[0], n})
		}
	})
	return d, err
}

func lines(name string) (list []string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if t := strings.TrimSpace(s.Text()); t != "" {
			list = append(list, t)
		}
	}
	return list, s.Err()
}

// place writes a value into a text: behind a label, within a sentence, or in a
// line of a table. It returns the text and where the value begins.
func place(d dice, v variant, value string, texts []string, i int) (text string, at int) {
	label := pick(d, strings.Fields(v.labels)...)
	carrier := pick(d, texts...)
	cut := len(carrier)
	for k := range carrier { // at a border of characters
		if k >= len(carrier)/2 {
			cut = k
			break
		}
	}
	form := i % 3
	if v.always && form == 2 {
		form = 0
	}
	var before, after string
	switch form {
	case 0:
		before, after = carrier+"\n"+label+pick(d, "：", ":", "： ", " "), "\n"+carrier
	case 1:
		before, after = carrier[:cut]+"，", "，"+carrier[cut:]
		if v.always {
			before += label + pick(d, "", "是", "为")
		}
	case 2:
		before, after = fmt.Sprintf("%d,%s,", i, pick(d, "甲", "乙", "丙")), pick(d, ",在册", ",1,2")+"\n"
	}
	return before + value + after, len(before)
}

// tally is the score of one variant.
type tally struct {
	variant
	n, exact, touched int
}

// scores is what a run of cases comes to.
type scores struct {
	list  []tally
	wrong map[detect.Kind]int // findings that are no value that was placed
	right map[detect.Kind]int
}

func judge(s *detect.Scanner, d dice, texts []string, n int) scores {
	out := scores{wrong: make(map[detect.Kind]int), right: make(map[detect.Kind]int)}
	for _, v := range append(append([]variant(nil), positives...), negatives...) {
		t := tally{variant: v}
		for i := range n {
			value := v.make(d)
			text, at := place(d, v, value, texts, i)
			t.n++
			exact, touched := false, false
			for f := range s.Text([]byte(text)) {
				start, end := int(f.Start), int(f.End)
				hits := start < at+len(value) && end > at
				switch {
				case f.Kind == v.kind && start == at && end == at+len(value):
					exact, touched = true, true
					out.right[f.Kind]++
				case hits && (v.kind == detect.None || f.Kind != v.kind):
					touched = true
					out.wrong[f.Kind]++
				case hits:
					touched = true
				}
			}
			if exact {
				t.exact++
			}
			if touched {
				t.touched++
			}
		}
		out.list = append(out.list, t)
	}
	return out
}

func (s scores) print(out *os.File) {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "written form\tkind\texact recall\ttouched")
	for _, t := range s.list {
		if t.kind != detect.None {
			fmt.Fprintf(w, "%s\t%s\t%.4f\t%.4f\n", t.name, t.kind, part(t.exact, t.n), part(t.touched, t.n))
		}
	}
	fmt.Fprintln(w, "\t\t\t\nnot personal\t\t\tflagged")
	for _, t := range s.list {
		if t.kind == detect.None {
			fmt.Fprintf(w, "%s\t\t\t%.4f\n", t.name, part(t.touched, t.n))
		}
	}
	fmt.Fprintln(w, "\t\t\t\nkind\tprecision\tright\twrong")
	for k := range detect.Every.All() {
		if right, wrong := s.right[k], s.wrong[k]; right+wrong > 0 {
			fmt.Fprintf(w, "%s\t%.4f\t%d\t%d\n", k, part(right, right+wrong), right, wrong)
		}
	}
	if err := w.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func part(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
