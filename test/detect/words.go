package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// pairs lists the characters of the two-byte area of GB 18030, 81–FE × 40–FE
// without 7F; 0 where there is none. Source: GB 18030-2005, as golang.org/x/text
// has it (BSD).
func pairs(string) ([]byte, error) {
	var out []byte
	dec := simplifiedchinese.GB18030.NewDecoder()
	for lead := 0x81; lead <= 0xfe; lead++ {
		for trail := 0x40; trail <= 0xfe; trail++ {
			if trail == 0x7f {
				continue
			}
			b, err := dec.Bytes([]byte{byte(lead), byte(trail)})
			r, n := utf8.DecodeRune(b)
			if err != nil || r == utf8.RuneError || n != len(b) {
				r = 0
			}
			out = binary.LittleEndian.AppendUint16(out, uint16(r))
		}
	}
	return out, nil
}

// quads lists the ranges of the four-byte area of GB 18030 in the basic plane:
// the number of the first of each range and its character. Source as for pairs.
func quads(string) ([]byte, error) {
	var out []byte
	dec := simplifiedchinese.GB18030.NewDecoder()
	next := rune(-1)
	for k := range 39_420 {
		b, err := dec.Bytes([]byte{byte(0x81 + k/12_600), byte(0x30 + k/1260%10), byte(0x81 + k/10%126), byte(0x30 + k%10)})
		r, n := utf8.DecodeRune(b)
		if err != nil || n != len(b) || r == utf8.RuneError && k != 39_417 {
			r = 0
		}
		if r != next {
			out = binary.LittleEndian.AppendUint16(out, uint16(k))
			out = binary.LittleEndian.AppendUint16(out, uint16(r))
		}
		next = r + 1
		if r == 0 {
			next = -1
		}
	}
	return out, nil
}

// endings are how the names of illnesses, injuries and disabilities end. What
// else a medical vocabulary holds (organs, drugs, departments) says nothing
// about a person.
var endings = strings.Fields(`病 症 炎 癌 瘤 综合征 综合症 障碍 过敏 中毒 缺乏症 癫痫 哮喘 疹 疮 畸形 骨折 贫血 瘫痪
	硬化 结核 肺炎 结石 息肉 囊肿 溃疡 梗死 梗塞 出血 衰竭 萎缩 残疾 白血病 麻痹 不全 缺损 穿孔 脱位 疝 痢疾 麻疹 水痘`)

// vagueTerms end so and are no illness.
var vagueTerms = strings.Fields(`疾病 看病 治病 生病 患病 发病 防病 得病 毛病 重病 大病 疾患 发炎 消炎 后遗症 并发症 适应症 禁忌症 急症 重症 绝症 病症
	对症 癌症 炎症 老毛病 致病 抗病 染病 传染病 职业病 常见病 多发病 慢性病 地方病 流行病 易发病 疑难病 疑难症 除病 诊病 探病 养病 卧病 装病 称病 语病 诟病`)

// healthTerms is the illnesses of a medical vocabulary, a line each, deflated.
// Source: THUOCL, Tsinghua University (MIT).
func healthTerms(dir string) ([]byte, error) {
	f, err := os.Open(filepath.Join(dir, "lexicon", "THUOCL_medical.txt"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []string
	for s := bufio.NewScanner(f); s.Scan(); {
		term, _, _ := strings.Cut(strings.TrimPrefix(s.Text(), "\ufeff"), "\t")
		term = strings.TrimSpace(term)
		n := utf8.RuneCountInString(term)
		ends := slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(term, e) })
		if ends && n >= 2 && n <= 10 && !slices.Contains(vagueTerms, term) && onlyHan(term) {
			list = append(list, term)
		}
	}
	slices.Sort(list)
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(strings.Join(slices.Compact(list), "\n"))); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func onlyHan(s string) bool {
	for _, r := range s {
		if r < 0x4e00 || r > 0x9fff {
			return false
		}
	}
	return true
}
