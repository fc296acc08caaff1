package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/verify"
)

// Child is what is held about one child, as its family sees it: kinds and
// counts. The values are in the copy.
type Child struct {
	ID       string    `json:"id"`
	State    string    `json:"state" enum:"live,restricted"`
	Speaker  string    `json:"speaker" enum:"guardian,both,child" doc:"Who may decide today."`
	Held     []string  `json:"held" doc:"Codes of the fields held."`
	Consents []Consent `json:"consents"`
	Looks    int       `json:"looks" doc:"Entries about the child so far, at most 500."`
}

// Children are the records that the asker may act for.
type Children struct {
	Body struct {
		Children []Child `json:"children"`
	}
}

// SubjectPath names a record.
type SubjectPath struct {
	ID string `path:"id" maxLength:"64"`
}

// Correction is a new value for one field.
type Correction struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Field string `json:"field" minLength:"1" maxLength:"64" example:"learner.name"`
		Value string `json:"value" minLength:"1" maxLength:"400"`
	}
}

// Withdrawal stops one purpose.
type Withdrawal struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Purpose string `json:"purpose" minLength:"1" maxLength:"64" example:"survey"`
	}
}

// Copy is the machine-readable copy of everything held.
type Copy struct {
	Disposition string `header:"Content-Disposition"`
	Body        struct {
		Copy  json.RawMessage `json:"copy" doc:"The file, format wardfold/copy/1."`
		Entry Entry           `json:"entry"`
	}
}

// Certificate says what an erasure destroyed. It names nobody.
type Certificate struct {
	Body struct {
		Fields  []string `json:"fields,omitempty" doc:"Codes of the fields that were held."`
		Records int      `json:"records,omitempty" doc:"Records erased: the child's and perhaps the guardian's."`
		Entry   Entry    `json:"entry"`
	}
}

// LooksAsked asks for a part of the list of who looked.
type LooksAsked struct {
	ID     string `path:"id" maxLength:"64"`
	Cursor string `query:"cursor" maxLength:"64"`
}

// Looks lists who looked, newest first.
type Looks struct {
	Body struct {
		Entries []Line `json:"entries"`
		Next    string `json:"next,omitempty" doc:"Cursor of the next part; absent at the end."`
	}
}

// ProofAsked names one entry about a record.
type ProofAsked struct {
	ID    string `path:"id" maxLength:"64"`
	Index int64  `path:"index" minimum:"0"`
}

// Proof is a receipt that anybody can verify offline with wardcheck.
type Proof struct {
	Body struct {
		Receipt json.RawMessage `json:"receipt"`
	}
}

func (s *API) families() {
	family := []actor.Role{actor.Guardian, actor.Child}
	const rights = "PIPL arts. 44-47; MNR art. 34; University PI Measures art. 8"
	read(s, Operation{ID: "children", Path: "/v1/children", Noun: "families", Access: Access{family, OwnRecord},
		Summary: "What is held about the asker's children, for what", Law: rights}, s.children)
	read(s, Operation{ID: "subject-accesses", Path: "/v1/subjects/{id}/accesses", Noun: "families",
		Access: s.may(policy.AccessView, OwnRecord), Act: policy.AccessView, Summary: "Who looked, newest first", Law: rights}, s.accesses)
	read(s, Operation{ID: "subject-proof", Path: "/v1/subjects/{id}/accesses/{index}/proof", Noun: "families",
		Access: s.may(policy.AccessView, OwnRecord), Act: policy.AccessView, Summary: "A receipt of one entry, to verify offline", Law: rights}, s.proof)
	change(s, Operation{ID: "subject-correct", Path: "/v1/subjects/{id}/correct", Noun: "families",
		Access: s.may(policy.SubjectCorrect, OwnRecord), Act: policy.SubjectCorrect, Summary: "Correct one field", Law: rights}, s.correct, s.doneAgain)
	change(s, Operation{ID: "subject-copy", Path: "/v1/subjects/{id}/copy", Noun: "families",
		Access: s.may(policy.SubjectCopy, OwnRecord), Act: policy.SubjectCopy, Summary: "A copy of everything held", Law: rights}, s.copy, nil)
	change(s, Operation{ID: "subject-withdraw", Path: "/v1/subjects/{id}/withdraw", Noun: "families",
		Access: s.may(policy.ConsentWithdraw, OwnRecord), Act: policy.ConsentWithdraw, Summary: "Stop one purpose at once", Law: rights}, s.withdraw, s.doneAgain)
	change(s, Operation{ID: "subject-erase", Path: "/v1/subjects/{id}/erase", Noun: "families",
		Access: s.may(policy.SubjectErase, OwnRecord), Act: policy.SubjectErase, Summary: "Delete the record; the proof stays", Law: rights}, s.erase, s.erasedAgain)
}

