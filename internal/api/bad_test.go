package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api/apitest"
	"github.com/wardfold/wardfold/internal/id"
)

// canary is what must come back nowhere: a phone, a name, a month, markers.
const canary = "13912345678"

// Bad input gets a clear problem that says what to do and repeats nothing.
// I3, T32, API3.
func TestBadInputIsRefusedInWordsAndNotRepeated(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app := f.Bearer(key)
	good := f.Enrolment(1, "2016-03")
	with := func(old, new string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("nothing to replace: %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	phone := `"phone":"15400000001"`
	for _, c := range []struct {
		name, body string
		status     int
		pointer    string
	}{
		{"letters in the phone", with(phone, `"phone":"139123x`+canary+`"`), 422, "/guardian/phone"},
		{"a wrong month", with("2016-03", "2016-13"), 422, "/learner/birth_month"},
		{"a month to come", with("2016-03", "2036-03"), 422, "/learner/birth_month"},
		{"an emoji for a name", with(`"name":"欧阳示`, `"name":"😀`), 422, "/learner/name"},
		{"an unknown property", with(`"agree":true`, `"agree":true,"`+canary+`":"`+canary+`"`), 422, ""},
		{"an unknown inner property", with(phone, phone+`,"wechat":"`+canary+`"`), 422, "/guardian"},
		{"a number for a name", with(phone, `"phone":13912345678`), 422, "/guardian/phone"},
		{"no phone", with(","+phone, ``), 422, "/guardian/phone"},
		{"a name without end", with(`"name":"欧阳示`, `"name":"`+strings.Repeat("名", 4000)), 422, "/learner/name"},
		{"10 MB", `{"x":"` + strings.Repeat("1", 10<<20) + `"}`, 413, ""},
		{"half a body", good[:len(good)/2], 422, ""},
		{"no JSON", canary + " is my number", 422, ""},
		{"an array", "[" + good + "]", 422, ""},
		{"deep JSON", strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000), 422, ""},
		{"nothing", "", 422, ""},
		{"refused consent", with(`"agree":true`, `"agree":false`), 403, ""},
		{"another's store", with(f.Store.String(), f.Other.String()), 404, ""},
		{"no such store", with(f.Store.String(), canary), 422, "/store"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := app.Post("/v1/enrolments", c.body)
			if a.Status != c.status {
				t.Fatalf("status %d, want %d: %.400s", a.Status, c.status, a.Body)
			}
			if strings.Contains(string(a.Body), canary) || strings.Contains(string(a.Body), "wechat") {
				t.Errorf("the problem repeats what was sent: %s", a.Body)
			}
			var p struct {
				Type, Title, Detail, Instance, Code string
				Errors                              []struct{ Pointer, Code, Detail string }
			}
			a.Into(t, &p)
			if p.Code == "" || p.Detail == "" || p.Title == "" || p.Instance == "" || !strings.HasPrefix(p.Type, "/problems/") {
				t.Errorf("the problem does not say enough: %s", a.Body)
			}
			if c.pointer != "" && (len(p.Errors) != 1 || p.Errors[0].Pointer != c.pointer || p.Errors[0].Detail == "") {
				t.Errorf("errors %+v, want one at %s", p.Errors, c.pointer)
			}
			if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
		})
	}
	for _, secretive := range []string{canary, "wechat", "15400000001"} {
		if strings.Contains(f.Log.String(), secretive) {
			t.Errorf("the log repeats %q", secretive)
		}
	}
}

// Full-width digits, separators and rare characters are no mistakes.
func TestOrdinaryWaysOfWritingAreAccepted(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	app := f.Bearer(key)
	for n, c := range [][2]string{
		{"2016-03", "２０１６－０３"}, {"2016-03", "2016年3月"}, {`"15400000003"`, `"154 0000 0003"`}, {`"15400000004"`, `"+86-154-0000-0004"`},
		{"欧阳示", "𠮷·买买提"}, {"欧阳示", "㐂"},
	} {
		body := f.Enrolment(n+1, "2016-03")
		if n == 2 || n == 3 {
			if !strings.Contains(body, c[0]) {
				t.Fatalf("nothing to replace: %s", c[0])
			}
		}
		if a := app.Post("/v1/enrolments", strings.Replace(body, c[0], c[1], 1)); a.Status != 201 {
			t.Errorf("%s: %d %s", c[1], a.Status, a.Body)
		}
	}
}

