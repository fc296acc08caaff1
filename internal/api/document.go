package api

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// document prints the OpenAPI description, and its problem type with the media
// type that problems really have.
func document(o *huma.OpenAPI) ([]byte, error) {
	b, err := json.MarshalIndent(o, "", "  ")
	return append(b, '\n'), err
}

// Document returns the OpenAPI 3.1 description of the interface.
func (s *API) Document() []byte { return s.document }

func (s *API) serveDocument(w http.ResponseWriter, r *http.Request) {
	callOf(r.Context()).operation = "openapi"
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(s.document) // the reader has gone; nothing is left to tell
}
