package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// keysPage lists the keys of programs: asked for by one person, approved by
// another, shown once.
type keysPage struct {
	ui.Page
	List     []keyView
	Purposes []ui.Check
	Fields   []ui.Check
	Stores   []ui.Option
	Label    string
	Quota    string
	Expires  string
	Store    string
	Secret   string // shown once, right after it was made
	For      string
}

// keyView is one key in words.
type keyView struct {
	ID, Label, Purposes, Fields, Quota, Until, By, Approver, State string
	Kind                                                           ui.Kind
	MayApprove, MayCollect, MayRevoke                              bool
}

func (p *staffPages) keysPage(r *Request) (keysPage, error) {
	v := keysPage{Page: r.Page("apikeys.title"), Quota: "200", Expires: compact(p.Office.Gate.Now().Add(90 * 24 * time.Hour))}
	list, err := p.Accounts.Keys(r.Context(), r.Actor.Institution)
	if err != nil {
		return v, err
	}
	names, err := p.names(r)
	if err != nil {
		return v, err
	}
	now := p.Office.Gate.Now()
	for _, k := range list {
		v.List = append(v.List, viewKey(r, k, names, now))
	}
	purposes, err := p.Office.Purposes(r.Context(), r.Actor)
	if err != nil {
		return v, err
	}
	seen := map[string]bool{}
	for _, x := range purposes {
		if !x.Active(now) {
			continue
		}
		v.Purposes = append(v.Purposes, ui.Check{Name: "purposes", Value: x.Code, Label: purposeName(r.P, x.Code)})
		for _, f := range x.Fields {
			if !seen[f] {
				seen[f] = true
				v.Fields = append(v.Fields, ui.Check{Name: "fields", Value: f, Label: r.P.T("field." + f)})
			}
		}
	}
	v.Stores, err = p.storeChoice(r)
	return v, err
}

func viewKey(r *Request, k account.APIKey, names map[string]string, now time.Time) keyView {
	v := keyView{ID: k.ID.String(), Label: k.Label, Purposes: keyList(r.P, "purpose.", k.Purposes), Fields: fieldList(r.P, k.Fields),
		Quota: strconv.Itoa(k.QuotaPerDay), Until: r.P.Day(k.Expires), By: names[k.MadeBy.String()], Approver: names[k.ApprovedBy.String()], Kind: ui.Info}
	mine := k.MadeBy == r.Actor.Staff
	state := "asked"
	switch {
	case !k.Revoked.IsZero():
		state, v.Kind = "revoked", ui.Plain
	case !k.Expires.After(now):
		state, v.Kind = "expired", ui.Plain
	case k.Issued:
		state, v.Kind, v.MayRevoke = "issued", ui.Success, true
	case !k.Approved.IsZero():
		state, v.Kind, v.MayCollect, v.MayRevoke = "approved", ui.Warning, mine, true
	default:
		v.MayApprove, v.MayRevoke = !mine && may([]actor.Role{actor.Officer, actor.Owner}, r.Actor.Role), true
	}
	v.State = r.P.T("apikeys.state." + state)
	return v
}

func (p *staffPages) keys(w http.ResponseWriter, r *Request) error {
	v, err := p.keysPage(r)
	if err != nil {
		return err
	}
	return r.Show(w, v.body())
}

func (p *staffPages) askKey(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	f := r.PostForm
	req := account.KeyRequest{Label: f.Get("label"), Purposes: f["purposes"], Fields: f["fields"]}
	req.QuotaPerDay, _ = strconv.Atoi(digitsOf(f.Get("quota"))) // what is no number is refused as 0
	if day, err := typedDay(f.Get("expires")); err == nil {
		req.Expires = day.End()
	}
	var err error
	if req.Store, err = storeOrZero(f.Get("store")); err != nil {
		return fault.New(fault.NotFound, "page.unknown")
	}
	_, err = p.Accounts.AskKey(r.Context(), r.Actor, req)
	if errs, ok := r.Wrong(err); err != nil && ok {
		v, err := p.keysPage(r)
		if err != nil {
			return err
		}
		v.Errors, v.Label, v.Quota, v.Expires, v.Store = errs, f.Get("label"), f.Get("quota"), f.Get("expires"), f.Get("store")
		return r.ShowAgain(w, v.body())
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathKeys, "flash.key_asked")
}

// changeKey approves, collects or revokes a key. Collecting shows the secret,
// once, in the answer itself.
func (p *staffPages) changeKey(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	key, err := id.Parse[id.APIKey](r.PathValue("id"))
	if err != nil {
		return fault.New(fault.NotFound, "key.unknown")
	}
	say := ""
	switch r.PathValue("what") {
	case "approve":
		say, err = "flash.key_approved", p.Accounts.ApproveKey(r.Context(), r.Actor, key)
	case "revoke":
		say, err = "flash.key_revoked", p.Accounts.RevokeKey(r.Context(), r.Actor, key)
	case "collect":
		whole, err := p.Accounts.CollectKey(r.Context(), r.Actor, key)
		if err != nil {
			return p.deny(w, r, err)
		}
		v, err := p.keysPage(r)
		if err != nil {
			return err
		}
		v.Secret, v.Path = shown(whole), PathKeys
		return r.Show(w, v.body())
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	return r.GoSaying(w, PathKeys, say)
}
