package web

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathLeaks is where lists that were found outside are taken in and traced (B10).
const PathLeaks = "/staff/leaks"

func (p *staffPages) leakRoutes() []Route {
	read, bring := Only(Institution, examiners...), Only(Institution, officers...)
	return []Route{
		{Pattern: "GET " + PathLeaks, Handler: p.leaks, Access: read, Menu: "leak.title"},
		{Pattern: "POST " + PathLeaks, Handler: p.receiveLeak, Access: bring, MaxBody: leak.MaxSize + 1<<20, Timeout: longTask},
		{Pattern: "GET " + PathLeaks + "/{id}", Handler: p.leak, Access: read},
		{Pattern: "POST " + PathLeaks + "/{id}/result", Handler: p.leakResult, Access: read},
		{Pattern: "POST " + PathLeaks + "/{id}/pack", Handler: p.leakPack, Access: read.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + PathLeaks + "/{id}/{what}", Handler: p.changeLeak, Access: bring.Within(proofAge), Timeout: longTask},
	}
}

// leaksPage lists the cases and takes a new list.
type leaksPage struct {
	ui.Page
	List   []ui.Task
	May    bool
	Errors ui.Errors
}

func (p *staffPages) leaksPage(r *Request) (leaksPage, error) {
	v := leaksPage{Page: r.Page("leak.title"), May: may(officers, r.Actor.Role)}
	list, err := p.Leaks.List(r.Context(), r.Actor, 50)
	for _, c := range list {
		v.List = append(v.List, ui.Task{Text: r.P.T("leak.one", r.P.Time(c.CreatedAt)), Hint: r.P.T("leak.size", (c.Size+1023)/1024),
			Href: PathLeaks + "/" + c.ID.String(), Status: r.P.T("leak.state." + string(c.State)), Kind: leakKind(c.State)})
	}
	return v, err
}

func leakKind(s leak.State) ui.Kind {
	switch s {
	case leak.Traced:
		return ui.Success
	case leak.Closed:
		return ui.Plain
	}
	return ui.Warning
}

func (p *staffPages) leaks(w http.ResponseWriter, r *Request) error {
	v, err := p.leaksPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) receiveLeak(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	c, err := p.takeLeak(r)
	if errs, ok := r.Wrong(err); err != nil && ok {
		return showAgain(w, r, errs, p.leaksPage)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Go(w, PathLeaks+"/"+c.ID.String())
}

func (p *staffPages) takeLeak(r *Request) (c leak.Case, err error) {
	file, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return c, fault.At("file", "leak.empty")
	}
	defer func() { err = closing(file, err) }()
	return p.Leaks.Receive(r.Context(), r.Actor, file, head.Size)
}

// leakPage is one case: what its list proves, and who had it when.
type leakPage struct {
	ui.Page
	leak.Case
	Here, Fingerprint string
	Result            *leak.Result // nil before it is traced
	Verdict           string
	Kind              ui.Kind
	Facts             []string
	Read              []ui.Row
	Tables            []ui.Table
	Assumed           []string
	Custody           []ui.Moment
	MayTrace          bool
}

func (p *staffPages) leak(w http.ResponseWriter, r *Request) error {
	which, err := id.Parse[id.Leak](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "leak.unknown")
	}
	c, lines, err := p.Leaks.Read(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	names, err := p.leakNames(r)
	if err != nil {
		return err
	}
	v := leakPage{Page: r.Page("leak.title"), Case: c, Here: PathLeaks + "/" + c.ID.String(), Fingerprint: hex.EncodeToString(c.Hash[:]),
		MayTrace: may(officers, r.Actor.Role) && c.State != leak.Closed}
	for _, l := range lines {
		who := names[l.Actor]
		if who == "" {
			who = r.P.T("role." + string(actor.System))
		}
		v.Custody = append(v.Custody, ui.Moment{When: r.P.Time(l.At), Title: r.P.T("leak.custody." + l.Act), Detail: who})
	}
	if len(c.Result) > 0 {
		res, err := leak.Parse(c.Result)
		if err != nil {
			return err
		}
		v.tell(r.P, &res, names)
	}
	return r.Show(w, v.body())
}

// leakNames are the names of colleagues and stores by identifier.
func (p *staffPages) leakNames(r *Request) (map[string]string, error) {
	names, err := p.names(r)
	if err != nil {
		return nil, err
	}
	stores, err := p.storeChoice(r)
	for _, s := range stores {
		names[s.Value] = s.Text
	}
	return names, err
}

