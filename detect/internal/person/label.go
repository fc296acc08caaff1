package person

import "strings"

// labels are the words that stand before a name in forms, with what they say of
// its bearer.
var labels = func() map[uint64]uint32 {
	t := map[uint64]uint32{}
	put := func(words string, why uint32) {
		for _, w := range strings.Fields(words) {
			if strings.HasSuffix(w, "名") {
				why |= strong
			}
			t[Hash([]rune(w))] = why
			why &^= strong
		}
	}
	put(`姓名 名字 真实姓名 中文名 英文名 中文姓名 英文姓名 曾用名 法人 法定代表人 户主 联系人 收件人 收货人 寄件人 发件人 负责人 经办人
		申请人 报名人 签收人 接送人 紧急联系人 证明人 推荐人 介绍人 委托人 代理人 审批人 审核人 填表人 制表人 投保人 被保险人 受益人 持卡人
		开户人 户名 戴表人 当事人 原告 被告 患者 病人 作者 记者 编辑 校对 主编 主持人 嘉宾 签名 签字 本人签名 姓 名
		教师 老师 任课教师 任课老师 班主任 副班主任 教师姓名 辅导员 教练 校长 园长 院长 主任 科任 导师 组长 员工姓名 职工姓名 医师 医生
		值班人 值班人员 报告人 举报人 投诉人 来访人 承办人 收款人 付款人 汇款人 导演 主演 编剧 演员 配偶 丈夫 妻子 党员姓名 人员姓名`, 0)
	put(`学生 学生姓名 学员 学员姓名 考生 考生姓名 幼儿姓名 儿童姓名 孩子姓名 宝宝姓名 小孩姓名 子女姓名 被监护人 被监护人姓名 患儿 患儿姓名
		班长 学习委员 值日生 受助人 参赛者 参赛选手 选手姓名 新生姓名 学生签名 本人姓名 儿童 幼儿 孩子`, Pupil)
	put(`家长 家长姓名 监护人 监护人姓名 父亲 母亲 父亲姓名 母亲姓名 爸爸 妈妈 祖父 祖母 外祖父 外祖母 爷爷 奶奶 外公 外婆 家长签名 家长签字
		监护人签名 监护人签字 法定监护人 监护人一 监护人二 第一监护人 第二监护人 家属 家属姓名`, Guardian)
	return t
}()

// strong marks, within the package, labels that are about nothing but names.
const strong uint32 = 1 << 31

const labelMost = 6 // runes of the longest label

// notNames are what forms hold in the place of a name.
var notNames = func() map[uint64]bool {
	t := map[uint64]bool{}
	for _, w := range strings.Fields(`性别 年龄 电话 班级 年级 学校 住址 地址 民族 备注 序号 编号 学号 日期 职务 单位 关系 部门 部门名称 手机 联系电话 联系方式 出生日期
		身份证 身份证号 户籍 籍贯 如下 不详 未知 待定 保密 匿名 必填 选填 无 没有 请填写 填写 同上 略 空 见附件 附后 签名 签字 盖章 称呼 男 女 成绩 总分 语文 数学
		英语 名次 全体 所有 各位 本人 姓名 名单 名称 健康 良好 退休 务农 打工 个体 工人 农民 教师 已故 离异 签章 公章`) {
		t[Hash([]rune(w))] = true
	}
	return t
}()

// asciiLabels are the keys of names in data files, in lower case without marks.
var asciiLabels = map[string]uint32{"name": 0, "realname": 0, "fullname": 0, "truename": 0, "xm": 0, "xingming": 0, "cnname": 0,
	"contactname": 0, "username": 0, "nickname": 0, "personname": 0, "membername": 0, "customername": 0, "receiver": 0,
	"receivername": 0, "consignee": 0, "lxr": 0, "teachername": 0, "patientname": 0, "staffname": 0,
	"studentname": Pupil, "childname": Pupil, "xsxm": Pupil, "stuname": Pupil, "kidname": Pupil, "learnername": Pupil,
	"parentname": Guardian, "guardianname": Guardian, "jzxm": Guardian, "jhrxm": Guardian, "fathername": Guardian,
	"mothername": Guardian, "guardian": Guardian, "parent": Guardian}

// labelled says whether a label ends before the separator at s, and where the
// value behind it begins.
func (f *Finder) labelled(text []byte, s int) (value int, why uint32, ok bool) {
	rs := f.line.runes
	k := s
	for k > pad && (rs[k-1] == ' ' || rs[k-1] == '“' || rs[k-1] == '”' || rs[k-1] == '*' || rs[k-1] == '】') {
		k--
	}
	if rs[k-1] == '）' { // 联系人（家长）：
		for n := 1; n < 12 && rs[k-1-n] != before; n++ {
			if rs[k-1-n] == '（' {
				k -= 1 + n
				break
			}
		}
	}
	if rs[k-1] == 'A' || rs[k-1] == '_' {
		why, ok = asciiLabel(text[f.line.at[pad]:f.line.at[k]])
	} else {
		why, ok = hanLabel(rs, k)
	}
	value = s
	for value < f.line.n && strings.ContainsRune("： =“_—【《|*", rs[value]) {
		value++
	}
	return value, why, ok && value > s
}

