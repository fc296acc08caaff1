package detect_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/detect"
)

// document is a text of many kinds in which names come again, in pieces that
// speak several encodings, hold bytes that are no characters, and have lines of
// every length.
func document(r *rand.Rand, size int) []byte {
	g := invented{r}
	var b bytes.Buffer
	names := []string{g.name(), g.name(), g.name()}
	sentence := func() string {
		name := names[r.IntN(len(names))]
		switch r.IntN(12) {
		case 0:
			return fmt.Sprintf("姓名：%s，身份证号%s，电话%s。", name, g.id(2005+r.IntN(15)), g.mobile())
		case 1:
			return name + "同学对青霉素过敏，家住杭州市西湖区文三路478号华星大厦1201室，"
		case 2:
			return fmt.Sprintf("%s,%s,%s,三年级2班,95\n", name, g.id(2014), g.mobile())
		case 3:
			return "出生日期：二〇一二年腊月初八；微信wx_" + fmt.Sprint(r.IntN(1e6)) + " "
		case 4:
			return "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n"
		case 5:
			return name + "的妈妈打了" + g.mobile()[:3] + " " + g.mobile()[3:7] + " " + g.mobile()[7:]
		case 6:
			return strings.Repeat("8", 1+r.IntN(40))
		case 7:
			return "\n"
		}
		return "记者昨天从市教育局了解到，今年秋季开学后将统一使用新的课程表，"
	}
	for b.Len() < size {
		var part strings.Builder
		for n := 1 << r.IntN(12); n > 0; n-- {
			part.WriteString(sentence())
		}
		switch text := part.String(); r.IntN(8) {
		case 0:
			gb, _ := simplifiedchinese.GB18030.NewEncoder().String(text)
			b.WriteString("\n" + gb + "\n")
		case 1:
			if b.Len()%2 == 1 {
				b.WriteByte('\n')
			}
			for _, u := range utf16.Encode([]rune(text)) {
				b.Write([]byte{byte(u), byte(u >> 8)})
			}
		case 2:
			b.WriteString(text[:len(text)/2] + "\xff\x00\xe4" + text[len(text)/2:])
		case 3:
			b.WriteString(strings.ReplaceAll(text, "\n", " "))
		default:
			b.WriteString(text)
		}
	}
	return b.Bytes()
}

// TestParallelFindsWhatTextFinds is the contract of Parallel: for all kinds and
// any bytes, finding for finding, however many workers there are.
func TestParallelFindsWhatTextFinds(t *testing.T) {
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 77))
		text := document(r, 2<<20+r.IntN(1<<20))
		if seed == 2 {
			text = bytes.ReplaceAll(text, []byte("\n"), nil) // one line
		}
		for _, s := range []*detect.Scanner{everything, numbers, detect.New(detect.Options{On: on, Kinds: detect.Of(detect.PersonName, detect.Address)})} {
			want := slices.Collect(s.Text(text))
			if len(want) < 100 {
				t.Fatalf("only %d findings", len(want))
			}
			for _, workers := range []int{2, 3} {
				i := 0
				for f, err := range s.Parallel(bytes.NewReader(text), int64(len(text)), workers) {
					if err != nil {
						t.Fatal(err)
					}
					if i >= len(want) || f != want[i] {
						t.Fatalf("seed %d, %d workers: finding %d is %+v, want %+v", seed, workers, i, f, want[min(i, len(want)-1)])
					}
					i++
				}
				if i != len(want) {
					t.Fatalf("seed %d, %d workers: %d findings, want %d", seed, workers, i, len(want))
				}
			}
		}
	}
}
