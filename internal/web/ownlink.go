package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// ownLinkPage shows a guardian the own link of a child of 14 or more, for the
// child to decide or to see its own pages again.
type ownLinkPage struct {
	ownPage
	QR   ui.QR
	Link string // path of this site
	Full string
}

// decides reports whether a child has a say of its own, so that it may have a
// link of its own.
func decides(s consent.Speaker) bool { return s != consent.Guardian }

func (s *Site) ownLink(w http.ResponseWriter, r *Request) error {
	own, err := s.ownPage(r, "enrolment.child")
	if err != nil {
		return err
	}
	t, err := s.Enrolments.OwnLink(r.Context(), r.Actor, own.Child.ID)
	if err != nil {
		return err
	}
	v := ownLinkPage{ownPage: own, Link: "/c/" + t.String()}
	v.Page.Path, v.Full = own.Base, s.Origin+v.Link
	if v.QR, err = ui.NewQR(v.Full, r.P.T("enrolment.child.qr")); err != nil {
		return err
	}
	return r.Show(w, v.body())
}
