package publish

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/detect"
)

// longest is the most days that a notice stands. Rules that want publicity want
// it for days or weeks; what stands longer is an archive.
const longest = 30

// Judge says whether a list may be published as it is, and proposes the least
// telling one that may. The scanner must look for every kind. numbers gives the
// notice number of a row, from 0; nil writes a number that says nothing but that
// one goes there.
func Judge(s *detect.Scanner, n Notice, numbers func(row int) string) Verdict {
	j := judge{scanner: s, notice: &n}
	j.columns()
	j.ages = j.age()
	j.v.Ages = j.ages
	for i := range j.v.Columns {
		c := &j.v.Columns[i]
		c.Treatment, c.Rule = n.treat(*c, j.ages)
	}
	j.paper()
	j.headless()
	for i, c := range j.v.Columns {
		j.column(i, c)
	}
	j.needBesideName()
	j.title()
	j.v.Fits = n.fits(j.v.Columns, n.Rows)
	if j.v.Fits.Few > 0 && !j.v.direct() {
		first := slices.IndexFunc(j.v.Fits.Rows, func(fit int) bool { return fit < Floor })
		j.problem(Problem{Code: "few", Row: first + 1, Rows: j.v.Fits.Few, Rule: floor, Advice: j.ages == Older})
	}
	j.v.Proposal = j.propose(j.v.Columns, numbers)
	return j.v
}

// direct reports whether a problem has been found that names people outright:
// then counting whom else a row might fit says nothing more.
func (v *Verdict) direct() bool {
	return slices.ContainsFunc(v.Problems, func(p Problem) bool { return p.Code == "name_whole" || p.Code == "never" })
}

type judge struct {
	scanner *detect.Scanner
	notice  *Notice
	ages    Ages
	minors  bool // the list itself tells of people under 14
	v       Verdict
}

func (j *judge) problem(p Problem) { j.v.Problems = append(j.v.Problems, p) }

// columns asks the engine what each column holds.
func (j *judge) columns() {
	t := j.scanner.Table(j.notice.Header)
	for _, row := range j.notice.Rows {
		t.Row(row...)
	}
	for i, c := range t.Columns() {
		header := ""
		if i < len(j.notice.Header) {
			header = j.notice.Header[i]
		}
		j.minors = j.minors || c.Under14 > 0
		j.v.Columns = append(j.v.Columns, Column{Header: header, Kind: c.Kind, Masked: c.Filled > 0 && 2*c.Masked > c.Filled})
	}
}

// headless finds a header that is itself somebody's row: the file has none. Its
// cells are no headers then, and are shown nowhere.
func (j *judge) headless() {
	for i, h := range j.notice.Header {
		k, found := j.somebody(h)
		if !found || j.notice.prose() {
			continue
		}
		j.problem(Problem{Code: "no_header", Column: i + 1, Kind: k, Rule: smallest})
		for c := range j.v.Columns {
			j.v.Columns[c].Header = ""
		}
		return
	}
}

// somebody finds what belongs to one person in a cell that should be a heading.
func (j *judge) somebody(cell string) (detect.Kind, bool) {
	for f := range j.scanner.Text([]byte(cell)) {
		number := never[f.Kind] == noContact && !slices.Contains([]detect.Kind{detect.BirthDate, detect.Address, detect.Location}, f.Kind)
		if number && f.Level >= detect.Likely || f.Kind == detect.PersonName && f.Level == detect.Certain {
			return f.Kind, true
		}
	}
	return detect.None, longNumber.MatchString(cell)
}

// grades are the words of grades whose pupils are younger than 14.
var grades = []string{"幼儿园", "小班", "中班", "大班", "小学", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "七年级", "八年级"}

// age is what the notice says, or else what the list does. Who is not known to
// be older counts as young.
func (j *judge) age() Ages {
	if j.minors {
		return Young
	}
	if j.notice.Ages != Unknown {
		return j.notice.Ages
	}
	older := []string{"高一", "高二", "高三", "高中", "大一", "大二", "大三", "大四", "本科", "硕士", "博士", "研究生", "大学"}
	told := func(words []string) bool {
		has := func(text string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
		}
		return has(j.notice.Title) || slices.ContainsFunc(j.notice.Rows, func(row []string) bool { return slices.ContainsFunc(row, has) })
	}
	if told(older) && !told(grades) {
		return Older
	}
	return Young
}

// paper is what must be told about the notice itself.
func (j *judge) paper() {
	n := j.notice
	if strings.TrimSpace(n.Article) == "" && n.Occasion != Story { // that stands on consent
		j.problem(Problem{Code: "article", Rule: byLaw})
	}
	if n.Days < 1 || n.Days > longest {
		j.problem(Problem{Code: "days", Rule: days})
	}
	if len(n.Rows) == 0 {
		j.problem(Problem{Code: "empty"})
	}
	seen := map[string]bool{}
	for i, h := range n.Header {
		if h = strings.TrimSpace(h); h != "" && seen[h] {
			j.problem(Problem{Code: "header_twice", Column: i + 1})
		}
		seen[h] = true
	}
	for i, row := range n.Rows {
		if len(row) > len(n.Header) {
			j.problem(Problem{Code: "row_long", Row: i + 1})
			break
		}
	}
}

