package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// codePage explains one fault code; the type of every problem in JSON leads
// here, and the page works without any other site.
type codePage struct {
	ui.Page
	Code, Text string
}

func explainCode(w http.ResponseWriter, r *Request) error {
	code := r.PathValue("code")
	if !r.P.Has("fault." + code) {
		return fault.New(fault.NotFound, "page.unknown")
	}
	v := codePage{Page: r.Page("web.code.title", code), Code: code, Text: r.P.T("fault." + code)}
	return r.Show(w, v.body())
}
