package lang_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/lang"
)

var (
	zh = lang.For("zh-CN")
	en = lang.For("en")
)

func TestTimesAreWrittenInChineseTime(t *testing.T) {
	at := time.Date(2026, time.November, 22, 2, 32, 59, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{zh.Time(at), "2026年11月22日 10:32"},
		{en.Time(at), "22 November 2026, 10:32"},
		{zh.Day(at.Add(16 * time.Hour)), "2026年11月23日"},
		{zh.Date(2016, time.March, 8), "2016年3月8日"},
		{en.Date(2016, time.March, 8), "8 March 2016"},
		{zh.Month(2016, time.March), "2016年3月"},
		{en.Month(2016, time.March), "March 2016"},
		{zh.Duration(90 * time.Second), "90秒"},
		{zh.Duration(5 * time.Minute), "5分钟"},
		{zh.Duration(4 * time.Hour), "4小时"},
		{zh.Duration(72 * time.Hour), "3天"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumbersGetCommasFromTenThousandOn(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 2026: "2026", 9999: "9999", 10_000: "10,000", 1_234_567: "1,234,567", -123_456: "-123,456",
	} {
		if got := zh.Number(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestMessagesNeverPanic(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{zh.T("no.such.key", 1), "no.such.key"},
		{zh.T("lang.days"), "{0}天"},
		{zh.T("lang.days", 3, "more"), "3天"},
		{zh.T("lang.days", lang.Key("lang.name")), "中文天"},
		{en.T("lang.month", 2016, "March"), "March 2016"},
		{lang.Printer{}.T("lang.name"), "中文"},
		{lang.For("tlh").T("lang.name"), "中文"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNegotiationPrefersWhatAPersonChose(t *testing.T) {
	for _, c := range []struct{ chosen, accept, want string }{
		{"", "", "zh-CN"},
		{"en", "zh-CN,zh;q=0.9", "en"},
		{"xx", "en-GB,en;q=0.8", "en"},
		{"", "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"},
		{"", "fr-FR,en;q=0.5", "en"},
		{"", "fr-FR", "zh-CN"},
		{"", "en;q=zzz", "zh-CN"},
		{"", string(make([]byte, 10_000)), "zh-CN"},
	} {
		if got := lang.Negotiate(c.chosen, c.accept).Tag(); got != c.want {
			t.Errorf("chosen %q, accepted %.20q: got %s, want %s", c.chosen, c.accept, got, c.want)
		}
	}
}

func TestDamagedMessageFilesAreRefused(t *testing.T) {
	for _, text := range []string{"no equals sign", "a = 1\na = 2", "key=glued"} {
		if lang.Read(text) == nil {
			t.Errorf("%q was read", text)
		}
	}
	if err := lang.Read("# comment\n\n a.b = x = {0} {y} {99}\n"); err != nil {
		t.Error(err)
	}
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, s := range []string{"zh-CN,zh;q=0.9", "en", "*", "x-klingon;q=2", "a-b-c-d-e-f;q=0.1,,,;"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, chosen, accept string) {
		if tag := lang.Negotiate(chosen, accept).Tag(); tag != "zh-CN" && tag != "en" {
			t.Errorf("got %q", tag)
		}
	})
}

// A count reads properly in English, where the word goes with the number; a
// Chinese word does not change.
func TestACountReadsProperly(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{en.T("enrolment.label.what.text", "the name", 1), "the name: 1 item"},
		{en.T("enrolment.label.what.text", "all", 4), "all: 4 items"},
		{en.T("me.child.hint", 3, 1), "3 purposes in use, 1 entry"},
		{en.T("me.child.hint", 0, 11), "0 purposes in use, 11 entries"},
		{en.T("leak.said.read", 1, 1, 1, 1, 2), "1 row: 1 matches, 1 is a mark, 1 is nobody of ours, 2 have nothing to compare."},
		{en.Duration(time.Second), "1 second"},
		{en.T("me.child.hint"), "{0} purposes in use, {1} entries"},
		{zh.T("me.child.hint", 1, 1), "1个用途正在使用，1条记录"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestAListHasTheSeparatorOfItsLanguage(t *testing.T) {
	for tag, want := range map[string]string{"zh-CN": "甲、乙、丙", "en": "甲, 乙, 丙"} {
		if got := lang.For(tag).List([]string{"甲", "乙", "丙"}); got != want {
			t.Errorf("%s: %q", tag, got)
		}
	}
	if got := lang.For("en").List(nil) + lang.For("en").List([]string{"甲"}); got != "甲" {
		t.Errorf("none and one: %q", got)
	}
}