// IDOR: whatever identifier of whatever kind, from another institution, made up
// or malformed: one answer. T31, API1.
func TestAbsentAndForbiddenLookTheSame(t *testing.T) {
	f := apitest.New(t)
	key, _ := f.Key(f.Store, nil)
	e := enrol(t, f, f.Bearer(key), 1)
	elsewhere, _ := f.Key(f.Other, nil)
	madeUp := "sub_06f1p3k8x5s4m2q7w9z0a1b2c0"
	seen := map[string]string{}
	for who, asker := range map[string]apitest.Asker{
		"another store's key": f.Bearer(elsewhere), "another store's clerk": f.SignedIn(otherStore(f)),
	} {
		for _, id := range []string{e.Guardian, madeUp, "sub_nonsense", "..", canary, "%00", "1%20OR%201=1"} {
			a := asker.Post("/v1/subjects/"+id+"/reveal", `{"field":"guardian.phone","purpose":"contact.class"}`)
			if id == ".." {
				if a.Status == 200 {
					t.Errorf("%s: %d", id, a.Status)
				}
				continue
			}
			var p map[string]any
			a.Into(t, &p)
			delete(p, "instance")
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status != 404 {
				t.Errorf("%s asks for %s: %d %s", who, id, a.Status, a.Body)
			}
			seen[string(text)] = id
		}
	}
	if len(seen) != 1 {
		t.Errorf("%d different answers: %v", len(seen), seen)
	}
	if strings.Contains(f.Log.String(), canary) {
		t.Error("the log repeats what stood in an address")
	}
}

func otherStore(f *apitest.Face) actor.Actor {
	a := f.As(actor.Clerk)
	a.Store = f.Other
	return a
}

// A page of another site cannot make a signed-in browser act. T33.
func TestOtherSitesCannotActWithASession(t *testing.T) {
	f := apitest.New(t)
	clerk := f.SignedIn(f.As(actor.Clerk))
	for i, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-site"},
	} {
		a := clerk.Send("POST", "/v1/enrolments/links", `{}`, append(headers, "Idempotency-Key", fmt.Sprint("c", i))...)
		if a.Status != 403 || a.Code() != "form.cross_site" {
			t.Errorf("%v: %d %s", headers, a.Status, a.Body)
		}
	}
	if a := clerk.Send("POST", "/v1/enrolments/links", "course=x", "Idempotency-Key", "f", "Content-Type", "application/x-www-form-urlencoded"); a.Status != 415 && a.Status != 422 {
		t.Errorf("a form post: %d %s", a.Status, a.Body)
	}
	if a := clerk.Send("POST", "/v1/enrolments/links", `{}`, "Idempotency-Key", "ok", "Sec-Fetch-Site", "same-origin"); a.Status != 201 {
		t.Errorf("our own page: %d %s", a.Status, a.Body)
	}
}

// Problems are told in the language asked for.
func TestProblemsSpeakTheAskersLanguage(t *testing.T) {
	f := apitest.New(t)
	a := f.Nobody().Send("GET", "/v1/stores", "", "Accept-Language", "en-GB")
	b := f.Nobody().Send("GET", "/v1/stores", "")
	if a.Status != 401 || !strings.Contains(string(a.Body), "API key") || !strings.Contains(string(b.Body), "密钥") {
		t.Errorf("%s\n%s", a.Body, b.Body)
	}
}

