package main

import (
	"context"
	"time"
)

// auditVerbs check the logs from the inside; wardcheck does so from outside.
type auditVerbs struct {
	Verify auditVerifyVerb `cmd:""`
}

type auditVerifyVerb struct{ which }

type verdict struct {
	Institution string  `json:"institution"`
	OK          bool    `json:"ok"`
	Code        string  `json:"code,omitempty"`
	At          int64   `json:"at"`
	Leaves      int64   `json:"leaves"`
	Heads       int     `json:"heads"`
	Waiting     int64   `json:"waiting"`
	Seconds     float64 `json:"seconds"`
	PerSecond   float64 `json:"leaves_per_second"`
}

// Run reads every log from its first entry and says in words what it found.
func (v auditVerifyVerb) Run(ctx context.Context, t *console, c *command) error {
	in, err := t.open(ctx, c, how{})
	if err != nil {
		return err
	}
	defer in.Close()
	list, err := v.all(ctx, in)
	if err != nil {
		return err
	}
	in.signed(ctx)
	var all []verdict
	good := true
	for _, i := range list {
		step, end := t.progress("cli.audit.progress")
		begin := time.Now()
		r, err := in.Log.VerifyAll(ctx, i.ID, step)
		end()
		if err != nil {
			return err
		}
		took := time.Since(begin).Seconds()
		all = append(all, verdict{i.Name, r.OK, r.Code, r.At, r.Size, r.Heads, r.Waiting, took, float64(r.Size) / max(took, 1e-9)})
		good = good && r.OK
	}
	err = t.answer(all, func() {
		for _, x := range all {
			t.tell(x)
		}
	})
	if err == nil && !good {
		err = refuse(exitWrong, "cli.audit.wrong")
	}
	return err
}

func (t *console) tell(x verdict) {
	if x.OK {
		t.say("cli.audit.yes", x.Institution, x.Leaves, x.Heads, int64(x.PerSecond))
		return
	}
	t.say("cli.audit.no", x.Institution, x.Code)
	if x.At >= 0 {
		t.say("cli.audit.at", x.At)
	}
}
