package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
)

// SealedFile is a file of the sealed compartment. It names nobody.
type SealedFile struct {
	ID       string        `json:"id" example:"cmp_06f1p3k8x5s4m2q7w9z0a1b2c3"`
	Case     string        `json:"case,omitempty" doc:"The number of the case; absent in the answer that made the file."`
	Secluded time.Time     `json:"secluded"`
	By       string        `json:"by"`
	Requests []SealRequest `json:"requests,omitempty" doc:"The newest first."`
}

// SealRequest is what one officer asks for and another agrees to.
type SealRequest struct {
	ID     string     `json:"id" example:"uns_06f1p3k8x5s4m2q7w9z0a1b2c3"`
	File   string     `json:"file"`
	Kind   string     `json:"kind" enum:"open,release"`
	Fields []string   `json:"fields,omitempty"`
	Stage  string     `json:"stage" enum:"waiting,agreed,over"`
	By     string     `json:"by"`
	Asked  time.Time  `json:"asked"`
	Second string     `json:"second,omitempty"`
	Agreed *time.Time `json:"agreed,omitempty"`
	Until  *time.Time `json:"until,omitempty" doc:"When an agreed request serves no more."`
}

// Seclusion puts a record away.
type Seclusion struct {
	Body struct {
		Child string `json:"child" minLength:"1" maxLength:"64"`
		Case  string `json:"case" minLength:"1" maxLength:"256" doc:"As the police, the procuratorate, the court or the school gave it; no reason, no name." example:"(2026)沪0105刑初12号"`
	}
}

// SealedPath names a file or a request.
type SealedPath struct {
	ID string `path:"id" maxLength:"64"`
}

// SealedAnswer is one file.
type SealedAnswer struct{ Body SealedFile }

// SealedFiles is a list of files, the newest first.
type SealedFiles struct {
	Body struct {
		Files []SealedFile `json:"files"`
		Next  string       `json:"next,omitempty"`
	}
}

// SealAsking asks to open fields of a file, or to let its record out.
type SealAsking struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Kind   string   `json:"kind" enum:"open,release"`
		Fields []string `json:"fields,omitempty" maxItems:"8"`
		Case   string   `json:"case" minLength:"1" maxLength:"256" doc:"Must be the file's."`
	}
}

// SealRequestAnswer is one request.
type SealRequestAnswer struct{ Body SealRequest }

// Unsealing names the field to open.
type Unsealing struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Field string `json:"field" minLength:"1" maxLength:"64" example:"guardian.phone"`
	}
}

// Unsealed is one field in clear. Its entry was durable before it left.
type Unsealed struct {
	Body struct {
		Values  []string  `json:"values" doc:"Of a guardian's field one for each guardian."`
		Expires time.Time `json:"expires_at" doc:"When to take it off the screen and forget it."`
		Entry   Entry     `json:"entry"`
	}
}

func (s *API) compartment() {
	op := func(id, path string, act policy.Act, summary string) Operation {
		return Operation{ID: id, Path: "/v1/compartment" + path, Noun: "compartment", Access: s.may(act, Institution), Act: act, Summary: summary,
			Law: "18-department Measures, clause on education departments and schools; UMPL art. 103"}
	}
	seclude := op("sealed-seclude", "", policy.CompartmentSeclude, "Seal a child's record away: from now on it is not there for anybody at work")
	ask := op("sealed-ask", "/{id}/requests", policy.CompartmentAsk, "Ask to open fields of a file, or to let its record out")
	seclude.Status, ask.Status = 201, 201
	change(s, seclude, s.sealedSeclude, s.sealedAgain)
	read(s, op("sealed-list", "", policy.CompartmentList, "The files, the newest first: case and days, and nobody's name"), s.sealedList)
	read(s, op("sealed-get", "/{id}", policy.CompartmentList, "A file and what was asked for about it"), s.sealedGet)
	change(s, ask, s.sealedAsk, s.sealRequestAgain)
	change(s, op("sealed-agree", "/requests/{id}/agree", policy.CompartmentAgree, "Agree to a request, as the second officer"), s.sealedAgree, s.sealRequestAgain)
	show(s, op("sealed-open", "/requests/{id}/open", policy.CompartmentOpen, "See one field in clear, as the one who asked, within 30 minutes of the agreement"), s.sealedOpen)
	change(s, op("sealed-release", "/requests/{id}/release", policy.CompartmentRelease, "Let the record out, as the one who asked"), s.sealedRelease, s.doneAgain)
}

