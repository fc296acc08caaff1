package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathExports is where files leave: registered, collected once, listed.
const PathExports = "/staff/exports"

// exporters may take a file under their application; the gate decides on each.
var exporters = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer}

// exportsPage is what left and what waits.
type exportsPage struct {
	ui.Page
	Applications []ui.Option // granted ones that the actor may use outside the screen
	Formats      []ui.Option
	Application  string
	Format       string
	Numbers      []ui.Option // how telephones are to be written; none without a relay
	NumbersAs    string
	Waiting      []waitingExport
	List         ui.Table
	Pool         int  // relay numbers
	MayPool      bool // the actor answers for them
	Errors       ui.Errors
}

type waitingExport struct {
	Title, Until, Action string
}

func (p *staffPages) exportRoutes() []Route {
	take := Only(OwnStore, exporters...)
	see := Only(OwnStore, actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Owner, actor.Auditor)
	return []Route{
		{Pattern: "GET " + PathExports, Handler: p.exports, Access: see, Menu: "exports.title"},
		{Pattern: "POST " + PathExports, Handler: p.prepareExport, Access: take.Within(proofAge)},
		{Pattern: "POST " + PathExports + "/{id}", Handler: p.collectExport, Access: take.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + PathExports + "/numbers", Handler: p.addNumbers, Access: Only(Institution, officers...), MaxBody: 256 << 10},
	}
}

func (p *staffPages) exports(w http.ResponseWriter, r *Request) error {
	v, err := p.exportsOf(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) exportsOf(r *Request) (v exportsPage, err error) {
	v = exportsPage{Page: r.Page("exports.title"), MayPool: r.Actor.Role == actor.Officer}
	for _, f := range release.Formats {
		v.Formats = append(v.Formats, ui.Option{Value: string(f), Text: r.P.T("exports.format." + string(f))})
	}
	if p.Releases.Line != nil {
		v.NumbersAs = "clear"
		v.Numbers = []ui.Option{{Value: "clear", Text: r.P.T("exports.numbers_as.clear")},
			{Value: "alias", Text: r.P.T("exports.numbers_as.alias"), Hint: r.P.T("exports.numbers_as.hint")}}
	}
	all, err := p.Releases.List(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	v.List = ui.Table{Caption: r.P.T("exports.list"), Heads: []ui.Head{{Text: r.P.T("exports.when")}, {Text: r.P.T("exports.who")},
		{Text: r.P.T("exports.purpose")}, {Text: r.P.T("exports.people"), Number: true}, {Text: r.P.T("exports.state")}}}
	for _, e := range all {
		v.List.Rows = append(v.List.Rows, ui.Words(r.P.Time(e.Prepared), names[e.Collector.String()], purposeName(r.P, e.Purpose),
			strconv.Itoa(e.People), r.P.T("exports.state."+string(e.State))))
		if e.State == release.Prepared && e.Collector == r.Actor.Staff {
			v.Waiting = append(v.Waiting, waitingExport{Title: r.P.T("exports.file", purposeName(r.P, e.Purpose), e.People),
				Until: r.P.T("exports.until", r.P.Time(e.Expires)), Action: PathExports + "/" + e.ID.String()})
		}
	}
	if err := p.exportable(r, &v); err != nil || !v.MayPool {
		return v, err
	}
	return v, p.Releases.Gate.DB.View(r.Context(), r.Actor.Institution, func(tx *db.Tx) error {
		pool, err := release.Pool(tx, r.Actor.Institution)
		v.Pool = len(pool)
		return err
	})
}

// exportable lists the granted applications under which the actor may take a
// file.
func (p *staffPages) exportable(r *Request, v *exportsPage) error {
	mine, err := p.Applications.Mine(r.Context(), r.Actor)
	for _, x := range mine {
		if x.Case.State == application.Granted && x.Clear && x.Place != "screen" {
			v.Applications = append(v.Applications, ui.Option{Value: x.ID.String(), Text: x.Title, Hint: r.P.T("exports.of", x.People)})
		}
	}
	return err
}

func (p *staffPages) prepareExport(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	app, err := id.Parse[id.Application](r.PostForm.Get("application"))
	if err == nil {
		_, err = p.Releases.Prepare(r.Context(), r.Actor, app,
			release.Shape{Format: release.Format(r.PostForm.Get("format")), Aliases: r.PostForm.Get("numbers") == "alias"})
	} else {
		err = fault.At("application", "release.not_granted")
	}
	return p.exportsAfter(w, r, err)
}

// exportsAfter shows the page again with what went wrong, or after what went well.
func (p *staffPages) exportsAfter(w http.ResponseWriter, r *Request, err error) error {
	if err == nil {
		return r.Go(w, PathExports)
	}
	lines, ok := r.said(err, fault.Conflict, fault.Denied, fault.Invalid, fault.NotFound, fault.Limited)
	if !ok {
		return p.deny(w, r, err)
	}
	v, again := p.exportsOf(r)
	if again != nil {
		return p.deny(w, r, again)
	}
	v.Application, v.Format, v.Errors = r.PostForm.Get("application"), r.PostForm.Get("format"), lines
	v.NumbersAs = r.PostForm.Get("numbers")
	return r.ShowAgain(w, v.body())
}

// collectExport answers with the file. Every entry of it is durable before the
// first byte leaves; when the grant ends while it is sent, the rest stays here.
func (p *staffPages) collectExport(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Export](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "release.unknown")
	}
	f, err := p.Releases.Collect(r.Context(), r.Actor, which, p.exportWords(r))
	if err != nil {
		return p.exportsAfter(w, r, err)
	}
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	if p.Releases.Hand(r.Context(), f, w) != nil {
		panic(http.ErrAbortHandler) // the file breaks off, and the browser says so
	}
	return nil
}

// exportWords are what the file says, in the language of who collects it.
func (p *staffPages) exportWords(r *Request) release.Words {
	name := ""
	if names, err := p.names(r); err == nil {
		name = names[r.Actor.Staff.String()]
	}
	return release.WordsIn(r.P, name, p.Releases.Gate.Now())
}

func (p *staffPages) addNumbers(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	_, err := p.Releases.AddNumbers(r.Context(), r.Actor, strings.Fields(r.PostForm.Get("numbers")))
	return p.exportsAfter(w, r, err)
}
