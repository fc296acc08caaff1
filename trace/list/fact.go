package list

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Facts are what one row says, normalised.
type Facts struct {
	Phones  []string // mainland mobile numbers, 11 digits
	Names   []string // simplified, without titles
	Months  []string // of birth, "2015-03"
	Serials []string // what could be a token of one export
	Aliases []string // what could be a relay number with its extension, as Dialled writes it

	Latin    bool // a name in Latin letters stands there
	Lettered bool // a number had letters in it, which were read as the digits they look like
	Broken   bool // something like a number stands there that is none

	last string // the number before, which an extension may follow
}

// Empty reports whether a row says nothing that could be matched.
func (f Facts) Empty() bool { return len(f.Phones)+len(f.Names)+len(f.Serials)+len(f.Aliases) == 0 }

// FactsOf reads the cells of one row.
func FactsOf(cells []string) Facts {
	var f Facts
	for _, c := range cells {
		if c = Fold(c); c != "" {
			f.cell(c)
		}
	}
	return f
}

// cell reads one cell: whole if it is one thing, else word by word.
func (f *Facts) cell(c string) {
	if f.alias(c) || f.number(c) || f.birth(c) {
		return
	}
	words := strings.FieldsFunc(c, separates)
	for i := 0; i < len(words); {
		if n := inParts(words[i:]); n > 0 && f.number(strings.Join(words[i:i+n], "")) {
			i += n
			continue
		}
		if w := words[i]; !f.alias(w) && !f.number(w) && !f.birth(w) {
			f.word(w)
		}
		i++
	}
}

// inParts tells how many words a number is written in that begins with the first of
// them, "138 0000 0001" in a line of text; 0 if it is not.
func inParts(words []string) int {
	whole := ""
	for n, w := range words[:min(len(words), 4)] {
		w = looks.Replace(w)
		if len(w) < 2 || keepDigits(w) != strings.Trim(w, "-") {
			return 0
		}
		whole += w
		if _, ok := Phone(whole); ok && n > 0 {
			return n + 1
		}
	}
	return 0
}

// separates tells the characters that stand between facts in one cell.
func separates(r rune) bool {
	return strings.ContainsRune(" \t\n,，、;；|/:：\"'“”()（）[]【】<>《》", r)
}

// looks are letters that recognition of print and typing put for digits.
var looks = strings.NewReplacer("O", "0", "o", "0", "Q", "0", "D", "0", "I", "1", "l", "1", "i", "1", "|", "1",
	"Z", "2", "z", "2", "S", "5", "s", "5", "B", "8", "q", "9", "g", "9")

// number takes a telephone number. It reports whether the text is one, or is
// nothing else.
func (f *Facts) number(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r):
			letters++
		case !unicode.In(r, unicode.Zs, unicode.Pd) && !strings.ContainsRune("+()（）.．·", r):
			return false
		}
	}
	if digits < 4 || digits+letters < 10 {
		return false
	}
	if letters > 0 {
		if s = looks.Replace(s); strings.IndexFunc(s, unicode.IsLetter) >= 0 {
			return false
		}
	}
	if p, ok := Phone(s); ok {
		f.Phones, f.last = append(f.Phones, p), p
		f.Lettered = f.Lettered || letters > 0
		return true
	}
	if letters == 0 && digits >= 10 && digits <= 12 {
		f.Phones = append(f.Phones, keepDigits(s)) // one digit too many or too few: near may find it
		f.Broken = true
		return true
	}
	return false
}

// Phone returns the 11 digits of a mainland mobile number, written in any way.
func Phone(s string) (string, bool) {
	d := keepDigits(s)
	for _, prefix := range []string{"0086", "86", "17951", "12593", "17911", "0"} {
		if rest, ok := strings.CutPrefix(d, prefix); ok && len(rest) == 11 {
			d = rest
		}
	}
	return d, len(d) == 11 && d[0] == '1' && d[1] >= '3'
}

func keepDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// birth takes a date or month of birth, and reports whether the text is one.
func (f *Facts) birth(s string) bool {
	m, ok := Month(s)
	if ok {
		f.Months = append(f.Months, m)
	}
	return ok
}

