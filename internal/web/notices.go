package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// noticesPage lists every version of every notice: what families were shown, and
// when.
type noticesPage struct {
	ui.Page
	Table ui.Table
}

func (p *staffPages) notices(w http.ResponseWriter, r *Request) error {
	list, err := p.Office.Notices(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	names, err := p.names(r)
	if err != nil {
		return err
	}
	v := noticesPage{Page: r.Page("notices.title")}
	v.Table = ui.Table{Caption: r.P.T("notices.versions"), Hidden: true, Heads: []ui.Head{{Text: r.P.T("notices.name")}, {Text: r.P.T("notices.version"), Number: true},
		{Text: r.P.T("notices.when")}, {Text: r.P.T("notices.by")}, {Text: r.P.T("grants.state")}}}
	seen := map[string]bool{}
	for _, n := range list {
		state := ui.Tag(ui.Plain, r.P.T("notices.former"))
		if !seen[n.Code] {
			seen[n.Code], state = true, ui.Tag(ui.Success, r.P.T("notices.current"))
		}
		v.Table.Rows = append(v.Table.Rows, []ui.Cell{{Part: rowLink(PathNotices+"/"+n.ID.String(), title(n, r.P))}, {Text: r.P.Number(int64(n.Version))},
			{Text: r.P.Time(n.PublishedAt)}, {Text: names[n.PublishedBy.String()]}, {Part: state}})
	}
	return r.Show(w, v.body())
}

// title is a notice's own title in the reader's language, or in Chinese.
func title(n catalogue.Notice, p lang.Printer) string { return wordsOf(n, p).Title }

func wordsOf(n catalogue.Notice, p lang.Printer) catalogue.Words {
	if w, ok := n.Words[p.Tag()]; ok {
		return w
	}
	return n.Words[lang.Default]
}

// versionPage shows one version as families see it, in plain words and as law
// text.
type versionPage struct {
	ui.Page
	Notice catalogue.Notice
	Words  catalogue.Words
	Hash   string
}

func (p *staffPages) showNotice(w http.ResponseWriter, r *Request) error {
	n, err := p.findNotice(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := versionPage{Page: r.Page("notices.one", n.Version), Notice: n, Words: wordsOf(n, r.P), Hash: shortHash(n.Hash(lang.Default))}
	return r.Show(w, v.body())
}

func (p *staffPages) findNotice(r *Request, which string) (catalogue.Notice, error) {
	wanted, err := id.Parse[id.Notice](which)
	if err != nil {
		return catalogue.Notice{}, fault.New(fault.NotFound, "catalogue.notice_unknown")
	}
	list, err := p.Office.Notices(r.Context(), r.Actor)
	if err != nil {
		return catalogue.Notice{}, err
	}
	for _, n := range list {
		if n.ID == wanted {
			return n, nil
		}
	}
	return catalogue.Notice{}, fault.New(fault.NotFound, "catalogue.notice_unknown")
}

// editPage is the editor. Each purpose is a decision of its own, so nothing can
// be bundled, and nothing is on before anybody touched it.
type editPage struct {
	ui.Page
	Notice   catalogue.Notice
	Purposes []ui.Check
	Tongues  []tongueView
	Warnings []string
	Preview  bool
}

// tongueView is the text of one language in the editor.
type tongueView struct {
	Tag, Name string
	Words     catalogue.Words
	Blocks    []blockView
	Must      bool
}

// blockView is one of the seven blocks.
type blockView struct {
	Path, Heading string
	catalogue.Block
}

func (p *staffPages) editNotice(w http.ResponseWriter, r *Request) error {
	list, err := p.Office.Notices(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	n := catalogue.Notice{Code: codeOf(r.URL.Query().Get("code")), Words: map[string]catalogue.Words{}}
	for _, code := range []string{catalogue.EnrolmentNotice, n.Code} {
		if i := slices.IndexFunc(list, func(x catalogue.Notice) bool { return x.Code == code }); i >= 0 {
			n = list[i]
		}
	}
	if want := codeOf(r.URL.Query().Get("code")); n.Code != want { // the first of its kind begins with our own words
		n = catalogue.DefaultTrialNotice(n.Controller, n.Contact, n.Officer)
	}
	v, err := p.editPage(r, n)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

// codeOf is which notice a page is about: that of enrolment unless the other is
// asked for.
func codeOf(typed string) string {
	if typed == catalogue.TrialNotice {
		return catalogue.TrialNotice
	}
	return catalogue.EnrolmentNotice
}

func (p *staffPages) editPage(r *Request, n catalogue.Notice) (editPage, error) {
	v := editPage{Page: r.Page("notices.edit." + n.Code), Notice: n}
	v.Keep = PathNotices
	purposes, err := p.Office.Purposes(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	asked := n.Purposes()
	for _, x := range purposes {
		if x.Active(p.Office.Gate.Now()) && (x.Code == catalogue.TrialLesson) == (n.Code == catalogue.TrialNotice) {
			hint := r.P.T("notices.optional", fieldList(r.P, x.Fields))
			if x.Required {
				hint = r.P.T("notices.required", fieldList(r.P, x.Fields))
			}
			v.Purposes = append(v.Purposes, ui.Check{Name: "asks", Value: x.Code, Label: purposeName(r.P, x.Code), Hint: hint, On: slices.Contains(asked, x.Code)})
		}
	}
	for _, tag := range lang.Tags {
		t := tongueView{Tag: tag, Name: lang.For(tag).T("lang.name"), Words: n.Words[tag], Must: tag == lang.Default}
		for i, topic := range catalogue.Topics {
			b := blockView{Path: tag + "/" + string(topic), Heading: r.P.T("notice.topic." + string(topic))}
			if i < len(t.Words.Blocks) {
				b.Block = t.Words.Blocks[i]
			}
			t.Blocks = append(t.Blocks, b)
		}
		v.Tongues = append(v.Tongues, t)
	}
	return v, nil
}

// typedNotice reads the editor. A language without a title and text is left out.
func (p *staffPages) typedNotice(r *Request) (catalogue.Notice, error) {
	f := r.PostForm
	n := catalogue.Notice{Code: codeOf(f.Get("code")), Controller: f.Get("controller"), Contact: f.Get("contact"), Officer: f.Get("officer"),
		Words: map[string]catalogue.Words{}}
	purposes, err := p.Office.Purposes(r.Context(), r.Actor)
	if err != nil {
		return n, err
	}
	for _, x := range purposes {
		if slices.Contains(f["asks"], x.Code) {
			ask := catalogue.Ask{Purposes: []string{x.Code}, Fields: x.Fields}
			if x.Required && x.MayMarkMandatory() {
				ask.Mandatory = x.Fields
			}
			n.Asks = append(n.Asks, ask)
		}
	}
	for _, tag := range lang.Tags {
		w := catalogue.Words{Title: f.Get(tag + "/title"), Summary: f.Get(tag + "/summary")}
		all := w.Title + w.Summary
		for _, topic := range catalogue.Topics {
			b := catalogue.Block{Topic: topic, Plain: f.Get(tag + "/" + string(topic) + "/plain"), Law: f.Get(tag + "/" + string(topic) + "/law")}
			w.Blocks, all = append(w.Blocks, b), all+b.Plain+b.Law
		}
		if tag == lang.Default || strings.TrimSpace(all) != "" {
			n.Words[tag] = w
		}
	}
	return n, nil
}

// publishNotice checks a draft, and publishes it when asked to and nothing is
// wrong. What is wrong stands at its own field.
func (p *staffPages) publishNotice(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Turned(w)
	n, err := p.typedNotice(r)
	if err != nil {
		return err
	}
	v, err := p.editPage(r, n)
	if err != nil {
		return err
	}
	if r.turned {
		return r.Show(w, v.body())
	}
	found, err := p.Office.LintNotice(r.Context(), r.Actor, n)
	if err != nil {
		return err
	}
	for _, f := range found {
		words := r.P.T("fault."+f.Code, f.Args...)
		if f.Warning {
			v.Warnings = append(v.Warnings, words)
			continue
		}
		v.Errors = append(v.Errors, ui.FieldError{Field: f.Path, Text: words})
	}
	if len(v.Errors) > 0 {
		return r.ShowAgain(w, v.body())
	}
	if r.PostForm.Get("do") != "publish" {
		v.Preview = true
		return r.Show(w, v.body())
	}
	if _, _, _, err := p.Office.Publish(r.Context(), r.Actor, n); err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathNotices, "flash.notice_published")
}
