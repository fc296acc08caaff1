package address

import (
	_ "embed" // the verbs
	"strings"
	"unicode/utf8"
)

// verbs are verbs and adverbs of two characters that stand in no address, one
// behind the other, from the dictionary of jieba (MIT); "go run ./test/detect
// tables" makes the file.
//
//go:embed verbs.bin
var verbs string

// places are words that say where something is beside an address.
var places = strings.Fields("门口 附近 旁边 旁的 周边 周围 里面 外面 那里 这里 那边 这边 那儿 这儿 这个 那个 一带 左右 当时 时候 时间 期间 目前 每天 昨天 今天 明天 上午 下午 晚上 " +
	"家长 老师 同学 学生 孩子 谢谢 请勿 请于 请在 收货 收件 取件 自取 自提 邮编 电话 手机 联系 姓名")

const goesOnSize = 1 << 14

// goesOnSet is the verbs and places in an open hash table.
var goesOnSet = func() (t [goesOnSize]uint32) {
	add := func(word string) {
		a, n := utf8.DecodeRuneInString(word)
		b, _ := utf8.DecodeRuneInString(word[n:])
		key := uint32(a)<<16 | uint32(b)
		i := key * 0x9e3779b1 >> 18
		for t[i%goesOnSize] != 0 {
			i++
		}
		t[i%goesOnSize] = key
	}
	for i := 0; i+6 <= len(verbs); i += 6 {
		add(verbs[i : i+6])
	}
	for _, word := range places {
		add(word)
	}
	return t
}()

// goesOn reports whether a sentence goes on with the word of two characters.
func goesOn(a, b rune) bool {
	if !isHan(a) || !isHan(b) {
		return false
	}
	key := uint32(a)<<16 | uint32(b)
	for i := key * 0x9e3779b1 >> 18; ; i++ {
		switch goesOnSet[i%goesOnSize] {
		case key:
			return true
		case 0:
			return false
		}
	}
}
