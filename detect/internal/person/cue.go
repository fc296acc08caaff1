package person

import (
	"strings"
	"unicode/utf8"
)

// cue is a word beside a name, what it says of the bearer and how much it adds
// to the score, in sixteenths.
type cue struct {
	why   uint32
	bonus int
}

func cues(pairs ...any) map[uint64]cue {
	t := map[uint64]cue{}
	for i := 0; i < len(pairs); i += 2 {
		for _, w := range strings.Fields(pairs[i].(string)) {
			t[Hash([]rune(w))] = pairs[i+1].(cue)
		}
	}
	return t
}

// titles are the forms of address that end a name.
const titles = `先生 女士 小姐 同学 老师 同志 主任 校长 医生 教授 院长 书记 局长 处长 经理 师傅 阿姨 叔叔 教练 园长 律师 警官
	妈妈 爸爸 奶奶 爷爷 外婆 外公 母亲 父亲 家长 总统 总理 主席 部长 市长 省长 县长 司长 太太 夫人 大哥 大姐 老板 队长 董事 总裁 博士`

// cuesBehind follow a name: 王小明同学, 李老师.
var cuesBehind = cues(
	`同学 小朋友 学员 考生`, cue{Cue | Pupil, 48},
	`家长 妈妈 爸爸 奶奶 爷爷 外婆 外公 母亲 父亲 监护人`, cue{Cue | Guardian, 8},
	`老师 先生 女士 小姐 同志`, cue{Cue, 20},
	`主任 校长 医生 教授 院长 书记 局长 处长 经理 总经理 师傅 阿姨 叔叔 教练 园长 律师 警官`, cue{Cue, 8},
)

// cueStarts is the set of their first characters.
var cueStarts = firsts(`同学 小朋友 学员 考生 家长 妈妈 爸爸 奶奶 爷爷 外婆 母亲 父亲 监护人 老师 先生 女士 主任 校长 医生 教授 院长
	书记 局长 处长 经理 总经理 师傅 阿姨 叔叔 园长 律师 警官`)

// firsts is the set of the first characters of words.
func firsts(words string) (t [1024]uint64) {
	for _, w := range strings.Fields(words) {
		r := []rune(w)[0]
		t[uint32(r)>>6&1023] |= 1 << (r & 63)
	}
	return t
}

// cuesBefore stand before a name: 学生王小明, 我叫李明. beforeEnds is the set of their
// last characters.
var cuesBefore, beforeEnds = cues(beforeNames...), lasts(beforeNames...)

var beforeNames = []any{
	`学生 同学 学员 考生 幼儿 患儿`, cue{Cue | Pupil, 8},
	`家长 监护人 母亲 父亲 妈妈 爸爸`, cue{Cue | Guardian, 4},
	`我叫 本人 名叫 他叫 她叫`, cue{Cue, 28},
	`我是 班主任 老师 联系人 记者 收件人`, cue{Cue, 8},
}

// Bonuses, in sixteenths.
const (
	bonusSex   = 56 // 高峰，男，
	bonusAlone = 28 // a title behind what begins a clause: 孟建立先生，
	bonusFirm  = 30 // against it: 金杜律师事务所
	bonusPhone = 24
	bonusLabel = 96
	bonusMost  = 80 // of what cues may lift that stopped early, but for labels
)

// lasts is the set of the last characters of words as cues takes them.
func lasts(pairs ...any) (t [1024]uint64) {
	for i := 0; i < len(pairs); i += 2 {
		for _, w := range strings.Fields(pairs[i].(string)) {
			r, _ := utf8.DecodeLastRuneInString(w)
			t[uint32(r)>>6&1023] |= 1 << (r & 63)
		}
	}
	return t
}

// behindCue is the cue right behind j, of two or three characters.
func behindCue(rs []rune, j int) (cue, bool) {
	if !isHan(rs[j+1]) || cueStarts[uint32(rs[j])>>6&1023]>>(rs[j]&63)&1 == 0 {
		return cue{}, false
	}
	if rs[j] == '律' && rs[j+2] == '事' { // 律师事务所
		return cue{}, false
	}
	h := Mix(Mix(0, rs[j]), rs[j+1])
	c, ok := cuesBehind[h]
	if !ok && isHan(rs[j+2]) {
		c, ok = cuesBehind[Mix(h, rs[j+2])]
	}
	return c, ok
}

// beside weighs what stands right beside a candidate.
func (f *Finder) beside(p *span) cue {
	rs, i, j := f.line.runes, p.i, p.j
	var c cue
	if b, ok := behindCue(rs, j); ok {
		c.why, c.bonus = c.why|b.why, c.bonus+b.bonus
		if open(rs[i-1]) {
			c.bonus += bonusAlone
		}
	}
	if r := rs[i-1]; beforeEnds[uint32(r)>>6&1023]>>(r&63)&1 != 0 {
		b := cuesBefore[Mix(Mix(0, rs[i-2]), r)]
		c.why, c.bonus = c.why|b.why, c.bonus+b.bonus
	}
	if f.sexed(rs, span{i: i, j: j}) {
		c.why, c.bonus = c.why|Cue, c.bonus+bonusSex
	}
	if digitsBehind(rs, j) {
		c.why, c.bonus = c.why|Beside, c.bonus+bonusPhone
	}
	if b, ok := behindCue(rs, j+1); ok && rs[j] == '的' && b.why&Guardian != 0 { // 王小明的妈妈
		c.why, c.bonus = c.why|Cue, c.bonus+20
	}
	n := uint64(p.ahead)
	if !p.done {
		n = ahead(rs, j)
	}
	if n > 0 && c.why == 0 {
		c.bonus -= bonusFirm
		f.firm(i, j)
		if n <= 4 || !isHan(rs[j]) { // 金杜律师, 马钢（集团）, 日升（宁波）电力有限公司
			c.bonus -= bonusFirm
		}
	}
	if j == i+1 {
		c.bonus += bonusAlone // a surname with a form of address
	}
	if p.boosted {
		c.why, c.bonus = c.why|p.why|Label, c.bonus+bonusLabel
	}
	return c
}

