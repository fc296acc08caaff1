package seal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
)

// readAAD takes additional data apart, as the package manual describes it.
func readAAD(b []byte) (p seal.Place, s seal.Suite, keyVersion uint32, err error) {
	var parts [][]byte
	for len(b) > 0 {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			return p, s, 0, errors.New("truncated")
		}
		n := int(binary.BigEndian.Uint16(b))
		parts, b = append(parts, b[2:2+n]), b[2+n:]
	}
	if len(parts) != 7 || string(parts[0]) != "wardfold/field/1" || len(parts[1]) != 1 ||
		len(parts[5]) != 4 || len(parts[6]) != 4 {
		return p, s, 0, errors.New("wrong parts")
	}
	if p.Institution, err = id.FromBytes[id.Institution](parts[2]); err != nil {
		return p, s, 0, err
	}
	if p.Subject, err = id.FromBytes[id.Subject](parts[3]); err != nil {
		return p, s, 0, err
	}
	p.Field, p.Version = string(parts[4]), binary.BigEndian.Uint32(parts[5])
	return p, seal.Suite(parts[1][0]), binary.BigEndian.Uint32(parts[6]), nil
}

// FuzzAAD shows that the additional data of a place can be read back, so that
// two different places never share it (I5).
func FuzzAAD(f *testing.F) {
	f.Add(uint8(1), []byte("0123456789abcdef"), []byte("fedcba9876543210"), "learner.name", uint32(1), uint32(1))
	f.Add(uint8(2), make([]byte, 16), bytes.Repeat([]byte{0xff}, 16), "", uint32(0), ^uint32(0))
	f.Add(uint8(0), make([]byte, 16), make([]byte, 16), "\x00\x04\x00\x00\x00\x01", uint32(1<<31), uint32(256))
	f.Fuzz(func(t *testing.T, s uint8, inst, subject []byte, field string, version, key uint32) {
		if len(field) > 64 {
			return // a place of such a field is refused
		}
		var p seal.Place
		var err error
		if p.Institution, err = id.FromBytes[id.Institution](inst); err != nil {
			return
		}
		if p.Subject, err = id.FromBytes[id.Subject](subject); err != nil {
			return
		}
		p.Field, p.Version = field, version
		aad := p.AppendAAD(nil, seal.Suite(s), key)
		gotPlace, gotSuite, gotKey, err := readAAD(aad)
		if err != nil || gotPlace != p || gotSuite != seal.Suite(s) || gotKey != key {
			t.Errorf("%x reads back as another place (%v)", aad, err)
		}
		if more := p.AppendAAD([]byte("x"), seal.Suite(s), key); !bytes.Equal(more[1:], aad) {
			t.Error("appending changes the encoding")
		}
	})
}

// FuzzEnvelope shows that the header has one spelling and that no input panics.
func FuzzEnvelope(f *testing.F) {
	body := bytes.Repeat([]byte{7}, 28)
	for _, head := range []string{"v1:\x01", "v4294967295:\x02", "v4294967296:\x01", "v01:\x01", "v0:\x01", "v:\x01", "v1:\x03", "w1:\x01", "v18446744073709551617:\x01"} {
		f.Add(append([]byte(head), body...))
	}
	f.Add([]byte("v1:\x01 too short"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		version, suite, body, err := seal.Parse(b)
		if err != nil {
			return
		}
		if version == 0 || (suite != seal.Intl && suite != seal.GM) || len(body) < 28 {
			t.Errorf("accepted version %d, suite %d, %d bytes", version, suite, len(body))
		}
		if again := append(seal.Header(version, suite), body...); !bytes.Equal(again, b) {
			t.Errorf("%q has a second spelling %q", b, again)
		}
	})
}
