package api

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/policy"
)

// Store is one place of an institution.
type Store struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Stores is the list of stores.
type Stores struct {
	Body struct {
		Stores []Store `json:"stores"`
		Next   string  `json:"next,omitempty"`
	}
}

// StorePath names a store.
type StorePath struct {
	ID string `path:"id" maxLength:"64"`
}

// Figures are counts about a store; nobody can be told from them.
type Figures struct {
	Body struct {
		Store      Store            `json:"store"`
		Since      time.Time        `json:"since"`
		Enrolments map[string]int64 `json:"enrolments" doc:"By state."`
	}
}

func (s *API) stores() {
	read(s, Operation{ID: "store-list", Path: "/v1/stores", Noun: "stores", Access: Access{actor.Roles, Institution},
		Summary: "The open stores, by name"}, s.storeList)
	read(s, Operation{ID: "store-figures", Path: "/v1/stores/{id}/figures", Noun: "stores",
		Access: s.may(policy.StoreView, OwnStore), Act: policy.StoreView, Summary: "How a store is doing, in counts", Law: "PIPL art. 9"}, s.storeFigures)
}

func (s *API) storeList(ctx context.Context, a actor.Actor, in *Paging) (*Stores, error) {
	var all []institution.Store
	err := s.house.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		all, err = institution.Stores(tx, a.Institution)
		return err
	})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(x institution.Store) bool { return !a.Store.IsZero() && x.ID != a.Store })
	list, next, err := part(*in, all)
	if err != nil {
		return nil, err
	}
	var out Stores
	out.Body.Stores, out.Body.Next = mapped(list, storeOf), next
	return &out, nil
}

func (s *API) storeFigures(ctx context.Context, a actor.Actor, in *StorePath) (*Figures, error) {
	store, err := storeID(in.ID)
	if err != nil {
		return nil, err
	}
	f, err := s.office.Figures(ctx, a, store)
	if err != nil {
		return nil, err
	}
	var out Figures
	out.Body.Store, out.Body.Since, out.Body.Enrolments = storeOf(f.Store), f.Since, f.Enrolments
	return &out, nil
}

func storeOf(x institution.Store) Store { return Store{x.ID.String(), x.Name, x.Address} }
