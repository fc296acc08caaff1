package roster

import (
	"strings"
	"unicode/utf8"
)

// triggers are the characters at the start of a cell that make a spreadsheet
// program take the text of a CSV file for a formula. Source: OWASP ASVS 1.2.10;
// the full-width forms are folded by East Asian editions.
const triggers = "=+-@\t\r\n＝＋－＠"

// safe returns text that no spreadsheet program computes: a quote stands before
// a character that would begin a formula. Programs hide that quote or show it;
// this package's reader takes it away again.
func safe(text string) string {
	if r, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(triggers, r) {
		return "'" + text
	}
	return text
}

// unquote undoes safe.
func unquote(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok {
		if r, _ := utf8.DecodeRuneInString(rest); rest != "" && strings.ContainsRune(triggers, r) {
			return rest
		}
	}
	return text
}
