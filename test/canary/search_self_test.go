package canary_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A search that cannot find anything would pass as well: every encoding of a
// name, a phone and a token is planted in noise, at every offset of a group of
// base64, and is found.
func TestTheSearchFindsEveryEncodingOfEveryValue(t *testing.T) {
	kinds := []*kind{
		{Name: "name", Value: "欧阳鹮鸼鹬"}, {Name: "phone", Value: "+8615473918264"}, {Name: "token", Value: "wf_q7x2m9k4t8v3b6"},
	}
	s := newSearcher(kinds)
	dice := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(dice.UintN(256))
	}
	if hits := s.find(noise); len(hits) > 0 {
		t.Fatalf("found in noise: %v", hits)
	}
	for _, k := range kinds {
		found := map[string]bool{}
		for _, e := range encodings {
			for i, text := range e.Of(k.Value) {
				at := dice.IntN(len(noise) - len(text))
				dirty := append(append(bytes.Clone(noise[:at]), text...), noise[at:]...)
				if !contains(s.find(dirty), k, e.Name) {
					t.Errorf("%s as %s (%d) is not found", k.Name, e.Name, i)
				}
				found[e.Name] = true
			}
		}
		if want := len(encodings) - 5; len(found) < want {
			t.Errorf("%s has %d encodings, %d at least: %v", k.Name, len(found), want, found)
		}
	}
}

func contains(hits []hit, k *kind, encoding string) bool {
	for _, h := range hits {
		if h.kind == k && h.encoding == encoding {
			return true
		}
	}
	return false
}

// As values really leak: through the standard library's own encoders, and
// typed with separators.
func TestTheSearchFindsWhatEncodersReallyWrite(t *testing.T) {
	name, phone := &kind{Name: "name", Value: "欧阳鹮鸼鹬"}, &kind{Name: "phone", Value: "15473918264"}
	s := newSearcher([]*kind{name, phone})
	inJSON, err := json.Marshal(map[string]any{"raw": []byte("prefix" + name.Value)})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		text string
		kind *kind
	}{
		"a byte slice in JSON":     {string(inJSON), name},
		"a byte slice under %v":    {fmt.Sprintf("%v", []byte("x"+name.Value+"y")), name},
		"a quoted string":          {fmt.Sprintf("%+q", name.Value), name},
		"a phone with dashes":      {"call 154-7391-8264 now", phone},
		"a phone in groups":        {"(154) 7391 8264", phone},
		"a phone with its country": {"+86 154 7391 8264", phone},
		"a mask that shows eight":  {"15473918***", phone},
	} {
		if hits := s.find([]byte(c.text)); len(hits) == 0 || hits[0].kind != c.kind {
			t.Errorf("%s is not found: %v", what, hits)
		}
	}
	if hits := s.find([]byte("at 17639182640000 count 8264 154****8264")); len(hits) > 0 {
		t.Errorf("what is no leak is called one: %v", hits)
	}
}

// Planted in each kind of place, a leak is reported with its place and without
// its value.
func TestALeakInAnyPlaceIsReported(t *testing.T) {
	k := &kind{Name: "guardian phone", Value: "15473918264"}
	kept := &kind{Name: "login", Value: "login-q7x2m9k4", Kept: true}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "wardfold.db-wal"), []byte("x"+k.Value+kept.Value), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, fill := range []func(*hunt){
		func(h *hunt) { h.log.Write([]byte(`{"error":"` + k.Value + `"}`)) },
		func(h *hunt) { h.note("an error", fmt.Errorf("no such phone: %s", k.Value)) },
		func(h *hunt) { h.note("a value", struct{ Phone string }{k.Value}) },
		func(h *hunt) { h.keep("leaf 7", []byte(k.Value)) },
		func(h *hunt) { h.files(t, dir) },
	} {
		h := newHunt(k, kept)
		fill(h)
		got := h.report()
		if len(got) == 0 || strings.Contains(strings.Join(got, " "), k.Value) || !strings.Contains(got[0], k.Name) {
			t.Errorf("reported: %q", got)
		}
		for _, line := range got {
			if strings.Contains(line, "wal") && strings.Contains(line, "login") {
				t.Errorf("what the database keeps by design is called a leak: %s", line)
			}
		}
	}
}
