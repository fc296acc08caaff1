package canary_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
)

// hunt collects what leaves the house and searches it.
type hunt struct {
	mu     sync.Mutex
	kinds  []*kind
	log    buffer
	places []collected
}

// collected is one thing that left, or could. Inside, in a file of the database
// or in an answer, a kind that is kept in clear by design is no leak.
type collected struct {
	where  string
	data   []byte
	inside bool
}

func newHunt(kinds ...*kind) *hunt {
	return &hunt{kinds: kinds}
}

// canary adds a kind and returns its value.
func (h *hunt) canary(name, value string) string { return h.add(kind{Name: name, Value: value}) }

func (h *hunt) add(k kind) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.ContainsFunc(h.kinds, func(old *kind) bool { return *old == k }) {
		h.kinds = append(h.kinds, &k)
	}
	return k.Value
}

// kept adds a kind that the database holds as it is.
func (h *hunt) kept(name, value string) string {
	return h.add(kind{Name: name, Value: value, Kept: true})
}

// token adds a kind whose value the house made of chance.
func (h *hunt) token(name, value string) { h.add(kind{Name: name, Value: value, Token: true}) }

func (h *hunt) keep(where string, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.places = append(h.places, collected{where: where, data: bytes.Clone(data)})
}

// note keeps what fmt prints of a value under every verb, and of an error
// besides what a person is told about it in each language.
func (h *hunt) note(where string, v any) {
	if v == nil {
		return
	}
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	if err, ok := v.(error); ok {
		if f, ok := errors.AsType[*fault.Error](err); ok {
			fmt.Fprintf(&b, "%v %#v %v %v\n", f.Args, f.Args, f.Fields, f.Rules)
			for _, tag := range lang.Tags {
				p := lang.For(tag)
				b.WriteString(p.T("fault."+f.Code, f.Args...) + "\n")
				for _, field := range f.Fields {
					b.WriteString(field.Path + " " + p.T("fault."+field.Code, field.Args...) + "\n")
				}
			}
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.places = append(h.places, collected{where: where, data: b.Bytes(), inside: !isError(v)})
}

func isError(v any) bool { _, ok := v.(error); return ok }

// files keeps the raw bytes of every file under dir as they are now.
func (h *hunt) files(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went meanwhile
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.places = append(h.places,
			collected{where: "file " + d.Name(), data: data, inside: true},
			collected{where: "name of file", data: []byte(path)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// report searches everything for every canary and lists the leaks: where, which
// kind, which encoding, never the value.
func (h *hunt) report() []string {
	s := newSearcher(h.kinds)
	var out []string
	for _, p := range append(h.places, collected{where: "log", data: h.log.Bytes()}) {
		for _, hit := range s.find(p.data) {
			if p.inside && hit.kind.Kept {
				continue
			}
			line := fmt.Sprintf("%s holds %s as %s (at byte %d)", p.where, hit.kind.Name, hit.encoding, hit.at)
			out = append(out, line)
		}
	}
	return out
}

// buffer is a log that many write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.b.Bytes())
}
