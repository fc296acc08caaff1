package lang

import "golang.org/x/text/language"

// maxAccept bounds the Accept-Language header that is parsed, in bytes; a
// longer one is nobody's browser.
const maxAccept = 256

var matcher = language.NewMatcher([]language.Tag{language.MustParse("zh-Hans"), language.English})

// Negotiate chooses a language: the one a person chose before (a value of
// Tags, usually from a cookie), else the best match of an Accept-Language
// header, else the default.
func Negotiate(chosen, accept string) Printer {
	if b, ok := books[chosen]; ok {
		return Printer{b}
	}
	if accept == "" || len(accept) > maxAccept {
		return For(Default)
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return For(Default)
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return For(Default)
	}
	return For(Tags[i])
}
