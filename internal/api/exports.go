package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/release"
)

// Export is one file that leaves, as it is registered: codes and counts, nobody's
// information.
type Export struct {
	ID          string     `json:"id"`
	Application string     `json:"application"`
	Collector   string     `json:"collector" doc:"The one person who may collect it."`
	Purpose     string     `json:"purpose"`
	Fields      []string   `json:"fields"`
	Format      string     `json:"format" enum:"xlsx,csv"`
	Aliases     bool       `json:"aliases" doc:"Relay numbers with extensions stand where numbers would."`
	State       string     `json:"state" enum:"prepared,collected,lapsed"`
	Prepared    time.Time  `json:"prepared"`
	Expires     time.Time  `json:"expires" doc:"Until when it can be collected."`
	Collected   *time.Time `json:"collected,omitempty"`
	People      int        `json:"people" doc:"Children in it; before it is collected, in the application."`
	LeftOut     int        `json:"left_out" doc:"Children of the application who are not in it: no live consent, or a closed record."`
	Hash        string     `json:"sha256,omitempty" doc:"Of the file that was handed over."`
}

// NewExport registers a file under a granted application.
type NewExport struct {
	Body struct {
		Application string `json:"application" minLength:"1" maxLength:"64"`
		Format      string `json:"format" enum:"xlsx,csv"`
		Aliases     bool   `json:"aliases,omitempty" doc:"Put a relay number with an extension in place of every number: it reaches the family while the grant lives, and nobody after."`
	}
}

// ExportPath names an export.
type ExportPath struct {
	ID string `path:"id" maxLength:"64"`
}

// ExportAnswer is one export.
type ExportAnswer struct{ Body Export }

// Exports is a list of exports.
type Exports struct {
	Body struct {
		Exports []Export `json:"exports"`
		Next    string   `json:"next,omitempty"`
	}
}

// Handover says that another body has a file.
type Handover struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Way     string `json:"way" enum:"in_person,courier,sent"`
		Receipt string `json:"receipt" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hexadecimal digits" doc:"SHA-256 of the other body's signed receipt."`
	}
}

// Provision is a record that another body got something.
type Provision struct {
	Export    string     `json:"export"`
	Recipient string     `json:"recipient"`
	Agreement string     `json:"agreement" doc:"Number of the confidentiality agreement that both signed."`
	Document  string     `json:"document" doc:"SHA-256 of its scan."`
	Purpose   string     `json:"purpose"`
	Fields    []string   `json:"fields"`
	People    int        `json:"people"`
	At        time.Time  `json:"at"`
	KeepUntil time.Time  `json:"keep_until"`
	Handed    *time.Time `json:"handed,omitempty" doc:"When the other body had it."`
	Way       string     `json:"way,omitempty"`
	Receipt   string     `json:"receipt,omitempty"`
}

// ProvisionAnswer is one provision.
type ProvisionAnswer struct{ Body Provision }

// Provisions is a list of provisions.
type Provisions struct {
	Body struct {
		Provisions []Provision `json:"provisions"`
		Next       string      `json:"next,omitempty"`
	}
}

// exports are for people: a file in hand is out of reach, so its collector is a
// person who is named, and who has just proved who they are. A program's key gets
// single values and never a list; the rules refuse it here, and the
// refusal is an entry.
func (s *API) exports() {
	const law = "MNR art. 36; PIPL arts. 23, 51, 56; University PI Measures art. 11"
	take := s.may(policy.ExportPrepare, Institution)
	see := Access{union(take.Roles, []actor.Role{actor.Officer, actor.Owner, actor.Auditor}), Institution}
	op := func(id, path string, access Access, act policy.Act, summary string) Operation {
		return Operation{ID: id, Path: "/v1/exports" + path, Noun: "exports", Access: access, Act: act, Summary: summary, Law: law}
	}
	first := op("export-prepare", "", take, policy.ExportPrepare, "Register a file that will leave under a granted application; nothing is opened")
	first.Status = 201
	change(s, first, s.exportPrepare, s.exportAgain)
	read(s, op("export-list", "", see, "", "One's own exports; for who answers for them, all of the last 180 days"), s.exportList)
	read(s, op("export-get", "/{id}", see, "", "Read what is registered of an export"), s.exportGet)
	change(s, op("export-collect", "/{id}/collect", s.may(policy.ExportCollect, Institution), policy.ExportCollect,
		"Collect the file, once, as the person named, on a fresh proof of identity; the answer is the file"), s.exportCollect, nil)
	s.file("/v1/exports/{id}/collect", "The file, xlsx or csv, marked.", "application/octet-stream")
	change(s, op("export-hand", "/{id}/handover", s.may(policy.ExportHand, Institution), policy.ExportHand,
		"Record that another body has the file, and its receipt"), s.exportHand, s.provisionAgain)
	read(s, Operation{ID: "provision-list", Path: "/v1/provisions", Noun: "exports", Access: see,
		Summary: "What other bodies got: agreement, recipient, kinds, purpose; kept for three years", Law: "PIPL arts. 23, 55, 56; Network Data Regulations art. 12"}, s.provisionList)
}

