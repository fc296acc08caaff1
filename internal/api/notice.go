package api

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/policy"
)

// NoticeText is what people read before they decide.
type NoticeText struct {
	Code       string                 `json:"code" minLength:"1" maxLength:"64" example:"enrolment"`
	Controller string                 `json:"controller" maxLength:"200" doc:"Full name of who processes."`
	Contact    string                 `json:"contact" maxLength:"400"`
	Officer    string                 `json:"officer" maxLength:"400" doc:"Who is in charge of children's information and how to reach them."`
	Asks       []NoticeAsk            `json:"asks" minItems:"1" maxItems:"16"`
	Words      map[string]NoticeWords `json:"words" doc:"By language tag; zh-CN is required."`
}

// NoticeAsk is one decision: one tick, two equal answers.
type NoticeAsk struct {
	Purposes  []string `json:"purposes" minItems:"1" maxItems:"16"`
	Fields    []string `json:"fields" maxItems:"32"`
	DefaultOn bool     `json:"default_on" doc:"The linter refuses it."`
	Mandatory []string `json:"mandatory" maxItems:"32"`
}

// NoticeWords is the text in one language.
type NoticeWords struct {
	Title   string        `json:"title" maxLength:"200"`
	Summary string        `json:"summary" maxLength:"600"`
	Blocks  []NoticeBlock `json:"blocks" minItems:"7" maxItems:"7"`
}

// NoticeBlock is one topic, in plain words and as law text.
type NoticeBlock struct {
	Topic string `json:"topic" enum:"purpose,storage,safety,refusal,complaint,correction,necessity"`
	Plain string `json:"plain" maxLength:"4000"`
	Law   string `json:"law" maxLength:"4000"`
}

// Notice is a published notice.
type Notice struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	NoticeText
	Published time.Time         `json:"published"`
	Hashes    map[string]string `json:"hashes" doc:"SHA-256 of what a reader of each language sees: what a consent proves was shown."`
	Warnings  []Warning         `json:"warnings,omitempty" doc:"Of the linter, when it was just published."`
}

// Warning is one remark of the linter.
type Warning struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
}

// NewNotice is a notice to publish.
type NewNotice struct{ Body NoticeText }

// NoticePath names a notice.
type NoticePath struct {
	ID string `path:"id" maxLength:"64"`
}

// NoticeCode names the newest version of a notice.
type NoticeCode struct {
	Code string `query:"code" maxLength:"64" default:"enrolment"`
}

// NoticeAnswer is one notice.
type NoticeAnswer struct{ Body Notice }

func (s *API) notices() {
	anybody := Access{actor.Roles, Institution}
	change(s, Operation{ID: "notice-publish", Path: "/v1/notices", Noun: "notices", Status: 201, MaxBody: 256 << 10,
		Access: s.may(policy.NoticePublish, Institution), Act: policy.NoticePublish,
		Summary: "Publish a notice; the linter refuses an empty block, a bundled consent, a tick set beforehand",
		Law:     "PIPL art. 17; Children's Provisions art. 10"}, s.noticePublish, s.noticeAgain)
	read(s, Operation{ID: "notice-current", Path: "/v1/notices", Noun: "notices", Access: anybody,
		Summary: "The notice in force"}, s.noticeCurrent)
	read(s, Operation{ID: "notice-get", Path: "/v1/notices/{id}", Noun: "notices", Access: anybody,
		Summary: "A published notice, current or former"}, s.notice)
}

func (s *API) noticePublish(ctx context.Context, a actor.Actor, in *NewNotice, _ *kept) (*NoticeAnswer, error) {
	n, found, _, err := s.office.Publish(ctx, a, in.Body.notice())
	if err != nil {
		return nil, err
	}
	out := &NoticeAnswer{noticeOf(n)}
	for _, f := range found {
		out.Body.Warnings = append(out.Body.Warnings, Warning{f.Path, f.Code})
	}
	return out, nil
}

func (s *API) noticeAgain(ctx context.Context, a actor.Actor, k kept) (*NoticeAnswer, error) {
	return s.notice(ctx, a, &NoticePath{k.Ref})
}

func (s *API) noticeCurrent(ctx context.Context, a actor.Actor, in *NoticeCode) (*NoticeAnswer, error) {
	var n catalogue.Notice
	err := s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		n, err = s.house.Catalogue.CurrentNotice(tx, a.Institution, in.Code)
		return err
	})
	return &NoticeAnswer{noticeOf(n)}, err
}

func (s *API) notice(ctx context.Context, a actor.Actor, in *NoticePath) (*NoticeAnswer, error) {
	which, err := noticeID(in.ID)
	if err != nil {
		return nil, err
	}
	var n catalogue.Notice
	err = s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		n, err = s.house.Catalogue.Notice(tx, a.Institution, which)
		return err
	})
	return &NoticeAnswer{noticeOf(n)}, err
}

func (t NoticeText) notice() catalogue.Notice {
	n := catalogue.Notice{Code: t.Code, Controller: t.Controller, Contact: t.Contact, Officer: t.Officer, Words: map[string]catalogue.Words{}}
	for _, a := range t.Asks {
		n.Asks = append(n.Asks, catalogue.Ask(a))
	}
	for tag, w := range t.Words {
		words := catalogue.Words{Title: w.Title, Summary: w.Summary}
		for _, b := range w.Blocks {
			words.Blocks = append(words.Blocks, catalogue.Block{Topic: catalogue.Topic(b.Topic), Plain: b.Plain, Law: b.Law})
		}
		n.Words[tag] = words
	}
	return n
}

func noticeOf(n catalogue.Notice) Notice {
	out := Notice{ID: n.ID.String(), Version: n.Version, Published: n.PublishedAt, Hashes: map[string]string{},
		NoticeText: NoticeText{Code: n.Code, Controller: n.Controller, Contact: n.Contact, Officer: n.Officer, Words: map[string]NoticeWords{}}}
	out.Asks = mapped(n.Asks, func(a catalogue.Ask) NoticeAsk { return NoticeAsk(a) })
	for tag, w := range n.Words {
		hash := n.Hash(tag)
		out.Hashes[tag] = hex.EncodeToString(hash[:])
		out.Words[tag] = NoticeWords{w.Title, w.Summary, mapped(w.Blocks, func(b catalogue.Block) NoticeBlock {
			return NoticeBlock{string(b.Topic), b.Plain, b.Law}
		})}
	}
	return out
}