// column holds one column to its treatment.
func (j *judge) column(i int, c Column) {
	p := Problem{Column: i + 1, Kind: c.Kind, Rule: c.Rule}
	filled := func(cell string) bool { return cell != "" }
	switch {
	case c.Treatment == Drop && c.Masked && !j.strict():
		p.Code = "masked_never" // still more than the notice needs
		p.Row, p.Rows = j.rows(i, filled)
	case c.Treatment == Drop:
		p.Code = "never"
		p.Row, p.Rows = j.rows(i, filled)
	case c.Treatment == Number:
		p.Code = "name_on_hidden"
		p.Row, p.Rows = j.rows(i, filled)
	case c.Kind == detect.PersonName:
		p.Code = "name_whole"
		p.Row, p.Rows = j.rows(i, func(cell string) bool { return cell != "" && !starred(cell) })
	case c.Kind == detect.StudentNumber:
		p.Code = "number_whole"
		p.Row, p.Rows = j.rows(i, func(cell string) bool { return len([]rune(cell)) > tail && !starred(cell) })
	default:
		j.freeText(i)
		return
	}
	if p.Rows > 0 {
		j.problem(p)
	}
}

// strict reports whether even masked contact data are banned by name.
func (j *judge) strict() bool {
	_, hide := j.notice.hidden(j.ages)
	return hide
}

// freeText looks into the cells of a column that is nothing by itself.
func (j *judge) freeText(i int) {
	first := map[detect.Kind]*Problem{}
	for r, row := range j.notice.Rows {
		if i >= len(row) {
			continue
		}
		for f := range j.scanner.Text([]byte(row[i])) {
			rule, banned := j.banned(f)
			if !banned {
				continue
			}
			if p := first[f.Kind]; p != nil {
				p.Rows++
				continue
			}
			code := "text"
			if j.notice.prose() {
				code = "line"
			}
			first[f.Kind] = &Problem{Code: code, Column: i + 1, Row: r + 1, Rows: 1, Kind: f.Kind, Rule: rule}
		}
	}
	for k := detect.Kind(1); k.String() != ""; k++ {
		if p := first[k]; p != nil {
			j.problem(*p)
		}
	}
	long := func(cell string) bool { return longNumber.MatchString(cell) && longNumber.MatchString(j.known(cell)) }
	if r, count := j.rows(i, long); count > 0 && !j.notice.prose() {
		j.problem(Problem{Code: "long_number", Column: i + 1, Row: r, Rows: count, Rule: smallest})
	}
}

// banned reports whether something found in running text may not stand there, and
// by which rule. A name in a cell of a table is often that of a school or a
// street, so there it has to be certain.
func (j *judge) banned(f detect.Finding) (Rule, bool) {
	if f.Masked || f.Level < detect.Likely {
		return Rule{}, false
	}
	if f.Kind == detect.PersonName {
		rule, hide := j.notice.hidden(j.ages)
		if !hide {
			rule = smallest
		}
		return rule, j.notice.prose() || f.Level == detect.Certain
	}
	rule, ok := never[f.Kind]
	return rule, ok
}

// title finds in the title what may stand nowhere.
func (j *judge) title() {
	for f := range j.scanner.Text([]byte(j.notice.Title)) {
		if rule, banned := j.banned(f); banned && f.Kind != detect.Difficulty { // needBesideName judges that
			j.problem(Problem{Code: "title", Kind: f.Kind, Rule: rule})
			return
		}
	}
}

// needBesideName finds words of need in the title or a header of a list that
// shows names, in whatever mask.
func (j *judge) needBesideName() {
	named := slices.ContainsFunc(j.v.Columns, func(c Column) bool { return c.Kind == detect.PersonName })
	if !named {
		return
	}
	for i, text := range append([]string{j.notice.Title}, j.notice.Header...) {
		for f := range j.scanner.Text([]byte(text)) {
			if f.Kind == detect.Difficulty {
				j.problem(Problem{Code: "need_beside_name", Column: i, Kind: f.Kind, Rule: noNeed})
				return
			}
		}
		if marksNeed(text) {
			j.problem(Problem{Code: "need_beside_name", Column: i, Kind: detect.Difficulty, Rule: noNeed})
			return
		}
	}
}

// rows returns the first row, from 1, whose cell shows, and how many do.
func (j *judge) rows(i int, shows func(string) bool) (first, count int) {
	for r, row := range j.notice.Rows {
		if i < len(row) && shows(strings.TrimSpace(row[i])) {
			if count == 0 {
				first = r + 1
			}
			count++
		}
	}
	return first, count
}

// longNumber is a run of as many digits as a mobile number has, in either width.
// Where no kind of number is found it is one with a slip of the pen, or one that
// the engine does not know: it says more than a notice needs.
var longNumber = regexp.MustCompile(`[0-9０-９]{11}`)

// starred reports whether part of a cell is hidden, in any of the usual ways.
func starred(cell string) bool { return strings.ContainsAny(cell, "*＊某×●○_＿?？") }

// marksNeed knows the words by which lists tell of need, where they stand
// without a person and the engine rightly finds none.
func marksNeed(text string) bool {
	return slices.ContainsFunc([]string{"困难", "困境", "贫困", "低保", "建档立卡", "留守", "孤儿", "单亲", "特困", "助学金", "残疾", "帮扶", "救助"},
		func(w string) bool { return strings.Contains(text, w) })
}
