package detect_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect"
)

func seenAll(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || len(text) > 1<<16 {
		return
	}
	missed, asked, plain := detect.Unseen([]byte(text))
	if len(missed) > 0 {
		t.Errorf("%q: nothing noted at %d", text, missed)
	}
	if !slices.Equal(asked, plain) {
		t.Errorf("%q: addresses %d, want %d", text, asked, plain)
	}
}

// TestOnePassSeesWhatAllWant compares the pass that names, words and addresses
// share with a look at every character.
func TestOnePassSeesWhatAllWant(t *testing.T) {
	parts := []string{"身份证号：", "家住杭州市西湖区文三路478号3栋2单元1201室", "，", "\n", "name,phone\n", "2012-05-06", "三年级2班", "哮喘", "Wx_abc",
		"朝阳区", "１２号", "北京市海淀区", "地址：", "幸福小区", "A座", "·", "𠮷", "x", " ", "。", "住在", "12号院", "村", strings.Repeat("字", 700), strings.Repeat("a 5号 ", 900)}
	r := rand.New(rand.NewPCG(11, 12))
	for range 400 {
		var b strings.Builder
		for range 1 + r.IntN(30) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		seenAll(t, b.String())
	}
	seenAll(t, string(news(1<<15)))
}

func FuzzOnePass(f *testing.F) {
	f.Add("家庭住址：浙江省杭州市西湖区文三路478号，电话13800138000，班级：三年级2班\n")
	f.Fuzz(func(t *testing.T, text string) { seenAll(t, text) })
}
