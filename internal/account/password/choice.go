package password

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Shortest passwords, in characters. Source: NIST SP 800-63B-4 §3.1.1.2. There
// are no rules of composition and no forced change, as the same section demands.
const (
	MinAlone  = 15 // the password is the only factor
	MinSecond = 8  // a second factor stands beside it
	maxBytes  = 256
)

//go:embed common.txt
var commonList string

// common holds passwords everybody tries first, folded by plain.
var common = func() map[string]bool {
	m := make(map[string]bool)
	for line := range strings.Lines(commonList) {
		if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "#") {
			m[plain(s)] = true
		}
	}
	return m
}()

// Choose reports whether pw may be chosen by an account that has, or has not, a
// second factor. about lists words an attacker would try first: the login, the
// institution's name. Faults are of kind Invalid about the field "password":
// password.short (argument: how many characters it needs), password.long,
// password.common (on everybody's list, a simple run or repetition, or little
// more than one of the words).
func Choose(pw secret.Text, secondFactor bool, about ...string) error {
	s := canonical(pw.Expose())
	least := MinAlone
	if secondFactor {
		least = MinSecond
	}
	switch {
	case len(s) > maxBytes:
		return fault.At("password", "password.long", maxBytes)
	case utf8.RuneCountInString(s) < least:
		return fault.At("password", "password.short", least)
	case isCommon(s, about):
		return fault.At("password", "password.common")
	}
	return nil
}

func isCommon(s string, about []string) bool {
	p := plain(s)
	if common[p] || common[strings.TrimRight(p, "0123456789!")] || repeats(p) || runs(p) {
		return true
	}
	for _, w := range about {
		w = plain(canonical(w))
		if utf8.RuneCountInString(w) < 3 {
			continue
		}
		// What is left without the word must be worth something by itself.
		rest := strings.ReplaceAll(p, w, "")
		if rest != p && (utf8.RuneCountInString(rest) < 6 || common[rest] || runs(rest) || repeats(rest)) {
			return true
		}
	}
	return false
}

// plain undoes the disguises that guessing programs undo.
func plain(s string) string {
	return strings.NewReplacer("@", "a", "$", "s", " ", "", "-", "", "_", "", ".", "").
		Replace(strings.ToLower(s))
}

// repeats reports whether s is one piece of at most a third of its length, again
// and again.
func repeats(s string) bool {
	r := []rune(s)
	for n := 1; n*3 <= len(r); n++ {
		i := n
		for i < len(r) && r[i] == r[i-n] {
			i++
		}
		if i == len(r) {
			return true
		}
	}
	return false
}

// rows are what a finger walks along.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"}

// runs reports whether s is made of at most three walks along a row of keys,
// forwards or backwards.
func runs(s string) bool {
	for n := 0; n < 3; n++ {
		s = s[walk(s):]
		if s == "" {
			return true
		}
	}
	return false
}

// walk returns how many bytes at the start of s lie in a row: at least one.
func walk(s string) int {
	if s == "" {
		return 0
	}
	best := 1
	for _, row := range rows {
		for _, way := range []string{row, reverse(row)} {
			n := len(s)
			for n > best && !strings.Contains(way, s[:n]) {
				n--
			}
			best = n
		}
	}
	return best
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
