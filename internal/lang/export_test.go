package lang

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Keys lists every key of a language in order.
func Keys(tag string) []string { return slices.Sorted(maps.Keys(books[tag].messages)) }

// Raw returns a message with its placeholders visible.
func Raw(tag, key string) string {
	var b strings.Builder
	for _, s := range books[tag].messages[key] {
		switch {
		case s.arg < 0:
			b.WriteString(s.text)
		case len(s.forms) > 0:
			fmt.Fprintf(&b, "{%d|%s}", s.arg, strings.Join(s.forms, "|"))
		default:
			fmt.Fprintf(&b, "{%d}", s.arg)
		}
	}
	return b.String()
}

// Read parses one file as a book would.
func Read(text string) error {
	b := &book{messages: map[string]message{}}
	return b.add(text)
}
