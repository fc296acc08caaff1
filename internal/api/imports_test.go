package api_test

import (
	"bytes"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/house/housetest"
)

// uploadForm is a form; fields come in pairs, and those of some names are files.
func uploadForm(t *testing.T, fields ...string) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		to, err := w.CreateFormField(fields[i])
		if slices.Contains([]string{"roster", "scan", "list", "register"}, fields[i]) {
			to, err = w.CreateFormFile(fields[i], "file")
		}
		if err == nil {
			_, err = to.Write([]byte(fields[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

func family() string {
	f := housetest.Form(70, "2016-03")
	return "学员姓名,出生年月,家长姓名,联系方式\n" + f.LearnerName.Expose() + ",2016-03," + f.GuardianName.Expose() + "," + housetest.Phone(70) + "\n"
}

// S1-01, I9: a roster comes as a form with its source document, is applied
// behind the request, and the same key never brings it in twice.
func TestARosterComesAsAForm(t *testing.T) {
	f := apitest.New(t)
	officer := f.SignedIn(f.As(actor.Officer))
	kind, body := uploadForm(t, "kind", "paper_consent", "basis", "contract", "store", f.Store.String(),
		"document", "2026-7", "scan", "the scan", "roster", family())
	send := func(key string) (b api.Import, status int) {
		a := officer.Send("POST", "/v1/imports", body, "Content-Type", kind, "Idempotency-Key", key)
		a.Into(t, &b)
		return b, a.Status
	}
	b, status := send("form-1")
	if again, _ := send("form-1"); status != 201 || again.ID != b.ID {
		t.Fatalf("%d, %q and %q", status, b.ID, again.ID)
	}
	other := officer.Send("POST", "/v1/imports", strings.Replace(body, "2026-7", "2026-8", 1), "Content-Type", kind, "Idempotency-Key", "form-1")
	if other.Status != 422 && other.Status != 409 {
		t.Errorf("another body under the same key: %d", other.Status)
	}
	if a := officer.Post("/v1/imports/"+b.ID+"/apply?background=true", ""); a.Status != 200 {
		t.Fatalf("apply: %d %s", a.Status, a.Code())
	}
	for end := time.Now().Add(time.Minute); b.State != "applied"; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still %s", b.State)
		}
		officer.Get("/v1/imports/"+b.ID).Into(t, &b)
	}
	if b.Made != 1 {
		t.Errorf("%d records", b.Made)
	}
}

func TestARosterThatCannotBeTakenSaysWhy(t *testing.T) {
	f := apitest.New(t)
	officer := f.SignedIn(f.As(actor.Officer))
	source := []string{"kind", "paper_consent", "basis", "contract", "store", f.Store.String()}
	for name, c := range map[string]struct {
		fields []string
		code   string
	}{
		"no file":         {source, "imports.file"},
		"no scan":         {append([]string{"roster", family(), "document", "2026-7"}, source...), "imports.scan"},
		"an unknown part": {append([]string{"roster", family(), "colour", "red"}, source...), "form.unknown"},
	} {
		kind, body := uploadForm(t, c.fields...)
		a := officer.Send("POST", "/v1/imports", body, "Content-Type", kind, "Idempotency-Key", "bad-"+strings.ReplaceAll(name, " ", "-"))
		if a.Status != 422 || !strings.Contains(string(a.Body), c.code) {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	a := officer.Send("POST", "/v1/imports", "x", "Content-Type", "multipart/form-data", "Idempotency-Key", "no-boundary")
	if a.Code() != "api.unreadable" {
		t.Errorf("no boundary: %d %s", a.Status, a.Body)
	}
}
