package detect

import (
	"bytes"

	"github.com/wardfold/wardfold/detect/internal/han"
)

// marks looks behind the name of a subject or of a rank for a number.
func (w *work) marks(b []byte, start, end int, kind Kind) int {
	i := end
	for k := 0; k < 5; k++ {
		if next := skipLabel(b, i); next != i {
			i = next
			continue
		}
		r, _ := han.Rune(b, i)
		if r != '考' && r != '了' && r != '得' && r != '第' && r != '成' && r != '绩' && r != '分' && r != '数' {
			break
		}
		i += 3
	}
	if k := letterMark(b, i); k > i && kind == Marks {
		w.keep(start, k, kind, termShaped, Lexicon|Shape)
		return k
	}
	from := i
	v, i, n := readDigits(b, i, 4)
	if n == 0 && kind == Rank && ofSchool(b[start:end]) { // 班级排名：第三名
		if v, i, _ = readNumeral(b, from); i > from {
			n = 1
		}
	}
	if n == 0 || n > 3 || kind == Marks && v > 750 {
		return 0
	}
	if i+1 < len(b) && b[i] == '.' && b[i+1]-'0' <= 9 && kind == Marks {
		_, i, _ = readDigits(b, i+1, 2)
	}
	unit := false
	r, ok := han.Rune(b, i)
	switch {
	case r == '分' && kind == Marks || (r == '名' || r == '位') && kind == Rank:
		i += 3
		if next(b, i) == '钟' { // 物理：20分钟
			return 0
		}
		unit = !ideograph(next(b, i))
	case ok && r > 0x4e00 && r < 0xa000, i < len(b) && (letter(b[i]) || b[i] == '%' || b[i] == '-' || b[i] == ':'):
		return 0
	}
	if more := byItself(b[start:end], b[end:from], kind, v, unit); more > 0 {
		w.keep(start, i, kind, termShaped+more, Lexicon|Shape|Label)
	} else {
		w.keep(start, i, kind, termShaped, Lexicon|Shape)
	}
	return i
}

// termFormed is for what has the form of a school's record though no label.
const termFormed = 70

// byItself is what a mark or a rank is worth that stands by itself, as a line of a
// record does: 语文成绩：95, 数学：88分, 总分 612, 班级排名 第3名. Between is what stands
// before the number. What films, meals and matches are told by is worth nothing: a
// score, an average, a rank that is not of a school.
func byItself(name, between []byte, kind Kind, v int, unit bool) int16 {
	if bytes.ContainsAny(between, ",|，、（(\"'\t是为在于") {
		return 0
	}
	colon := bytes.ContainsAny(between, ":：=")
	if kind == Rank {
		switch {
		case !ofSchool(name):
			return 0
		case colon || unit:
			return termLabelled
		}
		return termFormed
	}
	switch string(name) {
	case "分数", "得分", "平均分", "绩点", "学分绩点":
		return 0
	case "总分":
		switch {
		case colon && v >= leastTotal:
			return termLabelled
		case v >= 2*leastTotal:
			return termFormed
		}
		return 0
	}
	marked := bytes.Contains(name, []byte("成绩")) && len(name) > len("成绩") || bytes.Contains(between, []byte("成绩"))
	switch {
	case colon && (unit || marked):
		return termLabelled
	case colon && v >= 10 && v <= mostMark, unit && (marked || bytes.Contains(between, []byte("考"))), marked && v >= 10:
		return termFormed
	}
	return 0
}

// A total below leastTotal is that of a match or a meal; mostMark is the highest
// mark of one subject.
const (
	leastTotal = 60
	mostMark   = 150
)

// ofSchool reports whether a word for a rank is one that schools use.
func ofSchool(name []byte) bool {
	for _, w := range [...]string{"班", "年级", "校", "成绩"} {
		if bytes.Contains(name, []byte(w)) {
			return true
		}
	}
	return false
}

// ordinal looks at 第3名 and 第三名. Behind 年级, 全班 and the like it is a rank by
// itself.
func (w *work) ordinal(b []byte, i int) int {
	_, k, ok := readNumeral(b, i+3)
	if r, _ := han.Rune(b, k); !ok || r != '名' {
		return 0
	}
	score := int16(termAlone)
	if !ideograph(next(b, k+3)) && amongPupils(b, i) {
		score += termFormed
	}
	w.keep(i, k+3, Rank, score, Shape)
	return k + 3
}

// amongPupils reports whether b[:i] ends with a word for those among whom a pupil
// has a rank.
func amongPupils(b []byte, i int) bool {
	if i > 0 && b[i-1] == ' ' {
		i--
	}
	switch last, before := back(b, i), back(b, i-3); last {
	case '级':
		return before == '年' || before == '班'
	case '班':
		return before == '全' || before == '本'
	case '校':
		return before == '全' || before == '本'
	case '段':
		return before == '年'
	}
	return false
}
