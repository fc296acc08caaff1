package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// The test binary is wardcheck itself when it is told so.
func TestMain(m *testing.M) {
	if os.Getenv("WARDCHECK_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

// wardcheck runs the program as a person would.
func wardcheck(t *testing.T, lang string, args ...string) (status int, out, errs string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "WARDCHECK_TEST_MAIN=1", "LC_ALL="+lang)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	} else if ok {
		return exit.ExitCode(), o.String(), e.String()
	}
	return 0, o.String(), e.String()
}

// world is a folder with a log, a receipt and heads of several sizes.
type world struct {
	dir string
	log *logtest.Log
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{t.TempDir(), logtest.New("wardfold.example/ins").Fill(300)}
	w.write(t, "old.head", w.log.Sign(w.log.Head(300)))
	w.write(t, "receipt.json", []byte(w.log.Receipt(7).String()))
	w.log.Fill(300)
	for path, data := range w.log.Files() {
		w.write(t, "log/"+path, data)
	}
	w.write(t, "new.head", w.log.Sign(w.log.Head(600)))
	return w
}

func (w world) write(t *testing.T, name string, data []byte) {
	t.Helper()
	p := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w world) path(name string) string { return filepath.Join(w.dir, name) }

func TestNewcomersMistakesAreExplained(t *testing.T) {
	w := newWorld(t)
	key := w.log.VerifierKey().String()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "What shall be checked"},
		{[]string{"verify", "x"}, `"verify" is not something`},
		{[]string{"receipt"}, "wardcheck receipt FILE"},
		{[]string{"receipt", "a", "b"}, "exactly one receipt"},
		{[]string{"evidence"}, "wardcheck evidence FILE"},
		{[]string{"release", "a"}, "wardcheck release CERT DATA.csv"},
		{[]string{"log"}, "wardcheck log DIR"},
		{[]string{"log", w.path("log")}, "Name it with --key"},
		{[]string{"log", w.path("old.head"), "--key", key}, "is a file"},
		{[]string{"log", w.path("log"), "--key"}, "--key needs a value"},
		{[]string{"log", w.path("log"), "--key", "abc"}, "must be copied whole"},
		{[]string{"log", w.path("log"), "--witness", key}, "must be copied whole"},
		{[]string{"log", w.path("log"), "--kee", "abc"}, "no option --kee"},
		{[]string{"log", w.path("log"), "--quorum", "2"}, "Only 0 witnesses"},
		{[]string{"log", w.path("log"), "--quorum", "two"}, "whole number"},
		{[]string{"consistency", w.path("old.head")}, "the older first"},
		{[]string{"consistency", w.path("old.head"), w.path("new.head"), "--key", key}, "need a proof"},
		{[]string{"consistency", w.path("old.head"), w.path("new.head")}, "Name it with --key"},
	} {
		status, out, errs := wardcheck(t, "C", c.args...)
		if status != 2 || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "--help") {
			t.Errorf("%q: status %d, out %q, err %q", c.args, status, out, errs)
		}
	}
	for _, args := range [][]string{{"help"}, {"--help"}, {"log", "-h"}} {
		if status, out, _ := wardcheck(t, "C", args...); status != 0 || !strings.Contains(out, "wardcheck receipt FILE") {
			t.Errorf("%q: status %d, %q", args, status, out)
		}
	}
	if status, out, _ := wardcheck(t, "C", "receipt", w.path("absent")); status != 2 || !strings.Contains(out, "could not be checked") {
		t.Errorf("absent file: %d, %q", status, out)
	}
}

func TestReceiptIsVerifiedInBothLanguages(t *testing.T) {
	w := newWorld(t)
	status, out, _ := wardcheck(t, "zh_CN.UTF-8", "receipt", w.path("receipt.json"), "--key="+w.log.VerifierKey().String())
	if status != 0 || !strings.HasPrefix(out, "属实") || !strings.Contains(out, "处理活动：使用") || strings.Contains(out, "注意") {
		t.Errorf("status %d\n%s", status, out)
	}
	status, out, _ = wardcheck(t, "C", "receipt", w.path("receipt.json"))
	if status != 0 || !strings.Contains(out, "VERIFIED") || !strings.Contains(out, "Caution") {
		t.Errorf("status %d\n%s", status, out)
	}
	forged := strings.Replace(w.log.Receipt(7).String(), `"index": 7`, `"index": 8`, 1)
	w.write(t, "forged.json", []byte(forged))
	status, out, _ = wardcheck(t, "zh_CN.UTF-8", "receipt", w.path("forged.json"))
	if status != 1 || !strings.HasPrefix(out, "不属实") || !strings.Contains(out, "第8条") {
		t.Errorf("status %d\n%s", status, out)
	}
	other := logtest.New("wardfold.example/other").VerifierKey().String()
	if status, _, _ := wardcheck(t, "C", "receipt", w.path("receipt.json"), "--key", other); status != 1 {
		t.Errorf("another key: status %d", status)
	}
}