func (s *API) children(ctx context.Context, a actor.Actor, _ *struct{}) (*Children, error) {
	all, err := s.house.Family.Home(ctx, a)
	if err != nil {
		return nil, err
	}
	var out Children
	out.Body.Children = make([]Child, len(all))
	for i, c := range all {
		out.Body.Children[i] = Child{c.ID.String(), string(c.State), string(c.Speaker), c.Held, consentsOf(c.Standings), c.Looks}
	}
	return &out, nil
}

func (s *API) accesses(ctx context.Context, a actor.Actor, in *LooksAsked) (*Looks, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	before, err := Paging{Cursor: in.Cursor}.position()
	if err != nil {
		return nil, err
	}
	l, err := s.house.Family.Looks(ctx, a, subj, before)
	if err != nil {
		return nil, err
	}
	var out Looks
	out.Body.Entries, out.Body.Next = linesOf(l.Entries), cursorOf(l.Next)
	return &out, nil
}

func (s *API) proof(ctx context.Context, a actor.Actor, in *ProofAsked) (*Proof, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	var r verify.Receipt
	if r, err = s.house.Family.Proof(ctx, a, subj, in.Index); err != nil {
		return nil, err
	}
	var out Proof
	out.Body.Receipt, err = json.Marshal(r)
	return &out, err
}

func (s *API) correct(ctx context.Context, a actor.Actor, in *Correction, _ *kept) (*Done, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	return done(s.house.Family.Correct(ctx, a, subj, in.Body.Field, secret.NewText(in.Body.Value)))
}

func (s *API) copy(ctx context.Context, a actor.Actor, in *SubjectPath, _ *kept) (*Copy, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	file, o, err := s.house.Family.Copy(ctx, a, subj)
	if err != nil {
		return nil, err
	}
	out := &Copy{Disposition: `attachment; filename="copy-` + o.At.Format(time.DateOnly) + `.json"`}
	out.Body.Copy, out.Body.Entry = file, entryOf(o)
	return out, nil
}

func (s *API) withdraw(ctx context.Context, a actor.Actor, in *Withdrawal, _ *kept) (*Done, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	return done(s.house.Family.Withdraw(ctx, a, subj, in.Body.Purpose))
}

func (s *API) erase(ctx context.Context, a actor.Actor, in *SubjectPath, _ *kept) (*Certificate, error) {
	subj, err := subjectID(in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.house.Family.Erase(ctx, a, subj)
	if err != nil {
		return nil, err
	}
	var out Certificate
	out.Body.Fields, out.Body.Records, out.Body.Entry = c.Fields, c.Records, entryOf(c.Outcome)
	return &out, nil
}

// erasedAgain names the entry again; what it destroyed nobody can count any more.
func (s *API) erasedAgain(ctx context.Context, a actor.Actor, k kept) (*Certificate, error) {
	var out Certificate
	var err error
	out.Body.Entry, err = s.entryAgain(ctx, a, k)
	return &out, err
}
