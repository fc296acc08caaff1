package web

import (
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathResearch is where data go to research, when they tell of nobody (S3-47).
const PathResearch = "/staff/research"

// maxResearch bounds the form of a list with its register, in bytes.
const maxResearch = 2*research.Largest + 1<<20

// researchers bring lists and try them; releasers decide. The gate asks once more.
var (
	researchers = []actor.Role{actor.Officer, actor.DataOwner}
	releasers   = []actor.Role{actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader, actor.Manager}
)

func (p *staffPages) researchRoutes() []Route {
	see, bring := Only(Institution, releasers...), Only(Institution, researchers...)
	one := PathResearch + "/{id}"
	return []Route{
		{Pattern: "GET " + PathResearch, Handler: p.researchList, Access: see, Menu: "research.menu"},
		{Pattern: "GET " + PathResearch + "/new", Handler: p.newResearch, Access: bring},
		{Pattern: "POST " + PathResearch, Handler: p.proposeResearch, Access: bring, MaxBody: maxResearch, Timeout: longTask},
		{Pattern: "GET " + PathResearch + "/people", Handler: p.researchPeople, Access: see},
		{Pattern: "POST " + PathResearch + "/people", Handler: p.setResearchPeople, Access: see},
		{Pattern: "GET " + one, Handler: p.researchOne, Access: see},
		{Pattern: "POST " + one + "/try", Handler: p.tryResearch, Access: bring.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + one + "/approve", Handler: p.approveResearch, Access: see.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + one + "/collect", Handler: p.collectResearch, Access: bring.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + one + "/count", Handler: p.countResearch, Access: bring.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + one + "/end", Handler: p.endResearch, Access: see},
		{Pattern: "GET " + one + "/certificate", Handler: p.researchCertificate, Access: see},
	}
}

func researchPath(which id.Dataset) string { return PathResearch + "/" + which.String() }

// researchPage lists what was handed in and what became of it.
type researchPage struct {
	ui.Page
	List []ui.Task
	May  bool
}

func (p *staffPages) researchList(w http.ResponseWriter, r *Request) error {
	v := researchPage{Page: r.Page("research.menu"), May: may(researchers, r.Actor.Role)}
	if p.Research == nil {
		return r.Show(w, v.body())
	}
	list, err := p.Research.List(r.Context(), r.Actor)
	if err != nil {
		return p.deny(w, r, err)
	}
	for _, d := range list {
		v.List = append(v.List, ui.Task{Text: d.Purpose, Hint: r.P.T("research.line", d.Recipient, d.Rows, r.P.Time(d.At)), Href: researchPath(d.ID),
			Status: r.P.T("research.state." + string(d.State)), Kind: researchKind(d.State)})
	}
	return r.Show(w, v.body())
}

func researchKind(s research.State) ui.Kind {
	switch s {
	case research.Draft, research.Passed:
		return ui.Warning
	case research.Failed:
		return ui.Danger
	case research.Approved, research.Collected:
		return ui.Success
	}
	return ui.Plain
}

// researchForm asks for a list, whose it is, what for and for whom.
type researchForm struct {
	ui.Page
	Populations, From                              []ui.Option
	Population, Purpose, Recipient, Person, FromIs string
	Persons                                        []ui.Option
}

func (p *staffPages) researchForm(r *Request) (researchForm, error) {
	v := researchForm{Page: r.Page("research.new"), Person: "no"}
	v.Path = PathResearch
	for _, x := range []string{"no", "yes"} {
		v.Persons = append(v.Persons, ui.Option{Value: x, Text: r.P.T("research.person." + x)})
	}
	if p.Research == nil {
		return v, nil
	}
	list, err := p.Research.Populations(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	for _, x := range list {
		v.Populations = append(v.Populations, ui.Option{Value: x.ID.String(), Text: r.P.T("research.population.of", x.Name, x.People)})
	}
	v.From, err = p.drawable(r, true)
	return v, err
}

func (p *staffPages) newResearch(w http.ResponseWriter, r *Request) error {
	v, err := p.researchForm(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

// largeCommand makes a list anonymous that is too large for the form, under the
// usual conditions for a file that leaves the house.
func largeCommand() string {
	s := research.Usual()
	return fmt.Sprintf("wardfold anonymise LIST.csv --quasi COLUMN,COLUMN --sensitive COLUMN --k %d --l %d --threshold %g --report REPORT.html --sign KEY", s.K, s.L, s.Threshold)
}

func (p *staffPages) proposeResearch(w http.ResponseWriter, r *Request) error {
	var made research.Dataset
	err := r.ReadForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = fault.At("file", "research.too_large", research.Largest>>20)
	}
	if err == nil {
		made, err = p.takeResearch(r)
	}
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, again := p.researchForm(r)
		if again != nil {
			return p.deny(w, r, again)
		}
		f := r.PostForm
		v.Errors, v.Population, v.Purpose, v.Recipient, v.Person = errs, f.Get("population"), f.Get("purpose"), f.Get("recipient"), f.Get("person")
		v.FromIs = f.Get("from")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, researchPath(made.ID), "flash.research_proposed")
}

// takeResearch reads the form and hands the list in.
func (p *staffPages) takeResearch(r *Request) (made research.Dataset, err error) {
	if p.Research == nil {
		return made, fault.New(fault.NotFound, "page.unknown")
	}
	f := r.PostForm
	x := research.Proposal{Purpose: f.Get("purpose"), Recipient: f.Get("recipient"), Person: f.Get("person") != "no"}
	if x.Population, err = id.Parse[id.Population](f.Get("population")); err != nil {
		return made, fault.At("population", "research.population")
	}
	if from := f.Get("from"); from != "" {
		app, err := id.Parse[id.Application](from)
		if err != nil {
			return made, fault.At("from", "draw.not_granted")
		}
		x.Query = &draw.Query{Application: app, Words: draw.Words(r.P)}
	}
	for _, part := range []struct {
		name string
		into *research.Upload
	}{{"file", &x.List}, {"register", &x.Register}} {
		var file multipart.File
		var head *multipart.FileHeader
		if file, head, err = r.FormFile(part.name); err != nil || head.Size == 0 {
			continue
		}
		defer func() { err = closing(file, err) }()
		*part.into = research.Upload{Name: head.Filename, File: file, Size: head.Size}
	}
	return p.Research.Propose(r.Context(), r.Actor, x)
}

// researchPeoplePage lists populations and their budgets, and takes a new one.
type researchPeoplePage struct {
	ui.Page
	Table               ui.Table
	Name, People, Total string
	Choices             []ui.Option
	Population          string
}

func (p *staffPages) researchPeople(w http.ResponseWriter, r *Request) error {
	return p.showResearchPeople(w, r, nil)
}

func (p *staffPages) showResearchPeople(w http.ResponseWriter, r *Request, errs ui.Errors) error {
	v := researchPeoplePage{Page: r.Page("research.people.title"), Total: "1"}
	v.Path, v.Errors = PathResearch, errs
	v.Table = ui.Table{Caption: r.P.T("research.people.list"), Heads: []ui.Head{{Text: r.P.T("research.people.name")}, {Text: r.P.T("research.people.count"), Number: true},
		{Text: r.P.T("research.people.total"), Number: true}, {Text: r.P.T("research.people.left"), Number: true}, {Text: r.P.T("research.people.by")}}}
	if p.Research != nil {
		list, err := p.Research.Populations(r.Context(), r.Actor)
		if err != nil {
			return p.deny(w, r, err)
		}
		names, err := p.names(r)
		if err != nil {
			return err
		}
		for _, x := range list {
			left := noise.Budget{Total: x.Total, Spent: x.Spent}.Left()
			v.Table.Rows = append(v.Table.Rows, ui.Words(x.Name, r.P.Number(int64(x.People)), epsilon(x.Total), epsilon(left), names[x.By.String()]))
			v.Choices = append(v.Choices, ui.Option{Value: x.ID.String(), Text: x.Name})
		}
	}
	if errs == nil {
		return r.Show(w, v.body())
	}
	f := r.PostForm
	v.Name, v.People, v.Total, v.Population = f.Get("name"), f.Get("people"), f.Get("total"), f.Get("population")
	return r.ShowAgain(w, v.body())
}

func (p *staffPages) setResearchPeople(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if p.Research == nil {
		return fault.New(fault.NotFound, "page.unknown")
	}
	f := r.PostForm
	x := research.Population{Name: f.Get("name")}
	var err error
	if which := f.Get("population"); which != "" {
		if x.ID, err = id.Parse[id.Population](which); err != nil {
			err = fault.At("population", "research.population")
		}
	}
	if n, bad := strconv.Atoi(strings.TrimSpace(f.Get("people"))); bad == nil {
		x.People = n
	}
	if err == nil {
		x.Total, err = typedEpsilon("total", f.Get("total"))
	}
	if err == nil {
		_, err = p.Research.SetPopulation(r.Context(), r.Actor, x)
	}
	if errs, ok := r.Wrong(err); err != nil && ok {
		return p.showResearchPeople(w, r, errs)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := PathResearch + "/people"
	return r.GoSaying(w, here, "flash.research_people")
}

// epsilon writes a budget without the zeros that say nothing.
func epsilon(e noise.Epsilon) string {
	return strings.TrimSuffix(strings.TrimRight(e.String(), "0"), ".")
}

// typedEpsilon reads a number such as 0.25, exactly.
func typedEpsilon(field, text string) (noise.Epsilon, error) {
	e, err := noise.ParseEpsilon(text)
	if err != nil {
		return 0, fault.At(field, "research.epsilon", research.MostBudget.String())
	}
	return e, nil
}
