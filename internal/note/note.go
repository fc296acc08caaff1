// Package note examines the words that staff type into Wardfold: why they ask
// for something, why they refuse, what they found, how they answered. Such words
// are stored and shown as they are, outside the sealed record of a child, so
// nobody's number may stand in them (S3-04). The check is here once; every use
// case that takes words from a person calls it, and pages and API inherit it.
//
// What is refused: numbers that identify or reach a person, and whole postal
// addresses. Names are not: "张老师" in a reason is how people write, and a refusal
// would be wrong more often than right. A number under a mask, 138****5678, may
// stand.
package note

import (
	"strings"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
)

// kinds are what may not stand in a note.
const kinds = detect.Numbers | 1<<detect.WeChat | 1<<detect.QQ | 1<<detect.Address

var scanner = detect.New(detect.Options{Kinds: kinds, Least: detect.Likely})

// Check examines one field. path is where it was typed, as in fault.At. Errors:
// fault.Invalid note.personal, which names the kind and never the value.
func Check(path, text string) error {
	for f := range scanner.Text([]byte(text)) {
		if f.Masked || f.Kind == detect.Address && f.Level < detect.Certain {
			continue
		}
		return fault.At(path, "note.personal", lang.Key("scan.kind."+f.Kind.String()))
	}
	return nil
}

// Checks examines fields that belong to one act, given as path, text, path, text
// and so on, and names the first that is refused. Errors: those of Check.
func Checks(fields ...string) error {
	for i := 0; i+1 < len(fields); i += 2 {
		if err := Check(fields[i], fields[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// Lines is Check for a field of several lines or values under one path.
func Lines(path string, lines []string) error { return Check(path, strings.Join(lines, "\n")) }
