package api

import (
	"context"
	"encoding/hex"
	"slices"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/research"
)

// DatasetLet lets a result go.
type DatasetLet struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$" patternDescription:"64 hexadecimal digits" doc:"Of the result that was decided on."`
	}
}

// CountAsked asks for noisy counts.
type CountAsked struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Columns []string `json:"columns" minItems:"1" maxItems:"3" nullable:"false"`
		Epsilon string   `json:"epsilon" pattern:"^[0-9]([.][0-9]{1,6})?$" patternDescription:"a number such as 0.25" example:"0.25" doc:"What it spends of the year's budget."`
	}
}

// Counts is noisy counts that were released.
type Counts struct {
	ID      string        `json:"id"`
	Columns []string      `json:"columns"`
	Epsilon string        `json:"epsilon"`
	Margin  int64         `json:"margin" doc:"How far a count is off in at most 1 of 20 cases."`
	Again   bool          `json:"again" doc:"It was asked before: the same answer, and nothing was spent."`
	Lines   []CountedLine `json:"lines"`
}

// CountedLine is one count; the lines under it add up to it.
type CountedLine struct {
	Values []string `json:"values" doc:"One for each of the first columns; none is all."`
	Count  int64    `json:"count"`
}

// CountsAnswer is one answer.
type CountsAnswer struct{ Body Counts }

// CountsList is all answers of a data set, newest first.
type CountsList struct {
	Body struct {
		Counts []Counts `json:"counts"`
		Next   string   `json:"next,omitempty"`
	}
}

// CountsAsked asks for the answers of a data set.
type CountsAsked struct {
	DatasetPath
	Paging
}

// Population is people of whom something is released.
type Population struct {
	ID     string `json:"id,omitempty" maxLength:"64" doc:"Left out: a new one."`
	Name   string `json:"name" minLength:"1" maxLength:"100"`
	People int    `json:"people" minimum:"1" maximum:"2000000000"`
	Total  string `json:"total" pattern:"^[0-9]([.][0-9]{1,6})?$" patternDescription:"a number such as 1 or 0.5" example:"1" doc:"Budget of privacy (epsilon) of a calendar year."`
	Left   string `json:"left,omitempty" readOnly:"true" doc:"Of this year; given by the program."`
}

// PopulationSet names people, and what may be given away about each in a year.
type PopulationSet struct{ Body Population }

// PopulationAnswer is one of them.
type PopulationAnswer struct{ Body Population }

// Populations is all of them, by name.
type Populations struct {
	Body struct {
		Populations []Population `json:"populations"`
		Next        string       `json:"next,omitempty"`
	}
}

// researchDecisions are what makes a result leave, and counts.
func (s *API) researchDecisions(op func(id, path string, act policy.Act, summary string) Operation, see Access) {
	approve := op("dataset-approve", "/{id}/approve", policy.ResearchApprove, "Let a result that passed go, as the second person, on a fresh proof of identity; the list is destroyed")
	approve.long = true
	change(s, approve, s.datasetApprove, s.datasetAgain)
	change(s, op("dataset-collect", "/{id}/collect", policy.ResearchCollect, "Collect the file, once, on a fresh proof of identity; the answer is the file, and nothing of it stays here"),
		s.datasetCollect, nil)
	s.file("/v1/datasets/{id}/collect", "The file.", "text/csv")
	change(s, op("dataset-end", "/{id}/end", policy.ResearchEnd, "Give a data set up, or refuse it, and destroy what lies sealed"), s.datasetEnd, s.datasetAgain)
	show(s, op("dataset-count", "/{id}/counts", policy.ResearchCount, "Release counts with noise against the year's budget; the same question gets the same answer and spends nothing"), s.datasetCount)
	list := op("dataset-counts", "/{id}/counts", "", "The counts that were released")
	list.Access = see
	read(s, list, s.datasetCounts)
	people := Operation{ID: "population-list", Path: "/v1/populations", Noun: "datasets", Access: see, Summary: "People of whom something is released, and what is left of their budget", Law: "PIPL arts. 4, 73(4)"}
	read(s, people, s.populationList)
	people.ID, people.Access, people.Act = "population-set", s.may(policy.ResearchBudget, Institution), policy.ResearchBudget
	people.Summary = "Name people and set what may be given away about each of them in a year; who sets it cannot spend it"
	change(s, people, s.populationSet, s.populationAgain)
}

