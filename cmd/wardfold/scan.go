package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/database"
	"github.com/wardfold/wardfold/internal/source/site"
)

// scanVerb finds personal information in files, sites and databases. It needs no
// installation. Exit status: 0 nothing was found, 1 something was, 2 not
// everything could be examined and nothing was found, or the command was wrong.
type scanVerb struct {
	Target []string `arg:"" optional:"" name:"target" placeholder:"PATH|URL|DSN …"`

	SARIF  bool   `name:"sarif"`
	HTML   string `name:"html" placeholder:"FILE"`
	FailOn string `default:"likely" enum:"possible,likely,certain" placeholder:"possible|likely|certain"`
	Least  string `default:"possible" enum:"possible,likely,certain" placeholder:"possible|likely|certain"`
	Kinds  string `placeholder:"KIND,…"`
	On     string `placeholder:"YYYY-MM-DD"`
	Listed int    `default:"10000" placeholder:"N"`

	Planted  string `placeholder:"FILE"`
	Journal  string `placeholder:"FILE"`
	Baseline string `placeholder:"FILE"`
	Accept   bool
	Reason   string `placeholder:"TEXT"`
	Until    string `placeholder:"YYYY-MM-DD"`

	Exclude     []string `placeholder:"PATTERN"`
	Workers     int      `placeholder:"N"`
	Sample      int      `placeholder:"N"`
	AddressFile string   `placeholder:"FILE"`

	Render bool
	Pages  int           `placeholder:"N"`
	Pause  time.Duration `placeholder:"500ms"`
	Known  []string      `placeholder:"HOST"`
}

// Run scans each target and writes one report about all of them.
func (v scanVerb) Run(ctx context.Context, t *console) error {
	sum, err := v.run(ctx, t)
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return refuse(exitUsage, "fault."+f.Code, f.Args...).because(err)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return refuse(exitUsage, "cli.scan.stopped").because(err)
	case err != nil:
		return err
	case sum.Found+sum.Parties > 0:
		least, _ := detect.ParseLevel(v.FailOn)
		return refuse(exitWrong, "cli.scan.found", sum.Found+sum.Parties, scan.LevelName(t.p, least))
	case !sum.Complete():
		return refuse(exitUsage, "cli.scan.incomplete", sum.Problems)
	}
	return nil
}

func (v scanVerb) run(ctx context.Context, t *console) (scan.Summary, error) {
	targets, err := v.targets()
	if err == nil {
		err = v.outputs(t)
	}
	if err != nil {
		return scan.Summary{}, err
	}
	scanner, on, err := v.scanner()
	if err != nil {
		return scan.Summary{}, err
	}
	var baseline *scan.Baseline
	if baseline, err = v.baseline(); err != nil {
		return scan.Summary{}, err
	}
	j, err := scan.OpenJournal(v.Journal)
	if err != nil {
		return scan.Summary{}, err
	}
	defer j.Close()
	if n := j.Resumed(); n > 0 {
		t.note("cli.scan.resumed", n)
	}
	var sum scan.Summary
	for i, target := range targets {
		one, err := v.one(ctx, t, target, scan.Job{Scanner: scanner, On: on, Journal: j, Baseline: baseline})
		if i == 0 {
			sum = one
		} else {
			sum = sum.Plus(one)
		}
		if err != nil {
			if one.Items > 0 {
				err = errors.Join(err, v.report(t, j, sum))
			}
			return sum, err
		}
	}
	if err := v.report(t, j, sum); err != nil || !v.Accept {
		return sum, err
	}
	n, err := baseline.Accept(j, v.Reason, v.Until)
	if err == nil {
		err = baseline.Save(v.Baseline)
	}
	if err != nil {
		return sum, err
	}
	t.note("cli.scan.accepted", n, v.Baseline, v.Until)
	sum.Accepted, sum.Found = sum.Accepted+sum.Found, 0
	return sum, nil
}

// targets are the arguments, and the address of a database in a file that others
// cannot read.
func (v scanVerb) targets() ([]string, error) {
	all := v.Target
	if v.AddressFile != "" {
		dsn, err := readLine(v.AddressFile)
		if err != nil {
			return nil, err
		}
		all = append(all, dsn)
	}
	if len(all) == 0 {
		return nil, refuse(exitUsage, "cli.usage.missing", "PATH|URL|DSN")
	}
	return all, nil
}

// outputs refuses what cannot be written, before the scan and not after it, and
// what would be passed over in silence.
func (v scanVerb) outputs(t *console) error {
	if t.json && v.SARIF {
		return refuse(exitUsage, "cli.scan.both")
	}
	switch {
	case v.Accept:
	case v.Reason != "":
		return refuse(exitUsage, "cli.scan.alone", "--reason")
	case v.Until != "":
		return refuse(exitUsage, "cli.scan.alone", "--until")
	}
	for _, pattern := range v.Exclude {
		if _, err := path.Match(pattern, ""); err != nil {
			return refuse(exitUsage, "cli.scan.pattern", pattern).because(err)
		}
	}
	if v.HTML != "" {
		if _, err := os.Stat(filepath.Dir(v.HTML)); err != nil {
			return err
		}
	}
	return nil
}

