package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed messages
var files embed.FS

// books is filled once before main and only read afterwards.
var books = load(files)

// book is one language.
type book struct {
	tag      string
	messages map[string]message
}

// message is a text cut at its placeholders.
type message []segment

// segment is literal text when arg is -1. Otherwise it is the argument of that
// number, or, where it has two forms, the one that goes with it: the first for 1.
type segment struct {
	text  string
	arg   int
	forms []string
}

// load reads every language. A damaged file is a programmer's error that the
// tests meet first, so it stops the program at start.
func load(files fs.FS) map[string]*book {
	all := make(map[string]*book, len(Tags))
	for _, tag := range Tags {
		b, err := readBook(files, tag)
		if err != nil {
			panic(err)
		}
		all[tag] = b
	}
	return all
}

func readBook(files fs.FS, tag string) (*book, error) {
	names, err := fs.Glob(files, "messages/"+tag+"/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list messages of %s: %w", tag, err)
	}
	b := &book{tag: tag, messages: make(map[string]message)}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if err := b.add(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return b, nil
}

// add reads the lines of one file.
func (b *book) add(text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, words, ok := strings.Cut(line, " = ")
		if !ok {
			return fmt.Errorf("line %d is not “key = text”", n)
		}
		if _, twice := b.messages[key]; twice {
			return fmt.Errorf("line %d: key %s is there already", n, key)
		}
		b.messages[key] = cut(words)
	}
	return nil
}

// cut splits a text at {0}, {1} … and {0|item|items}; any other brace is literal.
func cut(text string) message {
	var m message
	for text != "" {
		before, found, after, ok := placeholder(text)
		if before != "" {
			m = append(m, segment{text: before, arg: -1})
		}
		if !ok {
			break
		}
		m = append(m, found)
		text = after
	}
	return m
}

// placeholder finds the first place for an argument in text. Without one, before
// is all of it.
func placeholder(text string) (before string, found segment, after string, ok bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		inside, rest, closed := strings.Cut(text[i+1:], "}")
		parts := strings.Split(inside, "|")
		n, err := strconv.ParseUint(parts[0], 10, 4)
		if closed && err == nil && (len(parts) == 1 || len(parts) == 3) {
			return text[:i], segment{arg: int(n), forms: parts[1:]}, rest, true
		}
	}
	return text, segment{}, "", false
}
