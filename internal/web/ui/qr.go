package ui

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the white border in modules. Source: ISO/IEC 18004, 4 modules.
const quiet = 4

// QR is a code ready to draw: one path over a white square of Side modules.
type QR struct {
	Side int
	Path string
	Alt  string
}

// NewQR encodes text with error correction level M, which still reads from a
// folded print. alt is what a screen reader says, never the text itself.
func NewQR(text, alt string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, fmt.Errorf("encode QR of %d bytes: %w", len(text), err)
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return QR{Side: code.Size + 2*quiet, Path: b.String(), Alt: alt}, nil
}

func (q QR) box() string { return fmt.Sprintf("0 0 %d %d", q.Side, q.Side) }
