package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/wardfold/wardfold/trace/decoy"
)

// The parts of invented names: common surnames, and characters of given names in
// rough order of use. Order from public name statistics (ngender, MIT).
var (
	lasts  = []rune("王王王王王李李李李李张张张张刘刘刘陈陈陈杨杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤")
	young  = []string{"子涵", "梓涵", "雨轩", "欣怡", "浩然", "思远", "一诺", "宇轩", "诗涵", "梓萱", "子轩", "可馨", "佳怡", "俊杰", "雨桐", "浩宇", "依诺", "梓豪", "语桐", "晨曦"}
	chars  = []rune("子雨欣浩思一宇诗梓可佳俊依语晨明文晓建志平玉春小林云英艳勇芳新玲涛荣飞鹏娟霞静庆忠秀雪光慧婷洪清丹凤青良学兰民阳卫宝琴锋瑞美健旭松爱胜凯宁正福彬琳世洁鑫晶秋颖安中家惠智群义星芬博毅坤彦天山全元泽进楠媛倩雅轩涵怡然远诺萱馨桐豪曦")
	grown  = []rune("伟芳秀敏静丽强磊军洋勇艳杰娟涛明超霞平刚建国华玲桂英梅辉鹏飞波斌红燕萍宁兵海云")
	rising = []string{"138", "139", "135", "136", "137", "150", "151", "158", "159", "186", "187", "188", "133", "177", "180", "189"}
)

// town invents families: a tenth have two children with one number, a fifth of
// the given names are the fashionable ones, numbers lie in the segments of a city.
type town struct {
	rng      *rand.Rand
	segments []string // 7 digits
	numbers  map[string]bool
	names    map[string]bool
}

func newTown(rng *rand.Rand) *town {
	t := &town{rng: rng, numbers: make(map[string]bool), names: make(map[string]bool)}
	for range 300 {
		t.segments = append(t.segments, rising[int(rng.ExpFloat64()*4)%len(rising)]+fmt.Sprintf("%04d", rng.IntN(10000)))
	}
	return t
}

func (t *town) number() string {
	for {
		n := t.segments[t.rng.IntN(len(t.segments))] + fmt.Sprintf("%04d", t.rng.IntN(10000))
		if !t.numbers[n] {
			t.numbers[n] = true
			return n
		}
	}
}

// char favours those at the front.
func (t *town) char(from []rune) string {
	return string(from[int(t.rng.ExpFloat64()*float64(len(from))/4)%len(from)])
}

func (t *town) child(last string) string {
	switch x := t.rng.Float64(); {
	case x < 0.2:
		return last + young[int(t.rng.ExpFloat64()*4)%len(young)]
	case x < 0.3:
		return last + t.char(chars)
	}
	return last + t.char(chars) + t.char(chars)
}

func (t *town) adult(last string) string {
	one := func() string {
		if t.rng.Float64() < 0.3 {
			return t.char(chars)
		}
		return t.char(grown)
	}
	if t.rng.Float64() < 0.3 {
		return last + one()
	}
	return last + one() + one()
}

// family appends one or two children.
func (t *town) family(rows []decoy.Row, class int) []decoy.Row {
	last := string(lasts[t.rng.IntN(len(lasts))])
	guardian := last
	if t.rng.Float64() < 0.4 {
		guardian = string(lasts[t.rng.IntN(len(lasts))])
	}
	guardian = t.adult(guardian)
	phone := t.number()
	for n := 1 + yes(t.rng.Float64() < 0.08); n > 0; n-- {
		month := 12*class + t.rng.IntN(12)
		r := decoy.Row{Name: t.child(last), Month: fmt.Sprintf("%d-%02d", 2011+month/12, 1+month%12), Guardian: guardian,
			Phone: phone, Class: fmt.Sprint(class)}
		t.names[r.Name+"|"+r.Month] = true
		rows = append(rows, r)
	}
	return rows
}

// roster is a list of at least n rows.
func (t *town) roster(n int) []decoy.Row {
	var rows []decoy.Row
	for len(rows) < n {
		rows = t.family(rows, t.rng.IntN(5))
	}
	return rows
}

// pool buys relay numbers in the city's segments.
func (t *town) pool(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = t.number()
	}
	return all
}

// cut is the columns that a leaker keeps.
var cuts = []struct {
	name string
	keep func(decoy.Row) []string
}{
	{"all columns", func(r decoy.Row) []string { return []string{r.Name, r.Month, r.Guardian, r.Phone} }},
	{"number alone", func(r decoy.Row) []string { return []string{r.Phone} }},
	{"name and number", func(r decoy.Row) []string { return []string{r.Name, r.Phone} }},
	{"name and birth", func(r decoy.Row) []string { return []string{r.Name, r.Month} }},
	{"no number", func(r decoy.Row) []string { return []string{r.Guardian, r.Name, r.Month} }},
}

// rewrites are what happens to the cells.
var rewrites = []struct {
	name string
	do   func(*rand.Rand, string) string
}{
	{"as it was", func(_ *rand.Rand, s string) string { return s }},
	{"reformatted", reformat},
	{"reformatted, one cell in twenty mistyped", func(rng *rand.Rand, s string) string {
		if rng.Float64() < 0.05 {
			s = mistype(rng, s)
		}
		return reformat(rng, s)
	}},
}

func reformat(rng *rand.Rand, s string) string {
	if s == "" {
		return s
	}
	if s[0] > 0x7f {
		return s + []string{"", "同学", " ", "\u200b"}[rng.IntN(4)]
	}
	if len(s) == 7 {
		return []string{s, strings.ReplaceAll(s, "-", "/") + "/1", s[:4] + "年" + strings.TrimPrefix(s[5:], "0") + "月", s[:4] + s[5:] + "15"}[rng.IntN(4)]
	}
	switch rng.IntN(4) {
	case 0:
		return s[:3] + " " + s[3:7] + " " + s[7:]
	case 1:
		return "+86-" + s
	case 2:
		return strings.Map(func(r rune) rune { return r - '0' + '０' }, s)
	}
	return s[:3] + "-" + s[3:7] + "-" + s[7:]
}

func mistype(rng *rand.Rand, s string) string {
	r := []rune(s)
	i := rng.IntN(len(r))
	switch {
	case r[i] >= '0' && r[i] <= '9':
		r[i] = '0' + rune(rng.IntN(10))
	case r[i] > 0x7f:
		r[i] = chars[rng.IntN(len(chars))]
	}
	return string(r)
}
