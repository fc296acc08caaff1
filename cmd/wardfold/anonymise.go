package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/verify"
)

// anonymiseVerb makes a table anonymous, measures what came out, and writes it only
// if it stands the trial: S2-06, S3-47. It needs no installation: any CSV file will
// do.
type anonymiseVerb struct {
	File       string   `arg:""`
	Quasi      []string `required:"" placeholder:"COLUMN[:KIND|=FILE],…"`
	Sensitive  []string `placeholder:"COLUMN,…"`
	Keep       []string `placeholder:"COLUMN,…"`
	K          int      `name:"k" default:"5" placeholder:"N"`
	L          int      `name:"l" placeholder:"N"`
	Entropy    float64  `placeholder:"L"`
	Recursive  string   `placeholder:"C,L"`
	T          float64  `name:"t" placeholder:"SHARE"`
	KMap       int      `name:"k-map" placeholder:"N"`
	Presence   float64  `placeholder:"SHARE"`
	Population string   `placeholder:"FILE"`
	Uniform    bool     ``
	Suppress   float64  `placeholder:"SHARE"`
	HoldBack   int      `placeholder:"N"`
	Threshold  float64  `default:"0.2" placeholder:"SHARE"`
	Output     string   `short:"o" placeholder:"FILE"`
	Report     string   `placeholder:"FILE"`
	Sign       string   `placeholder:"FILE"`
	SignAs     string   `default:"wardfold-release" placeholder:"NAME"`
}

// Run reads the table, recodes it, measures, and writes.
func (v anonymiseVerb) Run(ctx context.Context, t *console, _ *command) error {
	if v.Output == "" {
		v.Output = withEnding(v.File, ".anonymous.csv")
	}
	if same(v.File, v.Output) {
		return refuse(exitUsage, "anonymise.same_file", v.Output)
	}
	if err := v.paths(); err != nil {
		return err
	}
	key, err := v.signer()
	if err != nil {
		return err
	}
	p, err := v.plan(ctx, t)
	if err != nil {
		return inWords(err)
	}
	res, err := v.recode(ctx, t, p)
	if err != nil {
		return inWords(err)
	}
	m, err := res.Measure(v.Threshold, v.Sensitive, p.held, rand.Reader)
	if err != nil {
		return inWords(err)
	}
	if !m.Acceptable() {
		v.tell(t, p, m, verify.Counted{})
		if m.Trial.Gain() > m.Trial.GainAllowed() {
			return refuse(exitWrong, "anonymise.learned", percent(m.Trial.Guessed), percent(m.Trial.Learned))
		}
		return refuse(exitWrong, "anonymise.still_personal", percent(m.Risk.Journalist), percent(v.Threshold), percent(m.Trial.Linked), percent(m.Trial.Most))
	}
	if err := key.save(); err != nil {
		return err
	}
	counted, err := v.write(ctx, p, res)
	if err != nil {
		return inWords(err)
	}
	cert, err := v.certify(key, p, m, counted)
	if err != nil {
		return err
	}
	if v.Report != "" {
		if err := v.report(t, p, m, counted); err != nil {
			return err
		}
	}
	return t.answer(summary{v.Output, m, counted, cert}, func() { v.tell(t, p, m, counted) })
}

// paths looks at the files that are named before anything is read: a release
// without its report or its certificate would be half of what was asked for.
func (v anonymiseVerb) paths() error {
	for _, file := range []string{v.File, v.Output, v.Report, v.Sign} {
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return refuse(exitUsage, "cli.is_folder", file)
		}
	}
	for _, file := range []string{v.Output, v.Report, v.Sign} {
		if _, err := os.Stat(filepath.Dir(file)); err != nil {
			return refuse(exitUsage, "cli.no_place", filepath.Dir(file)).because(err)
		}
	}
	return nil
}

// summary is the answer in JSON.
type summary struct {
	Output      string         `json:"output"`
	Report      anon.Report    `json:"figures"`
	Counted     verify.Counted `json:"counted"`
	Certificate string         `json:"certificate,omitempty"`
}

func (v anonymiseVerb) recode(ctx context.Context, t *console, p plan) (*anon.Result, error) {
	step, end := t.progress("anonymise.progress.recode")
	defer end()
	j := p.job
	j.Progress = func(done, total int) error {
		step(int64(done), int64(total))
		return ctx.Err()
	}
	if v.Uniform {
		return anon.Uniform(j, anon.MostGranule)
	}
	return anon.Local(j)
}

// write writes the release beside its place, counts what is on the disk as anybody
// would, and puts it in place only then: nothing is ever half there.
func (v anonymiseVerb) write(ctx context.Context, p plan, res *anon.Result) (c verify.Counted, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(v.Output), ".anonymise-*")
	if err != nil {
		return c, err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already if all went well
	w := table.NewWriter(tmp, p.job.Table.GB18030())
	err = res.Write(w, p.kept)
	if err = errors.Join(err, w.Flush(), tmp.Sync()); err == nil {
		if _, err = tmp.Seek(0, io.SeekStart); err == nil {
			c, err = verify.CountRelease(interruptible{ctx, tmp}, p.columns())
		}
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return c, err
	}
	if c.Smallest < p.least && c.Records > 0 {
		return c, fmt.Errorf("a class of %d was written, at least %d were asked for", c.Smallest, p.least)
	}
	if err := os.Rename(tmp.Name(), v.Output); err != nil {
		return c, err
	}
	return c, durable.Sync(filepath.Dir(v.Output))
}

// certify writes a signed certificate beside the release, if a key is named.
func (v anonymiseVerb) certify(k releaseKey, p plan, m anon.Report, c verify.Counted) (path string, err error) {
	if v.Sign == "" {
		return "", nil
	}
	r, err := verify.NewRelease(v.statement(p, m, c, time.Now()), k.signer, k.key)
	if err != nil {
		return "", err
	}
	path = withEnding(v.Output, ".certificate.json")
	return path, durable.Write(path, []byte(r.String()))
}

// withEnding puts another ending to a file's name.
func withEnding(path, ending string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ending
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// interruptible stops reading when a person stops the program.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}