func sealedID(s string) (id.SealedFile, error)   { return parsed(s, id.Parse[id.SealedFile]) }
func unsealingID(s string) (id.Unsealing, error) { return parsed(s, id.Parse[id.Unsealing]) }

func (s *API) sealedSeclude(ctx context.Context, a actor.Actor, in *Seclusion, _ *kept) (*SealedAnswer, error) {
	child, err := id.Parse[id.Subject](in.Body.Child)
	if err != nil {
		return nil, fault.At("/child", "api.value")
	}
	f, err := s.house.Compartment.Seclude(ctx, a, child, secret.NewText(in.Body.Case))
	return &SealedAnswer{SealedFile{ID: f.ID.String(), Secluded: f.At, By: f.By.String()}}, err
}

func (s *API) sealedAgain(ctx context.Context, a actor.Actor, k kept) (*SealedAnswer, error) {
	out, err := s.sealedGet(ctx, a, &SealedPath{k.Ref})
	if err == nil {
		out.Body.Case, out.Body.Requests = "", nil
	}
	return out, err
}

func (s *API) sealedList(ctx context.Context, a actor.Actor, in *Paging) (*SealedFiles, error) {
	all, err := s.house.Compartment.List(ctx, a)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out SealedFiles
	out.Body.Files, out.Body.Next = mapped(list, s.sealedOf), next
	return &out, nil
}

func (s *API) sealedGet(ctx context.Context, a actor.Actor, in *SealedPath) (*SealedAnswer, error) {
	which, err := sealedID(in.ID)
	if err != nil {
		return nil, err
	}
	e, err := s.house.Compartment.Look(ctx, a, which)
	if err != nil {
		return nil, err
	}
	return &SealedAnswer{s.sealedOf(e)}, nil
}

func (s *API) sealedAsk(ctx context.Context, a actor.Actor, in *SealAsking, _ *kept) (*SealRequestAnswer, error) {
	which, err := sealedID(in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.house.Compartment.Ask(ctx, a, which, compartment.Kind(in.Body.Kind), in.Body.Fields, secret.NewText(in.Body.Case))
	return &SealRequestAnswer{s.sealRequestOf(r)}, err
}

func (s *API) sealedAgree(ctx context.Context, a actor.Actor, in *SealedPath, _ *kept) (*SealRequestAnswer, error) {
	which, err := unsealingID(in.ID)
	if err != nil {
		return nil, err
	}
	r, err := s.house.Compartment.Agree(ctx, a, which)
	return &SealRequestAnswer{s.sealRequestOf(r)}, err
}

// sealRequestAgain finds a request among those of the files.
func (s *API) sealRequestAgain(ctx context.Context, a actor.Actor, k kept) (*SealRequestAnswer, error) {
	all, err := s.house.Compartment.List(ctx, a)
	for _, e := range all {
		for _, r := range e.Requests {
			if r.ID.String() == k.Ref {
				return &SealRequestAnswer{s.sealRequestOf(r)}, nil
			}
		}
	}
	if err == nil {
		err = errAbsent
	}
	return nil, err
}

func (s *API) sealedOpen(ctx context.Context, a actor.Actor, in *Unsealing) (*Unsealed, error) {
	which, err := unsealingID(in.ID)
	if err != nil {
		return nil, err
	}
	opened, err := s.house.Compartment.Open(ctx, a, which, in.Body.Field)
	if err != nil {
		return nil, err
	}
	var out Unsealed
	out.Body.Values, out.Body.Expires, out.Body.Entry = mapped(opened.Values, shown), opened.Until, entryOf(opened.Outcome)
	return &out, nil
}

func (s *API) sealedRelease(ctx context.Context, a actor.Actor, in *SealedPath, _ *kept) (*Done, error) {
	which, err := unsealingID(in.ID)
	if err != nil {
		return nil, err
	}
	return done(s.house.Compartment.Release(ctx, a, which))
}

func (s *API) sealedOf(e compartment.Entry) SealedFile {
	return SealedFile{ID: e.ID.String(), Case: shown(e.Case), Secluded: e.At, By: e.By.String(), Requests: mapped(e.Requests, s.sealRequestOf)}
}

func (s *API) sealRequestOf(r compartment.Request) SealRequest {
	out := SealRequest{ID: r.ID.String(), File: r.File.String(), Kind: string(r.Kind), Fields: r.Fields, Stage: string(r.Stage(s.house.Gate.Now())),
		By: r.By.String(), Asked: r.At, Second: r.Second.String(), Agreed: moment(r.Agreed)}
	if !r.Agreed.IsZero() {
		out.Until = moment(r.Until())
	}
	return out
}
