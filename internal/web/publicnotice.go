package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// publicPath is where everybody reads a public notice.
func publicPath(inst id.Institution, which id.Publication) string {
	return "/notices/" + inst.String() + "/" + which.String()
}

// publicNotice is the page that everybody may read, until its days are over.
type publicNotice struct {
	ui.Page
	Institution, Article, From, Until string
	Table                             ui.Table
	Lines                             []string
	Numbered                          bool
	For, Contact                      string // whom it is for, and who hears objections
}

// publicNoticeOf answers without sign-in. Search engines are asked to leave it
// alone, and nothing keeps a copy: the page comes down by itself.
func (s *Site) publicNoticeOf(w http.ResponseWriter, r *Request) error {
	inst, err := id.Parse[id.Institution](r.PathValue("institution"))
	which, bad := id.Parse[id.Publication](r.PathValue("notice"))
	if err != nil || bad != nil || s.Staff.Notices == nil {
		return unknownPage(w, r)
	}
	x, page, err := s.Staff.Notices.Public(r.Context(), inst, which)
	if err != nil {
		return err
	}
	v := publicNotice{Page: r.Page("publish.public"), Article: x.Article, From: r.P.Time(x.From), Until: r.P.Time(x.Until)}
	v.Title, v.Face = x.Title, ui.Family
	all, err := s.Places.Directory(r.Context())
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.ID == inst {
			v.Institution = i.Name
		}
	}
	words, err := s.Places.CurrentNotice(r.Context(), inst, catalogue.EnrolmentNotice)
	if err != nil && fault.KindOf(err) != fault.NotFound { // who enrols nobody has no such notice
		return err
	}
	v.Contact = words.Officer
	if x.Occasion == publish.Story {
		for _, row := range page.Rows {
			v.Lines = append(v.Lines, strings.Join(row, " "))
		}
	} else {
		v.Table = noticeTable(x.Title, page.Header, page.Rows)
		v.Numbered, v.For = true, r.P.T("publish.audience."+string(x.Audience))
	}
	h := w.Header()
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Cache-Control", "no-store")
	return r.Show(w, v.body())
}

// record is what stands below a notice; a story has neither article nor audience.
func (v publicNotice) record() (rows []ui.Row) {
	for _, x := range []ui.Row{{Key: "check.row.institution", Value: v.Institution}, {Key: "publish.article", Value: v.Article},
		{Key: "publish.audience", Value: v.For}, {Key: "publish.from", Value: v.From}, {Key: "publish.until", Value: v.Until},
		{Key: "publish.public.contact", Value: v.Contact}} {
		if x.Value != "" {
			x.Key = v.P.T(x.Key)
			rows = append(rows, x)
		}
	}
	return rows
}
