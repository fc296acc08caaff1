package deid

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Apply masks value in form f. An unknown form shows nothing; an empty value
// stays empty; spaces around the value are dropped.
func (f Form) Apply(value string) string {
	value = strings.TrimSpace(strings.ToValidUTF8(value, string(utf8.RuneError)))
	if value == "" {
		return ""
	}
	switch f {
	case Whole:
		return value
	case Given:
		return given(value)
	case Surname:
		return surname(value)
	case Mobile:
		return mobile(value)
	case Year:
		return year(value)
	case Edges:
		return edges(value)
	case District:
		return district(value)
	}
	return Star
}

// mobile keeps the first three and last four digits of a mainland mobile number
// and the last two of any other number. It shows digits only.
func mobile(s string) string {
	var d []byte
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d = append(d, c)
		case c != '+' && c != ' ' && c != '-':
			return "****"
		}
	}
	n := string(d)
	if bare := strings.TrimPrefix(n, "86"); len(bare) == 11 && bare[0] == '1' {
		return bare[:3] + "****" + bare[7:]
	}
	if len(n) < 7 {
		return "****"
	}
	return "****" + n[len(n)-2:]
}

var leadingYear = regexp.MustCompile(`^((?:19|20|21)[0-9]{2})(?:[^0-9]|[01][0-9]|$)`)

func year(s string) string {
	if m := leadingYear.FindStringSubmatch(s); m != nil {
		return m[1] + "-**"
	}
	return "****-**"
}

// edges keeps the first and last grapheme of a value of at least eight. The last
// four of an identity number would give away sex and check digit and, to whoever
// knows the birthday, leave one or two candidates.
func edges(s string) string {
	g := graphemes(s)
	if len(g) < 8 {
		return "****"
	}
	return g[0] + "****" + g[len(g)-1]
}

// The units of an address down to the district, largest first, each with what
// must not be in it: a word that names something finer, such as a street, or a
// block of flats that ends in the same character as a district.
var units = []struct{ name, finer *regexp.Regexp }{
	{regexp.MustCompile(`^\p{Han}{2,6}?(?:省|自治区|特别行政区)`), regexp.MustCompile(`[路街市]`)},
	{regexp.MustCompile(`^\p{Han}{2,9}?(?:自治州|地区|盟|市)`), regexp.MustCompile(`[路街巷弄村号楼栋]|.[县区]`)},
	{
		regexp.MustCompile(`^\p{Han}{1,8}?(?:自治县|自治旗|新区|区|县|旗|市)`),
		regexp.MustCompile(`[路街巷弄村号楼栋室]|.[镇乡]|[小社园校厂景库营牧林矿]区$`),
	},
}

// district keeps the administrative units down to the district and hides the
// rest. What it does not recognise it hides.
func district(s string) string {
	n := 0
	for _, u := range units {
		m := u.name.FindString(s[n:])
		if m != "" && !u.finer.MatchString(m) && !strings.HasPrefix(s[n+len(m):], "场") {
			n += len(m)
		}
	}
	return s[:n] + Star
}

// given shows the given name. A name that begins in Han, Hangul or kana begins
// with the surname, which may have two characters; with a middle dot in it the
// person's own part comes first (阿依古丽·买买提 → *古丽·*). Any other name shows its
// initial. Never more than two characters appear.
func given(s string) string {
	if !eastAsian(s) {
		return initial(s)
	}
	own, dotted := cutDot(unspaced(s))
	g := graphemes(own)
	shown := len(g) - 1
	if !dotted && len(g) == 3 && compound(g) {
		shown = 1
	}
	out := Star + strings.Join(g[len(g)-min(shown, 2):], "")
	if dotted {
		out += "·" + Star
	}
	return out
}

// surname shows the surname of an East Asian name, the initial of any other.
func surname(s string) string {
	if !eastAsian(s) {
		return initial(s)
	}
	own, dotted := cutDot(unspaced(s))
	if g := graphemes(own); !dotted && compound(g) {
		return g[0] + g[1] + Star
	}
	return initial(unspaced(s))
}

// initial shows the first grapheme if another one is hidden.
func initial(s string) string {
	g := graphemes(s)
	if len(g) < 2 {
		return Star
	}
	return g[0] + Star
}

func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

// cutDot returns the part of a name before the first of the dots in use between
// the parts of a name.
func cutDot(s string) (own string, found bool) {
	if i := strings.IndexAny(s, "·•‧・∙⋅･．"); i > 0 {
		return s[:i], true
	}
	return s, false
}

// eastAsian reports whether a name begins with an ideograph, Hangul or kana. The
// private use areas count, because older systems put ideographs there, and so do
// planes 2 and 3 as a whole: new ideographs land there every few years.
func eastAsian(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x20000 && r <= 0x3ffff ||
		unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Co)
}
