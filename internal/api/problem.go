package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/problem"
)

// Problem is the one form of every refusal. RFC 9457.
type Problem struct{ problem.Problem }

// Error tells the code and nothing of the request.
func (p *Problem) Error() string { return p.Code }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the media type of a problem.
func (p *Problem) ContentType(string) string { return problem.ContentType }

// tellProblems replaces the framework's error type, whose details repeat the
// value that was sent. It is a variable of the framework, so it is set once for
// the process.
var tellProblems = sync.OnceFunc(func() {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return tell(new(call), status, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return tell(callOf(ctx.Context()), status, errs)
	}
})

// tell makes the problem of a call. Faults of our own are told by the one table;
// what the framework found wrong is translated into them first.
func tell(c *call, status int, errs []error) *Problem {
	err := errors.Join(errs...)
	if _, ours := errors.AsType[*fault.Error](err); !ours && status != http.StatusInternalServerError {
		err = translated(status, errs)
	}
	c.err = err
	v := problem.Of(err, lang.Negotiate("", c.language), c.id)
	if errors.Is(err, errMethod) {
		v.Status = http.StatusMethodNotAllowed
	}
	if status == http.StatusRequestEntityTooLarge || status == http.StatusUnsupportedMediaType || status == http.StatusNotAcceptable {
		v.Status = status
	}
	if v.Status == http.StatusNotFound && v.Code != "page.unknown" {
		// Absent and forbidden look the same, whoever said so.
		absent := problem.Of(errAbsent, lang.Negotiate("", c.language), c.id)
		return &Problem{absent}
	}
	for i, e := range v.Errors {
		if c.inBody(e.Pointer) {
			v.Errors[i].Pointer = "/" + strings.ReplaceAll(e.Pointer, ".", "/")
		}
	}
	return &Problem{v}
}

// inBody reports whether a place that a use case names ("learner.birth_month") is
// a property of what this operation is sent. The name of a header, a parameter or
// a field of a record is not.
func (c *call) inBody(place string) bool {
	if c.asked == nil || c.asked.RequestBody == nil || strings.HasPrefix(place, "/") {
		return false
	}
	in := c.asked.RequestBody.Content["application/json"]
	if in == nil {
		return false
	}
	at := in.Schema
	for name := range strings.SplitSeq(place, ".") {
		if at != nil && at.Ref != "" {
			at = c.named.SchemaFromRef(at.Ref)
		}
		if at == nil {
			return false
		}
		at = at.Properties[name]
	}
	return at != nil
}

var (
	errAbsent = fault.New(fault.NotFound, "api.absent")
	errNoPage = fault.New(fault.NotFound, "page.unknown")
	errMethod = fault.New(fault.Invalid, "api.method")
)

// nowhere answers what matches no operation, and says which methods a path has if
// that is what is wrong (RFC 9110 §15.5.6).
func (s *API) nowhere(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != "/" {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		s.refuse(w, callOf(r.Context()), errNoPage)
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	s.refuse(w, callOf(r.Context()), errMethod)
}

// refuse answers with a problem outside the framework.
func (s *API) refuse(w http.ResponseWriter, c *call, err error) {
	v := tell(c, http.StatusInternalServerError, []error{err})
	_ = v.Write(w) // the asker has gone; nothing is left to tell
}

// translated turns the framework's complaints into faults of kind Invalid. Only
// the place is taken over, and only as far as it is made of our own names: a
// property nobody knows may be anybody's name.
func translated(status int, errs []error) error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.Invalid, "form.too_large")
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return fault.New(fault.Invalid, "api.media_type")
	}
	f := fault.New(fault.Invalid, "api.invalid")
	for _, err := range errs {
		d, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		detail := d.ErrorDetail()
		f.Fields = append(f.Fields, fault.Field{Path: pointer(detail), Code: complaint(detail.Message)})
	}
	if len(f.Fields) == 0 {
		f.Code = "api.unreadable"
	}
	return f
}

var (
	required = prefix(validation.MsgExpectedRequiredProperty)
	ourNames = regexp.MustCompile(`^[a-zA-Z0-9_.\-\[\]]{0,120}$`)
)

func prefix(message string) string { s, _, _ := strings.Cut(message, "%"); return s }

// complaint names what is wrong by a code of ours.
func complaint(message string) string {
	switch {
	case message == validation.MsgUnexpectedProperty:
		return "api.unknown_property"
	case strings.HasPrefix(message, required), strings.HasPrefix(message, "required "):
		return "form.required"
	case strings.HasPrefix(message, prefix(validation.MsgExpectedMaxLength)), strings.HasPrefix(message, prefix(validation.MsgExpectedMaxItems)):
		return "api.too_long"
	case strings.HasPrefix(message, prefix(validation.MsgExpectedMinLength)), strings.HasPrefix(message, prefix(validation.MsgExpectedMinItems)):
		return "form.required"
	}
	return "api.value"
}

// pointer turns the framework's place ("body.asks[0].fields") into a JSON
// pointer or the name of a header or parameter.
func pointer(d *huma.ErrorDetail) string {
	place := d.Location
	if d.Message == validation.MsgUnexpectedProperty {
		place, _, _ = cutLast(place, ".")
	}
	if rest, ok := strings.CutPrefix(d.Message, required); ok {
		name, _, _ := strings.Cut(rest, " ")
		place += "." + name
	}
	if !ourNames.MatchString(place) {
		return ""
	}
	where, rest, _ := strings.Cut(place, ".")
	if where != "body" {
		return rest
	}
	if rest == "" {
		return ""
	}
	return "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(rest)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