// tell puts a result into words.
func (v *leakPage) tell(p lang.Printer, r *leak.Result, names map[string]string) {
	v.Result, v.Verdict, v.Kind = r, p.T("leak.verdict."+string(r.Verdict)), ui.Warning
	switch r.Verdict {
	case leak.Export, leak.Account:
		v.Kind = ui.Danger
	case leak.NoMatch, leak.Unusable, leak.Nothing:
		v.Kind = ui.Info
	}
	v.Facts = []string{p.T("leak.sure", 100*(1-r.Alpha)), p.T("leak.compared", r.Compared, r.Searched)}
	if !r.NotBefore.IsZero() {
		v.Facts = append(v.Facts, p.T("leak.notbefore", p.Time(r.NotBefore)))
	}
	if r.Read.Matched() > 0 && r.Outside > 0 {
		v.Facts = append(v.Facts, p.T("leak.elsewhere", int(100*r.Outside+0.5)))
	}
	for _, x := range []struct {
		key string
		n   int
	}{{"rows", r.Read.Rows}, {"matched", r.Read.Matched()}, {"number", r.Read.ByNumber}, {"names", r.Read.ByNames}, {"corrected", r.Read.Corrected},
		{"ambiguous", r.Read.Ambiguous}, {"marked", r.Read.Marked}, {"relayed", r.Read.Relayed}, {"outside", r.Read.Outside}, {"nothing", r.Read.Nothing},
		{"repeated", r.Read.Repeated}, {"latin", r.Read.Latin}, {"lettered", r.Read.Lettered}, {"broken", r.Read.Broken}} {
		if x.n > 0 || x.key == "rows" || x.key == "matched" {
			v.Read = append(v.Read, ui.Row{Key: p.T("leak.read." + x.key), Value: p.Number(int64(x.n))})
		}
	}
	v.add(findings(p, "leak.exports", r.Exports, names), findings(p, "leak.stores", r.Stores, names), findings(p, "leak.accounts", r.Accounts, names),
		groups(p, r, names), windows(p, r.Window, names))
	for _, a := range r.Assumed {
		v.Assumed = append(v.Assumed, p.T("leak.assumed."+a))
	}
}

// add takes the tables that have rows.
func (v *leakPage) add(tables ...ui.Table) {
	for _, t := range tables {
		if len(t.Rows) > 0 {
			v.Tables = append(v.Tables, t)
		}
	}
}

func known(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n
	}
	return id
}

func findings(p lang.Printer, caption string, list []leak.Finding, names map[string]string) ui.Table {
	t := ui.Table{Caption: p.T(caption), Heads: []ui.Head{{Text: p.T("leak.col.id")}, {Text: p.T("leak.col.share"), Number: true},
		{Text: p.T("leak.col.odds")}, {Text: p.T("leak.col.named")}}}
	for _, f := range list {
		who, share := known(names, f.ID), strconv.Itoa(int(100*f.Share+0.5))+"%"
		if f.Holder != "" {
			who += " · " + p.T("leak.account.of", known(names, f.Holder)) + " · " + p.Time(f.At)
		}
		if f.Marks > 0 {
			share = p.T("leak.col.marks") + " " + strconv.Itoa(f.Marks)
		}
		t.Rows = append(t.Rows, ui.Words(who, share, p.T("leak.odds", f.Odds), p.T("leak.named."+f.Grade())))
	}
	return t
}

// groups leaves out an account that is named already: of one, at least one.
func groups(p lang.Printer, r *leak.Result, names map[string]string) ui.Table {
	t := ui.Table{Caption: p.T("leak.among"), Heads: []ui.Head{{Text: p.T("leak.col.id")}, {Text: p.T("leak.col.from")}, {Text: p.T("leak.col.until")}}}
	for _, g := range r.Among {
		var who []string
		for _, x := range g.IDs {
			who = append(who, known(names, x))
		}
		if len(who) == 1 && slices.ContainsFunc(r.Accounts, func(f leak.Finding) bool { return f.Named && f.ID == g.IDs[0] }) {
			continue
		}
		t.Rows = append(t.Rows, ui.Words(strings.Join(who, " · "), p.Time(g.From), p.Time(g.Until)))
	}
	return t
}

// windows are when that was: how many occasions, from when until when.
func windows(p lang.Printer, list []leak.Group, names map[string]string) ui.Table {
	t := ui.Table{Caption: p.T("leak.window"), Heads: []ui.Head{{Text: p.T("leak.stores")}, {Text: p.T("leak.col.from")}, {Text: p.T("leak.col.until")},
		{Text: p.T("leak.col.count"), Number: true}}}
	for _, g := range list {
		t.Rows = append(t.Rows, ui.Words(known(names, g.Store), p.Time(g.From), p.Time(g.Until), p.Number(int64(len(g.IDs)))))
	}
	return t
}

// leakResult sends the result as it is kept and proved.
func (p *staffPages) leakResult(w http.ResponseWriter, r *Request) error {
	which, err := id.Parse[id.Leak](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "leak.unknown")
	}
	c, _, err := p.Leaks.Read(r.Context(), r.Actor, which)
	if err == nil && len(c.Result) == 0 {
		err = fault.New(fault.NotFound, "leak.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.download(w, "wardfold-leak-"+c.ID.String()+".json", c.Result)
}

// leakPack sends the file with which the result is proved to outsiders. The entry
// that seals it is durable before the first byte leaves.
func (p *staffPages) leakPack(w http.ResponseWriter, r *Request) error {
	which, err := id.Parse[id.Leak](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "leak.unknown")
	}
	pack, err := p.Leaks.Pack(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.download(w, "wardfold-leak-"+which.String()+".zip", pack.Archive())
}

// changeLeak traces the list, or destroys it.
func (p *staffPages) changeLeak(w http.ResponseWriter, r *Request) error {
	which, err := id.Parse[id.Leak](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "leak.unknown")
	}
	switch r.PathValue("what") {
	case "trace":
		_, _, err = p.Leaks.Trace(r.Context(), r.Actor, which, nil)
	case "close":
		_, err = p.Leaks.Close(r.Context(), r.Actor, which)
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Go(w, PathLeaks+"/"+which.String())
}

// hidden keeps a table's caption for screen readers: a heading says it.
func hidden(t ui.Table) ui.Table {
	t.Hidden = true
	return t
}
