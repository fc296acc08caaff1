package web

import (
	"errors"
	"mime"
	"net/http"
	"strconv"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// uploadMemory is more than any route's MaxBody, in bytes: an uploaded file is
// held in memory while the form is read, and never in a temporary file. A list of
// people in clear must not lie on a disk, where a crash would leave it.
const uploadMemory = 256 << 20

// ReadForm reads the form of a POST within the route's MaxBody; a handler calls
// it first. Only the body counts: what stands in the address is never a field.
func (r *Request) ReadForm() error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	read := r.ParseForm
	if kind == "multipart/form-data" {
		read = func() error { return r.ParseMultipartForm(uploadMemory) }
	}
	if err := read(); err != nil {
		return fault.New(fault.Invalid, "form.unknown").Because(unquoted(err))
	}
	return nil
}

// unquoted keeps the reasons that say nothing of the content; the standard
// library's other errors quote the piece they could not read.
func unquoted(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return large
	}
	return errors.New("malformed form")
}

// Typed returns a field that holds personal information, already behind the
// type that keeps it out of logs and errors.
func (r *Request) Typed(field string) secret.Text {
	return secret.NewText(r.PostForm.Get(field))
}

// HideAfter makes a page that shows a value in clear leave by itself, for those
// without script.
func HideAfter(w http.ResponseWriter, seconds int, path string) {
	w.Header().Set("Refresh", strconv.Itoa(seconds)+"; url="+path)
}

// ForgetHere asks the browser to drop what it keeps of this site except how the
// person reads. A sign-out calls it beside dropping the session.
func ForgetHere(w http.ResponseWriter) {
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
}