// cued reports whether cues may lift a candidate that stopped early.
func (f *Finder) cued(rs []rune, c *span) bool {
	if c.boosted {
		return true
	}
	if c.shape == shapeAlone {
		return open(rs[c.i-1])
	}
	if groups[c.shape] != 1 {
		return false
	}
	b, ok := behindCue(rs, c.j)
	return ok && (b.bonus >= 20 || open(rs[c.i-1]))
}

// sexed reports whether a candidate stands for itself and its sex behind it.
func (f *Finder) sexed(rs []rune, c span) bool {
	if isHan(rs[c.j]) { // 王小明男，
		return rs[c.i-1] == before && (rs[c.j] == '男' || rs[c.j] == '女') && !isHan(rs[c.j+1])
	}
	return open(rs[c.i-1]) && sexBehind(rs, c.j)
}

// entry takes what begins an entry of a record for a name, however it is built:
// 任随安，男，… and 佗文汉先生：… The sex or the form of address stands at k.
func (f *Finder) entry(m *Model, text []byte, k int) {
	rs := f.line.runes
	j, score := k, 24
	if rs[k] == '男' || rs[k] == '女' && rs[k+1] != '士' {
		for j > k-3 && between(rs[j-1]) {
			j--
		}
		if score = 64; rs[j-1] == 'A' {
			f.latinBefore(text, j)
			return
		}
	} else if !polite(rs, k) {
		return
	}
	i := j
	for i > j-5 && isHan(rs[i-1]) {
		i--
	}
	n := j - i
	if n < 2 || n > 4 || !open(rs[i-1]) {
		return
	}
	a := f.char(i)
	if score == 64 && (n == 4 && !a.is(FlagTwo) || !f.sexed(rs, span{i: i, j: j})) ||
		score == 24 && (n != 3 || f.look(3, i) != 0 || f.look(2, i) != 0) {
		return
	}
	if (a.surname() > gateMin || n < 4 && f.strange(i, j)) && f.shapeOf(m, i, j, 0) {
		f.spans = append(f.spans, span{i: i, j: j, shape: shapeTwo, given: true, sum: score, why: Cue})
	}
}

// strange reports whether runes[i:j], two or three, are neither a word nor hold
// one of two.
func (f *Finder) strange(i, j int) bool {
	return f.look(j-i, i) == 0 && f.look(2, i) == 0 && f.look(2, j-2) == 0
}

// latinBefore takes what ends at j for a name in Latin letters, if it stands by
// itself and is built as one: Emily Watson，女，…
func (f *Finder) latinBefore(text []byte, j int) {
	rs, i := f.line.runes, j
	for i > pad && (rs[i-1] == 'A' || rs[i-1] == ' ' && rs[i-2] == 'A' || rs[i-1] == '.') {
		i--
	}
	from, to := int(f.line.at[i]), int(f.line.at[j])
	if open(rs[i-1]) && latinEnd(text[:to], from) == to {
		f.hits = append(f.hits, hit{int32(from), int32(to), Certain, Cue | Foreign})
	}
}

// between reports whether r may stand between a name and the sex behind it.
func between(r rune) bool {
	return r == '，' || r == '：' || r == '、' || r == '（' || r == ' ' || r == '|' || r == '/'
}

// polite reports whether a form of address begins at j that follows full names
// and no other word.
func polite(rs []rune, j int) bool {
	switch [2]rune{rs[j], rs[j+1]} {
	case [2]rune{'先', '生'}, [2]rune{'女', '士'}, [2]rune{'同', '学'}, [2]rune{'同', '志'}, [2]rune{'小', '姐'}:
		return true
	}
	return false
}

// open reports whether a name may begin behind r though nothing leads up to it.
func open(r rune) bool {
	return !isHan(r) && r != 'A' && r != '·'
}

// sexBehind reports whether 男 or 女 stands behind j as a field of its own.
func sexBehind(rs []rune, j int) bool {
	k := j
	for k < j+3 && between(rs[k]) {
		k++
	}
	return (rs[k] == '男' || rs[k] == '女') && (!isHan(rs[k+1]) || k > j && rs[k+1] != '子' && rs[k+1] != '人' && rs[k+1] != '士' && rs[k+1] != '生')
}

// digitsBehind reports whether eleven or more digits stand behind j, at most
// three marks away.
func digitsBehind(rs []rune, j int) bool {
	k := j
	for k < j+3 && !isHan(rs[k]) && rs[k] != '0' && rs[k] != behind {
		k++
	}
	n := 0
	for n < 11 && k+n < len(rs) && rs[k+n] == '0' {
		n++
	}
	return n == 11
}
