package web

import (
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Where the promise stands for everybody, and where it is signed.
const (
	pathPromise = "/promise"
	PathSigned  = "/staff/promise"
)

func (p *staffPages) promiseRoutes() []Route {
	write := Only(Institution, officers...)
	return []Route{
		{Pattern: "GET " + pathPromise + "/{institution}", Handler: p.promise, Access: Anyone},
		{Pattern: "GET " + pathPromise + "/{institution}/{store}", Handler: p.promise, Access: Anyone},
		{Pattern: "GET " + PathSigned, Handler: p.signed, Access: write, Menu: "promise.menu"},
		{Pattern: "POST " + PathSigned, Handler: p.sign, Access: write.Within(account.ProofLife)},
	}
}

// promisePage is the promise that an institution has signed, for the page of a
// store too, with what the program has counted: to read, to print, to check.
type promisePage struct {
	ui.Page
	office.Public
	Store string
	Words []string
	Print string // hash in groups
	QR    ui.QR
}

func (p *staffPages) promise(w http.ResponseWriter, r *Request) error {
	inst, err := id.Parse[id.Institution](r.PathValue("institution"))
	if err != nil || p.Office == nil {
		return unknownPage(w, r)
	}
	v := promisePage{}
	if v.Public, err = p.Office.Promise(r.Context(), inst); err != nil {
		return err
	}
	path := pathPromise + "/" + inst.String()
	if which := r.PathValue("store"); which != "" {
		stores, err := p.storeNames(r.Context(), inst)
		if err != nil {
			return err
		}
		if v.Store = stores[which]; v.Store == "" {
			return fault.New(fault.NotFound, "institution.store")
		}
		path += "/" + which
	}
	v.Page = r.Page("promise.title", v.Institution.Name)
	v.Face, v.Page.Path, v.Print = ui.Public, path, fingerprint(v.Hash)
	if v.Words = v.Public.Words[r.P.Tag()]; len(v.Words) == 0 {
		v.Words = v.Public.Words[lang.Default]
	}
	v.QR, err = ui.NewQR(p.origin(r)+path, r.P.T("promise.qr"))
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// signedPage is where the officer signs the promise and finds the pages to hang
// out: one for the institution, one for each store.
type signedPage struct {
	ui.Page
	Now   office.Public // version 0: none yet
	Text  []string      // of the version to sign
	Pages []ui.Row
	Who   string
}

func (p *staffPages) signedPage(r *Request) (signedPage, error) {
	v := signedPage{Page: r.Page("promise.menu")}
	var err error
	if v.Now, err = p.Office.Promise(r.Context(), r.Actor.Institution); err != nil && fault.CodeOf(err) != "promise.none" {
		return v, err
	}
	if v.Text, err = p.Office.PromiseText(r.Context(), r.Actor.Institution, r.P.Tag()); err != nil {
		return v, err
	}
	stores, err := p.Office.Stores(r.Context(), r.Actor.Institution)
	if v.Now.Version > 0 {
		base := pathPromise + "/" + r.Actor.Institution.String()
		v.Pages = append(v.Pages, ui.Row{Key: v.Now.Institution.Name, More: rowLink(base, r.P.T("promise.open"))})
		for _, s := range stores {
			v.Pages = append(v.Pages, ui.Row{Key: s.Name, More: rowLink(base+"/"+s.ID.String(), r.P.T("promise.open"))})
		}
	}
	return v, err
}

func (p *staffPages) signed(w http.ResponseWriter, r *Request) error {
	v, err := p.signedPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) sign(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if _, err := p.Office.SignPromise(r.Context(), r.Actor); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathSigned, "flash.promise_signed")
}

// facts are what the program has counted, each in a line.
func (v promisePage) facts() []ui.Fact {
	stated := v.P.T("promise.never")
	if !v.Stated.IsZero() {
		stated = v.P.Time(v.Stated)
	}
	return []ui.Fact{
		{Icon: "doc", Name: v.P.T("promise.items"), Text: v.P.T("promise.items.text", v.Items)},
		{Icon: "shield", Name: v.P.T("promise.unreceipted"), Text: v.P.T("promise.unreceipted.text", v.Unreceipted)},
		{Icon: "people", Name: v.P.T("promise.trained"), Text: v.P.T("promise.trained.text", v.Trained, v.Staff)},
		{Icon: "lock", Name: v.P.T("promise.stated"), Text: stated},
	}
}

// number is the line of the log, as people say it.
func (v promisePage) number() string {
	if v.Index < 0 {
		return "—"
	}
	return strings.TrimSpace(v.P.Number(v.Index))
}
