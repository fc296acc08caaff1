package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// PathPublications is the desk where lists become public notices (S3-50).
const PathPublications = "/staff/publications"

// maxPublication bounds the file of a list, in bytes.
const maxPublication = 16 << 20

// publishers may read, approve and take down; the gate asks once more.
var publishers = []actor.Role{actor.Officer, actor.Manager, actor.Leader}

func (p *staffPages) publicationRoutes() []Route {
	read, bring := Only(Institution, publishers...), Only(Institution, officers...)
	return []Route{
		{Pattern: "GET " + PathPublications, Handler: p.publications, Access: read, Menu: "publish.menu"},
		{Pattern: "GET " + PathPublications + "/new", Handler: p.newPublication, Access: bring},
		{Pattern: "POST " + PathPublications, Handler: p.preparePublication, Access: bring, MaxBody: maxPublication + 1<<20, Timeout: longTask},
		{Pattern: "GET " + PathPublications + "/{id}", Handler: p.publication, Access: read, Timeout: longTask},
		{Pattern: "POST " + PathPublications + "/{id}/approve", Handler: p.approvePublication, Access: read.Within(proofAge), Timeout: longTask},
		{Pattern: "POST " + PathPublications + "/{id}/numbers", Handler: p.publicationNumbers, Access: bring},
		{Pattern: "POST " + PathPublications + "/{id}/lock", Handler: p.lockPublication, Access: bring},
		{Pattern: "POST " + PathPublications + "/{id}/{what}", Handler: p.endPublication, Access: read},
	}
}

func publicationPath(which id.Publication) string { return PathPublications + "/" + which.String() }

// publicationsPage lists what was made public, and leads to a new one.
type publicationsPage struct {
	ui.Page
	List []ui.Task
	May  bool
}

func (p *staffPages) publications(w http.ResponseWriter, r *Request) error {
	v := publicationsPage{Page: r.Page("publish.menu"), May: may(officers, r.Actor.Role)}
	if p.Notices == nil {
		return r.Show(w, v.body())
	}
	list, err := p.Notices.List(r.Context(), r.Actor)
	if err != nil {
		return p.deny(w, r, err)
	}
	for _, x := range list {
		hint := r.P.T("publish.line", r.P.T("publish.occasion."+string(x.Occasion)), x.Rows)
		if x.State == publish.Published {
			hint = r.P.T("publish.line.until", hint, r.P.Time(x.Until))
		}
		v.List = append(v.List, ui.Task{Text: x.Title, Hint: hint, Href: publicationPath(x.ID),
			Status: noticeState(r.P, x), Kind: publicationKind(x.State)})
	}
	return r.Show(w, v.body())
}

// noticeState says where a notice stands: what a story waits for first is no colleague.
func noticeState(p lang.Printer, x publish.Publication) string {
	if x.State == publish.Draft && len(x.Open()) > 0 {
		return p.T("publish.state.locked")
	}
	return p.T("publish.state." + string(x.State))
}

func publicationKind(s publish.State) ui.Kind {
	switch s {
	case publish.Draft:
		return ui.Warning
	case publish.Published:
		return ui.Success
	}
	return ui.Plain
}

// publicationForm asks for a list, why it is public, and how many people a
// reader may think of; or for a story.
type publicationForm struct {
	ui.Page
	Story                              bool
	Occasions, Ages, Audiences         []ui.Option
	From                               []ui.Option // what lies in the records; empty if nothing may be used
	FromIs                             string
	Heading, Occasion, Article, Age    string
	Days, School, Grade, Class, Typing string
	Audience                           string
}

func (p *staffPages) publicationForm(r *Request) (publicationForm, error) {
	v := publicationForm{Page: r.Page("publish.new"), Story: r.FormValue("kind") == string(publish.Story), Days: "7"}
	if v.Story {
		v.Page = r.Page("publish.new.story")
	}
	for _, o := range publish.Occasions {
		v.Occasions = append(v.Occasions, ui.Option{Value: string(o), Text: r.P.T("publish.occasion." + string(o))})
	}
	for _, a := range []publish.Ages{publish.Young, publish.Older} {
		v.Ages = append(v.Ages, ui.Option{Value: string(a), Text: r.P.T("publish.ages." + string(a))})
	}
	for _, a := range publish.Audiences {
		v.Audiences = append(v.Audiences, ui.Option{Value: string(a), Text: r.P.T("publish.audience." + string(a))})
	}
	v.Age, v.Audience = string(publish.Young), string(publish.Anybody)
	v.Path = PathPublications
	if v.Story {
		return v, nil
	}
	var err error
	v.From, err = p.drawable(r, false)
	return v, err
}