// A key reaches as far as its fields, purposes, store, quota and time, and not
// one step further. S0-04, S3-10, S3-11, S3-41.
func TestAKeyIsBoundToWhatItWasMadeFor(t *testing.T) {
	f := apitest.New(t)
	wide, _ := f.Key(f.Store, nil)
	e := enrol(t, f, f.Bearer(wide), 1)
	reveal := func(key, field, purpose string) apitest.Answer {
		return f.Bearer(key).Post("/v1/subjects/"+e.Guardian+"/reveal", `{"field":"`+field+`","purpose":"`+purpose+`"}`)
	}
	names, _ := f.Key(f.Store, func(r *account.KeyRequest) { r.Fields = []string{"guardian.name"} })
	other, _ := f.Key(f.Other, nil)
	small, _ := f.Key(f.Store, func(r *account.KeyRequest) { r.QuotaPerDay = 2 })
	revoked, id := f.Key(f.Store, nil)
	if err := f.Accounts.RevokeKey(t.Context(), f.As(actor.Officer), id); err != nil {
		t.Fatal(err)
	}
	short, _ := f.Key(f.Store, func(r *account.KeyRequest) { r.Expires = f.Now().Add(time.Hour) })
	for _, c := range []struct {
		name, key, field, purpose string
		status                    int
	}{
		{"within", wide, "guardian.phone", "contact.class", 200},
		{"another field", names, "guardian.phone", "contact.class", 403},
		{"another purpose", wide, "guardian.phone", "survey", 403},
		{"marketing over the pledged four", wide, "guardian.phone", "marketing", 403},
		{"a banned purpose", wide, "guardian.phone", "livestream.sales", 403},
		{"another store", other, "guardian.phone", "contact.class", 404},
		{"first of two", small, "guardian.phone", "contact.class", 200},
		{"second of two", small, "guardian.name", "contact.class", 200},
		{"third of two", small, "guardian.phone", "contact.class", 429},
		{"revoked", revoked, "guardian.phone", "contact.class", 401},
		{"in time", short, "guardian.phone", "contact.class", 200},
		{"no key at all", "wf_x", "guardian.phone", "contact.class", 401},
	} {
		if a := reveal(c.key, c.field, c.purpose); a.Status != c.status {
			t.Errorf("%s: %d, want %d: %s", c.name, a.Status, c.status, a.Body)
		}
	}
	f.Advance(2 * time.Hour)
	if a := reveal(short, "guardian.phone", "contact.class"); a.Status != 401 {
		t.Errorf("past its time: %d", a.Status)
	}
}

// TestARefusalPointsIntoWhatWasSent: as a JSON pointer wherever the place is a
// property of the body, whoever found it wrong. RFC 9457.
func TestARefusalPointsIntoWhatWasSent(t *testing.T) {
	f := apitest.New(t)
	wide, _ := f.Key(id.Store{}, nil)
	manager := f.SignedIn(f.As(actor.Manager))
	nowhere := strings.Replace(f.Enrolment(1, "2016-03"), fmt.Sprintf(`"store":%q,`, f.Store), "", 1)
	past := `{"label":"x","purposes":["contact.class"],"fields":["guardian.phone"],"per_day":1,"expires":"2020-01-01T00:00:00Z"}`
	for _, c := range []struct {
		name          string
		by            apitest.Asker
		path, body    string
		pointer, code string
	}{
		{"a key for every store names one", f.Bearer(wide), "/v1/enrolments", nowhere, "/store", "form.required"},
		{"a key with an end in the past", manager, "/v1/keys", past, "/expires", "key.expires"},
		{"a search by nothing", f.Bearer(wide), "/v1/subjects/search", `{"purpose":"contact.class"}`, "/phone", "api.one_of"},
		{"a page that is none", manager, "/v1/keys?limit=0", "", "limit", "api.value"},
	} {
		a := c.by.Get(c.path)
		if c.body != "" {
			a = c.by.Post(c.path, c.body)
		}
		var p struct {
			Errors []struct{ Pointer, Code string }
		}
		a.Into(t, &p)
		if a.Status != 422 || len(p.Errors) != 1 || p.Errors[0].Pointer != c.pointer || p.Errors[0].Code != c.code {
			t.Errorf("%s: %d %s", c.name, a.Status, a.Body)
		}
	}
	key, err := f.Accounts.AskKey(t.Context(), f.As(actor.Officer), account.KeyRequest{Label: "x", Purposes: apitest.Purposes,
		Fields: apitest.Fields, QuotaPerDay: 1, Expires: f.Now().AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if a := manager.Post("/v1/keys/"+key.String()+"/approve", ""); a.Status != 403 || a.Code() != "api.role" {
		t.Errorf("a role that may not: %d %s", a.Status, a.Body)
	}
}

// TestAWrongMethodIsToldTheRightOnes: RFC 9110 §15.5.6.
func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	f := apitest.New(t)
	for path, want := range map[string]string{"/v1/subjects/search": "GET, POST", "/v1/openapi.json": "GET", "/v1/alarms": "GET", "/v1/nothing": ""} {
		r := httptest.NewRequest(http.MethodPut, path, nil)
		w := httptest.NewRecorder()
		f.API.ServeHTTP(w, r)
		status, code := http.StatusMethodNotAllowed, `"api.method"`
		if want == "" {
			status, code = http.StatusNotFound, `"page.unknown"`
		}
		if w.Code != status || w.Header().Get("Allow") != want || !strings.Contains(w.Body.String(), code) {
			t.Errorf("PUT %s: %d, Allow %q: %s", path, w.Code, w.Header().Get("Allow"), w.Body)
		}
	}
}
