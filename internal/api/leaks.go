package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/policy"
)

// Leak is one list that was found outside. Nothing in it is about a child.
type Leak struct {
	ID       string      `json:"id"`
	State    string      `json:"state" enum:"received,traced,closed" doc:"closed: the file is destroyed, the result stays."`
	Format   string      `json:"format" enum:"xlsx,text"`
	Size     int64       `json:"size" doc:"Bytes."`
	Hash     string      `json:"sha256" doc:"Of the file as it came."`
	By       string      `json:"by"`
	Received time.Time   `json:"received"`
	Traced   *time.Time  `json:"traced,omitempty"`
	Verdict  string      `json:"verdict,omitempty" doc:"What the evidence supports, in one word; never who leaked it."`
	Custody  []LeakTouch `json:"custody,omitempty" doc:"Who had the exhibit when; each line is tied to the one before."`
}

// LeakTouch is one line of the custody record.
type LeakTouch struct {
	At    time.Time `json:"at"`
	Actor string    `json:"actor"`
	Act   string    `json:"act" enum:"received,opened,traced,read,closed"`
	Hash  string    `json:"sha256" doc:"Of the file, or of the result."`
	Chain string    `json:"chain"`
}

// LeakPath names a case.
type LeakPath struct {
	ID string `path:"id" maxLength:"64"`
}

// LeakAnswer is one case.
type LeakAnswer struct{ Body Leak }

// Leaks is a list of cases, newest first.
type Leaks struct {
	Body struct {
		Leaks []Leak `json:"leaks"`
		Next  string `json:"next,omitempty"`
	}
}

// LeakResult is a file of a case: the result as it is kept and proved, byte for
// byte, or the pack.
type LeakResult struct {
	Type string `header:"Content-Type"`
	Body []byte
}

// leaks are for people, by the rules: tracing compares a
// list with every record there is.
func (s *API) leaks() {
	const law = "PIPL arts. 51, 54, 57; MNR arts. 35, 37"
	see := s.may(policy.LeakRead, Institution)
	op := func(id, path string, act policy.Act, summary string) Operation {
		return Operation{ID: id, Path: "/v1/leaks" + path, Noun: "leaks", Access: s.may(act, Institution), Act: act, Summary: summary, Law: law}
	}
	receive := op("leak-receive", "", policy.LeakReceive, "Take in a list that was found outside: sealed as it is, with its hash, before anybody reads it")
	receive.Status, receive.MaxBody, receive.file, receive.long = 201, leak.MaxSize, true, true
	change(s, receive, s.leakReceive, s.leakAgain)
	s.huma.OpenAPI().Paths["/v1/leaks"].Post.RequestBody = &huma.RequestBody{Required: true, Description: "The file as it was found: xlsx, csv or text.",
		Content: map[string]*huma.MediaType{fileType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}
	read(s, Operation{ID: "leak-list", Path: "/v1/leaks", Noun: "leaks", Access: see, Summary: "The cases, newest first"}, s.leakList)
	read(s, op("leak-get", "/{id}", policy.LeakRead, "A case, what came of it in one word, and its custody record"), s.leakGet)
	trace := op("leak-trace", "/{id}/trace", policy.LeakTrace, "Find where the list comes from, with what the log has now; asked again, it is traced again")
	trace.long = true
	show(s, trace, s.leakTrace)
	read(s, op("leak-result", "/{id}/result", policy.LeakRead, "The result as it is kept and proved: JSON, whose SHA-256 is in the log"), s.leakResult)
	s.file("/v1/leaks/{id}/result", "The result; nobody whose record is held is named in it.", "application/json")
	pack := op("leak-pack", "/{id}/pack", policy.EvidenceExport, "The evidence pack that outsiders check with wardcheck leak; made anew each time, under an entry that seals it")
	pack.Access, pack.long = see, true
	show(s, pack, s.leakPack)
	s.file("/v1/leaks/{id}/pack", "A zip archive: result, custody record, entries with their proofs, signed heads.", "application/zip")
	change(s, op("leak-close", "/{id}/close", policy.LeakClose, "Destroy the list; the result stays"), s.leakClose, s.leakAgain)
}

func (s *API) leakReceive(ctx context.Context, a actor.Actor, _ *struct{}, _ *kept) (*LeakAnswer, error) {
	file := callOf(ctx).file
	c, err := s.house.Leaks.Receive(ctx, a, bytes.NewReader(file), int64(len(file)))
	clear(file)
	return &LeakAnswer{leakOf(c, nil)}, err
}

func (s *API) leakAgain(ctx context.Context, a actor.Actor, k kept) (*LeakAnswer, error) {
	return s.leakGet(ctx, a, &LeakPath{k.Ref})
}

func (s *API) leakGet(ctx context.Context, a actor.Actor, in *LeakPath) (*LeakAnswer, error) {
	which, err := leakID(in.ID)
	if err != nil {
		return nil, err
	}
	c, lines, err := s.house.Leaks.Read(ctx, a, which)
	return &LeakAnswer{leakOf(c, lines)}, err
}

func (s *API) leakList(ctx context.Context, a actor.Actor, in *Paging) (*Leaks, error) {
	all, err := s.house.Leaks.List(ctx, a, 1000)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Leaks
	out.Body.Leaks = mapped(list, func(c leak.Case) Leak { return leakOf(c, nil) })
	out.Body.Next = next
	return &out, nil
}

func (s *API) leakTrace(ctx context.Context, a actor.Actor, in *LeakPath) (*LeakAnswer, error) {
	which, err := leakID(in.ID)
	if err != nil {
		return nil, err
	}
	c, _, err := s.house.Leaks.Trace(ctx, a, which, nil)
	return &LeakAnswer{leakOf(c, nil)}, err
}

func (s *API) leakResult(ctx context.Context, a actor.Actor, in *LeakPath) (*LeakResult, error) {
	which, err := leakID(in.ID)
	if err != nil {
		return nil, err
	}
	c, _, err := s.house.Leaks.Read(ctx, a, which)
	if err == nil && len(c.Result) == 0 {
		err = errAbsent
	}
	return &LeakResult{"application/json", c.Result}, err
}

func (s *API) leakPack(ctx context.Context, a actor.Actor, in *LeakPath) (*LeakResult, error) {
	which, err := leakID(in.ID)
	if err != nil {
		return nil, err
	}
	p, err := s.house.Leaks.Pack(ctx, a, which)
	if err != nil {
		return nil, err
	}
	return &LeakResult{"application/zip", p.Archive()}, nil
}

func (s *API) leakClose(ctx context.Context, a actor.Actor, in *LeakPath, _ *kept) (*LeakAnswer, error) {
	which, err := leakID(in.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.house.Leaks.Close(ctx, a, which)
	return &LeakAnswer{leakOf(c, nil)}, err
}

func leakOf(c leak.Case, lines []leak.Custody) Leak {
	out := Leak{ID: c.ID.String(), State: string(c.State), Format: string(c.Format), Size: c.Size, Hash: hex.EncodeToString(c.Hash[:]),
		By: c.By.String(), Received: c.CreatedAt, Traced: moment(c.TracedAt)}
	var r struct{ Verdict string }
	if len(c.Result) > 0 && json.Unmarshal(c.Result, &r) == nil {
		out.Verdict = r.Verdict
	}
	for _, l := range lines {
		out.Custody = append(out.Custody, LeakTouch{At: l.At, Actor: l.Actor, Act: l.Act, Hash: hex.EncodeToString(l.Hash[:]), Chain: hex.EncodeToString(l.Chain[:])})
	}
	return out
}