// file describes an answer that is a file.
func (s *API) file(path, what string, types ...string) {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	item := s.huma.OpenAPI().Paths[path]
	op := item.Post
	if op == nil {
		op = item.Get
	}
	op.Responses["200"] = &huma.Response{Description: what, Content: content}
}

func (s *API) exportPrepare(ctx context.Context, a actor.Actor, in *NewExport, _ *kept) (*ExportAnswer, error) {
	app, err := useID(in.Body.Application)
	if err != nil {
		return nil, err
	}
	e, err := s.house.Releases.Prepare(ctx, a, app, release.Shape{Format: release.Format(in.Body.Format), Aliases: in.Body.Aliases})
	return &ExportAnswer{exportOf(e)}, err
}

func (s *API) exportAgain(ctx context.Context, a actor.Actor, k kept) (*ExportAnswer, error) {
	return s.exportGet(ctx, a, &ExportPath{k.Ref})
}

func (s *API) exportGet(ctx context.Context, a actor.Actor, in *ExportPath) (*ExportAnswer, error) {
	which, err := exportID(in.ID)
	if err != nil {
		return nil, err
	}
	e, err := s.house.Releases.Read(ctx, a, which)
	return &ExportAnswer{exportOf(e)}, err
}

func (s *API) exportList(ctx context.Context, a actor.Actor, in *Paging) (*Exports, error) {
	all, err := s.house.Releases.List(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Exports
	out.Body.Exports, out.Body.Next = mapped(list, exportOf), next
	return &out, nil
}

// exportCollect answers with the file. Every entry of it is durable before the
// first byte leaves; when the grant ends while it is sent, the rest stays here.
// Asked again under the same key, the answer is that it was shown.
func (s *API) exportCollect(ctx context.Context, a actor.Actor, in *ExportPath, _ *kept) (*huma.StreamResponse, error) {
	which, err := exportID(in.ID)
	if err != nil {
		return nil, err
	}
	name := ""
	if who, err := s.house.Accounts.Staff(ctx, a.Institution, a.Staff); err == nil {
		name = who.Name
	}
	words := release.WordsIn(lang.Negotiate("", callOf(ctx).language), name, s.house.Gate.Now())
	f, err := s.house.Releases.Collect(ctx, a, which, words)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", f.Type)
		out.SetHeader("Content-Disposition", `attachment; filename="`+f.Name+`"`)
		if s.house.Releases.Hand(ctx, f, out.BodyWriter()) != nil {
			panic(http.ErrAbortHandler) // the file breaks off, and the reader sees it
		}
	}}, nil
}

func (s *API) exportHand(ctx context.Context, a actor.Actor, in *Handover, k *kept) (*ProvisionAnswer, error) {
	which, err := exportID(in.ID)
	if err != nil {
		return nil, err
	}
	var receipt [32]byte
	_, _ = hex.Decode(receipt[:], []byte(in.Body.Receipt)) // 64 digits: the schema has seen to that
	k.Ref = which.String()
	p, err := s.house.Releases.HandOver(ctx, a, which, release.Way(in.Body.Way), receipt)
	return &ProvisionAnswer{provisionOf(p)}, err
}

func (s *API) provisionAgain(ctx context.Context, a actor.Actor, k kept) (*ProvisionAnswer, error) {
	all, err := s.house.Releases.Provisions(ctx, a)
	for _, p := range all {
		if p.Export.String() == k.Ref {
			return &ProvisionAnswer{provisionOf(p)}, err
		}
	}
	if err == nil {
		err = errAbsent
	}
	return nil, err
}

func (s *API) provisionList(ctx context.Context, a actor.Actor, in *Paging) (*Provisions, error) {
	all, err := s.house.Releases.Provisions(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Provisions
	out.Body.Provisions, out.Body.Next = mapped(list, provisionOf), next
	return &out, nil
}

func exportOf(e release.Export) Export {
	return Export{ID: e.ID.String(), Application: e.Application.String(), Collector: e.Collector.String(), Purpose: e.Purpose, Fields: e.Fields,
		Format: string(e.Format), Aliases: e.Aliases, State: string(e.State), Prepared: e.Prepared, Expires: e.Expires, Collected: moment(e.Collected),
		People: e.People, LeftOut: e.LeftOut, Hash: hashOf(e.Hash)}
}

func provisionOf(p release.Provision) Provision {
	return Provision{Export: p.Export.String(), Recipient: p.Recipient, Agreement: p.Agreement, Document: hashOf(p.Document), Purpose: p.Purpose,
		Fields: p.Fields, People: p.People, At: p.At, KeepUntil: p.KeepUntil, Handed: moment(p.Handed), Way: string(p.Way), Receipt: hashOf(p.Receipt)}
}

// hashOf prints a hash, and none as nothing.
func hashOf(h [32]byte) string {
	if h == ([32]byte{}) {
		return ""
	}
	return hex.EncodeToString(h[:])
}
