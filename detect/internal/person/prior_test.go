package person_test

import (
	"strings"
	"testing"
)

// plain is a text of our own that holds no name at all.
var plain = strings.Repeat("今天的饭菜送得很快，味道也不错，下次还会再点。包装很干净，就是汤有点咸。\n", 80)

// TestATextOfFewNamesAsksForMore: what is found by itself is not found in a long
// text without any other name, unless something of a person stands beside it.
func TestATextOfFewNamesAsksForMore(t *testing.T) {
	const weak, sure = "安娜喝完很舒服。\n", "王建国同学说很好吃。\n"
	for _, c := range []struct{ text, want string }{
		{weak, "安娜"},
		{plain + weak + plain, ""},
		{plain + sure + plain, "王建国"},
		{plain, ""},
	} {
		if got := foundIn(c.text); got != c.want {
			t.Errorf("%d bytes: got %q, want %q", len(c.text), got, c.want)
		}
	}
}

// TestAFirmIsNoPerson: the name of a company is none of a person elsewhere either.
func TestAFirmIsNoPerson(t *testing.T) {
	for _, text := range []string{
		"金杜律师事务所在北京。",
		"东方日升（宁波）电力开发有限公司成立。",
	} {
		if got := foundIn(text); got != "" {
			t.Errorf("%s: got %q", text, got)
		}
	}
}