// Month returns the month of a date as "2015-03": 2015-3-2, 2015/03, 2015年3月2日,
// 2015.3.2, 20150302, 201503, or the number under which a spreadsheet program
// keeps a day.
func Month(s string) (string, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if left := strings.TrimFunc(strings.Trim(s, "日号生 "), func(r rune) bool {
		return r >= '0' && r <= '9' || strings.ContainsRune("-/.年月 T:", r)
	}); left != "" {
		return "", false
	}
	switch {
	case len(parts) == 1 && len(parts[0]) == 5:
		return serialDay(parts[0])
	case len(parts) == 1 && (len(parts[0]) == 8 || len(parts[0]) == 6):
		return month(parts[0][:4], parts[0][4:6])
	case len(parts) >= 2 && len(parts[0]) == 4:
		return month(parts[0], parts[1])
	}
	return "", false
}

func month(y, m string) (string, bool) {
	year, _ := strconv.Atoi(y)
	n, _ := strconv.Atoi(m)
	if year < 1930 || year > 2099 || n < 1 || n > 12 || len(m) > 2 {
		return "", false
	}
	return y + "-" + strconv.Itoa(100 + n)[1:], true
}

// serialDay reads a day counted from 1899-12-30, between 1990 and 2049.
func serialDay(s string) (string, bool) {
	n, _ := strconv.Atoi(s)
	if n < 32874 || n > 54789 {
		return "", false
	}
	// Howard Hinnant's conversion of days to a civil date, from 0000-03-01.
	z := n - 25569 + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	y, m := yoe+era*400, mp+3
	if m > 12 {
		y, m = y+1, m-12
	}
	return month(strconv.Itoa(y), strconv.Itoa(m))
}

// titles are what stands after a name without being one.
var titles = []string{"小朋友", "小同学", "同学", "同學", "学员", "學員", "学生", "宝宝", "老师", "老師", "先生", "女士",
	"妈妈", "媽媽", "爸爸", "奶奶", "爷爷", "外婆", "外公", "家长", "家長", "监护人"}

// words that head a column or label a value; they are no names.
var labels = map[string]bool{"姓名": true, "学生姓名": true, "学员姓名": true, "家长姓名": true, "电话": true, "手机": true,
	"手机号": true, "联系电话": true, "生日": true, "出生日期": true, "出生年月": true, "家长": true, "监护人": true,
	"学号": true, "班级": true, "序号": true, "性别": true, "学校": true, "备注": true, "男": true, "女": true,
	"年级": true, "校区": true, "课程": true, "地址": true, "母亲": true, "父亲": true, "妈妈": true, "爸爸": true}

// word takes a name or a token.
func (f *Facts) word(w string) {
	if n, ok := Name(w); ok {
		f.Names = append(f.Names, n)
		return
	}
	ascii := strings.ToUpper(w)
	if len(ascii) == serialLength && strings.IndexFunc(ascii, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '2' || r > '7')
	}) < 0 {
		f.Serials = append(f.Serials, ascii)
		return
	}
	if n := utf8.RuneCountInString(w); n > 1 && strings.IndexFunc(w, func(r rune) bool { return !unicode.In(r, unicode.Latin) }) < 0 {
		f.Latin = true
	}
}

// serialLength is that of 64 bits in base 32.
const serialLength = 13

// Name returns a person's name as it is compared: simplified, without titles,
// with one kind of dot. It reports whether the text can be a name: two to four
// Chinese characters, or more with a dot between.
func Name(s string) (string, bool) {
	s = Simplify(strings.ReplaceAll(Fold(s), " ", ""))
	for _, t := range titles {
		if rest, ok := strings.CutSuffix(s, t); ok && utf8.RuneCountInString(rest) >= 2 {
			s = rest
			break
		}
	}
	if labels[s] {
		return "", false
	}
	dots, han := 0, 0
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("·•‧∙・.", r):
			dots++
			return '·'
		case unicode.Is(unicode.Han, r):
			han++
		}
		return r
	}, s)
	n := utf8.RuneCountInString(s)
	switch {
	case han+dots != n || han < 2:
		return "", false
	case dots == 0 && han > 4, han > 20:
		return "", false
	}
	return s, true
}
