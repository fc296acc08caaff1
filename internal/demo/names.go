package demo

import (
	"math/rand/v2"
	"strings"
)

// surnames are common ones with a rough weight in thousandths. Order and size
// follow the yearly name reports of the Ministry of Public Security (全国姓名
// 报告, 2018 to 2021), rounded by us; the tail is shortened.
var surnames = weighted(`王72 李71 张68 刘54 陈46 杨31 黄22 赵21 吴20 周19 徐15 孙14 马13 朱12 胡12 郭11 何11 林11 罗9 高9
郑8 梁8 谢7 宋7 唐7 许6 韩6 冯6 邓6 曹6 彭6 曾5 肖5 田5 董5 袁5 潘4 于4 蒋4 蔡4 余4 杜4 叶4 程3 苏3 魏3 吕3 丁3 任3 沈3
姚3 卢3 姜3 崔3 钟3 谭3 陆3 汪2 范2 金2 石2 廖2 贾2 夏2 韦2 付2 方2 白2 邹2 孟2 熊2 秦2 邱2 江2 尹2 薛2 闫2 段2 雷2 侯2
龙2 史2 陶2 黎2 贺2 顾2 毛2 郝2 龚2 邵2 万2 钱2 严2 覃2 武2 戴2 莫2 孔2 向2 汤2 欧阳1 上官1 司徒1 诸葛1`)

// given are characters of children's names, and those of the parents'
// generation; frequent ones of the same reports, in no exact order.
var (
	given   = []rune("梓子宇辰佳浩欣文奕嘉雨一诗涵轩泽宸若思语沐安可心妍悦俊博睿铭瑞萱琪乐晨熙芸昕伊彤依清然桐知夏言星月禾")
	parents = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂红英华慧建玲辉鑫鹏波斌宇飞莉凯健俊帆雪倩婷琳")
)

// others are invented names of the kinds that programs get wrong: a separator,
// rare characters, one character, Latin letters.
var others = []string{"阿依古丽·买买提江", "巴特尔·苏和", "扎西·次仁", "张㐀䶵", "李𠮷", "王", "Anna Example", "欧阳𬭚", "玛依拉·艾合买提"}

type choice struct {
	text string
	sum  int
}

func weighted(table string) []choice {
	var out []choice
	sum := 0
	for _, entry := range strings.Fields(table) {
		cut := strings.IndexAny(entry, "0123456789")
		n := 0
		for _, d := range entry[cut:] {
			n = n*10 + int(d-'0')
		}
		sum += n
		out = append(out, choice{entry[:cut], sum})
	}
	return out
}

func surname(r *rand.Rand) string {
	n := r.IntN(surnames[len(surnames)-1].sum)
	for _, c := range surnames {
		if n < c.sum {
			return c.text
		}
	}
	return surnames[0].text
}

// forename has one or, mostly, two characters.
func forename(r *rand.Rand, from []rune) string {
	s := string(from[r.IntN(len(from))])
	if r.IntN(100) < 85 {
		s += string(from[r.IntN(len(from))])
	}
	return s
}

// grownUp gives a name of the parents' generation.
func grownUp(r *rand.Rand) string { return surname(r) + forename(r, parents) }
