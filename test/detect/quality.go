package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardfold/wardfold/detect"
)

// quality measures names, addresses and false alarms on the development sets. The
// sets that the bars of the issue speak of are kept apart; where only a sister is
// here, its name says so.
func (b *bench) quality(dir string) error {
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22)})
	for _, c := range []struct {
		file, item string
		bar        float64
	}{
		{"weibo_dev.jsonl", "names, F1, Weibo (development set)", .60}, {"resume_dev.jsonl", "names, F1, Resume (development set)", .98},
		{"resume_train.jsonl", "names, F1, Resume (training set, tuned on)", .98}, {"uner_dev.jsonl", "names, F1, UNER (development set)", 0},
	} {
		set, err := readExamples(filepath.Join(dir, c.file))
		if err != nil {
			return err
		}
		g := grade(s, set, detect.PersonName, nil)
		b.bar(c.item, c.bar, g.f1(), "%.3f (precision %.3f, recall %.3f, %d names)", g.f1(), part(g.exact, g.found), part(g.exact, g.gold), g.gold)
	}
	text, err := os.ReadFile(filepath.Join(dir, "reviews_no_pi.csv"))
	if err != nil {
		return err
	}
	names := 0
	for f := range s.Text(text) {
		if f.Kind == detect.PersonName {
			names++
		}
	}
	alarms := float64(names) / (float64(len(text)) / 1e6)
	b.most("names found in reviews, per MB", 40, alarms, "%.1f", alarms)
	set, err := readAddresses(filepath.Join(dir, "leodotnet_dev.txt"))
	if err != nil {
		return err
	}
	g := grade(s, set, detect.Address, nil)
	b.bar("addresses, exact, alone and in text", .75, part(g.exact, g.gold), "%.3f of %d", part(g.exact, g.gold), g.gold)
	b.bar("addresses, covered", .90, part(g.covers, g.gold), "%.3f", part(g.covers, g.gold))
	return nil
}

// forms measures names in tables and forms: invented names in forms of our own.
func (b *bench) forms(d dice, n int) {
	s := detect.New(detect.Options{On: detect.On(2026, 11, 22), Least: detect.Likely})
	layouts := []string{"学生姓名：%s\n", "姓名: %s，性别：男\n", `{"name":"%s","grade":3}` + "\n", "联系人=%s;电话=13812345678\n",
		"%s，男，2012年5月6日出生\n", "序号,姓名,班级\n1,%s,三年级2班\n", "家长姓名\t%s\t关系\t父亲\n", "监护人：%s（母亲）\n"}
	var set []example
	for i := range n {
		before, behind, _ := strings.Cut(layouts[i%len(layouts)], "%s")
		name := d.name()
		set = append(set, example{Text: before + name + behind, Spans: []span{{len(before), len(before) + len(name), detect.PersonName}}})
	}
	g := grade(s, set, detect.PersonName, nil)
	b.bar("names in tables and forms, F1", .97, g.f1(), "%.4f of %d", g.f1(), g.gold)
}

// name is an invented name of two to four characters.
func (d dice) name() string {
	s := pick(d, strings.Fields("王 李 张 刘 陈 杨 黄 赵 周 吴 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 萧 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 欧阳 司马 上官 诸葛")...)
	given := []rune("子轩浩然欣怡梓涵宇航诗琪雨桐思远佳宁明哲若曦俊杰晨曦雅婷文博语嫣泽楷芷若建国淑芬秀英伟芳敏静丽强磊洋艳勇娟涛超霞刚")
	for range 1 + d.IntN(2) {
		s += string(given[d.IntN(len(given))])
	}
	return s
}

// birthdays counts wrong decisions on the three days around every fourteenth and
// eighteenth birthday, those of leap days included.
func (b *bench) birthdays() {
	asked, wrong := 0, 0
	for born := time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC); born.Year() < 2013; born = born.AddDate(0, 0, 1) {
		body := "110105" + born.Format("20060102") + "123"
		id := []byte(body + string(mod11(body)))
		for years, class := range map[int][2]detect.Minor{14: {detect.Under14, detect.From14To17}, 18: {detect.From14To17, detect.Adult}} {
			birthday := time.Date(born.Year()+years, born.Month(), born.Day(), 0, 0, 0, 0, time.UTC)
			if birthday.Month() != born.Month() {
				birthday = birthday.AddDate(0, 0, -1) // 29 February counts as 28
			}
			for off := -1; off <= 1; off++ {
				on := birthday.AddDate(0, 0, off)
				s := detect.New(detect.Options{On: detect.On(on.Year(), int(on.Month()), on.Day()), Kinds: detect.Of(detect.ResidentID)})
				want := class[0]
				if off >= 0 {
					want = class[1]
				}
				got := detect.Unknown
				for f := range s.Text(id) {
					got = f.Minor
				}
				if asked++; got != want {
					wrong++
				}
			}
		}
	}
	b.bar("minor decision around birthdays", 1, part(asked-wrong, asked), "%d of %d right", asked-wrong, asked)
}

// result is how well spans of a kind are found.
type result struct{ gold, found, exact, overlap, covers int }

func (r result) f1() float64 {
	p, q := part(r.exact, r.found), part(r.exact, r.gold)
	if p+q == 0 {
		return 0
	}
	return 2 * p * q / (p + q)
}

// grade judges one kind on a set; missed is told what was not found exactly.
func grade(s *detect.Scanner, set []example, kind detect.Kind, missed func(e example, g span)) (r result) {
	for _, e := range set {
		var got []span
		for f := range s.Text([]byte(e.Text)) {
			if f.Kind == kind && !f.Masked {
				got = append(got, span{int(f.Start), int(f.End), f.Kind})
			}
		}
		r.found += len(got)
		for _, g := range e.Spans {
			if g.kind != kind {
				continue
			}
			r.gold++
			exact, overlap, covers := 0, 0, 0
			for _, f := range got {
				exact |= yes(f == g)
				overlap |= yes(f.start < g.end && f.end > g.start)
				covers |= yes(f.start <= g.start && f.end >= g.end)
			}
			r.exact, r.overlap, r.covers = r.exact+exact, r.overlap+overlap, r.covers+covers
			if exact == 0 && missed != nil {
				missed(e, g)
			}
		}
	}
	return r
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// bar prints a row whose figure must reach a bar; 0 is none.
func (b *bench) bar(item string, least, got float64, format string, args ...any) {
	b.verdict(item, "≥ "+trimmed(least), least == 0, got >= least, format, args...)
}

// most prints a row whose figure must not exceed a bar.
func (b *bench) most(item string, most, got float64, format string, args ...any) {
	b.verdict(item, "≤ "+trimmed(most), false, got <= most, format, args...)
}

func (b *bench) verdict(item, bar string, none, met bool, format string, args ...any) {
	word := "met"
	switch {
	case none:
		bar, word = "", ""
	case !met:
		word = "MISSED"
		b.missed++
	}
	fmt.Fprintf(b.w, "%s\t%s\t%s\t%s\t\n", item, bar, word, fmt.Sprintf(format, args...))
}

func trimmed(f float64) string {
	s := fmt.Sprintf("%g", f)
	if strings.HasPrefix(s, "0.") {
		return s[1:]
	}
	return s
}
