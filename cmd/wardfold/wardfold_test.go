package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test binary is wardfold itself when it is told so.
func TestMain(m *testing.M) {
	if os.Getenv("WARDFOLD_TEST_MAIN") != "" {
		main()
	}
	syscall.Umask(0o077) // copies of a city are as closed as the city
	status := m.Run()
	if data, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(data)) // what stays lies in the folder for temporary files
	}
	os.Exit(status)
}

// program is wardfold as a newcomer starts it.
func program(ctx context.Context, lang string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "WARDFOLD_TEST_MAIN=1", "LC_ALL="+lang, "WARDFOLD_DATA=", "WARDFOLD_LANG=",
		"WARDFOLD_PASSPHRASE_FILE=", "CREDENTIALS_DIRECTORY=")
	cmd.Stdin = strings.NewReader("")
	return cmd
}

// wardfold runs one command to its end.
func wardfold(t *testing.T, lang string, args ...string) (status int, out, errs string) {
	t.Helper()
	cmd := program(t.Context(), lang, args...)
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

// must runs a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := wardfold(t, "en_US.UTF-8", args...)
	if status != 0 {
		t.Fatalf("wardfold %v: status %d\n%s%s", args, status, out, errs)
	}
	return out
}

// fails runs a command that has to end with a status and a sentence.
func fails(t *testing.T, status int, sentence string, args ...string) {
	t.Helper()
	got, out, errs := wardfold(t, "en_US.UTF-8", args...)
	if got != status || !strings.Contains(errs, sentence) {
		t.Errorf("wardfold %v: status %d, want %d with %q\n%s%s", args, got, status, sentence, out, errs)
	}
	if strings.Contains(errs, "cli.") || strings.Contains(errs, "goroutine ") {
		t.Errorf("wardfold %v says no words:\n%s", args, errs)
	}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const testPassphrase = "an invented passphrase of tests"

// founded makes an installation and returns its folder and passphrase file.
func founded(t *testing.T, more ...string) (data, pass string) {
	t.Helper()
	dir := t.TempDir()
	data, pass = filepath.Join(dir, "data"), write(t, filepath.Join(dir, "pass"), testPassphrase+"\n")
	answers := write(t, filepath.Join(dir, "answers.json"), `{"name": "示例培训机构", "contact": "示例电话 000", "store": "示例一店",
		"officer_name": "示例专员", "manager_name": "示例店长"}`)
	must(t, append([]string{"init", "--data", data, "--passphrase-file", pass, "--answers", answers}, more...)...)
	return data, pass
}

// built is one small demonstration for all tests; each takes a copy.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wardfold-city-")
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "city")
	out, err := program(context.Background(), "en_US.UTF-8", "demo", "--data", data, "--families", "20", "--build-only", "--listen", "127.0.0.1:0").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return data, err
})

