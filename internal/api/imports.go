package api

import (
	"bytes"
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
)

// Import is one roster: figures and codes, nobody's information.
type Import struct {
	ID      string    `json:"id"`
	State   string    `json:"state" enum:"received,quarantined,released,applying,applied,rejected"`
	Kind    string    `json:"kind"`
	Store   string    `json:"store"`
	Lacks   []string  `json:"lacks" doc:"What it needs before it may be applied: document, second (person)."`
	Rows    int       `json:"rows"`
	Good    int       `json:"good" doc:"Lines that may be taken."`
	Done    int       `json:"done" doc:"Good lines dealt with so far."`
	Made    int       `json:"made" doc:"Children recorded."`
	Known   int       `json:"known" doc:"Lines whose learner was held already."`
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
}

// Roster says where a file comes from, in the address or, with the file, in the
// parts of a form.
type Roster struct {
	Kind     string `query:"kind" enum:"paper_consent,migration,succession,private" doc:"Where it comes from; private is never taken. Needed, here or in the form."`
	Basis    string `query:"basis" enum:"consent,contract,duty,emergency,news,public,law" doc:"Needed, here or in the form."`
	Store    string `query:"store" maxLength:"40" doc:"Whose learners; by default the asker's own store."`
	Document string `query:"document" maxLength:"64" doc:"Number of the source document in the institution's files."`
	Hash     string `query:"hash" pattern:"^([0-9a-f]{64})?$" patternDescription:"64 hexadecimal digits" doc:"SHA-256 of its scan. Without both the roster is quarantined."`
}

// ApplyAsked names a roster to apply.
type ApplyAsked struct {
	ID         string `path:"id" maxLength:"64"`
	Background bool   `query:"background" doc:"Answer at once, with the state applying, and go on; ask the roster how far it is."`
}

// ImportPath names a roster.
type ImportPath struct {
	ID string `path:"id" maxLength:"64"`
}

// ImportAnswer is one roster.
type ImportAnswer struct{ Body Import }

// Imports is a list of rosters, newest first.
type Imports struct {
	Body struct {
		Imports []Import `json:"imports"`
		Next    string   `json:"next,omitempty"`
	}
}

// ImportReport is the same file with a column of problems.
type ImportReport struct {
	Type string `header:"Content-Type"`
	Body []byte
}

// largestUpload bounds an upload in bytes: a roster, the scan of its source
// document, and what a form puts around them.
const largestUpload = 2*intake.LargestRoster + 1<<20

func (s *API) imports() {
	const law = "PIPL arts. 9, 10, 13; University PI Measures art. 9"
	own := s.may(policy.ImportUpload, OwnStore)
	change(s, Operation{ID: "import-upload", Path: "/v1/imports", Noun: "imports", Status: 201, MaxBody: largestUpload, Access: own, roster: true,
		Act: policy.ImportUpload, Summary: "Bring a roster: every line is judged, no record comes of it yet", Law: law}, s.importUpload, s.importAgain)
	s.huma.OpenAPI().Paths["/v1/imports"].Post.RequestBody = rosterBody()
	staff := Access{union(own.Roles, s.may(policy.ImportRelease, "").Roles), OwnStore}
	read(s, Operation{ID: "import-list", Path: "/v1/imports", Noun: "imports", Access: staff, Summary: "The rosters, newest first"}, s.importList)
	read(s, Operation{ID: "import-get", Path: "/v1/imports/{id}", Noun: "imports", Access: staff, Summary: "See how far a roster is"}, s.importGet)
	change(s, Operation{ID: "import-release", Path: "/v1/imports/{id}/release", Noun: "imports", Access: s.may(policy.ImportRelease, OwnStore),
		Act: policy.ImportRelease, Summary: "Release a roster that somebody else brought, having seen its source document", Law: law},
		s.importAct(s.house.Intake.Release), s.importAgain)
	show(s, Operation{ID: "import-apply", Path: "/v1/imports/{id}/apply", Noun: "imports", Access: s.may(policy.ImportApply, OwnStore),
		Act: policy.ImportApply, Summary: "Turn the good lines into records; asked again, it goes on where it stopped", Law: law}, s.importApply)
	change(s, Operation{ID: "import-discard", Path: "/v1/imports/{id}/discard", Noun: "imports", Access: s.may(policy.ImportDiscard, OwnStore),
		Act: policy.ImportDiscard, Summary: "Destroy a roster and all that it brought and was not applied", Law: law},
		s.importAct(s.house.Intake.Discard), s.importAgain)
	read(s, Operation{ID: "import-report", Path: "/v1/imports/{id}/report", Noun: "imports", Access: s.may(policy.ImportReport, OwnStore),
		Act: policy.ImportReport, Summary: "The same file with a column of problems, for who brought it", Law: law}, s.importReport)
}

