package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
)

// console is the person in front of the program: what a verb may read from and
// say to the outside world.
type console struct {
	in       *bufio.Reader
	tty      *os.File // to ask a person; nil when nobody is there
	out, err io.Writer
	env      func(string) string
	p        lang.Printer
	json     bool
	verb     string // the command that runs, for "… --help"
	live     bool   // err is a screen, where progress may be drawn over itself
}

func system() *console {
	t := &console{in: bufio.NewReader(os.Stdin), out: os.Stdout, err: os.Stderr, env: os.Getenv}
	if isScreen(os.Stdin) {
		t.tty = os.Stdin
	}
	t.live = isScreen(os.Stderr) && os.Getenv("TERM") != "dumb"
	return t
}

func isScreen(f *os.File) bool {
	s, err := f.Stat()
	return err == nil && s.Mode()&os.ModeCharDevice != 0 && s.Mode()&os.ModeDevice != 0 && f.Name() != os.DevNull && hasTerminal(f)
}

// speak chooses the language: as asked for, or by the locale as other programs
// do.
func (t *console) speak(chosen string) {
	for _, v := range []string{chosen, t.env("WARDFOLD_LANG"), t.env("LC_ALL"), t.env("LC_MESSAGES"), t.env("LANG")} {
		if v == "" {
			continue
		}
		if strings.HasPrefix(v, "zh") {
			t.p = lang.For("zh-CN")
			return
		}
		break
	}
	t.p = lang.For("en")
}

// chosenLanguage looks for --lang before anything is parsed, so that even a
// wrong command line is answered in the right language.
func chosenLanguage(args []string) string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			return v
		}
		if a == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// say writes a message and ends the line.
func (t *console) say(key string, args ...any) {
	fmt.Fprintln(t.out, t.p.T(key, args...))
}

// note writes a message that is not the result: to the error stream.
func (t *console) note(key string, args ...any) {
	fmt.Fprintln(t.err, t.p.T(key, args...))
}

// answer writes the result as JSON if that was asked for, and otherwise by
// words.
func (t *console) answer(v any, words func()) error {
	if !t.json {
		words()
		return nil
	}
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// progress tells how far a long job has come, over the same line of a screen and
// not at all elsewhere. The returned function ends the line.
func (t *console) progress(key string) (step func(done, total int64), end func()) {
	if !t.live || t.json {
		return func(int64, int64) {}, func() {}
	}
	drawn, last := false, int64(-1)
	return func(done, total int64) {
			if percent := done * 100 / max(total, 1); percent != last {
				last, drawn = percent, true
				fmt.Fprintf(t.err, "\r%s\x1b[K", t.p.T(key, done, total))
			}
		}, func() {
			if drawn {
				fmt.Fprintln(t.err)
			}
		}
}

// failure is what a verb returns when it knows what to say: a message and the
// exit status.
type failure struct {
	status int
	key    string
	args   []any
	err    error
}

func (f *failure) Error() string { return f.key }
func (f *failure) Unwrap() error { return f.err }

func refuse(status int, key string, args ...any) *failure {
	return &failure{status: status, key: key, args: args}
}

func (f *failure) because(err error) *failure {
	f.err = err
	return f
}

// fail tells a person what went wrong and what to do, and returns the exit
// status. Nothing that it prints is personal information: errors here are codes,
// paths and identifiers.
func (t *console) fail(err error) int {
	status, text := t.explain(err)
	if t.json {
		_ = json.NewEncoder(t.err).Encode(map[string]any{"error": codeOf(err), "message": text, "status": status})
		return status
	}
	fmt.Fprintln(t.err, text)
	return status
}

func codeOf(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.key
	}
	return fault.CodeOf(err)
}

func (t *console) explain(err error) (status int, text string) {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.status, t.p.T(f.key, append(f.args, t.verb)...) // usage says whose --help to read
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		text := t.p.T("fault."+f.Code, f.Args...)
		for _, field := range f.Fields {
			text += "\n  " + field.Path + ": " + t.p.T("fault."+field.Code, field.Args...)
		}
		return statusOf(f), text
	}
	path := ""
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		path = e.Path
	}
	switch {
	case errors.Is(err, context.Canceled):
		return exitOutside, t.p.T("cli.stopped")
	case errors.Is(err, syscall.ENOSPC):
		return exitOutside, t.p.T("cli.disk_full", path)
	case errors.Is(err, fs.ErrPermission):
		return exitOutside, t.p.T("cli.permission", path)
	case errors.Is(err, fs.ErrNotExist) && path != "":
		return exitUsage, t.p.T("cli.no_file", path)
	}
	return exitUnknown, t.p.T("cli.unknown", err.Error())
}

// statusOf is the exit status of a fault.
func statusOf(f *fault.Error) int {
	room, _, _ := strings.Cut(f.Code, ".")
	switch {
	case f.Code == "db.full" || f.Code == "db.down" || f.Code == "db.busy":
		return exitOutside
	case f.Code == "seal.key_unknown" || f.Code == "seal.kek_unknown":
		return exitKeys
	case room == "keys" && f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.NotFound:
		return exitKeys
	case room == "db" || room == "ledger" || room == "seal":
		return exitData
	case f.Kind == fault.Unavailable:
		return exitOutside
	}
	return exitUsage
}
