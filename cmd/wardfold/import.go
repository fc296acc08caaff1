package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
)

// importVerb takes in a roster, as the page does: in the name of a member of
// staff who signs in for it, with the document of its lawful source, and in
// quarantine without one or, above 500 lines, until a second person has looked.
type importVerb struct {
	which
	File string `arg:"" optional:""`
	asStaff
	Store        string `placeholder:"ID|NAME"`
	Kind         string `default:"migration" placeholder:"KIND"`
	Basis        string `default:"contract" placeholder:"BASIS"`
	Document     string `placeholder:"CODE"`
	DocumentFile string `placeholder:"FILE"`
	Resume       string `placeholder:"BATCH"`
}

// Run uploads the file, or resumes a batch, and applies it if it may be.
func (v importVerb) Run(ctx context.Context, t *console, c *command) error {
	if (v.File == "") == (v.Resume == "") {
		return refuse(exitUsage, "cli.usage.either", "FILE", "--resume")
	}
	in, i, err := v.open(ctx, t, c)
	if err != nil {
		return err
	}
	defer in.Close()
	who, leave, err := v.signIn(ctx, t, in, i.ID, "import")
	if err != nil {
		return err
	}
	defer leave()
	b, err := v.batch(ctx, in, who)
	if err != nil {
		return err
	}
	defer in.signed(context.WithoutCancel(ctx))
	if lacks := b.Lacks(); len(lacks) > 0 {
		return v.report(t, b)
	}
	step, end := t.progress("cli.import.progress")
	b, err = in.Intake.Apply(ctx, who, b.ID, func(done, total int) { step(int64(done), int64(total)) })
	end()
	if err != nil {
		return err
	}
	return v.report(t, b)
}

// batch uploads the file, or finds the batch that is resumed.
func (v importVerb) batch(ctx context.Context, in *installation, a actor.Actor) (intake.Batch, error) {
	if v.Resume != "" {
		which, err := id.Parse[id.Batch](v.Resume)
		if err != nil {
			return intake.Batch{}, refuse(exitUsage, "cli.usage.value", "--resume").because(err)
		}
		return in.Intake.Load(ctx, a, which)
	}
	src := intake.Source{Kind: intake.Kind(v.Kind), Basis: catalogue.Basis(v.Basis), Store: a.Store}
	if v.Store != "" {
		var err error
		if src.Store, err = in.storeNamed(ctx, a.Institution, v.Store); err != nil {
			return intake.Batch{}, err
		}
	}
	if v.Document != "" {
		sum, err := hashOf(v.DocumentFile)
		if err != nil {
			return intake.Batch{}, err
		}
		src.Document = intake.Document{Code: v.Document, Hash: sum}
	}
	f, err := os.Open(v.File)
	if err != nil {
		return intake.Batch{}, err
	}
	defer f.Close()
	s, err := f.Stat()
	if err != nil {
		return intake.Batch{}, err
	}
	return in.Intake.Upload(ctx, a, src, f, s.Size())
}

// hashOf is the SHA-256 of the scan of a document.
func hashOf(path string) (sum [32]byte, err error) {
	if path == "" {
		return sum, refuse(exitUsage, "cli.usage.missing", "--document-file")
	}
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	h.Sum(sum[:0])
	return sum, errors.Join(err, f.Close())
}

func (v importVerb) report(t *console, b intake.Batch) error {
	out := struct {
		Batch string   `json:"batch"`
		State string   `json:"state"`
		Rows  int      `json:"rows"`
		Good  int      `json:"good"`
		Made  int      `json:"made"`
		Known int      `json:"known"`
		Lacks []string `json:"lacks"`
	}{b.ID.String(), string(b.State), b.Rows, b.Good, b.Made, b.Known, b.Lacks()}
	return t.answer(out, func() {
		t.say("cli.import.read", out.Batch, out.Rows, out.Good, b.Faulty())
		if len(out.Lacks) > 0 {
			t.say("cli.import.quarantined", out.Batch)
			return
		}
		t.say("cli.import.applied", out.Made, out.Known)
	})
}
