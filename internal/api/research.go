package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/research"
)

// Dataset is what is on record of data for research: figures and names of columns.
type Dataset struct {
	ID        string          `json:"id"`
	State     string          `json:"state" enum:"draft,failed,passed,approved,collected,refused,lapsed" doc:"failed: it stays personal information."`
	Purpose   string          `json:"purpose"`
	Recipient string          `json:"recipient"`
	Rows      int             `json:"rows"`
	Columns   []DatasetColumn `json:"columns"`
	Tests     []DatasetTest   `json:"tests,omitempty" doc:"Of the last try."`
	Exactness float64         `json:"exactness,omitempty" doc:"Granularity that is left, from 0 to 1."`
	SHA256    string          `json:"sha256,omitempty" doc:"Of the file that may be collected."`
	Proposed  time.Time       `json:"proposed"`
}

// DatasetColumn is one column.
type DatasetColumn struct {
	Name  string `json:"name" maxLength:"300"`
	Kind  string `json:"kind,omitempty" doc:"What it was found to be; given by the program."`
	Role  string `json:"role" enum:"identifier,quasi,sensitive,plain,dropped"`
	Scale string `json:"scale,omitempty" enum:"regions,dates,grades,progress,numbers,categories" doc:"How a quasi column is told less exactly."`
}

// DatasetTest is one test of a try.
type DatasetTest struct {
	Code   string  `json:"code" enum:"conditions,written,risk,linkage,learning,membership,together"`
	Passed bool    `json:"passed"`
	Figure float64 `json:"figure"`
	Limit  float64 `json:"limit"`
	Why    string  `json:"why,omitempty"`
	Column string  `json:"column,omitempty"`
	Row    int     `json:"row,omitempty" doc:"As a spreadsheet counts."`
}

// Proposed says whose data a list is and what for.
type Proposed struct {
	Population string `query:"population" required:"true" maxLength:"64"`
	Purpose    string `query:"purpose" required:"true" maxLength:"100"`
	Recipient  string `query:"recipient" required:"true" maxLength:"100" doc:"A body, never a private person."`

	Application string `query:"application" maxLength:"64" doc:"A granted application of one's own: its people and fields are the list, and there is no body. Each child gets an entry."`
}

// DatasetPath names a data set.
type DatasetPath struct {
	ID string `path:"id" maxLength:"64"`
}

// Try is the conditions of a try; what is left out is as usual for a file that
// leaves the house.
type Try struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Columns   []DatasetColumn `json:"columns,omitempty" maxItems:"500" doc:"All of them, in their order; left out: as proposed."`
		K         int             `json:"k,omitempty" minimum:"2" maximum:"10000"`
		L         int             `json:"l,omitempty" minimum:"0" maximum:"10000"`
		Entropy   float64         `json:"entropy,omitempty" minimum:"0" maximum:"9999" doc:"Entropy l-diversity."`
		C         float64         `json:"c,omitempty" minimum:"0" maximum:"9999" doc:"Recursive (c, cl)-diversity."`
		CL        int             `json:"cl,omitempty" minimum:"0" maximum:"10000"`
		T         float64         `json:"t,omitempty" minimum:"0" maximum:"1"`
		Presence  float64         `json:"presence,omitempty" minimum:"0" maximum:"1" doc:"δ-presence: the largest share of like people of the population that may be in it; needs a register."`
		Limit     float64         `json:"limit,omitempty" minimum:"0" maximum:"0.2" doc:"Share of the records that the method uniform may leave out."`
		Threshold float64         `json:"threshold,omitempty" minimum:"0" maximum:"0.2"`
		Attacker  string          `json:"attacker,omitempty" enum:"prosecutor,journalist,marketer"`
		Method    string          `json:"method,omitempty" enum:"local,uniform"`
	}
}

// DatasetAnswer is one data set.
type DatasetAnswer struct{ Body Dataset }

// Datasets is a list of data sets, newest first.
type Datasets struct {
	Body struct {
		Datasets []Dataset `json:"datasets"`
		Next     string    `json:"next,omitempty"`
	}
}

// research is for people, by the rules.
func (s *API) research() {
	const law = "PIPL arts. 4, 73(4); University PI Measures art. 11(5)"
	op := func(id, path string, act policy.Act, summary string) Operation {
		return Operation{ID: id, Path: "/v1/datasets" + path, Noun: "datasets", Access: s.may(act, Institution), Act: act, Summary: summary, Law: law}
	}
	see := s.may(policy.ResearchEnd, Institution)
	propose := op("dataset-propose", "", policy.ResearchPropose, "Hand in a list of people whose data shall be made anonymous: sealed as it is, its columns classified")
	propose.Status, propose.MaxBody, propose.file, propose.long = 201, 2*research.Largest+1<<20, true, true
	propose.parts = []string{"list", "register"}
	change(s, propose, s.datasetPropose, s.datasetAgain)
	s.huma.OpenAPI().Paths["/v1/datasets"].Post.RequestBody = datasetBody()
	try := op("dataset-try", "/{id}/try", policy.ResearchRun, "Make it anonymous under some conditions and try the result; it passes, or it stays personal information and says why")
	try.long = true
	show(s, try, s.datasetTry)
	list := op("dataset-list", "", "", "The data sets, newest first")
	list.Access = see
	read(s, list, s.datasetList)
	get := op("dataset-get", "/{id}", "", "Where a data set stands, and what its tests came to")
	get.Access = see
	read(s, get, s.datasetGet)
	cert := op("dataset-certificate", "/{id}/certificate", "", "The certificate of an approved data set, which wardcheck release verifies with the file")
	cert.Access = see
	read(s, cert, s.datasetCertificate)
	s.file("/v1/datasets/{id}/certificate", "The certificate.", "application/json")
	s.researchDecisions(op, see)
}

