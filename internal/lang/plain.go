package lang

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// maxSentence is the longest Chinese sentence a parent should have to read, in
// characters. Source: a reader with nine years of school; house rule of words.
const maxSentence = 40

// plainTwins maps words that scare or confuse to what we write instead.
var plainTwins = []struct{ word, instead string }{
	{"包括但不限于", "把有的都列出来"},
	{"个人信息处理者", "我们，或者机构全名"},
	{"敏感个人信息", "需要特别保护的信息"},
	{"撤回同意", "停止使用"},
	{"匿名化", "去掉能认出人的内容，且不能还原"},
	{"数据主体", "孩子，或者本人"},
	{"鉴权", "登录，或者权限"},
	{"后果自负", "只写一句事实"},
	{"不得不", "要"}, {"不能不", "要"}, {"不是不", "正面的说法"}, {"并非不", "正面的说法"}, {"无不", "都"},
	{"点击这里", "写出去哪里"},
	{"您", "你"},
}

var (
	sentenceEnd = regexp.MustCompile(`[。！？；\n]`)
	halfWidth   = regexp.MustCompile(`\p{Han}[,;:?!()]|[,;:?!]\p{Han}`)
	typedGap    = regexp.MustCompile(`\p{Han} +(?:[A-Za-z{]|\d+(?:[^\d:]|$))|[A-Za-z0-9}] +\p{Han}`)
)

// Lint judges a Chinese text for plain language and returns what is wrong with
// it, one sentence each; nil means it reads well. Sentences are at most 40
// characters, legal jargon has a fixed plain twin, there is no double negation,
// punctuation is full-width, and gaps between Chinese and Latin are left to the
// stylesheet.
func Lint(text string) []string {
	var found []string
	for _, s := range sentenceEnd.Split(text, -1) {
		if n := letters(s); n > maxSentence {
			found = append(found, fmt.Sprintf("sentence of %d characters, at most %d: %s", n, maxSentence, s))
		}
	}
	for _, t := range plainTwins {
		if strings.Contains(text, t.word) {
			found = append(found, fmt.Sprintf("%s: write %s", t.word, t.instead))
		}
	}
	if s := halfWidth.FindString(text); s != "" {
		found = append(found, "half-width punctuation beside Chinese: "+s)
	}
	if s := typedGap.FindString(text); s != "" {
		found = append(found, "typed space between Chinese and Latin: "+s)
	}
	return found
}

// letters counts what is read: letters and digits, a run of Latin or digits as
// one, and no punctuation.
func letters(s string) int {
	n, inWord := 0, false
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Han, r):
			n, inWord = n+1, false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				n, inWord = n+1, true
			}
		default:
			inWord = false
		}
	}
	return n
}
