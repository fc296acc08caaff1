package web

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Imports takes in rosters. Package intake has it.
type Imports interface {
	Upload(ctx context.Context, a actor.Actor, src intake.Source, file io.ReaderAt, size int64) (intake.Batch, error)
	Attach(ctx context.Context, a actor.Actor, batch id.Batch, d intake.Document) (intake.Batch, error)
	Release(ctx context.Context, a actor.Actor, batch id.Batch) (intake.Batch, error)
	Discard(ctx context.Context, a actor.Actor, batch id.Batch) (intake.Batch, error)
	Launch(ctx context.Context, a actor.Actor, batch id.Batch) (intake.Batch, error)
	Working(batch id.Batch) (now bool, failed string)
	Load(ctx context.Context, a actor.Actor, batch id.Batch) (intake.Batch, error)
	List(ctx context.Context, a actor.Actor, limit int) ([]intake.Batch, error)
	Problems(ctx context.Context, a actor.Actor, batch id.Batch, limit int) ([]roster.Problem, error)
	Report(ctx context.Context, a actor.Actor, batch id.Batch, w io.Writer, words roster.Words) error
	Template(w io.Writer, format string, words roster.Words) error
}

// PathImports is where rosters come in.
const PathImports = "/staff/imports"

// pathTemplate is where an empty roster is had.
const pathTemplate = "/staff/roster-template"

const (
	maxRoster   = intake.LargestRoster
	maxProblems = 100 // lines shown; the report has all of them
)

func (p *staffPages) importRoutes() []Route {
	read, bring := Only(OwnStore, importers...), Only(OwnStore, officers...)
	return []Route{
		{Pattern: "GET " + PathImports, Handler: p.imports, Access: read, Menu: "imports.title"},
		{Pattern: "POST " + PathImports, Handler: p.upload, Access: bring, MaxBody: 2*maxRoster + 1<<20, Timeout: longTask},
		{Pattern: "GET " + pathTemplate + "/{format}", Handler: p.template, Access: read},
		{Pattern: "GET " + PathImports + "/{id}", Handler: p.batch, Access: read},
		{Pattern: "GET " + PathImports + "/{id}/state", Handler: p.watchBatch, Access: read},
		{Pattern: "POST " + PathImports + "/{id}/report", Handler: p.report, Access: bring, Timeout: longTask},
		{Pattern: "POST " + PathImports + "/{id}/{what}", Handler: p.changeBatch, Access: read, MaxBody: maxRoster + 1<<20, Timeout: longTask},
	}
}

// importsPage lists the rosters and takes a new one, with the document of its
// lawful source (S1-01).
type importsPage struct {
	ui.Page
	List                 []ui.Task
	Kinds, Bases, Stores []ui.Option
	Kind, Basis, Store   string
	Document             string
	May                  bool
	Here                 bool // imports work in this installation
}

func (p *staffPages) importsPage(r *Request) (importsPage, error) {
	v := importsPage{Page: r.Page("imports.title"), May: may(officers, r.Actor.Role), Here: p.Imports != nil}
	if !v.Here {
		return v, nil
	}
	list, err := p.Imports.List(r.Context(), r.Actor, 50)
	if err != nil {
		return v, err
	}
	for _, b := range list {
		v.List = append(v.List, ui.Task{Text: r.P.T("imports.one", b.Rows), Hint: r.P.Time(b.CreatedAt), Href: PathImports + "/" + b.ID.String(),
			Status: r.P.T("intake.state." + string(b.State)), Kind: batchKind(b.State)})
	}
	for _, k := range intake.Kinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Text: r.P.T("intake.kind." + string(k))})
	}
	for _, b := range catalogue.Bases {
		v.Bases = append(v.Bases, ui.Option{Value: string(b), Text: r.P.T("basis." + string(b))})
	}
	v.Stores, err = p.storeChoice(r)
	return v, err
}

func batchKind(s intake.State) ui.Kind {
	switch s {
	case intake.Applied:
		return ui.Success
	case intake.Quarantined:
		return ui.Warning
	case intake.Rejected:
		return ui.Plain
	}
	return ui.Info
}