func TestLogIsVerifiedFromDirectoryAndURL(t *testing.T) {
	w := newWorld(t)
	key := w.log.VerifierKey().String()
	srv := httptest.NewServer(http.FileServer(http.Dir(w.path("log"))))
	defer srv.Close()
	for _, where := range []string{w.path("log"), srv.URL, srv.URL + "/"} {
		status, out, errs := wardcheck(t, "C", "log", "--key", key, where, "--from", w.path("old.head"), "--from", w.path("receipt.json"), "--save", w.path("saved.head"))
		if status != 0 || !strings.Contains(out, "entries:      600") {
			t.Errorf("%s: status %d\n%s%s", where, status, out, errs)
		}
		saved, err := os.ReadFile(w.path("saved.head"))
		if err != nil || !bytes.Equal(saved, w.log.Sign(w.log.Head(600))) {
			t.Errorf("%s: saved %q, %v", where, saved, err)
		}
	}
	if status, _, _ := wardcheck(t, "C", "log", "--key", key, srv.URL+"/nowhere"); status != 1 {
		t.Errorf("nothing there: status %d", status)
	}
	if status, _, _ := wardcheck(t, "C", "log", "--key", key, "http://127.0.0.1:1/"); status != 2 {
		t.Errorf("no connection: status %d", status)
	}
	w.write(t, "log/key", []byte(key+"\n"))
	if status, out, _ := wardcheck(t, "C", "log", w.path("log")); status != 0 || !strings.Contains(out, "Caution") {
		t.Errorf("the log's own key: status %d\n%s", status, out)
	}
}

// Invariant I11, as an association sees it: a log rebuilt by its owner, with a
// valid signature, is found out by a head kept from earlier.
func TestRewrittenLogIsFoundOut(t *testing.T) {
	w := newWorld(t)
	key := w.log.VerifierKey().String()
	forged := logtest.New(w.log.Origin)
	for i, e := range w.log.Entries() {
		if i != 42 {
			forged.Append(e)
		}
	}
	for path, data := range forged.Files() {
		w.write(t, "forged/"+path, data)
	}
	if status, _, _ := wardcheck(t, "C", "log", w.path("forged"), "--key", key); status != 0 {
		t.Errorf("without memory it must pass: status %d", status)
	}
	status, out, _ := wardcheck(t, "C", "log", w.path("forged"), "--key", key, "--from", w.path("old.head"), "--json")
	var r result
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 1 || r.OK || r.Code != string(verify.Forked) {
		t.Errorf("status %d, %+v, %v", status, r, err)
	}
	w.write(t, "log/tile/entries/001", []byte("x"))
	status, out, _ = wardcheck(t, "C", "log", w.path("log"), "--key", key)
	if status != 1 || !strings.Contains(out, "It concerns entry 256") {
		t.Errorf("status %d\n%s", status, out)
	}
}

func TestConsistencyByTilesAndByProofFile(t *testing.T) {
	w := newWorld(t)
	key := w.log.VerifierKey().String()
	status, out, errs := wardcheck(t, "C", "consistency", w.path("old.head"), w.path("new.head"), "--log", w.path("log"), "--key", key)
	if status != 0 || !strings.Contains(out, "only adds") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}
	p, err := tlog.ProveTree(600, 300, w.log)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, h := range p {
		lines = append(lines, base64.StdEncoding.EncodeToString(h[:]))
	}
	w.write(t, "proof", []byte(strings.Join(lines, "\n")))
	both := []string{"consistency", w.path("old.head"), w.path("new.head"), "--key", key, "--proof"}
	if status, out, _ := wardcheck(t, "C", append(both, w.path("proof"))...); status != 0 {
		t.Errorf("status %d\n%s", status, out)
	}
	w.write(t, "proof", []byte(strings.Join(lines[1:], "\n")))
	if status, out, _ := wardcheck(t, "C", append(both, w.path("proof"))...); status != 1 {
		t.Errorf("status %d\n%s", status, out)
	}
	status, out, _ = wardcheck(t, "C", "consistency", w.path("new.head"), w.path("old.head"), "--key", key)
	if status != 1 || !strings.Contains(out, "entries are gone") {
		t.Errorf("status %d\n%s", status, out)
	}
}

func TestNamedWitnessesMustHaveSigned(t *testing.T) {
	w := newWorld(t)
	signed := logtest.Cosign(w.log.Sign(w.log.Head(600)), "bureau.example", time.Unix(1_790_000_000, 0))
	w.write(t, "log/checkpoint", signed)
	args := []string{"log", w.path("log"), "--key", w.log.VerifierKey().String(), "--witness", logtest.Witness("bureau.example").String()}
	if status, out, _ := wardcheck(t, "C", args...); status != 0 || !strings.Contains(out, "by bureau.example") {
		t.Errorf("status %d\n%s", status, out)
	}
	args = append(args, "--witness", logtest.Witness("association.example").String())
	if status, _, _ := wardcheck(t, "C", args...); status != 1 {
		t.Errorf("one is missing: status %d", status)
	}
	if status, _, _ := wardcheck(t, "C", append(args, "--quorum", "1")...); status != 0 {
		t.Errorf("one is enough: status %d", status)
	}
}

func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	en, zh := parseWords(wordsEN), parseWords(wordsZH)
	for key := range en {
		if zh[key] == "" {
			t.Errorf("no Chinese for %s", key)
		}
		for _, p := range []string{"{0}", "{1}"} {
			if strings.Count(en[key], p) != strings.Count(zh[key], p) {
				t.Errorf("%s: %s differs", key, p)
			}
		}
	}
	if len(en) != len(zh) {
		t.Errorf("%d English words, %d Chinese", len(en), len(zh))
	}
	for _, c := range []verify.Code{verify.Malformed, verify.BadSignature, verify.WrongOrigin, verify.NotIncluded,
		verify.Inconsistent, verify.WrongRoot, verify.WrongTile, verify.RolledBack, verify.Forked, verify.Missing,
		verify.Unwitnessed, verify.NotOpened, verify.BadEntry, verify.BadManifest, verify.WrongData} {
		if en["code-"+string(c)] == "" {
			t.Errorf("no words for %s", c)
		}
	}
}
