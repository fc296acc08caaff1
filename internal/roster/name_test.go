package roster_test

import (
	"strings"
	"testing"
)

func TestNamesAreNormalisedAndJudged(t *testing.T) {
	for in, want := range map[string]string{
		"王示例":                   "王示例",
		"王　示例":                  "王示例",
		"阿依古丽•示例":               "阿依古丽·示例",
		"阿依古丽.示例":               "阿依古丽·示例",
		"阿依古丽 ・ 示例":             "阿依古丽·示例",
		"Ａｎｎａ  Example":         "Anna Example",
		"José":                  "José", // NFC
		"O’Example":             "O'Example",
		"㐀𠀀𪜀𫝀𫠠𬺰𰀀":               "㐀𠀀𪜀𫝀𫠠𬺰𰀀",               // Ext A, B, C, D, E, F, G
		"\U000313B0\U0002EBF0示": "\U000313B0\U0002EBF0示", // Ext H, I
		"བཀྲ་ཤིས":               "བཀྲ་ཤིས",
		"ئالىم":                 "ئالىم",
		"ᠪᠠᠲᠤ":                  "ᠪᠠᠲᠤ",
		strings.Repeat("长", 50): strings.Repeat("长", 50),
		strings.Repeat("长", 51): "!roster.name_long",
		"王👧":                    "!roster.name_mark",
		"王☆":                    "!roster.name_mark",
		"王1":                    "!roster.name_digits",
		"王\u0007示":              "!roster.name_control",
		"王\u202e示":              "!roster.name_control",
		"王\u200d示":              "!roster.name_control",
		"王\ue000":               "!roster.name_private",
		"··":                    "!roster.name_mark",
		"<b>王</b>":              "!roster.name_mark",
		"=王":                    "!roster.name_mark",
		"310101201603150000":    "!roster.name_digits",
	} {
		file := "学员姓名,出生年月,家长姓名,联系方式\n" + in + ",2016-03,示例乙,15412345678\n"
		r := read(t, []byte(file))[0]
		got := r.Values[0].Expose()
		for _, p := range r.Problems {
			got += "!" + p.Code
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
