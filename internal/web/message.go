package web

import (
	"net/http"
	"slices"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// contactPurpose is why staff write to a family.
const contactPurpose = "contact.class"

// letters are the messages that staff may send; the words are the institution's,
// so that nobody writes about a child in a text message.
var letters = []string{"call", "class"}

// messagePage sends a family one of the institution's messages. The number is
// not shown to anybody.
type messagePage struct {
	ui.Page
	To      string // masked
	Action  string
	Back    string
	For     string // a trial lesson, or ""
	Silent  string // why nobody may write to the family; "" when they may
	Letters []ui.Option
}

func (p *staffPages) chooseMessage(w http.ResponseWriter, r *Request) error {
	card, err := p.loadCard(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	places, err := p.Office.Places(r.Context())
	if err != nil {
		return err
	}
	name := ""
	for _, x := range places {
		if x.ID == r.Actor.Institution {
			name = x.Name
		}
	}
	back := pathSubjects + "/" + card.Child.String()
	v := messagePage{Page: r.Page("message.title"), To: card.GuardianName + " " + card.Phone, Action: back + "/message", Back: back, For: deskFor(r, "")}
	if v.Silent = silent(r.P, card, deskFor(r, contactPurpose)); v.Silent != "" {
		return r.Show(w, v.body())
	}
	for _, l := range letters {
		v.Letters = append(v.Letters, ui.Option{Value: l, Text: r.P.T("message." + l), Hint: r.P.T("notify."+l, name)})
	}
	return r.Show(w, v.body())
}

func (p *staffPages) sendMessage(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	letter := r.PostForm.Get("letter")
	if !slices.Contains(letters, letter) {
		return fault.At("letter", "notify.template")
	}
	card, err := p.loadCard(r)
	if err != nil {
		return p.deny(w, r, err)
	}
	if _, err := p.Desk.For(card.Child).Message(r.Context(), r.Actor, card.Guardian, letter, deskFor(r, contactPurpose)); err != nil {
		return p.deny(w, r, err)
	}
	back := pathSubjects + "/" + card.Child.String()
	if r.PostForm.Get("for") != "" {
		back += "?for=" + deskFor(r, "")
	}
	return r.GoSaying(w, back, "flash.message_sent")
}
