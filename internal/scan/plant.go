package scan

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Plants are what somebody put into a list on purpose, such as a made-up contact
// with a number that nobody else has. Where it turns up, the list has been
// (S2-10). A watcher needs no values: the SHA-256 of a number will do.
type Plants struct {
	sums    map[[sha256.Size]byte]string
	phrases []phrase
}

type phrase struct {
	name string
	text []byte
}

// plantsMax is how many plants are looked for at once.
const plantsMax = 10_000

// ReadPlants reads one plant from each line: "name = value". A value is a number
// in any written form, "sha256:" and the hexadecimal SHA-256 of one, or a phrase
// of six characters and more that is found as it stands. Errors: fault.Invalid
// scan.plants with the line.
func ReadPlants(r io.Reader) (*Plants, error) {
	p := &Plants{sums: make(map[[sha256.Size]byte]string)}
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || !p.add(name, value) || len(p.sums)+len(p.phrases) > plantsMax {
			return nil, fault.New(fault.Invalid, "scan.plants", n)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fault.New(fault.Invalid, "scan.plants", 0).Because(err)
	}
	return p, nil
}

func (p *Plants) add(name, value string) bool {
	if sum, ok := strings.CutPrefix(value, "sha256:"); ok {
		b, err := hex.DecodeString(sum)
		if err != nil || len(b) != sha256.Size {
			return false
		}
		p.sums[[sha256.Size]byte(b)] = name
		return true
	}
	if plain := bare([]byte(value)); len(plain) >= 6 && digits(plain)*2 > len(plain) {
		p.sums[sha256.Sum256(plain)] = name
		return true
	}
	p.phrases = append(p.phrases, phrase{name, []byte(value)})
	return utf8.RuneCountInString(value) >= 6
}

// bare writes a number as its letters and figures alone, a mainland mobile
// without its country code.
func bare(value []byte) []byte {
	out := make([]byte, 0, len(value))
	for len(value) > 0 {
		r, n := utf8.DecodeRune(value)
		value = value[n:]
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		switch {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			out = append(out, byte(r))
		case r >= 'A' && r <= 'Z':
			out = append(out, byte(r)+'a'-'A')
		}
	}
	if len(out) == 13 && bytes.HasPrefix(out, []byte("861")) {
		return out[2:]
	}
	return out
}

func digits(b []byte) (n int) {
	for _, c := range b {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// match names the plant that a value is, or "".
func (p *Plants) match(value []byte) string {
	if p == nil || len(p.sums) == 0 || len(value) > sampleMax {
		return ""
	}
	return p.sums[sha256.Sum256(bare(value))]
}

// phrasesIn calls found for every phrase that stands in a piece.
func (p *Plants) phrasesIn(piece *flow.Piece, found func(name string, from, to int)) {
	if p == nil {
		return
	}
	for _, x := range p.phrases {
		for at := 0; ; {
			i := bytes.Index(piece.Text[at:], x.text)
			if i < 0 {
				break
			}
			if at += i; at >= piece.From && at < piece.To {
				found(x.name, at, at+len(x.text))
			}
			at += len(x.text)
		}
	}
}
