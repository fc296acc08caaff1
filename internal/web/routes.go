package web

import (
	"slices"

	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// Site holds what the pages need from the features. A page group declares the
// narrow interface it uses in its own file and adds one field here.
type Site struct {
	Origin string // "https://…", what QR codes lead to
	Places Places

	// Families and children.
	Sessions   SessionAccounts
	Enrolments Enrolments
	Families   Families
	Phones     FamilyAccounts
	Signer     func(id.Institution) (ledger.Signer, error)

	Confirmations Confirmations // confirm.go

	Staff Staff
}

// Routes is every page there is, who may open it, and its place in the menu.
func (s *Site) Routes() []Route {
	return slices.Concat([]Route{
		// Public.
		{Pattern: "GET /{$}", Handler: home, Access: Anyone},
		{Pattern: "GET /problems/{code}", Handler: explainCode, Access: Anyone},
		{Pattern: "POST " + PathSignOut, Handler: s.signOut, Access: Anyone},
	}, s.publicRoutes(), s.enrolmentRoutes(), s.childRoutes(),
		renewing(slices.Concat(s.familyRoutes(), s.newPhoneRoutes(), s.renewRoutes())), s.staffRoutes())
}