func (s *API) datasetApprove(ctx context.Context, a actor.Actor, in *DatasetLet, _ *kept) (*DatasetAnswer, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	var seen [32]byte
	_, _ = hex.Decode(seen[:], []byte(in.Body.SHA256)) // 64 digits: the schema has seen to that
	d, err := s.house.Research.Approve(ctx, a, which, seen)
	return &DatasetAnswer{datasetOf(d)}, err
}

// datasetCollect answers with the file. Asked again under the same key, the answer
// is that it was shown.
func (s *API) datasetCollect(ctx context.Context, a actor.Actor, in *DatasetPath, _ *kept) (*LeakResult, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	f, err := s.house.Research.Collect(ctx, a, which)
	return &LeakResult{"text/csv", f.Bytes}, err
}

func (s *API) datasetEnd(ctx context.Context, a actor.Actor, in *DatasetPath, _ *kept) (*DatasetAnswer, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	d, err := s.house.Research.End(ctx, a, which)
	return &DatasetAnswer{datasetOf(d)}, err
}

func (s *API) datasetCount(ctx context.Context, a actor.Actor, in *CountAsked) (*CountsAnswer, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	spend, err := noise.ParseEpsilon(in.Body.Epsilon)
	if err != nil {
		return nil, fault.At("epsilon", "research.epsilon", research.MostBudget.String())
	}
	t, err := s.house.Research.Count(ctx, a, which, in.Body.Columns, spend)
	return &CountsAnswer{countsOf(t)}, err
}

func (s *API) datasetCounts(ctx context.Context, a actor.Actor, in *CountsAsked) (*CountsList, error) {
	which, err := datasetID(in.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.house.Research.Tallies(ctx, a, which)
	if err != nil {
		return nil, err
	}
	list, next, err := part(in.Paging, all)
	var out CountsList
	out.Body.Counts, out.Body.Next = mapped(list, countsOf), next
	return &out, err
}

func countsOf(t research.Tally) Counts {
	return Counts{ID: t.ID.String(), Columns: t.Columns, Epsilon: t.Epsilon.String(), Margin: t.Margin, Again: t.Again,
		Lines: mapped(t.Lines, func(l research.Line) CountedLine { return CountedLine{l.Values, l.Count} })}
}

func (s *API) populationSet(ctx context.Context, a actor.Actor, in *PopulationSet, _ *kept) (*PopulationAnswer, error) {
	p := research.Population{Name: in.Body.Name, People: in.Body.People}
	var err error
	if in.Body.ID != "" {
		if p.ID, err = id.Parse[id.Population](in.Body.ID); err != nil {
			return nil, fault.At("id", "research.population")
		}
	}
	if p.Total, err = noise.ParseEpsilon(in.Body.Total); err != nil {
		return nil, fault.At("total", "research.total", research.MostBudget.String())
	}
	p, err = s.house.Research.SetPopulation(ctx, a, p)
	return &PopulationAnswer{populationOf(p)}, err
}

func (s *API) populationAgain(ctx context.Context, a actor.Actor, k kept) (*PopulationAnswer, error) {
	all, err := s.house.Research.Populations(ctx, a)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p research.Population) bool { return p.ID.String() == k.Ref })
	if i < 0 {
		return nil, errAbsent
	}
	return &PopulationAnswer{populationOf(all[i])}, nil
}

func (s *API) populationList(ctx context.Context, a actor.Actor, in *Paging) (*Populations, error) {
	all, err := s.house.Research.Populations(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	var out Populations
	out.Body.Populations, out.Body.Next = mapped(list, populationOf), next
	return &out, err
}

func populationOf(p research.Population) Population {
	return Population{ID: p.ID.String(), Name: p.Name, People: p.People, Total: p.Total.String(),
		Left: noise.Budget{Total: p.Total, Spent: p.Spent}.Left().String()}
}
