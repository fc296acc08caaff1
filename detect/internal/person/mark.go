package person

import "strings"

// Classes of runes that are no Han characters. The model numbers such a rune by
// its class behind the last Han character.
const (
	classHan = 1 + iota
	classEdge
	classDigit
	classLatin
	classStop
	classList
	classColon
	classBracket
	classQuote
	classTitle
	classDot
	classBlank
	classTag
	classOther
)

// stopMark is set beside a rune behind which a value may stand. Shifted by eight it
// is the bit of a gate that always stops.
const stopMark = always >> 8

// What runes are folded to: ASCII, CJK punctuation, the full-width forms.
var (
	ascii = markTable(0)
	cjk   = markTable(0x3000)
	full  = markTable(0xff00)
)

func markTable(from rune) (t [0x80]uint32) {
	for i := range t {
		t[i] = marked(fold(from + rune(i)))
	}
	return t
}

func marked(r rune) uint32 {
	if r == '：' || r == '=' {
		return uint32(r) | stopMark
	}
	return uint32(r)
}

// fold gives many forms of a rune one.
func fold(r rune) rune {
	switch {
	case r >= '0' && r <= '9' || r >= '０' && r <= '９':
		return '0'
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ':
		return 'A'
	}
	switch r {
	case '•', '・', '‧', '∙', '●':
		return '·'
	case '\u3000', '\u00a0', '\t':
		return ' '
	case '‘', '「', '『', '"':
		return '“'
	case '’', '」', '』', '\'':
		return '”'
	}
	if i := strings.IndexByte(half, byte(r)); i >= 0 && r < 0x80 {
		return []rune(whole)[i]
	}
	return r
}

// half are marks of ASCII, whole what they are taken for.
const half, whole = "(),:;!?[]<>~-", "（），：；！？【】《》～—"

func classOf(r rune) uint16 {
	switch r {
	case before, behind:
		return classEdge
	case '0':
		return classDigit
	case 'A':
		return classLatin
	case '，', '。', '；', '！', '？', '…':
		return classStop
	case '、':
		return classList
	case '：':
		return classColon
	case '（', '）':
		return classBracket
	case '“', '”':
		return classQuote
	case '《', '》':
		return classTitle
	case '·', '—':
		return classDot
	case ' ':
		return classBlank
	case '@', '#':
		return classTag
	}
	return classOther
}

// class is the class of the rune at k.
func (f *Finder) class(k int) uint64 {
	r := f.line.runes[k]
	if isHan(r) {
		return classHan
	}
	return uint64(classOf(r))
}

// number is the number of a rune in the tables of the model.
func (m *Model) number(r rune) uint32 {
	if h := uint32(r - hanFirst); h < hanSize {
		return uint32(m.ranks[h])
	}
	return hanSize + uint32(classOf(r))
}
