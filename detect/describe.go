package detect

import (
	"bytes"
	"slices"

	"github.com/wardfold/wardfold/detect/internal/han"
)

// Weights of terms: alone they are worth nothing, beside a person they count.
const (
	termAlone    = -30 // 医 such as 哮喘, 佛教
	termShaped   = -20 // with a number of its own, as 语文95分
	termLabelled = 200
)

// describe finds what describes a person: words of the lists, and what has a
// form of its own around one character, as 三年级2班, 第3名, 11岁. It looks at the
// characters at the given places.
func (w *work) describe(b []byte, from, to int, places []int32) {
	first, _ := slices.BinarySearch(places, int32(from))
	i, done := from, 0
	for _, k := range places[first:] {
		if int(k) < i {
			continue
		}
		if i = int(k); i >= to {
			return
		}
		r, ok := han.Rune(b, i)
		if !ok {
			if c := b[i] | 0x20; c == 'w' || c == 'v' {
				i = w.latinCue(b, i)
			}
			continue
		}
		if i >= done {
			if w.words.trie.May(b, i) {
				if end, v := w.words.trie.Longest(b, i); v != 0 {
					done = max(done, w.term(b, i, end, category(v)))
					i = end
					continue
				}
			}
			if alones[r>>6&1023]>>(r&63)&1 != 0 {
				done = max(done, w.around(b, i, r))
			}
		}
		i += 3
	}
}

// alone are the characters that a form is built around, and the letters that names
// of WeChat begin with.
const alone = "班岁第一二农阴旧vVwW"

// alones is the set of those of three bytes.
var alones = func() (t [1 << 10]uint64) {
	for _, r := range alone {
		t[r>>6] |= 1 << (r & 63)
	}
	return t
}()

// term looks at a word of the lists at b[i:end]. It returns how far it has looked.
func (w *work) term(b []byte, i, end int, c category) int {
	switch c {
	case termKin:
		w.say(b, i, end, Guardian, termAlone)
	case termReligion:
		w.say(b, i, end, Religion, termAlone)
	case termBiometric:
		w.say(b, i, end, Biometric, termAlone)
	case termDifficulty:
		w.say(b, i, end, Difficulty, termAlone)
	case termHealth:
		w.say(b, i, end, Health, termAlone)
	case termGrade:
		return w.grade(b, i, end)
	case termSchool:
		w.school(b, i, end)
	case cueBiometric:
		w.say(b, i, end, Biometric, termAlone)
	case termMeasure:
		return w.measure(b, i, end)
	case termDegrees:
		return w.degrees(b, i, end)
	case cueMarks:
		return w.marks(b, i, end, Marks)
	case cueRank:
		return w.marks(b, i, end, Rank)
	case cueWeChat:
		return w.wechat(b, end)
	case cueHealth:
		return w.illness(b, i, end)
	case cuePassword:
		return w.password(b, end)
	case cueAge:
		return w.labelledAge(b, end)
	case cueBirth:
		return w.labelledBirth(b, end)
	}
	return 0
}

// password looks for a password behind its name and a colon: four to thirty-two
// characters of ASCII without a space.
func (w *work) password(b []byte, end int) int {
	i := skipLabel(b, end)
	if i == end || b[i-1] == ' ' && i == end+1 {
		return 0
	}
	k := i
	for k < len(b) && k-i < 33 && b[k] > ' ' && b[k] < 0x7f && b[k] != ',' && b[k] != '"' && b[k] != '\'' && b[k] != ';' && b[k] != '<' {
		k++
	}
	if k-i < 4 || k-i > 32 || masks(b[i:k]) > 0 {
		return 0
	}
	w.keep(i, k, Password, termAlone+termLabelled, Label|Shape)
	return k
}

// illness looks behind 过敏史, 既往病史 and the like and a colon for what is not in
// the lists: up to twelve ideographs that do not say that there is nothing.
func (w *work) illness(b []byte, start, end int) int {
	name := b[start:end]
	i := skipLabel(b, end)
	if i == end || b[i-1] == ' ' && i == end+1 || !bytes.Contains(name, []byte("病")) && !bytes.Contains(name, []byte("过敏")) {
		return 0
	}
	k := i
	for k-i < 13*3 && ideograph(next(b, k)) {
		k += 3
	}
	if k-i < 6 || k-i > 12*3 || nothing(string(b[i:k])) || next(b, i) == '无' || next(b, i) == '未' || next(b, k) == '：' || k < len(b) && b[k] == ':' {
		return 0
	}
	w.keep(i, k, Health, termAlone+termLabelled, Label)
	return k
}

// around looks at one character that a form is built around.
func (w *work) around(b []byte, i int, r uint32) int {
	switch r {
	case '班':
		return w.class(b, i)
	case '岁':
		return w.age(b, i)
	case '第':
		return w.ordinal(b, i)
	case '一', '二':
		if _, ok := numeral(next(b, i+3)); ok && w.dates {
			return w.numeralDate(b, i)
		}
	case '农', '阴', '旧':
		if w.dates && next(b, i+3) == '历' {
			return w.numeralDate(b, i)
		}
	}
	return 0
}

// say keeps a term for link. A label right before it weighs as a person would.
func (w *work) say(b []byte, start, end int, kind Kind, score int16) *Finding {
	why := Lexicon
	if labelled(b, start) {
		if c := w.before(b, start); c.near && kindLabels[kind].has(c.last) {
			score, why = score+termLabelled, why|Label
		}
	}
	return w.keep(start, end, kind, score, why)
}

func (w *work) keep(start, end int, kind Kind, score int16, why Reasons) *Finding {
	w.terms = append(w.terms, Finding{Start: int64(start), End: int64(end), Kind: kind, Score: score, Why: why})
	return &w.terms[len(w.terms)-1]
}

// kindLabels are the labels whose values are of a kind.
var kindLabels = [kinds]categories{
	Guardian:   cueGuardian.set(),
	Religion:   cueReligion.set(),
	Biometric:  cueBiometric.set(),
	Difficulty: cueDifficulty.set() | cueHealth.set(),
	Health:     cueHealth.set(),
	Grade:      cueGrade.set() | cueClass.set(),
	Class:      cueClass.set() | cueGrade.set(),
	School:     cueSchool.set(),
}

// labelled reports whether a colon or the border of a cell stands before b[i].
func labelled(b []byte, i int) bool {
	for i > 0 && b[i-1] == ' ' {
		i--
	}
	if i == 0 {
		return false
	}
	switch b[i-1] {
	case ':', '=', '"', ',', '\t', '|', '\n':
		return true
	}
	return i >= 3 && string(b[i-3:i]) == "："
}

// latinCue looks at a word in Latin letters at b[i], a w or v, that may be the
// name of WeChat before an account. It returns where to go on.
func (w *work) latinCue(b []byte, i int) int {
	if i > 0 && (letter(b[i-1]) || b[i-1]-'0' <= 9) {
		return i + 1
	}
	end := i
	for end < len(b) && end-i < 9 && letter(b[end]) {
		end++
	}
	switch n := end - i; {
	case n > 8 || !w.kinds.Has(WeChat):
		return end
	case n == 1 && b[i]|0x20 == 'v' && next(b, end) == '信':
		return max(w.wechat(b, end+3), end)
	case n == 1 && b[i]|0x20 == 'v' && back(b, i) == '加':
		return max(w.wechat(b, end), end)
	case n > 1 && w.label(b[:end], end) == cueWeChat:
		return max(w.wechat(b, end), end)
	}
	return end
}
