package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/secret"
)

const needle = "needle-欧阳明明-13800001234"

type nest struct {
	Open   secret.Text
	hidden secret.Text
	list   []secret.Bytes
	table  map[string]secret.Key
	ptr    *secret.Text
}

func samples() []any {
	t := secret.NewText(needle)
	b := secret.NewBytes([]byte(needle))
	k := secret.NewKey([]byte(needle))
	n := nest{t, t, []secret.Bytes{b}, map[string]secret.Key{"k": k}, &t}
	return []any{t, b, k, &t, n, &n, []any{n}, map[string]any{"x": n}, fmt.Errorf("wrap: %v %w", t, fmt.Errorf("%+v", n))}
}

// forms are the shapes in which the needle could slip out.
func leaks(out string) bool {
	hex := fmt.Sprintf("%x", needle)
	dec := strings.Trim(fmt.Sprint([]byte(needle)), "[]")
	return strings.Contains(out, needle) || strings.Contains(strings.ToLower(out), hex) ||
		strings.Contains(out, dec) || strings.Contains(out, "13800001234")
}

func TestNoVerbPrintsASecret(t *testing.T) {
	for i, s := range samples() {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %t %b %o %O %c %U %e %g %p %T") {
			if out := fmt.Sprintf(verb, s); leaks(out) {
				t.Errorf("sample %d leaks under %s", i, verb)
			}
		}
	}
}

func TestNoLogHandlerOrEncoderPrintsASecret(t *testing.T) {
	for i, s := range samples() {
		var buf bytes.Buffer
		slog.New(slog.NewTextHandler(&buf, nil)).Info("m", "a", s, slog.Group("g", "b", s))
		slog.New(slog.NewJSONHandler(&buf, nil)).Info("m", "a", s, slog.Group("g", "b", s))
		if j, err := json.Marshal(s); err == nil {
			buf.Write(j)
		}
		if x, err := xml.Marshal(s); err == nil {
			buf.Write(x)
		}
		_ = gob.NewEncoder(&buf).Encode(s)
		if leaks(buf.String()) {
			t.Errorf("sample %d leaks through a handler or encoder", i)
		}
	}
}

func TestSecretsRefuseTheDatabase(t *testing.T) {
	if _, err := secret.NewText(needle).Value(); err == nil {
		t.Error("Text became a database value")
	}
	if _, err := secret.NewKey([]byte(needle)).Value(); err == nil {
		t.Error("Key became a database value")
	}
}

func TestExposeIsTheExitAndZeroIsEmpty(t *testing.T) {
	if got := secret.NewText(needle).Expose(); got != needle {
		t.Error("Expose changed the value")
	}
	var z secret.Text
	var k secret.Key
	if !z.Empty() || z.Expose() != "" || !k.Empty() || k.Expose() != nil {
		t.Error("the zero secret is not empty")
	}
	key := secret.NewKey([]byte{1, 2, 3})
	key.Wipe()
	if !bytes.Equal(key.Expose(), []byte{0, 0, 0}) {
		t.Error("Wipe left key bytes behind")
	}
}