// baseline is what was accepted. One that is not there is a slip of the pen,
// unless it is to be made.
func (v scanVerb) baseline() (*scan.Baseline, error) {
	if v.Baseline == "" {
		if v.Accept {
			return nil, refuse(exitUsage, "cli.usage.missing", "--baseline")
		}
		return nil, nil
	}
	if !v.Accept {
		if _, err := os.Stat(v.Baseline); err != nil {
			return nil, err
		}
	}
	b, err := scan.ReadBaseline(v.Baseline, time.Now())
	if err == nil && v.Accept {
		err = b.May(v.Reason, v.Until)
	}
	return b, err
}

// scanner is the engine, and the day for which it computes ages.
func (v scanVerb) scanner() (*detect.Scanner, string, error) {
	day := civil.DateOf(time.Now())
	if v.On != "" {
		var err error
		if day, err = civil.ParseDate(v.On); err != nil {
			return nil, "", refuse(exitUsage, "cli.usage.value", "--on").because(err)
		}
	}
	o := detect.Options{On: detect.On(day.Year(), int(day.Month()), day.Day())}
	o.Least, _ = detect.ParseLevel(v.Least)
	for _, slug := range strings.FieldsFunc(v.Kinds, func(r rune) bool { return r == ',' || r == ' ' }) {
		k, ok := detect.ParseKind(slug)
		if !ok {
			var all []string
			for k := range detect.Every.All() {
				all = append(all, k.String())
			}
			return nil, "", refuse(exitUsage, "cli.scan.kind", slug, strings.Join(all, ", "))
		}
		o.Kinds |= detect.Of(k)
	}
	return detect.New(o), day.String(), nil
}

// one scans one target.
func (v scanVerb) one(ctx context.Context, t *console, target string, job scan.Job) (scan.Summary, error) {
	opt := source.Options{Exclude: v.Exclude, Cache: scanCache(), Base: database.Options{Sample: v.Sample},
		Site: site.Options{Pages: v.Pages, Pause: v.Pause}}
	if v.Render {
		u, err := site.Parse(target)
		if err != nil {
			return scan.Summary{}, refuse(exitUsage, "cli.scan.render", target).because(err)
		}
		browser, err := site.NewChromium(u.Host)
		if err != nil {
			return scan.Summary{}, err
		}
		defer browser.Close()
		opt.Site.Render = browser
	}
	if database.Secret(target) && v.AddressFile == "" {
		t.note("cli.scan.secret")
	}
	src, err := source.Open(ctx, target, opt)
	if err != nil {
		return scan.Summary{}, err
	}
	defer src.Close()
	spareMemory()
	job.Source, job.Now, job.Workers, job.Known, job.Listed = src, time.Now, v.Workers, v.Known, v.Listed
	job.Options = fmt.Sprintf("%s %s %d %d %s %t", v.Kinds, v.Least, v.Listed, v.Sample, v.Planted, v.Render)
	if v.Listed == 0 {
		job.Listed = -1
	}
	if job.Planted, err = v.plants(); err != nil {
		return scan.Summary{}, err
	}
	job.Least, _ = detect.ParseLevel(v.FailOn)
	draw, end := t.scanProgress()
	job.Progress = draw
	defer end()
	return job.Run(ctx)
}

// plants are the values that were put somewhere on purpose.
func (v scanVerb) plants() (*scan.Plants, error) {
	if v.Planted == "" {
		return nil, nil
	}
	f, err := os.Open(v.Planted)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scan.ReadPlants(f)
}

// scanCache is where the compiled reader of PDF files is kept; "" if this user
// has no such folder.
func scanCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "wardfold")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	return dir
}

// report writes what was asked for.
func (v scanVerb) report(t *console, j *scan.Journal, s scan.Summary) error {
	if v.HTML != "" {
		err := scanFile(v.HTML, func(w io.Writer) error { return scan.WriteHTML(w, j, s, t.p) })
		if err != nil {
			return err
		}
	}
	switch {
	case t.json:
		return scan.WriteJSON(t.out, j, s)
	case v.SARIF:
		return scan.WriteSARIF(t.out, j, s, t.p)
	}
	return scan.WriteText(t.out, j, s, t.p)
}

// scanFile writes a report that only its owner can read.
func scanFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	b := bufio.NewWriter(f)
	return errors.Join(write(b), b.Flush(), f.Close())
}

// scanProgress draws how far a scan got over one line of a screen.
func (t *console) scanProgress() (draw func(scan.Progress), end func()) {
	if !t.live || t.json {
		return nil, func() {}
	}
	drawn := false
	return func(p scan.Progress) {
			drawn = true
			total, left := "…", ""
			if p.Listed {
				total = scan.Size(p.Total)
			}
			if d, ok := p.Left(); ok {
				left = t.p.T("cli.scan.left", scan.Span(t.p, d))
			}
			fmt.Fprintf(t.err, "\r%s%s\x1b[K", scanBar(p), t.p.T("cli.scan.progress", p.Done, p.Items, scan.Size(p.Bytes), total,
				scan.Size(int64(p.Rate())), p.Found)+left)
		}, func() {
			if drawn {
				fmt.Fprintln(t.err)
			}
		}
}

// barWidth is that of a bar, in characters.
const barWidth = 20

// scanBar draws how much of the bytes is read; nothing while nobody knows how many
// there are.
func scanBar(p scan.Progress) string {
	if !p.Listed || p.Total <= 0 {
		return ""
	}
	n := int(min(p.Bytes, p.Total) * barWidth / p.Total)
	return "[" + strings.Repeat("#", n) + strings.Repeat("-", barWidth-n) + "] "
}
