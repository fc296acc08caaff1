package api

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Key is an API key as those who answer for it see it, without its secret.
type Key struct {
	ID       string     `json:"id"`
	Label    string     `json:"label"`
	Store    string     `json:"store,omitempty" doc:"Absent: the whole institution."`
	Purposes []string   `json:"purposes"`
	Fields   []string   `json:"fields"`
	PerDay   int        `json:"per_day" doc:"Subjects a day."`
	Expires  time.Time  `json:"expires"`
	Made     time.Time  `json:"made"`
	MadeBy   string     `json:"made_by"`
	Approved *time.Time `json:"approved,omitempty"`
	Revoked  *time.Time `json:"revoked,omitempty"`
	Issued   bool       `json:"issued" doc:"The secret has been shown."`
}

// NewKey asks for a key. There is no key for everything.
type NewKey struct {
	Body struct {
		Label    string    `json:"label" minLength:"1" maxLength:"64"`
		Store    string    `json:"store,omitempty" maxLength:"40"`
		Purposes []string  `json:"purposes" minItems:"1" maxItems:"32"`
		Fields   []string  `json:"fields" minItems:"1" maxItems:"32"`
		PerDay   int       `json:"per_day" minimum:"1" maximum:"1000000"`
		Expires  time.Time `json:"expires"`
	}
}

// KeyPath names a key.
type KeyPath struct {
	ID string `path:"id" maxLength:"64"`
}

// KeyAsked is what a key is known by from now on.
type KeyAsked struct {
	Body struct {
		ID string `json:"id"`
	}
}

// KeySecret is the whole key, once.
type KeySecret struct {
	Body struct {
		Key string `json:"key" doc:"Send it as Authorization: Bearer. Nobody sees it again."`
	}
}

// Keys is a list of keys.
type Keys struct {
	Body struct {
		Keys []Key  `json:"keys"`
		Next string `json:"next,omitempty"`
	}
}

func (s *API) keys() {
	askers := Access{[]actor.Role{actor.Manager, actor.Officer, actor.Owner, actor.DataOwner, actor.CyberOffice, actor.SysAdmin}, Institution}
	const law = "PIPL art. 51(3)"
	change(s, Operation{ID: "key-ask", Path: "/v1/keys", Noun: "keys", Status: 201, Access: askers,
		Summary: "Ask for an API key, bound to purposes, fields, a store and a daily quota", Law: law}, s.keyAsk, s.keyAgain)
	read(s, Operation{ID: "key-list", Path: "/v1/keys", Noun: "keys", Access: askers, Summary: "The keys, latest first"}, s.keyList)
	change(s, Operation{ID: "key-approve", Path: "/v1/keys/{id}/approve", Noun: "keys",
		Access: Access{[]actor.Role{actor.Officer, actor.Owner}, Institution}, Summary: "Approve a key that somebody else asked for", Law: law},
		s.keyApprove, s.keyAgain)
	change(s, Operation{ID: "key-collect", Path: "/v1/keys/{id}/collect", Noun: "keys", Access: askers,
		Summary: "Collect the secret of an approved key; shown once, to who asked for it", Law: law}, s.keyCollect, nil)
	remove(s, Operation{ID: "key-revoke", Path: "/v1/keys/{id}", Noun: "keys", Access: askers,
		Summary: "Revoke a key at once", Law: law}, s.keyRevoke)
}

func (s *API) keyAsk(ctx context.Context, a actor.Actor, in *NewKey, k *kept) (*KeyAsked, error) {
	b := in.Body
	r := account.KeyRequest{Label: b.Label, Purposes: b.Purposes, Fields: b.Fields, QuotaPerDay: b.PerDay, Expires: b.Expires}
	if b.Store != "" {
		var err error
		if r.Store, err = id.Parse[id.Store](b.Store); err != nil {
			return nil, fault.At("/store", "api.value")
		}
	}
	key, err := s.house.Accounts.AskKey(ctx, a, r)
	k.Ref = key.String()
	var out KeyAsked
	out.Body.ID = k.Ref
	return &out, err
}

func (s *API) keyAgain(_ context.Context, _ actor.Actor, k kept) (*KeyAsked, error) {
	var out KeyAsked
	out.Body.ID = k.Ref
	return &out, nil
}

func (s *API) keyApprove(ctx context.Context, a actor.Actor, in *KeyPath, k *kept) (*KeyAsked, error) {
	key, err := keyID(in.ID)
	if err != nil {
		return nil, err
	}
	k.Ref = in.ID
	var out KeyAsked
	out.Body.ID = in.ID
	return &out, s.house.Accounts.ApproveKey(ctx, a, key)
}

func (s *API) keyCollect(ctx context.Context, a actor.Actor, in *KeyPath, k *kept) (*KeySecret, error) {
	key, err := keyID(in.ID)
	if err != nil {
		return nil, err
	}
	whole, err := s.house.Accounts.CollectKey(ctx, a, key)
	if err != nil {
		return nil, err
	}
	k.Ref = in.ID
	var out KeySecret
	out.Body.Key = shown(whole)
	return &out, nil
}

func (s *API) keyRevoke(ctx context.Context, a actor.Actor, in *KeyPath) (*struct{}, error) {
	key, err := keyID(in.ID)
	if err != nil {
		return nil, err
	}
	return nil, s.house.Accounts.RevokeKey(ctx, a, key)
}

func (s *API) keyList(ctx context.Context, a actor.Actor, in *Paging) (*Keys, error) {
	all, err := s.house.Accounts.Keys(ctx, a.Institution)
	if err != nil {
		return nil, err
	}
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Keys
	out.Body.Next = next
	out.Body.Keys = mapped(list, func(k account.APIKey) Key {
		return Key{ID: k.ID.String(), Label: k.Label, Store: k.Store.String(), Purposes: k.Purposes, Fields: k.Fields,
			PerDay: k.QuotaPerDay, Expires: k.Expires, Made: k.Made, MadeBy: k.MadeBy.String(),
			Approved: moment(k.Approved), Revoked: moment(k.Revoked), Issued: k.Issued}
	})
	return &out, nil
}
