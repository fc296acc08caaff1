package source

import (
	"bytes"
	"context"

	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/pdf"
)

// ExamineBytes reads a file that exists in memory only.
func ExamineBytes(ctx context.Context, name string, data []byte, yield func(*flow.Piece, error) bool) error {
	opt := Options{Limits: DefaultLimits}
	opt.Limits.Free, opt.Limits.Ratio, opt.Limits.Depth = 32<<20, 100, 4
	w := flow.NewWriter(yield, nil)
	e := &examiner{ctx: ctx, opt: &opt, w: w, packed: int64(len(data)), pdf: pdf.New(pdf.Options{})}
	if err := e.examine(input{name: name, size: int64(len(data)), at: bytes.NewReader(data)}); err != nil {
		return err
	}
	return w.End()
}
