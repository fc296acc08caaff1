package hierarchy

import (
	"strconv"
	"strings"
)

// stages are the stretches of school life. A grade is a number: 1 to 12 at
// school, below at nursery, above at university.
var stages = []struct {
	to                   int
	band, stage, duty    string
	enBand, enStage, enD string
}{
	{0, "幼儿园", "幼儿园", "义务教育以外", "nursery", "nursery", "not compulsory"},
	{2, "小学低年级", "小学", "义务教育", "grades 1-2", "primary", "compulsory"},
	{4, "小学中年级", "小学", "义务教育", "grades 3-4", "primary", "compulsory"},
	{6, "小学高年级", "小学", "义务教育", "grades 5-6", "primary", "compulsory"},
	{9, "初中", "初中", "义务教育", "grades 7-9", "lower secondary", "compulsory"},
	{12, "高中", "高中", "义务教育以外", "grades 10-12", "upper secondary", "not compulsory"},
	{17, "本专科", "大学", "义务教育以外", "undergraduate", "university", "not compulsory"},
	{99, "研究生", "大学", "义务教育以外", "graduate", "university", "not compulsory"},
}

// openings are how a grade may begin: what stands before its numeral, and the
// number that goes with 一.
var openings = []struct {
	prefix string
	first  int
}{
	{"小学", 1}, {"小", 1}, {"初中", 7}, {"初", 7}, {"高中", 10}, {"高", 10}, {"大", 13}, {"研", 18},
}

// nursery are the years before school.
var nursery = []struct {
	name string
	n    int
}{{"托", -3}, {"小班", -2}, {"中班", -1}, {"大班", 0}}

// grade reads the names of grades in use in schools, with or without the class
// behind it.
// Source: Compulsory Education Law art. 2 (nine years).
func grade(v string) (path, bool) {
	s := strings.NewReplacer(" ", "", "（", "(", "第", "").Replace(strings.TrimSpace(v))
	n, name, ok := gradeOf(s)
	if !ok {
		return path{}, false
	}
	english := s[0] < 0x80
	for _, st := range stages {
		if n <= st.to {
			if english {
				return path{float64(n), []string{v, name, st.enBand, st.enStage, st.enD}}, true
			}
			return path{float64(n), []string{v, name, st.band, st.stage, st.duty}}, true
		}
	}
	return path{}, false
}

func gradeOf(s string) (n int, name string, ok bool) {
	own := strings.TrimPrefix(s, "幼儿园")
	for _, k := range nursery {
		if strings.HasPrefix(own, k.name) {
			return k.n, "幼儿园" + k.name, true
		}
	}
	if rest, ok := cutFold(s, "grade"); ok {
		return english(rest)
	}
	if rest, ok := cutFold(s, "g"); ok {
		return english(rest)
	}
	for _, o := range openings {
		if rest, cut := strings.CutPrefix(s, o.prefix); cut {
			if i, after, ok := numeral(rest); ok && i <= 6 && fits(after) {
				return o.first + i - 1, gradeName(o.first + i - 1), true
			}
		}
	}
	i, after, ok := numeral(s)
	if !ok || i > 12 || !strings.HasPrefix(after, "年级") && !strings.HasPrefix(after, "(") {
		return 0, "", false
	}
	return i, gradeName(i), true
}

// fits reports whether what follows a numeral may follow it in a grade: nothing,
// 年级, or the class.
func fits(s string) bool {
	return s == "" || strings.HasPrefix(s, "年级") || strings.HasPrefix(s, "(") || strings.HasSuffix(s, "班")
}

func gradeName(n int) string {
	digit := func(i int) string { return string([]rune("一二三四五六七八九")[i-1]) }
	switch {
	case n <= 6:
		return digit(n) + "年级"
	case n <= 9:
		return "初" + digit(n-6)
	case n <= 12:
		return "高" + digit(n-9)
	case n <= 17:
		return "大" + digit(n-12)
	}
	return "研" + digit(n-17)
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

func english(s string) (int, string, bool) {
	n, err := strconv.Atoi(s)
	return n, "grade " + s, err == nil && n >= 1 && n <= 12
}

// numeral reads a number in digits or in Chinese from the start of s.
func numeral(s string) (n int, rest string, ok bool) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end > 0 && end <= 2 {
		n, _ = strconv.Atoi(s[:end]) // digits
		return n, s[end:], n > 0
	}
	for i, w := range []string{"十二", "十一", "十", "九", "八", "七", "六", "五", "四", "三", "二", "一"} {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return 12 - i, rest, true
		}
	}
	return 0, "", false
}
