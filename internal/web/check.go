package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/web/ui"
	"github.com/wardfold/wardfold/verify"
)

// PathCheck is where anybody checks a receipt.
const PathCheck = "/check"

// maxProofFile is the largest proof file taken, in bytes.
const maxProofFile = 256 << 10

// publicRoutes are what everybody may see: they name nobody.
func (s *Site) publicRoutes() []Route {
	return []Route{
		{Pattern: "GET /check", Handler: s.check, Access: Anyone},
		{Pattern: "POST /check", Handler: s.checkProof, Access: Anyone, MaxBody: maxProofFile + 16<<10},
		{Pattern: "POST /check/number", Handler: s.checkNumber, Access: Anyone},
		{Pattern: "GET /check/{institution}/{number}", Handler: s.checkIssued, Access: Anyone},
		{Pattern: "GET /notice/{institution}/{notice}", Handler: s.notice, Access: Anyone},
		{Pattern: "GET /certificate/{institution}/{event}", Handler: s.certificate, Access: Anyone},
		{Pattern: "GET /notices/{institution}/{notice}", Handler: s.publicNoticeOf, Access: Anyone},
		{Pattern: "GET /certificate/{institution}/{event}/proof.json", Handler: s.certificateProof, Access: Anyone},
	}
}

// checkForm asks for the number of a receipt, or for a proof file.
type checkForm struct {
	ui.Page
	Institutions []ui.Option
	Institution  string
	Number       string
	Verdict      verdict
}

// verdict is the answer in words; the zero value is no answer yet.
type verdict struct {
	Kind        ui.Kind
	Title, Text string
	Rows        []ui.Row
}

func (s *Site) checkForm(r *Request) (checkForm, error) {
	v := checkForm{Page: r.Page("check.title")}
	v.Path = PathCheck
	var err error
	v.Institutions, err = s.institutions(r)
	if len(v.Institutions) == 1 {
		v.Institution = v.Institutions[0].Value
	}
	return v, err
}

func (s *Site) institutions(r *Request) ([]ui.Option, error) {
	all, err := s.Places.Directory(r.Context())
	slices.SortFunc(all, func(a, b institution.Institution) int { return strings.Compare(a.Name, b.Name) })
	var out []ui.Option
	for _, i := range all {
		out = append(out, ui.Option{Value: i.ID.String(), Text: i.Name})
	}
	return out, err
}

