package api

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/intake"
)

// The media types in which a roster may come.
const (
	formType = "multipart/form-data"
	fileType = "application/octet-stream"
)

// readRoster reads the body of an upload as it comes: in parts, of which the scan
// is hashed while it goes by, or the file alone. What is compared with an earlier
// request under the same key is the hash of the whole.
func (c *call) readRoster(w http.ResponseWriter, r *http.Request, most int64) error {
	sum := sha256.New()
	body := io.TeeReader(http.MaxBytesReader(w, r.Body, most), sum)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == formType:
		if params["boundary"] == "" {
			return fault.New(fault.Invalid, "api.unreadable")
		}
		c.roster, err = intake.ReadForm(multipart.NewReader(body, params["boundary"]))
		if err == nil {
			_, err = io.Copy(io.Discard, body) // what comes after the last part counts for the comparison
		}
	default:
		c.roster, err = intake.ReadFile(body)
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large && fault.KindOf(err) == "" {
		err = fault.New(fault.Invalid, "form.too_large")
	}
	c.body = sum.Sum(nil)
	return err
}

// readFile reads a body that is one file. Of somebody whom the rules will turn
// away no more is read than they turn away without it.
func (c *call) readFile(w http.ResponseWriter, r *http.Request, op Operation) (err error) {
	may := slices.Contains(op.Access.Roles, c.actor.Role)
	if may {
		c.file, err = io.ReadAll(http.MaxBytesReader(w, r.Body, op.MaxBody))
	} else {
		c.file, err = io.ReadAll(io.LimitReader(r.Body, defaultMaxBody))
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return fault.New(fault.Invalid, "form.too_large")
	}
	if err != nil {
		return fault.New(fault.Invalid, "api.unreadable").Because(err)
	}
	sum := sha256.Sum256(c.file)
	c.body, r.Body = sum[:], http.NoBody
	if err = c.takeParts(r.Header.Get("Content-Type"), op.parts); !may {
		return nil // they turn away a part of a form as well
	}
	return err
}

// takeParts takes a form apart into the files that an operation knows.
func (c *call) takeParts(contentType string, names []string) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if len(names) == 0 || err != nil || kind != formType {
		return nil
	}
	whole := c.file
	defer clear(whole)
	c.file, c.parts = nil, map[string][]byte{}
	if params["boundary"] == "" {
		return fault.New(fault.Invalid, "api.unreadable")
	}
	form := multipart.NewReader(bytes.NewReader(whole), params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			c.file = c.parts[names[0]]
			return nil
		}
		if err == nil && !slices.Contains(names, part.FormName()) {
			return fault.New(fault.Invalid, "form.unknown")
		}
		if err == nil {
			c.parts[part.FormName()], err = io.ReadAll(part)
		}
		if err != nil {
			return fault.New(fault.Invalid, "api.unreadable") // the cause would quote the form
		}
	}
}
