package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

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

// Roster is a file and where it comes from.
type Roster struct {
	Kind     string `query:"kind" required:"true" enum:"paper_consent,migration,succession,private" doc:"private is never taken."`
	Basis    string `query:"basis" required:"true" enum:"consent,contract,duty,emergency,news,public,law"`
	Store    string `query:"store" maxLength:"40" doc:"Whose learners; by default the asker's own store."`
	Document string `query:"document" maxLength:"64" doc:"Number of the source document in the institution's files."`
	Hash     string `query:"hash" pattern:"^([0-9a-f]{64})?$" patternDescription:"64 hexadecimal digits" doc:"SHA-256 of its scan. Without both the roster is quarantined."`
	RawBody  []byte `contentType:"application/octet-stream" doc:"The xlsx or csv file."`
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

// largestRoster bounds an upload in bytes; package roster bounds what is in it.
const largestRoster = 32 << 20

func (s *API) imports() {
	const law = "PIPL arts. 9, 10, 13; University PI Measures art. 9"
	own := s.may(policy.ImportUpload, OwnStore)
	change(s, Operation{ID: "import-upload", Path: "/v1/imports", Noun: "imports", Status: 201, MaxBody: largestRoster, Access: own,
		Act: policy.ImportUpload, Summary: "Bring a roster: every line is judged, no record comes of it yet", Law: law}, s.importUpload, s.importAgain)
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
	src := intake.Source{Kind: intake.Kind(in.Kind), Basis: catalogue.Basis(in.Basis), Document: intake.Document{Code: in.Document}}
	var err error
	if src.Store, err = storeAt("store", in.Store, a); err != nil {
		return nil, err
	}
	if in.Hash != "" {
		if _, err := hex.Decode(src.Document.Hash[:], []byte(in.Hash)); err != nil {
			return nil, fault.At("hash", "api.value")
		}
	}
	b, err := s.house.Intake.Upload(ctx, a, src, bytes.NewReader(in.RawBody), int64(len(in.RawBody)))
	return &ImportAnswer{importOf(b)}, err
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

func (s *API) importApply(ctx context.Context, a actor.Actor, in *ImportPath) (*ImportAnswer, error) {
	batch, err := batchID(in.ID)
	if err != nil {
		return nil, err
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
