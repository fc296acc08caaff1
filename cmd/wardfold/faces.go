package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/web"
)

// nobody is a visitor without a session.
type nobody struct{}

func (nobody) Actor(*http.Request) (actor.Actor, error) { return actor.Actor{}, nil }

// faces builds what people and programs see: the pages, and the logs for any
// tool that reads tiles. phone is the demonstration's, and nil otherwise.
func (in *installation) faces(phone *notify.Phone) (*web.Server, error) {
	jar := web.Jar{Plain: strings.HasPrefix(in.config.Origin, "http://")}
	routes := (&web.Site{}).Routes()
	if phone != nil {
		routes = append(routes, demoPhone{phone, in.visitors}.route())
	}
	mounts := []web.Mount{{Pattern: "GET /log/", Handler: http.StripPrefix("/log", in.Log.Handler())}}
	return web.New(web.Config{Routes: routes, Mounts: mounts, Log: in.log, Now: time.Now, Jar: jar, Sessions: nobody{}})
}
