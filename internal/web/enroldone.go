package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// donePage is the receipt, to keep, to print and to let anybody check; while the
// child must agree too, it says so.
type donePage struct {
	enrolPage
	Ticket  ui.Ticket
	Waiting bool
}

func (s *Site) done(w http.ResponseWriter, r *Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	if v.Taken || !v.finished() {
		return r.Go(w, v.path)
	}
	p := donePage{enrolPage: r.enrolPage(v, "enrolment.done"), Waiting: v.State == enrol.Waiting}
	p.Page.Path = v.path + "/done"
	if p.Ticket, err = s.ticket(r.P, v); err != nil {
		return err
	}
	return r.Show(w, p.body())
}

// ticket is the receipt of an enrolment. Its code leads to the check that
// everybody may make; nothing on it names anybody.
func (s *Site) ticket(p lang.Printer, v visit) (ui.Ticket, error) {
	t := ui.Ticket{
		Title: p.T("enrolment.receipt.title"), Number: v.Receipt, When: p.Time(v.ChangedAt), Check: p.T("enrolment.receipt.check"),
		Rows: []ui.Row{
			{Key: p.T("enrolment.receipt.who"), Value: v.Notice.Controller},
			{Key: p.T("enrolment.receipt.store"), Value: v.Store.Name},
		},
	}
	given := slices.DeleteFunc(v.Notice.Purposes(), func(code string) bool { return !slices.Contains(v.Given, code) })
	if len(given) > 0 {
		t.Rows = append(t.Rows, ui.Row{Key: p.T("enrolment.receipt.given"), Value: names(p, "purpose.", given)})
	}
	t.Rows = append(t.Rows,
		ui.Row{Key: p.T("enrolment.receipt.items"), Value: items(p, fieldsOf(v.Notice))},
		ui.Row{Key: p.T("enrolment.receipt.until"), Value: longest(p, v.Asked)})
	qr, err := ui.NewQR(s.Origin+receiptPath(v.Institution, v.Receipt), p.T("enrolment.receipt.qr"))
	t.QR = &qr
	return t, err
}

// receiptPath is where anybody may check a receipt's number.
func receiptPath(inst id.Institution, number string) string {
	return "/check/" + inst.String() + "/" + number
}

// noticePath is where a published notice stands.
func noticePath(inst id.Institution, which id.Notice) string {
	return "/notice/" + inst.String() + "/" + which.String()
}

// childLinkPage shows the child's own link. Making one ends the link made before.
type childLinkPage struct {
	enrolPage
	QR   ui.QR
	Link string // path of this site
	Full string
}

func (s *Site) childLink(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	own, err := s.Enrolments.ChildLink(r.Context(), v.token, v.browser)
	if err != nil {
		return s.strayed(w, r, v, err)
	}
	return r.leadToLink(w, v.browser, v.path+"/child", own)
}

// showChildLink shows the link that this browser has just had made; reading makes
// none.
func (s *Site) showChildLink(w http.ResponseWriter, r *Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	own := r.madeLink(v.path + "/child")
	if own == "" || v.Taken || v.State != enrol.Waiting {
		return r.Go(w, v.path+"/done")
	}
	p := childLinkPage{enrolPage: r.enrolPage(v, "enrolment.child"), Link: "/c/" + own}
	p.Page.Path, p.Full = v.path+"/done", s.Origin+p.Link
	if p.QR, err = ui.NewQR(p.Full, r.P.T("enrolment.child.qr")); err != nil {
		return err
	}
	return r.Show(w, p.body())
}
