package ole

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf16"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// Record numbers. Source: [MS-XLS] 2.3.
const (
	recFormula    = 0x0006
	recEOF        = 0x000A
	recFilePass   = 0x002F
	recContinue   = 0x003C
	recDate1904   = 0x0022
	recCodePage   = 0x0042
	recBoundSheet = 0x0085
	recMulRK      = 0x00BD
	recRString    = 0x00D6
	recXF         = 0x00E0
	recSST        = 0x00FC
	recLabelSST   = 0x00FD
	recNumber     = 0x0203
	recLabel      = 0x0204
	recString     = 0x0207
	recRK         = 0x027E
	recFormat     = 0x041E
	recBOF        = 0x0809
	recNote       = 0x001C
	recTXO        = 0x01B6
)

var le = binary.LittleEndian

var errCut = errors.New("record cut short")

// record is one BIFF record; data is a slice of the stream.
type record struct {
	kind uint16
	data []byte
}

// next cuts the record at the start of b.
func next(b []byte) (r record, rest []byte, ok bool) {
	if len(b) < 4 {
		return r, nil, false
	}
	n := int(le.Uint16(b[2:]))
	if len(b) < 4+n {
		return r, nil, false
	}
	return record{le.Uint16(b), b[4 : 4+n]}, b[4+n:], true
}

// strings reads the shared-string table, which goes on over Continue records: a
// text may be cut between characters, and then says anew how wide they are.
// Source: [MS-XLS] 2.4.265, 2.5.293.
type stringReader struct {
	pieces [][]byte
	b      []byte
}

func (s *stringReader) fill() bool {
	for len(s.b) == 0 {
		if len(s.pieces) == 0 {
			return false
		}
		s.b, s.pieces = s.pieces[0], s.pieces[1:]
	}
	return true
}

func (s *stringReader) take(n int) ([]byte, bool) {
	var out []byte
	for n > 0 {
		if !s.fill() {
			return out, false
		}
		m := min(n, len(s.b))
		if m == n && out == nil {
			out, s.b = s.b[:m:m], s.b[m:]
			return out, true
		}
		out = append(out, s.b[:m]...)
		s.b, n = s.b[m:], n-m
	}
	return out, true
}

// text reads one string of the table.
func (s *stringReader) text() (string, bool) {
	head, ok := s.take(3)
	if !ok {
		return "", false
	}
	n, flags := int(le.Uint16(head)), head[2]
	runs, extra := 0, 0
	if flags&8 != 0 {
		b, ok := s.take(2)
		if !ok {
			return "", false
		}
		runs = int(le.Uint16(b))
	}
	if flags&4 != 0 {
		b, ok := s.take(4)
		if !ok {
			return "", false
		}
		extra = int(le.Uint32(b))
	}
	out, ok := s.characters(n, flags&1 != 0)
	if !ok {
		return string(utf16.Decode(out)), false
	}
	return string(utf16.Decode(out)), s.skip(runs*4) && s.skip(extra)
}

func (s *stringReader) skip(n int) bool {
	for n > 0 {
		if !s.fill() {
			return false
		}
		m := min(n, len(s.b))
		s.b, n = s.b[m:], n-m
	}
	return true
}

func (s *stringReader) characters(n int, wide bool) ([]uint16, bool) {
	out := make([]uint16, 0, min(n, 4096))
	for n > 0 {
		if len(s.b) == 0 {
			if !s.fill() {
				return out, false
			}
			wide, s.b = s.b[0]&1 != 0, s.b[1:]
			continue
		}
		if wide {
			m := min(n, len(s.b)/2)
			if m == 0 {
				return out, false
			}
			for i := range m {
				out = append(out, le.Uint16(s.b[2*i:]))
			}
			s.b, n = s.b[2*m:], n-m
			continue
		}
		m := min(n, len(s.b))
		for _, c := range s.b[:m] {
			out = append(out, uint16(c))
		}
		s.b, n = s.b[m:], n-m
	}
	return out, true
}

// unicodeText reads a string with a length of two bytes and a flag byte.
func unicodeText(b []byte, short bool) string {
	s := stringReader{b: b}
	if short {
		if len(b) < 2 {
			return ""
		}
		s.b = append([]byte{b[0], 0}, b[1:]...)
	}
	text, _ := s.text() // what there is of it
	return text
}

// narrowText reads a string in the code page of the system (BIFF5).
func narrowText(b []byte, lengthBytes int) string {
	if len(b) < lengthBytes {
		return ""
	}
	n := int(b[0])
	if lengthBytes == 2 {
		n = int(le.Uint16(b))
	}
	return string(flow.GB18030.Decode(b[lengthBytes:min(len(b), lengthBytes+n)]))
}

// rk decodes a packed number. Source: [MS-XLS] 2.5.217.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}
