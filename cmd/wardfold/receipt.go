package main

import (
	"context"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify"
)

// receiptVerb writes the proof that the log holds an enrolment. It names nobody:
// what opens it to a person stays with the family.
type receiptVerb struct {
	which
	Number string `arg:"" name:"receipt-no"`
	Output string `short:"o" placeholder:"FILE"`
}

// Run writes the receipt as JSON, which "wardcheck receipt" verifies.
func (v receiptVerb) Run(ctx context.Context, t *console, c *command) error {
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
	for _, i := range list {
		var r verify.Receipt
		err := in.DB.View(ctx, i.ID, func(tx *db.Tx) error {
			e, err := enrol.ByReceipt(tx, i.ID, v.Number)
			if err != nil {
				return err
			}
			index, err := entryOf(tx, e)
			if err != nil {
				return err
			}
			r, err = in.Log.Receipt(tx, index, nil)
			return err
		})
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		return v.write(t, r)
	}
	return refuse(exitUsage, "cli.receipt.unknown", v.Number)
}

func (v receiptVerb) write(t *console, r verify.Receipt) error {
	if v.Output == "" {
		_, err := fmt.Fprintln(t.out, r.String())
		return err
	}
	if err := durable.Write(v.Output, []byte(r.String()+"\n")); err != nil {
		return err
	}
	t.say("cli.receipt.written", v.Output)
	return nil
}

// around is how far the entry of an enrolment may lie from its last change.
const around = time.Minute

// entryOf finds the entry that completed an enrolment: by its child, or by time
// when the child was erased since.
func entryOf(tx *db.Tx, e enrol.Enrolment) (int64, error) {
	for _, f := range []ledger.Filter{
		{Subject: e.Child, Limit: 500},
		{Type: ledger.EnrolCompleted, From: e.ChangedAt.Add(-around), To: e.ChangedAt.Add(around), Limit: 500},
		{Type: ledger.EnrolCompleted, From: e.CreatedAt.Add(-around), To: e.ExpiresAt.Add(around), Limit: 500},
	} {
		for {
			page, err := ledger.List(tx, f)
			if err != nil {
				return 0, err
			}
			for _, x := range page.Entries {
				if x.Type == ledger.EnrolCompleted && x.Ref == e.ID.String() {
					return x.Index, nil
				}
			}
			if page.Next == 0 {
				break
			}
			f.Before = page.Next
		}
	}
	return 0, fault.New(fault.NotFound, "ledger.no_entry")
}
