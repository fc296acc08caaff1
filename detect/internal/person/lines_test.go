package person_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// parts are what lines are made of: names, what speaks for them before and behind,
// labels, heads of tables, and what ends a line early.
var parts = strings.Split("王小明|李老师|张伟和刘洋|欧阳雪|阿卜杜拉·买买提|克林顿|小泉纯一郎|琪琪|"+
	"姓名|姓名：|姓名,电话|家长（监护人）：|联系人：刘洋、|name: |Emily Watson|，男，|（女）|先生|同学|的妈妈|13800138000|有限公司|"+
	"今天下午|在图书馆|：|（|、| |，|。|\n|\n\n|\r\n|\n\n|ascii only\n|é|𠮷|\t|", "|")

func compose(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(200) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

// watched sees words and the ends of lines as well.
var watched = person.NewWatch(func(r rune) bool { return strings.ContainsRune("书，。\n0123456789", r) }, func(r rune) bool { return r == '书' }, "今a", func(add func(a, b rune)) {
	add('同', '学')
	add('女', '）')
})

// clauses are those with 书: the mark before, then all that is told of from there to
// the mark that ends it.
func clauses(text string, places []int32) (all [][]int32) {
	clause, opened := []int32{-1}, false
	for _, k := range places {
		switch c := text[k]; {
		case strings.HasPrefix(text[k:], "书"):
			clause, opened = append(clause, k), true
		case c >= '0' && c <= '9':
			if opened {
				clause = append(clause, k)
			}
		default:
			if opened {
				all = append(all, append(clause, k))
			}
			clause, opened = []int32{k}, false
		}
	}
	if opened {
		all = append(all, clause)
	}
	return all
}

// everyPlace is what Places would be if nothing were left out, of text whose lines
// all have a character above ASCII.
func everyPlace(text string) (places []int32) {
	for k, r := range text {
		if strings.ContainsRune("书，。\n0123456789", r) {
			places = append(places, int32(k))
		}
	}
	return places
}

func TestPlacesLeaveOutOnlyWhatTellsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 2000 {
		text := strings.ReplaceAll(compose(r), "\n", "书\n")
		if r.IntN(3) == 0 {
			text = strings.Repeat(strings.ReplaceAll(text, "\n", "，"), 40)
		}
		f := person.Finder{Watch: watched}
		f.Read([]byte(text))
		if got, want := fmt.Sprint(clauses(text, f.Places)), fmt.Sprint(clauses(text, everyPlace(text))); got != want {
			t.Fatalf("%q\n got  %s\n want %s", text, got, want)
		}
	}
}

// sameLines compares what is found in lines that are read together with what is
// found in them one by one.
func sameLines(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		return
	}
	find := func(f *person.Finder) string {
		var b strings.Builder
		f.Watch = watched
		f.Find([]byte(text), func(start, end int, score int16, why uint32) {
			fmt.Fprintln(&b, start, end, score, why)
		})
		fmt.Fprintln(&b, "words", f.Words, "clauses", clauses(text, f.Places))
		return b.String()
	}
	var together, singly person.Finder
	singly.ReadSingly()
	if got, want := find(&together), find(&singly); got != want {
		t.Errorf("%q\n together %s\n singly %s", text, got, want)
	}
}

func TestLinesAreReadTogetherAsOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 3000 {
		sameLines(t, compose(r))
	}
}

func FuzzLines(f *testing.F) {
	f.Add("姓名：王小明\n联系人（\n）：李雷\n姓名,电话\n王建国,13800138000\n")
	f.Fuzz(sameLines)
}