func (s *API) datasetPropose(ctx context.Context, a actor.Actor, in *Proposed, _ *kept) (*DatasetAnswer, error) {
	list, register := callOf(ctx).file, callOf(ctx).parts["register"]
	defer clear(list)
	defer clear(register)
	pop, err := id.Parse[id.Population](in.Population)
	if err != nil {
		return nil, fault.At("population", "research.population")
	}
	p := research.Proposal{Population: pop, Purpose: in.Purpose, Recipient: in.Recipient,
		List: uploadOf("list", list), Register: uploadOf("register", register)}
	if in.Application != "" {
		app, err := useID(in.Application)
		if err != nil {
			return nil, err
		}
		p.Query = &draw.Query{Application: app, Words: draw.Words(lang.Negotiate("", callOf(ctx).language))}
	}
	d, err := s.house.Research.Propose(ctx, a, p)
	return &DatasetAnswer{datasetOf(d)}, err
}

func uploadOf(name string, file []byte) research.Upload {
	return research.Upload{Name: name, File: bytes.NewReader(file), Size: int64(len(file))}
}

// datasetBody describes the two ways in which a list may come.
func datasetBody() *huma.RequestBody {
	file := func(doc string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Format: "binary", Description: doc}
	}
	list := file("CSV or xlsx, one record for each person, 32 MiB at most.")
	form := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false, Properties: map[string]*huma.Schema{"list": list,
		"register": file("The population with the columns that help to recognise, for δ-presence and the risk of a journalist; 32 MiB at most.")}}
	return &huma.RequestBody{Description: "The list alone, or a form with the list and a register of the population. No list with application.",
		Content: map[string]*huma.MediaType{formType: {Schema: form}, fileType: {Schema: list}}}
}

func (s *API) datasetAgain(ctx context.Context, a actor.Actor, k kept) (*DatasetAnswer, error) {
	return s.datasetGet(ctx, a, &DatasetPath{k.Ref})
}

func datasetID(text string) (id.Dataset, error) {
	which, err := id.Parse[id.Dataset](text)
	if err != nil {
		return which, fault.New(fault.NotFound, "research.unknown")
	}
	return which, nil
}

func (s *API) datasetTry(ctx context.Context, a actor.Actor, in *Try) (*DatasetAnswer, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	d, err := s.house.Research.Look(ctx, a, which)
	if err != nil {
		return nil, err
	}
	said := d.Columns
	if in.Body.Columns != nil {
		said = mapped(in.Body.Columns, func(c DatasetColumn) research.Column {
			return research.Column{Name: c.Name, Role: research.Role(c.Role), Scale: hierarchy.Kind(c.Scale)}
		})
	}
	d, err = s.house.Research.Run(ctx, a, which, said, in.settings())
	return &DatasetAnswer{datasetOf(d)}, err
}

// settings are the usual ones with what was asked for.
func (in *Try) settings() research.Settings {
	s := research.Usual()
	s.L, s.T, s.Entropy, s.C, s.CL = in.Body.L, in.Body.T, in.Body.Entropy, in.Body.C, in.Body.CL
	s.Presence, s.Limit = in.Body.Presence, in.Body.Limit
	if in.Body.K > 0 {
		s.K = in.Body.K
	}
	if in.Body.Threshold > 0 {
		s.Threshold = in.Body.Threshold
	}
	if in.Body.Attacker != "" {
		s.Attacker = research.Attacker(in.Body.Attacker)
	}
	if in.Body.Method != "" {
		s.Method = research.Method(in.Body.Method)
	}
	return s
}

func (s *API) datasetGet(ctx context.Context, a actor.Actor, in *DatasetPath) (*DatasetAnswer, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	d, err := s.house.Research.Look(ctx, a, which)
	return &DatasetAnswer{datasetOf(d)}, err
}

func (s *API) datasetList(ctx context.Context, a actor.Actor, in *Paging) (*Datasets, error) {
	all, err := s.house.Research.List(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Datasets
	out.Body.Datasets, out.Body.Next = mapped(list, datasetOf), next
	return &out, nil
}

func (s *API) datasetCertificate(ctx context.Context, a actor.Actor, in *DatasetPath) (*LeakResult, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	d, err := s.house.Research.Look(ctx, a, which)
	if err == nil && d.Certificate == "" {
		err = errAbsent
	}
	return &LeakResult{"application/json", []byte(d.Certificate)}, err
}

func datasetOf(d research.Dataset) Dataset {
	out := Dataset{ID: d.ID.String(), State: string(d.State), Purpose: d.Purpose, Recipient: d.Recipient, Rows: d.Rows, Proposed: d.At,
		Columns: mapped(d.Columns, func(c research.Column) DatasetColumn {
			return DatasetColumn{Name: c.Name, Kind: c.Kind, Role: string(c.Role), Scale: string(c.Scale)}
		}),
		Tests: mapped(d.Report.Tests, func(t research.Test) DatasetTest { return DatasetTest(t) })}
	if d.Report.Figures != nil {
		out.Exactness = d.Report.Figures.Granularity
	}
	if d.Hash != [32]byte{} {
		out.SHA256 = hex.EncodeToString(d.Hash[:])
	}
	return out
}