func (s *Site) check(w http.ResponseWriter, r *Request) error {
	v, err := s.checkForm(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// checkProof judges a proof that was pasted or uploaded, without keeping it.
func (s *Site) checkProof(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v, err := s.checkForm(r)
	if err != nil {
		return err
	}
	text, err := r.pasted("proof", "file")
	if err != nil {
		return err
	}
	if text == "" {
		v.Errors = ui.Errors{{Field: "proof", Text: r.P.T("fault.form.required")}}
		return r.ShowAgain(w, v.body())
	}
	if v.Verdict, err = s.judge(r, text); err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// pasted returns what stands in a field, or in the uploaded file if the field is
// empty.
func (r *Request) pasted(field, file string) (string, error) {
	if text := strings.TrimSpace(r.PostForm.Get(field)); text != "" || r.MultipartForm == nil {
		return text, nil
	}
	f, _, err := r.FormFile(file)
	if errors.Is(err, http.ErrMissingFile) {
		return "", nil
	}
	if err != nil {
		return "", fault.New(fault.Invalid, "form.unknown")
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxProofFile))
	return strings.TrimSpace(string(b)), err
}

// disproved says why a proof does not hold.
func (r *Request) disproved(err error) verdict {
	code := "malformed"
	if e, ok := errors.AsType[*verify.Error](err); ok {
		code = string(e.Code)
	}
	return verdict{Kind: ui.Danger, Title: r.P.T("check.bad"), Text: r.P.T("check.bad." + code)}
}

// judge checks a proof against the keys of the logs kept here.
func (s *Site) judge(r *Request, text string) (verdict, error) {
	if cert, err := verify.ParseRelease([]byte(text)); err == nil {
		return s.judgeRelease(r, cert)
	}
	receipt, err := verify.ParseReceipt([]byte(text))
	if err != nil {
		return r.disproved(err), nil
	}
	key, whose, err := s.logOf(r, receipt.Log)
	if err != nil {
		return verdict{}, err
	}
	proved, err := receipt.Verify(key)
	if err != nil {
		return r.disproved(err), nil
	}
	rows := []ui.Row{
		{Key: r.P.T("check.row.when"), Value: r.P.Time(proved.Leaf.Time)},
		{Key: r.P.T("check.row.what"), Value: r.P.T("ledger.type." + proved.Leaf.Type)},
	}
	if proved.Leaf.Role != "" {
		rows = append(rows, ui.Row{Key: r.P.T("check.row.role"), Value: r.P.T("role." + proved.Leaf.Role)})
	}
	if proved.Leaf.Purpose != "" {
		rows = append(rows, ui.Row{Key: r.P.T("check.row.purpose"), Value: r.P.T("purpose." + proved.Leaf.Purpose)})
	}
	rows = append(rows, ui.Row{Key: r.P.T("check.row.index"), Value: r.P.Number(proved.Index)},
		ui.Row{Key: r.P.T("check.row.size"), Value: r.P.Number(proved.Head.Size)})
	if key.IsZero() {
		return verdict{Kind: ui.Warning, Title: r.P.T("check.foreign"), Text: r.P.T("check.foreign.text"), Rows: rows}, nil
	}
	rows = append([]ui.Row{{Key: r.P.T("check.row.institution"), Value: whose.Name}}, rows...)
	return verdict{Kind: ui.Success, Title: r.P.T("check.good"), Text: r.P.T("check.good.text"), Rows: rows}, nil
}

// logOf finds the institution whose log a proof names; the zero key if it is
// none of ours.
func (s *Site) logOf(r *Request, log string) (verify.Key, institution.Institution, error) {
	all, err := s.Places.Directory(r.Context())
	if err != nil {
		return verify.Key{}, institution.Institution{}, err
	}
	for _, i := range all {
		signer, err := s.Signer(i.ID)
		if err != nil {
			return verify.Key{}, institution.Institution{}, err
		}
		if signer.Key().String() == log {
			return signer.Key(), i, nil
		}
	}
	return verify.Key{}, institution.Institution{}, nil
}

// checkNumber leads to the answer about a receipt number, an address that the
// code on the receipt leads to as well.
func (s *Site) checkNumber(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v, err := s.checkForm(r)
	if err != nil {
		return err
	}
	if chosen := r.PostForm.Get("institution"); chosen != "" {
		v.Institution = chosen
	}
	inst, ierr := id.Parse[id.Institution](v.Institution)
	number, ok := enrol.CleanReceipt(r.PostForm.Get("number"))
	if ierr != nil {
		v.Errors = append(v.Errors, ui.FieldError{Field: "institution", Text: r.P.T("fault.form.required")})
	}
	if !ok {
		v.Errors = append(v.Errors, ui.FieldError{Field: "number", Text: r.P.T("fault.enrol.receipt")})
	}
	if len(v.Errors) > 0 {
		return r.ShowAgain(w, v.body())
	}
	return r.Go(w, receiptPath(inst, number))
}

func (s *Site) checkIssued(w http.ResponseWriter, r *Request) error {
	inst, err := id.Parse[id.Institution](r.PathValue("institution"))
	if err != nil {
		return unknownPage(w, r)
	}
	number, _ := enrol.CleanReceipt(r.PathValue("number"))
	v, err := s.checkForm(r)
	if err != nil {
		return err
	}
	e, err := s.Enrolments.Issued(r.Context(), inst, number)
	if fault.KindOf(err) == fault.NotFound {
		v.Verdict = verdict{Kind: ui.Danger, Title: r.P.T("check.unknown"), Text: r.P.T("check.unknown.text")}
		return r.Show(w, v.body())
	}
	if err != nil {
		return err
	}
	store, err := s.Places.StoreOf(r.Context(), inst, e.Store)
	if err != nil {
		return err
	}
	v.Verdict = verdict{Kind: ui.Success, Title: r.P.T("check.issued"), Text: r.P.T("check.issued.text"), Rows: []ui.Row{
		{Key: r.P.T("ui.receipt.number"), Value: e.Receipt},
		{Key: r.P.T("check.row.institution"), Value: s.nameOf(r, inst)},
		{Key: r.P.T("enrolment.receipt.store"), Value: store.Name},
		{Key: r.P.T("check.row.when"), Value: r.P.Time(e.ChangedAt)},
		{Key: r.P.T("check.row.state"), Value: r.P.T("check.state." + string(e.State))},
	}}
	return r.Show(w, v.body())
}

// nameOf is an institution's name, or nothing.
func (s *Site) nameOf(r *Request, inst id.Institution) string {
	all, err := s.Places.Directory(r.Context())
	if err != nil {
		return ""
	}
	for _, i := range all {
		if i.ID == inst {
			return i.Name
		}
	}
	return ""
}
