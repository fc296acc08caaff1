package person

import (
	"strings"
	"unicode/utf8"
)

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
	if r < utf8.RuneSelf {
		if i := strings.IndexByte(half, byte(r)); i >= 0 {
			return []rune(whole)[i]
		}
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

// number is the number of a rune in the tables of the model.
func (m *Model) number(r rune) uint32 {
	return uint32(m.numbers[min(uint32(r), 0xffff)]) // which no character has
}

// class is the class of the rune at k.
func (f *Finder) class(k int) uint64 {
	if n := f.model.number(f.line.runes[k]); n >= hanSize {
		return uint64(n - hanSize)
	}
	return classHan
}