func (p *staffPages) imports(w http.ResponseWriter, r *Request) error {
	v, err := p.importsPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) upload(w http.ResponseWriter, r *Request) error {
	form, err := r.rosterForm()
	f := r.PostForm
	var b intake.Batch
	if err == nil {
		b, err = p.takeRoster(r, form)
	}
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, err := p.importsPage(r)
		if err != nil {
			return err
		}
		v.Errors, v.Kind, v.Basis, v.Store, v.Document = ofTheFile(errs), f.Get("kind"), f.Get("basis"), f.Get("store"), f.Get("document")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Go(w, PathImports+"/"+b.ID.String())
}

// ofTheFile puts what is wrong in the file, such as a column that nobody
// promised, beside the field of the file, and says it once.
func ofTheFile(errs ui.Errors) (out ui.Errors) {
	for _, e := range errs {
		if !slices.Contains([]string{"kind", "basis", "store", "document", "scan"}, e.Field) {
			e.Field = "roster"
		}
		if !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// rosterForm reads the form of a roster part by part; its text fields become
// PostForm, as ReadForm leaves them. Nobody may tell the hash of a scan here: it
// is made of the scan.
func (r *Request) rosterForm() (f intake.Form, err error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return f, r.ReadForm()
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return f, fault.New(fault.Invalid, "form.unknown").Because(unquoted(err))
	}
	f, err = intake.ReadForm(parts)
	delete(f.Fields, "hash")
	r.PostForm = url.Values{}
	for name, value := range f.Fields {
		r.PostForm.Set(name, value)
	}
	return f, err
}

// takeRoster hands the file in.
func (p *staffPages) takeRoster(r *Request, form intake.Form) (b intake.Batch, err error) {
	f := r.PostForm
	src := intake.Source{Kind: intake.Kind(f.Get("kind")), Basis: catalogue.Basis(f.Get("basis"))}
	if src.Store, err = storeOrZero(f.Get("store")); err != nil {
		return b, fault.At("store", "intake.store")
	}
	if src.Document, err = form.Document(); err != nil {
		return b, err
	}
	if form.Roster == nil {
		return b, fault.At("roster", "imports.file")
	}
	return p.Imports.Upload(r.Context(), r.Actor, src, form.Roster, form.Roster.Size())
}

// closing closes a file that was only read; err counts first.
func closing(f multipart.File, err error) error {
	if cerr := f.Close(); err == nil {
		return cerr
	}
	return err
}

// batchPage is one roster: where it stands, what it needs, what is wrong in
// which line.
type batchPage struct {
	ui.Page
	intake.Batch
	Here, State, ReleasedBy, By string
	Running                     bool
	Stopped                     string // what stopped it, in words
	Kind                        ui.Kind
	Lacks                       []string
	Problems                    ui.Table
	MayAttach, MayRelease       bool
	MayApply, MayDiscard        bool
	MayReport                   bool
}

func (p *staffPages) loadBatch(r *Request) (intake.Batch, error) {
	which, err := id.Parse[id.Batch](r.PathValue("id"))
	if err != nil || p.Imports == nil {
		return intake.Batch{}, fault.New(fault.NotFound, "intake.unknown")
	}
	return p.Imports.Load(r.Context(), r.Actor, which)
}

// documentHint says what to write about the document of a source, and what is so
// as long as it may come later.
func documentHint(p lang.Printer, key string, later bool) string {
	if later {
		return p.T(key + ".later")
	}
	return p.T(key + ".hint")
}

func (p *staffPages) batch(w http.ResponseWriter, r *Request) error {
	b, err := p.loadBatch(r)
	if err != nil {
		return err
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	v := batchPage{Page: r.Page("imports.batch"), Batch: b, Here: PathImports + "/" + b.ID.String(), State: r.P.T("intake.state." + string(b.State)),
		Kind: batchKind(b.State), By: names[b.By.String()], ReleasedBy: names[b.ReleasedBy.String()]}
	mine, officer := b.By == r.Actor.Staff, may(officers, r.Actor.Role)
	for _, what := range b.Lacks() {
		v.Lacks = append(v.Lacks, r.P.T("intake.lacks."+what, intake.Bulk))
	}
	if b.State == intake.Applying {
		var failed string
		if v.Running, failed = p.Imports.Working(b.ID); !v.Running && failed != "" && failed != "intake.stopped" {
			v.Stopped = wordOr(r.P, "fault."+failed, failed)
		}
	}
	v.MayAttach = officer && b.State == intake.Quarantined && b.Document.Missing()
	v.MayRelease = !mine && !b.Document.Missing() && (b.State == intake.Quarantined || b.State == intake.Received)
	v.MayApply = officer && (b.State == intake.Received || b.State == intake.Released || b.State == intake.Applying && !v.Running)
	v.MayDiscard = officer && b.State != intake.Rejected && b.State != intake.Applied
	v.MayReport = mine && b.State != intake.Quarantined && b.State != intake.Rejected
	if b.State != intake.Quarantined {
		problems, err := p.Imports.Problems(r.Context(), r.Actor, b.ID, maxProblems)
		if err != nil {
			return err
		}
		v.Problems = ui.Table{Caption: r.P.T("imports.problems"), Heads: []ui.Head{{Text: r.P.T("imports.line"), Number: true}, {Text: r.P.T("imports.column")}, {Text: r.P.T("imports.problem")}}}
		for _, x := range problems {
			v.Problems.Rows = append(v.Problems.Rows, ui.Words(strconv.Itoa(x.Row), x.Column, r.P.T("fault."+x.Code, x.Args...)))
		}
	}
	return r.Show(w, v.body())
}

// watchBatch answers the script that watches a roster being applied.
func (p *staffPages) watchBatch(w http.ResponseWriter, r *Request) error {
	b, err := p.loadBatch(r)
	if err != nil {
		return err
	}
	answer := map[string]any{"text": r.P.T("intake.progress", b.Done, b.Good)}
	if running, _ := p.Imports.Working(b.ID); b.State != intake.Applying || !running {
		answer["next"] = PathImports + "/" + b.ID.String()
	}
	return r.JSON(w, answer)
}

// report sends the same sheet back with a column of problems. It holds what the
// person brought, so it is a POST and an entry.
func (p *staffPages) report(w http.ResponseWriter, r *Request) error {
	b, err := p.loadBatch(r)
	if err != nil {
		return err
	}
	file := &spool{w: w, format: b.Format}
	if err := p.Imports.Report(r.Context(), r.Actor, b.ID, file, r.P); err != nil {
		if file.begun {
			panic(http.ErrAbortHandler) // half a sheet must not look like a whole one
		}
		return p.deny(w, r, err)
	}
	return nil
}

func (p *staffPages) template(w http.ResponseWriter, r *Request) error {
	format := r.PathValue("format")
	if p.Imports == nil || sheets[format] == "" {
		return fault.New(fault.NotFound, "page.unknown")
	}
	return p.Imports.Template(&spool{w: w, format: format}, format, r.P)
}

var sheets = map[string]string{
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"csv":  "text/csv; charset=utf-8",
}

// spool sets the headers of a download when its first byte comes, so that an
// error before that still becomes a page.
type spool struct {
	w      http.ResponseWriter
	format string
	begun  bool
}

func (s *spool) Write(b []byte) (int, error) {
	if !s.begun {
		s.begun = true
		s.w.Header().Set("Content-Type", sheets[s.format])
		s.w.Header().Set("Content-Disposition", `attachment; filename="roster.`+s.format+`"`)
	}
	return s.w.Write(b)
}

// changeBatch attaches the document, releases as the second person, applies, or
// destroys.
func (p *staffPages) changeBatch(w http.ResponseWriter, r *Request) error {
	form, err := r.rosterForm()
	if err != nil {
		return err
	}
	b, err := p.loadBatch(r)
	if err != nil {
		return err
	}
	here, say := PathImports+"/"+b.ID.String(), ""
	switch r.PathValue("what") {
	case "attach":
		var d intake.Document
		if d, err = form.Document(); err == nil {
			say = "flash.import_attached"
			_, err = p.Imports.Attach(r.Context(), r.Actor, b.ID, d)
		}
	case "release":
		say = "flash.import_released"
		_, err = p.Imports.Release(r.Context(), r.Actor, b.ID)
	case "apply":
		say = "flash.import_applying"
		_, err = p.Imports.Launch(r.Context(), r.Actor, b.ID)
	case "discard":
		say = "flash.import_discarded"
		_, err = p.Imports.Discard(r.Context(), r.Actor, b.ID)
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, here, say)
}
