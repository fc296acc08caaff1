package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// certificatePage says what was deleted, when, and where the proof is.
type certificatePage struct {
	ui.Page
	Ticket ui.Ticket
	Proof  string // path of the file
}

func (s *Site) certificate(w http.ResponseWriter, r *Request) error {
	inst, event, err := certificateOf(r)
	if err != nil {
		return unknownPage(w, r)
	}
	e, err := s.Families.Evidence(r.Context(), inst, event)
	if err != nil {
		return err
	}
	v := certificatePage{Page: r.Page("certificate.title"), Proof: certificatePath(inst, event) + "/proof.json"}
	v.Face = ui.Family
	v.Ticket = ui.Ticket{Title: r.P.T("certificate.done"), Number: r.P.T("certificate.number", e.Index), When: r.P.Time(e.At),
		Check: r.P.T("certificate.check"), Rows: []ui.Row{
			{Key: r.P.T("check.row.institution"), Value: s.nameOf(r, inst)},
			{Key: r.P.T("certificate.fields"), Value: items(r.P, e.Fields)},
			{Key: r.P.T("certificate.records"), Value: r.P.T("certificate.records.text", e.Records)},
			{Key: r.P.T("certificate.live"), Value: r.P.Time(e.At)},
			{Key: r.P.T("certificate.backup"), Value: r.P.T("certificate.backup.text")},
		}}
	qr, err := ui.NewQR(s.Origin+certificatePath(inst, event), r.P.T("certificate.qr"))
	if err != nil {
		return err
	}
	v.Ticket.QR = &qr
	return r.Show(w, v.body())
}

func (s *Site) certificateProof(w http.ResponseWriter, r *Request) error {
	inst, event, err := certificateOf(r)
	if err != nil {
		return unknownPage(w, r)
	}
	e, err := s.Families.Evidence(r.Context(), inst, event)
	if err != nil {
		return err
	}
	if e.Proof.Format == "" {
		return fault.New(fault.Unavailable, "ledger.unsigned")
	}
	return r.download(w, "wardfold-certificate.json", []byte(e.Proof.String()))
}

func certificatePath(inst id.Institution, event id.Event) string {
	return "/certificate/" + inst.String() + "/" + event.String()
}

func certificateOf(r *Request) (inst id.Institution, event id.Event, err error) {
	if inst, err = id.Parse[id.Institution](r.PathValue("institution")); err == nil {
		event, err = id.Parse[id.Event](r.PathValue("event"))
	}
	return inst, event, err
}
