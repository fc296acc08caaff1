package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
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

const fieldLink = "link"

// leadToLink goes to the page at path, which shows the link that was just made
// for a child to the browser it was made in, also after Back and Reload.
func (r *Request) leadToLink(w http.ResponseWriter, b account.Browser, path string, t enrol.Token) error {
	return r.lead(w, b, path, draft{Fields: map[string]string{fieldLink: t.String()}}, path)
}

// madeLink is the link that the page at path has to show; "" for none.
func (r *Request) madeLink(path string) string { return r.draft(path).Fields[fieldLink] }

func (s *Site) ownLink(w http.ResponseWriter, r *Request) error {
	child, err := childOf(r)
	if err != nil {
		return err
	}
	t, err := s.Enrolments.OwnLink(r.Context(), r.Actor, child)
	if err != nil {
		return err
	}
	b, err := r.EnsureBrowser(w, s.Sessions)
	if err != nil {
		return err
	}
	return r.leadToLink(w, b, childPath(child)+"/link", t)
}

func (s *Site) showOwnLink(w http.ResponseWriter, r *Request) error {
	own, err := s.ownPage(r, "enrolment.child")
	if err != nil {
		return err
	}
	t := r.madeLink(own.Base + "/link")
	if t == "" {
		return r.Go(w, own.Base)
	}
	v := ownLinkPage{ownPage: own, Link: "/c/" + t}
	v.Page.Path, v.Full = own.Base, s.Origin+v.Link
	if v.QR, err = ui.NewQR(v.Full, r.P.T("enrolment.child.qr")); err != nil {
		return err
	}
	return r.Show(w, v.body())
}
