package intake_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/intake"
)

// part is a part of a form; a file if it has a name.
type part struct{ field, name, content string }

func form(t testing.TB, parts ...part) *multipart.Reader {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		to, err := w.CreateFormField(p.field)
		if p.name != "" {
			to, err = w.CreateFormFile(p.field, p.name)
		}
		if err == nil {
			_, err = io.WriteString(to, p.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return multipart.NewReader(&b, w.Boundary())
}

// S1-01: of the source document the number and the hash of its scan are kept; the
// scan goes by.
func TestAFormIsReadInWhateverOrderItComes(t *testing.T) {
	f, err := intake.ReadForm(form(t, part{"scan", "a.pdf", "the scan"}, part{"kind", "", "migration"},
		part{"roster", "a.csv", head}, part{"document", "", "2026-1"}))
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Document()
	if err != nil || d.Code != "2026-1" || d.Hash != sha256.Sum256([]byte("the scan")) {
		t.Errorf("%+v, %v", d, err)
	}
	if b, err := io.ReadAll(f.Roster); err != nil || string(b) != head || f.Fields["kind"] != "migration" {
		t.Errorf("%q, %v", f.Fields, err)
	}
}

func TestAFormThatCannotBeTakenSaysWhichPart(t *testing.T) {
	for name, c := range map[string]struct {
		parts []part
		code  string
	}{
		"a part of no roster": {[]part{{"colour", "", "red"}}, "form.unknown"},
		"a long field":        {[]part{{"document", "", strings.Repeat("1", 2<<10)}}, "form.too_large"},
		"too many parts":      {make([]part, 40), "form.unknown"},
		"a huge roster":       {[]part{{"roster", "a.csv", strings.Repeat("x", intake.LargestRoster+1)}}, "form.too_large"},
		"a huge scan":         {[]part{{"scan", "a.pdf", strings.Repeat("x", intake.LargestRoster+1)}}, "form.too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.parts {
				if c.parts[i].field == "" {
					c.parts[i].field = "kind"
				}
			}
			_, err := intake.ReadForm(form(t, c.parts...))
			want(t, err, fault.Invalid, c.code)
		})
	}
	cut := multipart.NewReader(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nmig"), "x")
	_, err := intake.ReadForm(cut)
	want(t, err, fault.Invalid, "form.unknown")
}

func TestADocumentWithoutItsScanIsNone(t *testing.T) {
	for hash, code := range map[string]string{"": "imports.scan", "12": "api.value", strings.Repeat("z", 64): "api.value",
		strings.Repeat("0", 65): "api.value"} {
		_, err := intake.Form{Fields: map[string]string{"document": "2026-1", "hash": hash}}.Document()
		want(t, err, fault.Invalid, "")
		if f := fault.CodeOf(err); f != code {
			t.Errorf("%q: %s", hash, f)
		}
	}
}

// A form is read to its end or refused, whatever it holds.
func FuzzForm(f *testing.F) {
	f.Add([]byte("--x\r\nContent-Disposition: form-data; name=\"roster\"; filename=\"a\"\r\n\r\na,b\r\n--x--\r\n"))
	f.Add([]byte("--x\r\n\r\n--x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := intake.ReadForm(multipart.NewReader(bytes.NewReader(b), "x"))
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v", err)
		}
		if err == nil && got.Roster != nil && got.Roster.Size() > intake.LargestRoster {
			t.Error("too large")
		}
	})
}
