package scan

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/detect"
)

// forms are how values are masked in a report: as much as the owner of a file
// needs to find the place, and less than anybody needs to know the person. What
// is not listed is hidden.
var forms = map[detect.Kind]deid.Form{
	detect.ResidentID: deid.Edges, detect.ResidencePermit: deid.Edges, detect.HomePermit: deid.Edges,
	detect.TaiwanPermit: deid.Edges, detect.TravelPermit: deid.Edges, detect.ForeignerPermit: deid.Edges,
	detect.Passport: deid.Edges, detect.StudentNumber: deid.Edges, detect.BirthCertificate: deid.Edges,
	detect.BankCard: deid.Edges, detect.Plate: deid.Edges, detect.VIN: deid.Edges,
	detect.Email: deid.Edges, detect.WeChat: deid.Edges, detect.QQ: deid.Edges,
	detect.Mobile: deid.Mobile, detect.Landline: deid.Mobile,
	detect.BirthDate: deid.Year, detect.PersonName: deid.Given, detect.Address: deid.District,
}

// sampleMax is how much of a value is looked at, in bytes.
const sampleMax = 256

// mask shows a value as a report may.
func mask(kind detect.Kind, value []byte) string {
	form, ok := forms[kind]
	if !ok || !utf8.Valid(value) || len(value) > sampleMax {
		form = deid.Nothing
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r <= 0x9f {
			return ' '
		}
		return r
	}, form.Apply(strings.TrimSpace(string(value))))
}

// veil masks what a name gives away: files are called after the people in them.
// It reports what it masked, so that the name itself becomes a finding.
func veil(s *detect.Scanner, name string) (string, []detect.Finding) {
	var found []detect.Finding
	var b strings.Builder
	at := 0
	for f := range s.Text([]byte(name)) {
		if f.Masked || int(f.Start) < at {
			continue
		}
		found = append(found, f)
		b.WriteString(name[at:f.Start])
		b.WriteString(mask(f.Kind, []byte(name[f.Start:f.End])))
		at = int(f.End)
	}
	if found == nil {
		return printable(name), nil
	}
	b.WriteString(name[at:])
	return printable(b.String()), found
}

// longDigits are what a key of a file may be besides a word: a number of somebody.
var longDigits = regexp.MustCompile(`\d{7,}[xX]?`)

// veilUnit masks what a place within a part gives away. Line and row numbers are
// short; the keys of a JSON file may be anybody's numbers.
func veilUnit(s *detect.Scanner, unit string) string {
	if !strings.HasPrefix(unit, "/") && !strings.HasPrefix(unit, "…") {
		return printable(unit)
	}
	shown, _ := veil(s, unit)
	return longDigits.ReplaceAllStringFunc(shown, deid.Edges.Apply)
}

// printable keeps control characters out of terminals and reports.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
