package web

import (
	"net/http"

	"github.com/wardfold/wardfold/internal/web/ui"
)

// homePage is the public home: what this place is, two doors, and the check of
// a receipt.
type homePage struct {
	ui.Page
}

func home(w http.ResponseWriter, r *Request) error {
	return r.Show(w, homePage{Page: r.Page("home.title")}.body())
}
