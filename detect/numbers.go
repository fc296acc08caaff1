package detect

import (
	"math/bits"

	"github.com/wardfold/wardfold/detect/internal/block"
	"github.com/wardfold/wardfold/detect/internal/number"
)

// numbers finds the kinds that prove themselves by their own digits.
func (w *work) numbers(b []byte, from, to int) {
	var m block.Map
	m.Reset(b[:from])
	for at := from; at < to; at += block.Size {
		n := m.Classify(b[:min(len(b), to+2)], at)
		for i, events := range m.Events {
			for ; events != 0; events &= events - 1 {
				if p := at + i*64 + bits.TrailingZeros64(events); p >= w.past && p < to {
					w.event(b, p)
				}
			}
		}
		_ = n
	}
}

func (w *work) event(b []byte, p int) {
	if b[p]-'0' > 9 {
		return
	}
	start, end := p-3, p+1
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	w.past = end
	switch n := end - start; {
	case n == 11 && number.Mobile((*[11]byte)(b[start:])):
		w.add(start, end, Mobile, 200, Prefix|Shape, number.Date{})
	case n == 17 && end < len(b) && b[end]|0x20 == 'x', n == 18:
		if p, ok := number.Resident((*[18]byte)(b[start:]), number.Date(w.today())); ok {
			w.add(start, start+18, ResidentID, 1200, Checksum|Calendar|Region|Shape, p.Born)
		}
	}
}

// today is the date of the scan, or the end of time.
func (w *work) today() Date {
	if w.on.Year == 0 {
		return Date{9999, 12, 31}
	}
	return w.on
}

func (w *work) add(start, end int, kind Kind, score int16, why Reasons, born number.Date) {
	if !w.kinds.Has(kind) || score < w.least {
		return
	}
	w.found = append(w.found, Finding{
		Start: int64(start), End: int64(end), Kind: kind, Level: levelOf(score), Score: score, Why: why,
		Born: Date(born), Minor: minorAt(Date(born), w.on),
	})
}
