package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/fault"
)

// Limits of a form, in bytes.
const (
	LargestRoster = 32 << 20 // and of the scan beside it
	longestField  = 1 << 10
	mostFormParts = 16
)

// formFields are the text fields that a form may have.
var formFields = []string{"kind", "basis", "store", "document", "hash"}

// Form is a roster as a browser or a program sends it in parts
// (multipart/form-data): the file, where it comes from, the scan of its source
// document. The file is held in memory and nowhere else: a temporary file would
// be a list of children in clear on a disk, and a crash would leave it there. Of
// the scan only the hash is kept while it goes by.
type Form struct {
	Fields  map[string]string
	Roster  *bytes.Reader // nil if no file came
	Scan    [32]byte      // SHA-256; zero if no scan came
	Scanned bool
}

// ReadForm reads a form part by part. The caller bounds the whole.
//
// Errors: Invalid, naming the part: form.too_large, form.unknown for a part that
// no roster has; whatever the reader returns.
func ReadForm(parts *multipart.Reader) (Form, error) {
	f := Form{Fields: map[string]string{}}
	for n := 0; ; n++ {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, unread(err)
		}
		if n == mostFormParts {
			return f, fault.New(fault.Invalid, "form.unknown")
		}
		if err := f.take(p); err != nil {
			return f, err
		}
	}
}

// ReadFile reads a roster that comes alone; the caller says where it is from.
func ReadFile(file io.Reader) (Form, error) {
	b, err := io.ReadAll(io.LimitReader(file, LargestRoster+1))
	switch {
	case err != nil:
		return Form{}, unread(err)
	case len(b) > LargestRoster:
		return Form{}, fault.At("roster", "form.too_large")
	}
	return Form{Fields: map[string]string{}, Roster: bytes.NewReader(b)}, nil
}

func (f *Form) take(p *multipart.Part) error {
	switch name := p.FormName(); {
	case name == "roster" || name == "file":
		b, err := bounded(p, "roster", LargestRoster)
		if err == nil && len(b) > 0 {
			f.Roster = bytes.NewReader(b)
		}
		return err
	case name == "scan":
		h := sha256.New()
		n, err := io.Copy(h, io.LimitReader(p, LargestRoster+1))
		switch {
		case err != nil:
			return unread(err)
		case n > LargestRoster:
			return fault.At("scan", "form.too_large")
		case n > 0:
			h.Sum(f.Scan[:0])
			f.Scanned = true
		}
		return nil
	case slices.Contains(formFields, name):
		b, err := bounded(p, name, longestField)
		f.Fields[name] = string(b)
		return err
	}
	return fault.New(fault.Invalid, "form.unknown")
}

func bounded(p *multipart.Part, name string, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(p, most+1))
	switch {
	case err != nil:
		return nil, unread(err)
	case int64(len(b)) > most:
		return nil, fault.At(name, "form.too_large")
	}
	return b, nil
}

// unread keeps the reason if the whole was too large; others quote what they
// could not read.
func unread(err error) error {
	f := fault.New(fault.Invalid, "form.unknown")
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return f.Because(large)
	}
	return f.Because(errors.New("malformed form"))
}

// Document is what the form says of the source: its number, and the hash of the
// scan that came along, or the hash as it was told. Invalid, imports.scan, when
// there is a number and neither.
func (f Form) Document() (d Document, err error) {
	if d.Code = f.Fields["document"]; d.Code == "" {
		return Document{}, nil
	}
	switch told := f.Fields["hash"]; {
	case f.Scanned:
		d.Hash = f.Scan
	case told == "":
		return Document{}, fault.At("scan", "imports.scan")
	default:
		if n, err := hex.Decode(d.Hash[:], []byte(told[:min(len(told), 64)])); err != nil || n != 32 || len(told) != 64 {
			return Document{}, fault.At("hash", "api.value")
		}
	}
	return d, nil
}
