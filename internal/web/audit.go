package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// longTask is how long a check of the whole log, or a long roster, may take.
const longTask = 2 * time.Minute

// auditRows is how many entries a page shows.
const auditRows = 50

// auditPage lists entries of the log in words, newest first, and has the whole
// log verified (S3-44). No entry names a child.
type auditPage struct {
	ui.Page
	Types, People, Purposes []ui.Option
	Type, Who, Purpose      string
	From, To                string
	Denied                  bool
	Table                   ui.Table
	Pager                   ui.Pager
	Log                     ledger.Status
	First                   time.Time // of the first entry
	Verdict                 *logVerdict
	Concerns                []concern
	MayProve                bool // make a pack of evidence
}

// logVerdict is the result of a check in words.
type logVerdict struct {
	Kind        ui.Kind
	Title, Text string
}

func (p *staffPages) auditPage(r *Request) (auditPage, error) {
	v := auditPage{Page: r.Page("audit.title"), MayProve: may(examiners, r.Actor.Role), Log: p.Office.Log.Status(r.Actor.Institution)}
	q := r.URL.Query()
	f := ledger.Filter{Type: ledger.Type(q.Get("type")), Actor: q.Get("who"), Purpose: q.Get("purpose"), Denied: q.Get("denied") != "", Limit: auditRows}
	v.Type, v.Who, v.Purpose, v.From, v.To, v.Denied = q.Get("type"), q.Get("who"), q.Get("purpose"), q.Get("from"), q.Get("to"), f.Denied
	if day, err := typedDay(v.From); v.From != "" && err == nil {
		f.From = day.Start()
	}
	if day, err := typedDay(v.To); v.To != "" && err == nil {
		f.To = day.End()
	}
	if n, err := strconv.ParseInt(q.Get("before"), 10, 64); err == nil && n > 0 {
		f.Before = n
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	page, err := p.Office.Audit(r.Context(), r.Actor, f)
	if err != nil {
		return v, err
	}
	if v.Concerns, err = p.concerns(r); err != nil {
		return v, err
	}
	v.Table = auditTable(r.P, page.Entries, names)
	if page.Next > 0 {
		q.Set("before", strconv.FormatInt(page.Next, 10))
		v.Pager.Older = PathAudit + "?" + q.Encode()
	}
	if f.Before > 0 {
		q.Del("before")
		v.Pager.Newer = PathAudit + "?" + q.Encode()
	}
	return v, p.auditChoices(r, &v)
}

// auditChoices fills the filter: kinds of entries, colleagues, purposes.
func (p *staffPages) auditChoices(r *Request, v *auditPage) error {
	for _, t := range ledger.Types {
		v.Types = append(v.Types, ui.Option{Value: string(t), Text: r.P.T("ledger.type." + string(t))})
	}
	people, err := p.Accounts.StaffOf(r.Context(), r.Actor.Institution, r.Actor.Store, true)
	if err != nil {
		return err
	}
	for _, s := range people {
		v.People = append(v.People, ui.Option{Value: s.ID.String(), Text: s.Name})
	}
	purposes, err := p.Office.Purposes(r.Context(), r.Actor)
	for _, x := range purposes {
		v.Purposes = append(v.Purposes, ui.Option{Value: x.Code, Text: purposeName(r.P, x.Code)})
	}
	return err
}

func auditTable(p lang.Printer, entries []ledger.Entry, names map[string]string) ui.Table {
	t := ui.Table{ID: "entries", Caption: p.T("audit.entries"), Hidden: true, Heads: []ui.Head{{Text: p.T("audit.index"), Number: true}, {Text: p.T("audit.when")},
		{Text: p.T("audit.who")}, {Text: p.T("audit.what")}, {Text: p.T("audit.why")}, {Text: p.T("audit.result")}}}
	for _, e := range entries {
		row := ui.Words(p.Number(e.Index), p.Time(e.At), entryWho(p, e, names), entryWhat(p, e), purposeName(p, e.Purpose))
		t.Rows = append(t.Rows, append(row, ui.Cell{Part: entryResult(p, e)}))
	}
	return t
}

// entryWho is the colleague and the role in which they acted; families appear
// by role only.
func entryWho(p lang.Printer, e ledger.Entry, names map[string]string) string {
	role := p.T("audit.unproved")
	if e.Role != "" {
		role = p.T("role." + string(e.Role))
	}
	if name := names[e.Actor]; name != "" {
		return p.T("audit.person", name, role)
	}
	if e.Role == actor.Integrator {
		return role + " " + e.Actor
	}
	return role
}

func entryWhat(p lang.Printer, e ledger.Entry) string {
	words := p.T("ledger.type." + string(e.Type))
	if len(e.Fields) > 0 {
		words += p.T("audit.fields", codeWords(p, e.Fields))
	}
	if e.Count > 1 {
		words += p.T("audit.count", e.Count)
	}
	return words
}

// entryReason says in words why something was refused; the codes of rules stand
// beside the words.
func entryReason(p lang.Printer, e ledger.Entry) string {
	return wordOr(p, "audit.code."+e.Code, p.T("audit.code", e.Code))
}

func (p *staffPages) audit(w http.ResponseWriter, r *Request) error {
	v, err := p.auditPage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

// verifyAudit reads the whole log and says whether anybody has rewritten it.
func (p *staffPages) verifyAudit(w http.ResponseWriter, r *Request) error {
	report, err := p.Office.Verify(r.Context(), r.Actor, nil)
	if err != nil {
		return p.deny(w, r, err)
	}
	r.URL = &url.URL{Path: PathAudit}
	v, err := p.auditPage(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	if report.OK {
		v.Verdict = &logVerdict{ui.Success, r.P.T("audit.ok"), r.P.T("audit.ok.text", report.Size, report.Heads, v.Log.SignedAt)}
	} else {
		v.Verdict = &logVerdict{ui.Danger, r.P.T("audit.broken"), r.P.T("audit.broken.text", report.At, report.Code)}
	}
	return r.Show(w, v.body())
}

// storeOrZero reads a store from a form; "" is the whole institution.
func storeOrZero(s string) (store id.Store, err error) {
	if s == "" {
		return store, nil
	}
	return id.Parse[id.Store](s)
}

// codeWords says in words what an entry lists: fields of a record, roles, or
// ways to prove who one is.
func codeWords(p lang.Printer, codes []string) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = wordOr(p, "field."+c, wordOr(p, "role."+c, wordOr(p, "account.proof."+c, c)))
	}
	return p.List(words)
}