func (s *API) importUpload(ctx context.Context, a actor.Actor, in *Roster, _ *kept) (*ImportAnswer, error) {
	form := callOf(ctx).roster
	for name, value := range map[string]string{"kind": in.Kind, "basis": in.Basis, "store": in.Store, "document": in.Document, "hash": in.Hash} {
		if _, said := form.Fields[name]; !said && form.Fields != nil {
			form.Fields[name] = value
		}
	}
	src := intake.Source{Kind: intake.Kind(form.Fields["kind"]), Basis: catalogue.Basis(form.Fields["basis"])}
	var err error
	if src.Store, err = storeAt("store", form.Fields["store"], a); err != nil {
		return nil, err
	}
	if src.Document, err = form.Document(); err != nil {
		return nil, err
	}
	if form.Roster == nil {
		return nil, fault.At("roster", "imports.file")
	}
	b, err := s.house.Intake.Upload(ctx, a, src, form.Roster, form.Roster.Size())
	return &ImportAnswer{importOf(b)}, err
}

// rosterBody describes the two ways in which a roster may come.
func rosterBody() *huma.RequestBody {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	file := func(doc string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Format: "binary", Description: doc}
	}
	form := &huma.Schema{Type: huma.TypeObject, Required: []string{"roster"}, Properties: map[string]*huma.Schema{
		"roster": file("The xlsx or csv file."), "scan": file("Scan of the source document; only its hash is kept."),
		"kind": text("As in the address."), "basis": text("As in the address."), "store": text("As in the address."),
		"document": text("As in the address."), "hash": text("As in the address; not needed with a scan.")},
		AdditionalProperties: false}
	return &huma.RequestBody{Required: true, Description: "The file alone, or a form with the file, where it comes from, and the scan.",
		Content: map[string]*huma.MediaType{formType: {Schema: form}, fileType: {Schema: file("The xlsx or csv file.")}}}
}

func (s *API) importAgain(ctx context.Context, a actor.Actor, k kept) (*ImportAnswer, error) {
	return s.importGet(ctx, a, &ImportPath{k.Ref})
}

func (s *API) importGet(ctx context.Context, a actor.Actor, in *ImportPath) (*ImportAnswer, error) {
	batch, err := batchID(in.ID)
	if err != nil {
		return nil, err
	}
	b, err := s.house.Intake.Load(ctx, a, batch)
	return &ImportAnswer{importOf(b)}, err
}

// importAct makes the handler of an act on one roster.
func (s *API) importAct(act func(context.Context, actor.Actor, id.Batch) (intake.Batch, error),
) func(context.Context, actor.Actor, *ImportPath, *kept) (*ImportAnswer, error) {
	return func(ctx context.Context, a actor.Actor, in *ImportPath, _ *kept) (*ImportAnswer, error) {
		batch, err := batchID(in.ID)
		if err != nil {
			return nil, err
		}
		b, err := act(ctx, a, batch)
		return &ImportAnswer{importOf(b)}, err
	}
}

func (s *API) importApply(ctx context.Context, a actor.Actor, in *ApplyAsked) (*ImportAnswer, error) {
	batch, err := batchID(in.ID)
	if err != nil {
		return nil, err
	}
	if in.Background {
		b, err := s.house.Intake.Launch(ctx, a, batch)
		return &ImportAnswer{importOf(b)}, err
	}
	b, err := s.house.Intake.Apply(ctx, a, batch, nil)
	return &ImportAnswer{importOf(b)}, err
}

func (s *API) importList(ctx context.Context, a actor.Actor, in *Paging) (*Imports, error) {
	all, err := s.house.Intake.List(ctx, a, 1000)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Imports
	out.Body.Imports, out.Body.Next = mapped(list, importOf), next
	return &out, nil
}

func (s *API) importReport(ctx context.Context, a actor.Actor, in *ImportPath) (*ImportReport, error) {
	batch, err := batchID(in.ID)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := s.house.Intake.Report(ctx, a, batch, &file, lang.Negotiate("", callOf(ctx).language)); err != nil {
		return nil, err
	}
	return &ImportReport{"application/octet-stream", file.Bytes()}, nil
}

func importOf(b intake.Batch) Import {
	return Import{ID: b.ID.String(), State: string(b.State), Kind: string(b.Kind), Store: b.Store.String(), Lacks: b.Lacks(),
		Rows: b.Rows, Good: b.Good, Done: b.Done, Made: b.Made, Known: b.Known, Created: b.CreatedAt, Changed: b.ChangedAt}
}
