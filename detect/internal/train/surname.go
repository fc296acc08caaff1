package main

import (
	"archive/zip"
	"io"
	"regexp"
)

// compoundSurnames are the surnames of two characters that are in use or meet in
// texts.
const compoundSurnames = `欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政
濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良
漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 左丘 东门 西门 南荣 第五 完颜 耶律
纳兰 叶赫 爱新 东野 哥舒 贺兰 贺若 达奚 屈突 斛律 侯莫 尔朱 沮渠 秃发 乞伏 欧陽 諸葛 司馬 東方 上官 皇甫 尉遲 相里 刘付
那拉 佟佳 瓜尔 富察 钮祜 博尔 阿史 仆固 浑邪 且鞮`

var cell = regexp.MustCompile(`<t[^>]*>([^<]*)</t>`)

// readSurnames reads the list of surnames, a workbook whose strings are the
// surnames: a rare one counts as little as eight bearers.
func (l *lexicon) readSurnames(name string) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return err
	}
	defer z.Close()
	f, err := z.Open("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	for _, m := range cell.FindAllSubmatch(b, -1) {
		switch r := []rune(string(m[1])); {
		case !han(string(r)):
		case len(r) == 1:
			l.surnames[r[0]] += 8
		case len(r) == 2:
			l.compound = append(l.compound, string(r))
		}
	}
	return err
}
