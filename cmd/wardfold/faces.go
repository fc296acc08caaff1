package main

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/web"
)

// faces are what people and programs see: the pages on one side; the interface
// for programs, and the logs for any tool that reads tiles, on the other.
type faces struct {
	pages    *web.Server
	programs *api.API
}

// faces builds them. phone is the demonstration's, and nil otherwise.
func (in *installation) faces(phone *notify.Phone) (f faces, err error) {
	jar := web.Jar{Plain: strings.HasPrefix(in.config.Origin, "http://")}
	routes := in.site().Routes()
	if phone != nil {
		line, _ := in.Desk.Line.(*relay.Local) // the demonstration has one
		routes = append(routes, demoPhone{phone, line, in.visitors}.route())
	}
	sessions := web.CookieSessions{Jar: jar, Accounts: in.Accounts}
	f.pages, err = web.New(web.Config{Routes: routes, Log: in.log, Now: time.Now, Jar: jar, Sessions: sessions,
		FormTargets: in.formTargets()})
	if err != nil {
		return f, err
	}
	f.programs, err = api.New(api.Config{House: in.House, Sessions: sessions, Log: in.log})
	return f, err
}

// mount puts the faces on the server's paths.
func (f faces) mount(mux *http.ServeMux) {
	mux.Handle("/v1/", f.programs)
	mux.Handle("/log/", f.programs)
	mux.Handle("/", f.pages)
}

// site gives the pages what they need from the rooms.
func (in *installation) site() *web.Site {
	s := &web.Site{Origin: in.config.Origin, Places: in.House, Sessions: in.Accounts, Enrolments: in.Enrol, Confirmations: in.Intake,
		Families: in.Family, Phones: in.Accounts, Signer: in.key.signer}
	s.Staff = web.Staff{Accounts: in.Accounts, Enrol: in.Enrol, Desk: in.Desk, Grants: in.Grants,
		Office:  &office.Service{Gate: in.Gate, Facts: in.Facts, Catalogue: in.Catalogue, Log: in.Log},
		Imports: in.Intake, Releases: in.Releases,
		Evidence: in.House.Evidence, Leaks: in.House.Leaks,
		Surveys:  in.Surveys,
		Notices:  in.House.Notices,
		Research: in.House.Research,
		Passkeys: net.ParseIP(in.config.host()) == nil}
	s.Staff.Applications, s.Staff.Compartment = in.Applications, in.Compartment
	for _, p := range in.config.SignOn {
		s.Staff.Providers = append(s.Staff.Providers, p.Name)
	}
	return s
}

// formTargets are the identity providers that a sign-in form leads to.
func (in *installation) formTargets() (list []string) {
	for _, p := range in.config.SignOn {
		list = append(list, strings.TrimSuffix(p.Issuer, "/"))
	}
	return list
}