// drawable are the granted applications under which the actor may draw a list
// from the records, after the file that anybody may bring. A whole place counts
// only where it is no list that shall be public.
func (p *staffPages) drawable(r *Request, places bool) (list []ui.Option, err error) {
	if p.Applications == nil {
		return nil, nil
	}
	mine, err := p.Applications.Mine(r.Context(), r.Actor)
	for _, x := range mine {
		listed := places || x.Range == application.RangeList || x.Range == application.RangeClass
		if x.Case.State == application.Granted && x.Clear && x.Place != "screen" && listed && slices.Contains(x.Users, r.Actor.Staff) {
			list = append(list, ui.Option{Value: x.ID.String(), Text: r.P.T("draw.source.application", x.Title)})
		}
	}
	if len(list) > 0 {
		list = slices.Insert(list, 0, ui.Option{Text: r.P.T("draw.source.file")})
	}
	return list, err
}

func (p *staffPages) newPublication(w http.ResponseWriter, r *Request) error {
	v, err := p.publicationForm(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.Show(w, v.body())
}

func (p *staffPages) preparePublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	made, err := p.takePublication(r)
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, again := p.publicationForm(r)
		if again != nil {
			return p.deny(w, r, again)
		}
		f := r.PostForm
		v.FromIs, v.Audience = f.Get("from"), f.Get("audience")
		v.Errors, v.Heading, v.Occasion, v.Article, v.Age = errs, f.Get("title"), f.Get("occasion"), f.Get("article"), f.Get("ages")
		v.Days, v.School, v.Grade, v.Class, v.Typing = f.Get("days"), f.Get("school"), f.Get("grade"), f.Get("class"), f.Get("text")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	if made.Occasion == publish.Story {
		return r.GoSaying(w, publicationPath(made.ID), "flash.publish_story")
	}
	return r.GoSaying(w, publicationPath(made.ID), "flash.publish_prepared")
}

// takePublication reads the form and hands the list in.
func (p *staffPages) takePublication(r *Request) (made publish.Publication, err error) {
	if p.Notices == nil {
		return made, fault.New(fault.NotFound, "page.unknown")
	}
	f := r.PostForm
	n := publish.Notice{Title: f.Get("title"), Occasion: publish.Occasion(f.Get("occasion")), Article: f.Get("article"), Audience: publish.Audience(f.Get("audience")), Ages: publish.Ages(f.Get("ages"))}
	story := f.Get("kind") == string(publish.Story)
	if story {
		n.Occasion, n.Ages = publish.Story, publish.Young
	}
	for _, x := range []struct {
		name string
		into *int
	}{{"days", &n.Days}, {"school", &n.People.School}, {"grade", &n.People.Grade}, {"class", &n.People.Class}} {
		text := strings.TrimSpace(f.Get(x.name))
		if text == "" {
			continue
		}
		if *x.into, err = strconv.Atoi(text); err != nil || *x.into < 0 || *x.into > 10_000_000 {
			return made, fault.At(x.name, "publish.people")
		}
	}
	if story {
		return p.Notices.Prepare(r.Context(), r.Actor, n, publish.Upload{Text: f.Get("text")})
	}
	if from := f.Get("from"); from != "" {
		app, err := id.Parse[id.Application](from)
		if err != nil {
			return made, fault.At("from", "draw.not_granted")
		}
		return p.Notices.Prepare(r.Context(), r.Actor, n, publish.Upload{Query: &draw.Query{Application: app, Words: draw.Words(r.P)}})
	}
	file, head, err := r.FormFile("file")
	if err != nil || head.Size == 0 {
		return made, fault.At("file", "publish.file")
	}
	defer func() { err = closing(file, err) }()
	if head.Size > maxPublication {
		return made, fault.At("file", "form.too_large")
	}
	return p.Notices.Prepare(r.Context(), r.Actor, n, publish.Upload{Name: head.Filename, File: file, Size: head.Size})
}
