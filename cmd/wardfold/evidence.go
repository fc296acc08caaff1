package main

import (
	"context"
	"fmt"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/verify"
)

// evidenceVerb writes the one file with which an institution carries its burden
// of proof (B15). It names nobody.
type evidenceVerb struct {
	which
	From      string `placeholder:"YYYY-MM-DD"`
	To        string `placeholder:"YYYY-MM-DD"`
	ReceiptNo string `placeholder:"NO"`
	Output    string `short:"o" placeholder:"FILE"`
}

// Run makes the pack in the operator's name, which its entry says.
func (v evidenceVerb) Run(ctx context.Context, t *console, c *command) error {
	ask, err := v.request()
	if err != nil {
		return err
	}
	in, i, err := v.open(ctx, t, c)
	if err != nil {
		return err
	}
	defer in.Close()
	if in.folder.running() {
		in.Evidence.Sign = nil // the server signs
	}
	if ask.From.IsZero() {
		ask.From = civil.DateOf(in.Gate.Now()).AddYears(-1).Start()
	}
	pack, _, err := in.Evidence.Make(ctx, actor.Actor{Institution: i.ID, Role: actor.System}, ask)
	if err != nil {
		return err
	}
	return v.write(t, pack)
}

func (v evidenceVerb) request() (ask evidence.Request, err error) {
	ask.Receipt = v.ReceiptNo
	if v.From != "" {
		day, err := civil.ParseDate(v.From)
		if err != nil {
			return ask, refuse(exitUsage, "cli.usage.value", "--from").because(err)
		}
		ask.From = day.Start()
	}
	if v.To != "" {
		day, err := civil.ParseDate(v.To)
		if err != nil {
			return ask, refuse(exitUsage, "cli.usage.value", "--to").because(err)
		}
		ask.To = day.End()
	}
	return ask, nil
}

func (v evidenceVerb) write(t *console, e verify.Evidence) error {
	if v.Output == "" {
		_, err := fmt.Fprint(t.out, e.String())
		return err
	}
	if err := durable.Write(v.Output, []byte(e.String())); err != nil {
		return err
	}
	t.say("cli.evidence.written", v.Output, len(e.Exhibits), len(e.Papers), e.Log)
	return nil
}
