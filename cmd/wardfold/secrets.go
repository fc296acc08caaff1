package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/wardfold/wardfold/internal/secret"
)

// Secrets enter here and leave here: by file, by standard input, or typed at a
// screen that does not show them. Never by argument.

// passphrase finds the passphrase of the key file: where the command line, the
// configuration or systemd says, or by asking whoever sits there.
func (t *console) passphrase(d folder, c *command, configured string) (secret.Text, error) {
	switch {
	case c.PassphraseFile == "-":
		return t.fromInput()
	case c.PassphraseFile != "":
		return fromFile(c.PassphraseFile)
	case configured != "":
		return fromFile(d.in(configured))
	}
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		if path := filepath.Join(dir, "passphrase"); exists(path) {
			return fromFile(path)
		}
	}
	return t.typed("cli.ask.passphrase")
}

// newPassphrase is passphrase for one that is chosen now: typed twice, or read
// from file.
func (t *console) newPassphrase(file string) (secret.Text, error) {
	switch file {
	case "-":
		return t.fromInput()
	case "":
	default:
		return fromFile(file)
	}
	first, err := t.typed("cli.ask.new_passphrase")
	if err != nil {
		return secret.Text{}, err
	}
	again, err := t.typed("cli.ask.again")
	if err == nil && reveal(first) != reveal(again) {
		err = refuse(exitUsage, "cli.passphrases_differ")
	}
	return first, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func fromFile(path string) (secret.Text, error) {
	line, err := readLine(path)
	if err == nil && line == "" {
		err = refuse(exitUsage, "cli.secret_empty", path)
	}
	return secret.NewText(line), err
}

// fromInput takes one line of the standard input.
func (t *console) fromInput() (secret.Text, error) {
	line, err := t.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return secret.Text{}, err
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return secret.Text{}, refuse(exitUsage, "cli.input_empty")
	}
	return secret.NewText(line), nil
}

// instead says which flag answers a question where nobody sits at a screen. The
// others are about the key file.
var instead = map[string]string{
	"cli.ask.password": "--password-file", "cli.ask.code": "--password-file -", "cli.ask.backup_passphrase": "--backup-passphrase-file",
}

// typed asks at the screen. Where nobody sits there it says which flag to use.
func (t *console) typed(key string) (secret.Text, error) {
	if flag, ok := instead[key]; ok && t.tty == nil {
		return secret.Text{}, refuse(exitUsage, "cli.usage.missing", flag)
	}
	if t.tty == nil {
		return secret.Text{}, refuse(exitKeys, "cli.no_passphrase")
	}
	fmt.Fprint(t.err, t.p.T(key)+" ")
	var s secret.Text
	err := hidden(t.tty, func() (err error) {
		s, err = t.fromInput()
		return err
	})
	fmt.Fprintln(t.err)
	return s, err
}

// ask asks for what is no secret; without a screen the answer is missing.
func (t *console) ask(key string) (string, error) {
	if t.tty == nil {
		return "", io.EOF
	}
	fmt.Fprint(t.err, t.p.T(key)+" ")
	line, err := t.in.ReadString('\n')
	return strings.TrimSpace(line), err
}

// reveal takes a secret out of its wrapping for the person at the screen: an
// invitation to hand over, an invented password of the demonstration. It is the
// only place of this command that does.
func reveal(s secret.Text) string { return s.Expose() }

// fromFileOr reads a secret from a file, "-" for the standard input, or asks.
func (t *console) fromFileOr(path, question string) (secret.Text, error) {
	switch path {
	case "":
		return t.typed(question)
	case "-":
		return t.fromInput()
	}
	return fromFile(path)
}
