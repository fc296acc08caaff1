package deid

import "strings"

// The surnames of two characters that are still borne, by frequency and then by
// the order of the Hundred Family Surnames.
var compounds = func() map[string]bool {
	const list = "欧阳 上官 皇甫 令狐 诸葛 司徒 司马 申屠 夏侯 贺兰 完颜 慕容 尉迟 长孙 " +
		"宇文 东方 西门 南宫 独孤 端木 公孙 轩辕 百里 呼延 赫连 澹台 闻人 万俟 钟离 濮阳 淳于 " +
		"单于 太史 仲孙 公冶 宗政 鲜于 闾丘 亓官 司空 司寇 颛孙 巫马 公西 漆雕 乐正 壤驷 公良 " +
		"拓跋 夹谷 宰父 谷梁 段干 东郭 南门 羊舌 微生 梁丘 左丘 东里 第五 即墨 达奚 褚师 " +
		"歐陽 諸葛 司馬 賀蘭 完顏 尉遲 長孫 東方 西門 南宮 獨孤 公孫 軒轅 赫連 澹臺 聞人 鍾離"
	m := map[string]bool{}
	for _, s := range strings.Fields(list) {
		m[s] = true
	}
	return m
}()

func compound(g []string) bool { return len(g) > 2 && compounds[g[0]+g[1]] }