// hanLabel looks for the longest label that ends at k. Blanks inside a label
// (姓　名) are common in forms.
func hanLabel(rs []rune, k int) (why uint32, ok bool) {
	var buf [labelMost]rune
	n, at := labelMost, k
	for at > pad && n > 0 && k-at < 2*labelMost && (isHan(rs[at-1]) || rs[at-1] == ' ' && n < labelMost) {
		at--
		if rs[at] != ' ' {
			n--
			buf[n] = rs[at]
		}
	}
	for ; n < labelMost; n++ {
		if why, ok := labels[Hash(buf[n:])]; ok {
			return why, n < labelMost-1
		}
	}
	return 0, false
}

// asciiLabel looks at the key that ends a line so far.
func asciiLabel(b []byte) (why uint32, ok bool) {
	var buf [16]byte
	n := len(buf)
	for i := len(b); i > 0 && n > 0; i-- {
		c := b[i-1]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '_' || c == '-':
			continue
		case c < 'a' || c > 'z':
			i = 1
			continue
		}
		n--
		buf[n] = c
	}
	why, ok = asciiLabels[string(buf[n:])]
	return why | strong, ok
}

// shapeOf says whether runes[i:j] may be a name in a place that is made for one:
// two to four Han characters, a surname of two and two, parts joined by dots. A
// strong label vouches for four characters of any kind.
func (f *Finder) shapeOf(m *Model, i, j int, why uint32) bool {
	rs := f.line.runes
	dots, n := 0, j-i
	for k := i; k < j; k++ {
		switch {
		case rs[k] == '·' && k > i && k < j-1 && rs[k-1] != '·':
			dots++
		case !isHan(rs[k]):
			return false
		}
	}
	if dots > 0 {
		return n >= 4 && n <= foreignMax
	}
	if n < 2 || n > 6 || notNames[Hash(rs[i:j])] {
		return false
	}
	a := f.char(i)
	switch {
	case n <= 3:
		return a.surname() > gateMin || m.isKnown(Hash(rs[i:j])) || n == 3 && m.word(Hash(rs[i:j])) == 0
	case n == 4:
		return why&strong != 0 && m.word(Hash(rs[i:j])) == 0 || a.is(FlagTwo) && m.word(Hash(rs[i:i+2]))&Two != 0 || a.is(FlagJapan) && m.word(Hash(rs[i:j])) == 0 ||
			a.is(FlagForeign) && m.isKnown(Hash(rs[i:j]))
	}
	return m.isKnown(Hash(rs[i:j]))
}

// value reads the name at i that a label announces, and appends it.
func (f *Finder) value(text []byte, m *Model, i int, why uint32) {
	rs := f.line.runes
	j := i
	for j < f.line.n && (isHan(rs[j]) || rs[j] == '·') {
		j++
	}
	if j == i {
		f.latin(text, i, why)
		return
	}
	// A list of names: 联系人：张三、李四.
	if f.shapeOf(m, i, j, why) {
		f.sure(i, j, why)
		if rs[j] == '、' || rs[j] == '/' || rs[j] == ' ' && rs[j+1] != ' ' {
			if k := j + 1; f.list(m, k) {
				f.value(text, m, k, why)
			}
		}
		return
	}
	// The name runs into what follows: the model says where it ends.
	f.boost, f.boostWhy = i, why&^strong
}

// list reports whether a name that goes on a list stands at k: one that begins
// with a surname and ends where its characters end.
func (f *Finder) list(m *Model, k int) bool {
	rs := f.line.runes
	j := k
	for j < f.line.n && isHan(rs[j]) {
		j++
	}
	_, label := hanLabel(rs, j)
	return j-k >= 2 && j-k <= 4 && !label && rs[j] != '：' && f.char(k).surname() > 0 && f.shapeOf(m, k, j, 0)
}

// latin takes a name in Latin letters at i.
func (f *Finder) latin(text []byte, i int, why uint32) {
	from, to := int(f.line.at[i]), int(f.line.at[f.line.n])
	if end := latinEnd(text[:to], from); end > from {
		f.hits = append(f.hits, hit{int32(from), int32(end), Certain, why&^strong | Label | Foreign})
	}
}

// latinEnd is where a name in Latin letters ends that begins at from: up to five
// words with capitals, of four letters and more together; from if there is none.
func latinEnd(text []byte, from int) int {
	end, words, letters := from, 0, 0
	for at := from; at < len(text) && words < 5; words++ {
		k, n := at, 0
		for k < len(text) && (text[k] >= 'a' && text[k] <= 'z' || text[k] >= 'A' && text[k] <= 'Z' ||
			n > 0 && (text[k] == '\'' || text[k] == '-' || text[k] == '.')) {
			k, n = k+1, n+1
		}
		if n == 0 || text[at] < 'A' || text[at] > 'Z' {
			break
		}
		end, letters = k, letters+n
		if k+1 >= len(text) || text[k] != ' ' {
			break
		}
		at = k + 1
	}
	if letters < 4 || letters > 48 {
		return from
	}
	return end
}

// sure takes runes[i:j] for a name.
func (f *Finder) sure(i, j int, why uint32) {
	f.hits = append(f.hits, hit{f.line.at[i], f.line.at[j], sureScore, why&^strong | Label})
}

// sureScore is the score of a name that stands where only names stand.
const sureScore = 500