// city is a copy of a small demonstration, which opens fast.
func city(t *testing.T) string {
	t.Helper()
	whole, err := built()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(t.TempDir(), "city")
	if err := os.CopyFS(data, os.DirFS(whole)); err != nil {
		t.Fatal(err)
	}
	return data
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// server starts wardfold in the background and waits until it is ready.
func server(t *testing.T, address string, args ...string) (stop func() (int, string)) {
	t.Helper()
	cmd := program(context.WithoutCancel(t.Context()), "en_US.UTF-8", args...)
	var e bytes.Buffer
	cmd.Stderr = &e
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var once bool
	stop = func() (int, string) {
		if !once {
			once = true
			_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
			<-done
		}
		return cmd.ProcessState.ExitCode(), e.String()
	}
	t.Cleanup(func() { stop() })
	for begin := time.Now(); time.Since(begin) < 20*time.Second; time.Sleep(20 * time.Millisecond) {
		if status, _ := get(t, "http://"+address+"/readyz"); status == http.StatusOK {
			return stop
		}
	}
	_, said := stop()
	t.Fatalf("the server is not ready:\n%s", said)
	return nil
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		return 0, ""
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func TestAnInstallationIsMadeOnceServedAndStopped(t *testing.T) {
	data, pass := founded(t)
	address, metrics := freeAddress(t), freeAddress(t)
	edit(t, data, `"guard":`, `"metrics": "`+metrics+`", "guard":`)
	fails(t, exitUsage, "already", "init", "--data", data, "--name", "x")

	begin := time.Now()
	stop := server(t, address, "serve", "--data", data, "--passphrase-file", pass, "--listen", address)
	t.Logf("ready %v after the start, key derivation included", time.Since(begin).Round(time.Millisecond))
	for path, want := range map[string]int{"/": 200, "/livez": 200, "/readyz": 200, "/nowhere": 404} {
		if got, _ := get(t, "http://"+address+path); got != want {
			t.Errorf("GET %s: %d, want %d", path, got, want)
		}
	}
	if _, text := get(t, "http://"+address+"/readyz"); !strings.Contains(text, `"reasons":[]`) {
		t.Errorf("ready for no reasons that are a list: %s", text)
	}
	if status, text := get(t, "http://"+metrics+"/metrics"); status != 200 || !regexp.MustCompile(`wardfold_log_size\{institution="ins_\w+"\} [1-9]`).MatchString(text) {
		t.Errorf("metrics: %d\n%s", status, text)
	}
	if status, _ := get(t, "http://"+address+"/metrics"); status == 200 {
		t.Error("metrics are on the public address")
	}
	fails(t, exitOutside, "Another program has the address", "serve", "--data", data, "--passphrase-file", pass, "--listen", address)
	fails(t, exitOutside, "Another wardfold is using", "serve", "--data", data, "--passphrase-file", pass, "--listen", freeAddress(t))
	if status, said := stop(); status != 0 || !strings.Contains(said, "stopped") {
		t.Errorf("stopped with status %d\n%s", status, said)
	}
	out := must(t, "doctor", "--data", data, "--passphrase-file", pass, "--deep")
	if !strings.Contains(out, "0 wrong") {
		t.Errorf("doctor finds a new installation wanting:\n%s", out)
	}
}

// edit replaces a text in the configuration.
func edit(t *testing.T, data, old, new string) {
	t.Helper()
	path := filepath.Join(data, configName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("the configuration has no %s", old)
	}
	write(t, path, strings.Replace(string(text), old, new, 1))
}

func TestInitLeavesAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	pass := write(t, filepath.Join(dir, "pass"), "short\n")
	fails(t, exitUsage, "too short", "init", "--data", filepath.Join(dir, "data"), "--passphrase-file", pass, "--name", "x",
		"--contact", "x", "--store", "x", "--officer-name", "x", "--manager-name", "y")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("a failed init left %v (%v)", left, err)
	}
}

// The account of a service owns its folder and not the one around it, so nothing
// is made beside it and it is not replaced.
func TestInitFillsAFolderThatIsThere(t *testing.T) {
	around := t.TempDir()
	data := filepath.Join(around, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(around, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(around, 0o700)
	pass := write(t, filepath.Join(t.TempDir(), "pass"), testPassphrase+"\n")
	must(t, "init", "--data", data, "--passphrase-file", pass, "--name", "x", "--contact", "x", "--store", "x",
		"--officer-name", "x", "--manager-name", "y")
	if after, err := os.Stat(data); err != nil || !os.SameFile(before, after) {
		t.Errorf("the folder is another one (%v)", err)
	}
	left, err := os.ReadDir(data)
	if err != nil || !exists(filepath.Join(data, configName)) || strings.HasPrefix(left[0].Name(), ".") {
		t.Errorf("the folder holds %v (%v)", left, err)
	}
}

func TestTheFolderIsClosedToOthers(t *testing.T) {
	data := city(t)
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		s, err := d.Info()
		if err == nil && s.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, s.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(data, logKeyName), 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, _ := wardfold(t, "en_US.UTF-8", "doctor", "--data", data)
	if status != exitWrong || !strings.Contains(out, "chmod 600") {
		t.Errorf("doctor, status %d, does not tell how to close a file:\n%s", status, out)
	}
}
