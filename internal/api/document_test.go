package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/api/apitest"
)

var update = flag.Bool("update", false, "write docs/api/openapi.json anew")

// The committed description is the one served.
func TestTheDescriptionIsCurrent(t *testing.T) {
	f := apitest.New(t)
	served := f.Nobody().Get("/v1/openapi.json")
	name := filepath.Join("..", "..", "docs", "api", "openapi.json")
	if *update {
		if err := os.WriteFile(name, served.Body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(name)
	if err != nil || served.Status != 200 || !bytes.Equal(kept, served.Body) {
		t.Errorf("docs/api/openapi.json is not current (%v); run: go test ./internal/api -run Current -update", err)
	}
}

type description struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string                     `json:"operationId"`
		Summary     string                     `json:"summary"`
		Description string                     `json:"description"`
		Responses   map[string]json.RawMessage `json:"responses"`
		Security    []json.RawMessage          `json:"security"`
	} `json:"paths"`
}

// Every operation is described, says for whom it is, and the description knows
// no other. T40, API9.
func TestTheDescriptionHasExactlyTheOperations(t *testing.T) {
	f := apitest.New(t)
	var d description
	if err := json.Unmarshal(f.API.Document(), &d); err != nil {
		t.Fatal(err)
	}
	described := 0
	for _, methods := range d.Paths {
		described += len(methods)
	}
	if d.OpenAPI != "3.1.0" || described != len(f.API.Operations()) {
		t.Errorf("%s describes %d operations of %d", d.OpenAPI, described, len(f.API.Operations()))
	}
	for _, op := range f.API.Operations() {
		got, ok := d.Paths[op.Path][strings.ToLower(op.Method)]
		if !ok || got.OperationID != op.ID || got.Summary == "" || !strings.HasPrefix(got.Description, "For: ") || len(got.Security) != 2 {
			t.Errorf("%s is badly described: %+v", op.ID, got)
		}
		for _, status := range []string{"401", "403", "404", "413", "422", "429", "500", "503"} {
			if !bytes.Contains(got.Responses[status], []byte("application/problem+json")) {
				t.Errorf("%s does not describe its %s as a problem", op.ID, status)
			}
		}
		if len(op.Access.Roles) == 0 || op.Access.Relation == "" {
			t.Errorf("%s is for nobody", op.ID)
		}
	}
}
