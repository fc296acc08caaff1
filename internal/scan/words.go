package scan

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/lang"
)

// KindName is a kind in words; None is that of a phrase that was planted.
func KindName(p lang.Printer, k detect.Kind) string {
	if k == detect.None {
		return p.T("scan.kind.planted")
	}
	return p.T("scan.kind." + k.String())
}

// LevelName is a level in words.
func LevelName(p lang.Printer, l detect.Level) string { return p.T("scan.level." + l.String()) }

// MinorName is a class of age, given by its stable name, in words.
func MinorName(p lang.Printer, slug string) string { return p.T("scan.minor." + slug) }

// ProblemWords is a problem in words.
func ProblemWords(p lang.Printer, x *Problem) string { return p.T("fault."+x.Code, whole(x.Args)...) }

// PartyWords says what another host is involved in.
func PartyWords(p lang.Printer, x *Party) string { return p.T("fault.source.party."+x.How, x.Host) }

// whole undoes what JSON does to numbers.
func whole(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if f, ok := a.(float64); ok {
			a = int64(f)
		}
		out[i] = a
	}
	return out
}

// ReasonNames are the reasons in words, joined.
func ReasonNames(p lang.Printer, reasons []string) string {
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = p.T("scan.reason." + r)
	}
	return joined(p, words...)
}

// joined puts words side by side as the language does.
func joined(p lang.Printer, words ...string) (all string) {
	for i, w := range words {
		if i == 0 {
			all = w
		} else {
			all = p.T("scan.list", all, w)
		}
	}
	return all
}

// UnitWords say where in a part something is, as people look for it.
func UnitWords(p lang.Printer, unit string) string {
	for prefix, key := range map[string]string{"L": "scan.unit.line", "page": "scan.unit.page", "p": "scan.unit.paragraph"} {
		if n, ok := strings.CutPrefix(unit, prefix); ok {
			if _, err := strconv.Atoi(n); err == nil {
				return p.T(key, n)
			}
		}
	}
	switch unit {
	case "name":
		return p.T("scan.unit.name")
	case "header":
		return p.T("scan.unit.header")
	}
	return unit
}

// PlaceWords tells where in its part a finding is: its unit, or else how many bytes
// stand before it.
func PlaceWords(p lang.Printer, f *Finding) string {
	if f.Unit == "" {
		return p.T("scan.unit.byte", f.Start)
	}
	return UnitWords(p, f.Unit)
}

// HeadWords says what was looked at. What has no bytes of its own, as the tables of a
// database, is told by its items alone.
func HeadWords(p lang.Printer, s Summary) string {
	took := Span(p, s.Ended.Sub(s.Started))
	if s.Bytes == 0 {
		return p.T("scan.head_items", s.Target, s.Items, took)
	}
	return p.T("scan.head", s.Target, s.Items, Size(s.Bytes), took)
}

// Answer is what a scan found, as the first thing that a report says.
func Answer(p lang.Printer, s Summary) string {
	answer := p.T("scan.nothing")
	if s.All() > 0 {
		answer = p.T("scan.found", s.All(), s.Under14, s.From14To17)
	}
	if s.People.Persons > 0 {
		answer = p.T("scan.and", answer, HeadcountWords(p, s.People))
	}
	if s.Accepted > 0 {
		answer = p.T("scan.and", answer, p.T("scan.accepted", s.Accepted))
	}
	if s.Sampled > 0 {
		answer = p.T("scan.and", answer, p.T("scan.sampled_tables", s.Sampled))
	}
	if !s.Complete() {
		answer = p.T("scan.and", answer, p.T("scan.incomplete", s.Problems))
	}
	return answer
}

// SampleWords tell that not all rows of a column were read; "" if they were.
func SampleWords(p lang.Printer, c *Column) string {
	switch {
	case !c.Sample:
		return ""
	case c.Extent > c.Rows:
		return p.T("scan.sampled_of", c.Rows, c.Extent)
	}
	return p.T("scan.sampled", c.Rows)
}

// HeadcountWords say how many people the tables tell of.
func HeadcountWords(p lang.Printer, h Heads) string {
	return p.T("scan.people", h.words(p, h.Persons), h.words(p, h.Under14), h.words(p, h.From14To17))
}

// PeopleWords say how many people one table tells of, and how they are told apart.
func PeopleWords(p lang.Printer, x *People) string {
	return p.T("scan.people_line", x.words(p, x.Persons), x.Rows, KindName(p, x.By), x.words(p, x.Under14), x.words(p, x.From14To17))
}

// words are a number of people; one that is an estimate says so, and shows two
// figures only.
func (h Heads) words(p lang.Printer, n int64) string {
	if !h.About || n == 0 {
		return p.Number(n)
	}
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return p.T("scan.about", (n+unit/2)/unit*unit)
}

// Size is a number of bytes for people: "1.2 GB".
func Size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(f, 'f', 1, 64) + " " + units[i]
}

// Span is a time for people.
func Span(p lang.Printer, d time.Duration) string {
	switch {
	case d < time.Minute:
		return p.T("scan.seconds", strconv.FormatFloat(d.Seconds(), 'f', 1, 64))
	case d < time.Hour:
		return p.T("scan.minutes", int64(d.Minutes()), int64(d.Seconds())%60)
	}
	return p.T("scan.hours", int64(d.Hours()), int64(d.Minutes())%60)
}

// Advice is what to do about what was found, the most urgent first, wherever the
// report is read.
func Advice(p lang.Printer, s Summary) (todo []string) {
	say := func(when bool, key string, args ...any) {
		if when {
			todo = append(todo, p.T(key, args...))
		}
	}
	has := func(kinds ...detect.Kind) bool {
		for _, k := range kinds {
			if s.Kinds[k].All() > 0 {
				return true
			}
		}
		return false
	}
	say(s.Planted > 0, "scan.do.planted", s.Planted)
	say(s.Under14 > 0, "scan.do.under14", s.Under14)
	say(has(detect.Difficulty), "scan.do.difficulty")
	say(has(detect.Health, detect.Biometric, detect.Religion, detect.BankCard, detect.Location), "scan.do.sensitive")
	say(has(detect.Marks, detect.Rank), "scan.do.marks")
	say(s.Parties > 0, "scan.do.parties", s.Parties)
	switch s.Kind {
	case "site":
		say(s.Found > 0, "scan.do.site")
	case "database":
		say(s.Found > 0, "scan.do.database")
	default:
		say(s.Found > 0, "scan.do.files")
	}
	say(s.Problems > 0, "scan.do.problems", s.Problems)
	return todo
}

// SkipWords name a reason to leave something out, given by its code, without its
// figures.
func SkipWords(p lang.Printer, code string) string { return p.T("scan.skip." + code) }

func sorted(m map[string]int64) []string { return slices.Sorted(maps.Keys(m)) }

// The stable names of those under age.
var under14, from14To17 = detect.Under14.String(), detect.From14To17.String()

func young(minor string) bool { return minor == under14 || minor == from14To17 }
