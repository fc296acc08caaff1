// Package lang holds every word a person reads, in Chinese (zh-CN, the default)
// and English, and writes dates and numbers the way each language does.
//
// Messages are lines "key = text" in messages/<language>/<room>.txt; keys are
// written in full ("consent.title"), comments begin with #, and {0}, {1} … are
// places for arguments. "{0} {0|item|items}" writes the word that goes with the
// number: "1 item", "2 items"; Chinese needs none of it. The files are read once, when the program starts, and
// never change afterwards: a Printer is an immutable value, safe everywhere.
//
// T never panics and never returns an error: a missing key comes back as
// itself. Tests keep that from happening: both languages have equal keys and
// equal placeholders, every literal key and every fault code in the repository
// has words, and the Chinese passes the plain-language rules of Lint.
package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Default is the language of everything nobody chose otherwise.
const Default = "zh-CN"

// Tags lists the languages, the default first.
var Tags = []string{"zh-CN", "en"}

// Key is a message key used as an argument of another message: it is replaced
// by its words in the same language.
type Key string

// Printer speaks one language. The zero Printer speaks the default.
type Printer struct{ book *book }

// For returns the printer of a language tag as listed in Tags; any other tag
// gives the default.
func For(tag string) Printer {
	if b, ok := books[tag]; ok {
		return Printer{b}
	}
	return Printer{books[Default]}
}

// Tag returns "zh-CN" or "en".
func (p Printer) Tag() string { return p.words().tag }

// HTML returns the value of the lang attribute: "zh-Hans" or "en". The script
// is named so that browsers choose a Simplified Chinese face.
func (p Printer) HTML() string {
	if p.Tag() == Default {
		return "zh-Hans"
	}
	return p.Tag()
}

// Has reports whether the language has words for key.
func (p Printer) Has(key string) bool {
	_, ok := p.words().messages[key]
	return ok
}

// T returns the words for key with its placeholders filled. Strings go in as
// they are, integers as by Number, times as by Time, Keys as their own words,
// and anything else as fmt prints it. A missing key returns the key, and a
// missing argument leaves its placeholder visible.
func (p Printer) T(key string, args ...any) string {
	m, ok := p.words().messages[key]
	if !ok {
		return key
	}
	if len(m) == 1 && m[0].arg < 0 {
		return m[0].text
	}
	var b strings.Builder
	for _, s := range m {
		switch {
		case s.arg < 0:
			b.WriteString(s.text)
		case len(s.forms) > 0:
			b.WriteString(s.form(p, args))
		case s.arg < len(args):
			b.WriteString(p.value(args[s.arg]))
		default:
			fmt.Fprintf(&b, "{%d}", s.arg)
		}
	}
	return b.String()
}

// form is the word that goes with the argument: the first for one, the second for
// any other number.
func (s segment) form(p Printer, args []any) string {
	if s.arg < len(args) && p.value(args[s.arg]) == "1" {
		return s.forms[0]
	}
	return s.forms[1]
}

func (p Printer) words() *book {
	if p.book == nil {
		return books[Default]
	}
	return p.book
}

func (p Printer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Key:
		return p.T(string(v))
	case int:
		return p.Number(int64(v))
	case int64:
		return p.Number(v)
	case uint64:
		return strconv.FormatUint(v, 10)
	case time.Time:
		return p.Time(v)
	case time.Duration:
		return p.Duration(v)
	}
	return fmt.Sprint(v)
}
