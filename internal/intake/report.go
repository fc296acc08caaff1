package intake

import (
	"bytes"
	"context"
	"io"
	"iter"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/seal"
)

// Report writes the file of a batch back to the person who brought it, with one
// more column that says what is wrong in each line and which lines were held
// already. It is reading, so quarantine closes it, and the entry is durable
// before the first byte is written (I1).
//
// Errors: Denied in quarantine and to others; Erased intake.file_gone once the
// file is destroyed.
func (s *Service) Report(ctx context.Context, a actor.Actor, batch id.Batch, w io.Writer, words roster.Words) error {
	var file *bytes.Reader
	var twice []roster.Problem
	b, _, err := s.act(ctx, a, policy.ImportReport, batch, func(tx *db.Tx, p seal.Permit, c *gate.Case, b *Batch) (err error) {
		if b.By != a.Staff {
			return fault.New(fault.Denied, "intake.not_yours")
		}
		c.Count = b.Rows
		if twice, err = held(tx, *b); err != nil {
			return err
		}
		file, err = openFile(tx, s.Gate.Vault, p, *b)
		return err
	})
	if err != nil {
		return err
	}
	sheet, _, err := s.open(ctx, b, file, file.Size())
	if err != nil {
		return err
	}
	return roster.Annotate(w, file, file.Size(), merged(sheet, twice), words)
}

// merged yields the problems of a sheet and those found when it was applied, in
// the order of lines.
func merged(sheet *roster.Sheet, twice []roster.Problem) iter.Seq[roster.Problem] {
	return func(yield func(roster.Problem) bool) {
		for row, err := range sheet.Rows(0) {
			if err != nil {
				return // Annotate meets the same error and says it
			}
			for len(twice) > 0 && twice[0].Row <= row.Number {
				if !yield(twice[0]) {
					return
				}
				twice = twice[1:]
			}
			for _, p := range row.Problems {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// Template writes an empty roster with the columns of the pledge's four items
// and one invented line. Format is "xlsx" or "csv"; Invalid: intake.format.
func (s *Service) Template(w io.Writer, format string, words roster.Words) error {
	var fields []string
	for _, it := range catalogue.MinimalSchema().Items {
		fields = append(fields, it.Field)
	}
	schema, err := roster.SchemaFor(fields)
	if err != nil {
		return err
	}
	switch format {
	case "xlsx":
		return roster.TemplateXLSX(w, schema, words)
	case "csv":
		return roster.TemplateCSV(w, schema, words)
	}
	return fault.At("format", "intake.format")
}
