package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/wardfold/wardfold/detect"
)

// labelKinds are the labels of the test sets that are a kind of ours; the rest is
// not judged.
var labelKinds = map[string]detect.Kind{
	"PER": detect.PersonName, "PER.NAM": detect.PersonName, "NAME": detect.PersonName, "name": detect.PersonName,
	"person_name": detect.PersonName, "person": detect.PersonName, "address": detect.Address,
}

// evalCommand judges names and addresses on labelled text, and false alarms on
// text without any.
func evalCommand(args []string) error {
	f := flags("eval")
	least := f.String("least", "possible", "least level that counts")
	show := f.Int("show", 0, "how many errors to show; they may be personal")
	if err := f.Parse(args); err != nil {
		return err
	}
	level, ok := detect.ParseLevel(*least)
	if !ok {
		return fmt.Errorf("no such level: %s", *least)
	}
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Least: level})
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "set\tkind\tgold\tP\tR\tF1\toverlap\tcovers")
	var csv []string
	for _, name := range f.Args() {
		var set []example
		var err error
		switch filepath.Ext(name) {
		case ".csv":
			csv = append(csv, name)
			continue
		case ".jsonl":
			set, err = readExamples(name)
		default:
			set, err = readAddresses(name)
		}
		if err != nil {
			return err
		}
		evaluate(w, s, filepath.Base(name), set, *show)
		for _, frame := range []string{"alone", "labelled", "cell", "text"} {
			part := slices.DeleteFunc(slices.Clone(set), func(e example) bool { return e.Frame != frame })
			evaluate(w, s, "  "+frame, part, 0)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, name := range csv {
		if err := alarms(s, name, *show); err != nil {
			return err
		}
	}
	return nil
}

// example is a text with spans in bytes.
type example struct {
	Text  string
	Spans []span
	Frame string // what an address stands in
}

type span struct {
	start, end int
	kind       detect.Kind
}

// UnmarshalJSON reads [start, end, label].
func (s *span) UnmarshalJSON(b []byte) error {
	var label string
	if err := json.Unmarshal(b, &[]any{&s.start, &s.end, &label}); err != nil {
		return err
	}
	s.kind = labelKinds[label]
	return nil
}

func readExamples(name string) (set []example, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<22)
	for s.Scan() {
		var e example
		if err := json.Unmarshal(s.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		set = append(set, e)
	}
	return set, s.Err()
}

// frames are what addresses stand in: nothing, a label, a cell, and running text.
var frames = []struct{ name, before, behind string }{
	{"alone", "", ""},
	{"labelled", "家庭住址：", "\n"}, {"labelled", "收货地址:", "，尽快送达"}, {"labelled", `{"address":"`, `","phone":""}`},
	{"cell", "王小明,", ",13800138000"}, {"cell", "17\t李雷\t", "\t三年级\n"},
	{"text", "请把材料寄到", "，谢谢。"}, {"text", "他们下午从", "出发。"}, {"text", "我家住在", "，离学校不远。"},
	{"text", "昨天有人在", "附近看到他。"}, {"text", "孩子目前在", "居住，由奶奶照看。"}, {"text", "老师到", "家访过两次。"},
	{"text", "快递已送到", "门口。"}, {"text", "民警赶往", "处理纠纷。"}, {"text", "她每天放学后回", "写作业。"},
	{"text", "本次活动在", "举行，欢迎参加。"}, {"text", "我们计划明天去", "找李老师。"}, {"text", "李老师家搬到", "了。"},
}

// readAddresses reads one labelled part on each line and an empty line behind
// each address. What names a person or is redundant is no part of the address.
func readAddresses(name string) (set []example, err error) {
	list, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for i, block := range strings.Split(string(list), "\n\n") {
		text := ""
		for line := range strings.Lines(block) {
			piece, label, _ := strings.Cut(strings.TrimSpace(line), " ")
			if _, label, _ = strings.Cut(label, "-"); label == "person" || piece == "_" {
				continue
			}
			text += piece
		}
		if text == "" {
			continue
		}
		frame := frames[i%len(frames)]
		at := len(frame.before)
		set = append(set, example{
			Text: frame.before + text + frame.behind, Frame: frame.name, Spans: []span{{at, at + len(text), detect.Address}},
		})
	}
	return set, nil
}

func evaluate(w *tabwriter.Writer, s *detect.Scanner, name string, set []example, show int) {
	for _, kind := range []detect.Kind{detect.PersonName, detect.Address} {
		r := grade(s, set, kind, func(e example, g span) {
			if show > 0 {
				show--
				fmt.Printf("%s: missed %s in %s\n", name, e.Text[g.start:g.end], e.Text)
			}
		})
		if r.gold > 0 {
			fmt.Fprintf(w, "%s\t%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", name, kind, r.gold, part(r.exact, r.found), part(r.exact, r.gold), r.f1(),
				part(r.overlap, r.gold), part(r.covers, r.gold))
		}
	}
}

// alarms counts what is found in a file that holds nothing personal.
func alarms(s *detect.Scanner, name string, show int) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	count := make(map[detect.Kind]int)
	for f := range s.Text(b) {
		count[f.Kind]++
		if show > 0 {
			show--
			fmt.Printf("%s: %s %s\n", filepath.Base(name), f.Kind, b[f.Start:f.End])
		}
	}
	fmt.Printf("%s: false alarms per MB:", filepath.Base(name))
	for k := range detect.Every.All() {
		if count[k] > 0 {
			fmt.Printf(" %s %.1f", k, float64(count[k])/(float64(len(b))/1e6))
		}
	}
	fmt.Println()
	return nil
}
