package roster

import "strings"

// Cells cuts a CSV text that we wrote into its cells as a spreadsheet program
// would see them.
func Cells(file []byte) []string {
	var out []string
	text := strings.TrimPrefix(string(file), bom)
	for text != "" {
		n := 0
		for quoted := false; n < len(text) && (quoted || text[n] != '\n'); n++ {
			quoted = quoted != (text[n] == '"')
		}
		out, _ = split(strings.TrimRight(text[:n], "\r"), ',', out)
		text = text[min(n+1, len(text)):]
	}
	return out
}
