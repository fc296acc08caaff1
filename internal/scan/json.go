package scan

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"strconv"
)

// Version is that of the JSON report; it changes when a field changes its
// meaning or goes. New fields may come at any time.
const Version = 1

// WriteJSON writes the report of docs/ops/scan.md, result by result, so that it
// may be as long as it likes.
func WriteJSON(w io.Writer, j *Journal, s Summary) error {
	b := bufio.NewWriter(w)
	head, err := json.Marshal(s)
	if err != nil {
		return err
	}
	// Flush tells of an error in any write before it.
	_, _ = b.WriteString(`{"version":` + strconv.Itoa(Version) + `,"complete":` + strconv.FormatBool(s.Complete()) + `,"summary":`)
	_, _ = b.Write(head)
	for _, list := range []struct {
		name, of string
		pick     func(Line) any
	}{
		{"findings", "finding", func(l Line) any { return l.Finding }},
		{"people", "people", func(l Line) any { return l.People }},
		{"columns", "column", func(l Line) any { return l.Column }},
		{"unlisted", "over", func(l Line) any { return l.Over }},
		{"parties", "party", func(l Line) any { return l.Party }},
		{"problems", "problem", func(l Line) any { return l.Problem }},
	} {
		_, _ = b.WriteString(",\n\"" + list.name + "\":[")
		if err := writeList(b, j.of(list.of), list.pick); err != nil {
			return err
		}
		_ = b.WriteByte(']')
	}
	_, _ = b.WriteString("}\n")
	return b.Flush()
}

// writeList writes what is picked of some lines; nil is left out.
func writeList(b *bufio.Writer, lines iter.Seq2[Line, error], pick func(Line) any) error {
	n := 0
	for l, err := range lines {
		if err != nil {
			return err
		}
		v := pick(l)
		if v == nil {
			continue
		}
		data, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if n++; n > 1 {
			_ = b.WriteByte(',')
		}
		_ = b.WriteByte('\n')
		if _, err := b.Write(data); err != nil {
			return err
		}
	}
	return nil
}
