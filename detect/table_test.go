package detect_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// invented makes rows about invented children; each call of a column gives a value.
type invented struct{ *rand.Rand }

func (g invented) id(year int) string {
	body := fmt.Sprintf("110105%04d%02d%02d%03d", year, 1+g.IntN(12), 1+g.IntN(28), g.IntN(1000))
	return body + string(check(body))
}

func (g invented) name() string {
	family, given := []rune("王李张刘陈杨黄赵周吴"), []rune("明华芳伟洋丽静涛杰雪晨宇")
	s := string(family[g.IntN(len(family))]) + string(given[g.IntN(len(given))])
	if g.IntN(2) == 0 {
		s += string(given[g.IntN(len(given))])
	}
	return s
}

func (g invented) mobile() string { return fmt.Sprintf("139%08d", g.IntN(1e8)) }

func (g invented) pick(list ...string) string { return list[g.IntN(len(list))] }

// TestColumnsAreNamedByHeaderAndValues is S3-04 and S3-05 for tables.
func TestColumnsAreNamedByHeaderAndValues(t *testing.T) {
	g := invented{rand.New(rand.NewPCG(1, 2))}
	columns := []struct {
		header string
		value  func() string
		want   detect.Kind
	}{
		{"学生姓名", g.name, detect.PersonName},
		{"sfzh", func() string { return g.id(2013 + g.IntN(4)) }, detect.ResidentID},
		{"家长手机", g.mobile, detect.Mobile},
		{"出生日期", func() string { return fmt.Sprint(41000 + g.IntN(500)) }, detect.BirthDate}, // Excel serials
		{"csrq", func() string { return fmt.Sprintf("2013-%02d-%02d", 1+g.IntN(12), 1+g.IntN(28)) }, detect.BirthDate},
		{"年级", func() string { return g.pick("三年级", "四年级", "五年级") }, detect.Grade},
		{"bj", func() string { return fmt.Sprintf("%d班", 1+g.IntN(9)) }, detect.Class},
		{"语文成绩", func() string { return fmt.Sprint(60 + g.IntN(41)) }, detect.Marks},
		{"班级排名", func() string { return fmt.Sprint(1 + g.IntN(50)) }, detect.Rank},
		{"年龄", func() string { return fmt.Sprint(9 + g.IntN(3)) }, detect.Age},
		{"与学生关系", func() string { return g.pick("母亲", "父亲", "奶奶") }, detect.Guardian},
		{"健康状况", func() string { return g.pick("良好", "哮喘", "花生过敏", "无") }, detect.Health},
		{"困难类别", func() string { return g.pick("低保", "留守儿童", "孤儿", "") }, detect.Difficulty},
		{"就读学校", func() string { return g.pick("朝阳实验小学", "城关中心小学") }, detect.School},
		{"微信", func() string { return "wx_" + g.mobile() }, detect.WeChat},
		{"QQ号", func() string { return fmt.Sprint(100000 + g.IntN(1e9)) }, detect.QQ},
		{"email", func() string { return "a" + g.mobile() + "@qq.com" }, detect.Email},
		{"学号", func() string { return fmt.Sprintf("2023%04d", g.IntN(10000)) }, detect.StudentNumber},
		{"序号", func() string { return fmt.Sprint(g.IntN(1000)) }, detect.None},
		{"订单号", func() string { return fmt.Sprintf("2026%012d", g.Uint64N(1e12)) }, detect.None},
		{"性别", func() string { return g.pick("男", "女") }, detect.None},
		{"金额", func() string { return fmt.Sprintf("%d.%02d", g.IntN(500), g.IntN(100)) }, detect.None},
		{"创建时间", func() string { return fmt.Sprintf("2026-%02d-%02d 10:20:30", 1+g.IntN(12), 1+g.IntN(28)) }, detect.None},
		{"城市", func() string { return g.pick("北京", "上海", "杭州") }, detect.None},
	}
	for _, rows := range []int{3, 40, 2000} {
		var header []string
		for _, c := range columns {
			header = append(header, c.header)
		}
		tab := everything.Table(header)
		for range rows {
			var row []string
			for _, c := range columns {
				row = append(row, c.value())
			}
			tab.Row(row...)
		}
		for i, got := range tab.Columns() {
			if rows == 3 && (columns[i].want == detect.Health || columns[i].want == detect.Difficulty) {
				continue // three values may all be empty
			}
			if got.Kind != columns[i].want {
				t.Errorf("%d rows: %s is %v (%d, %v), want %v", rows, columns[i].header, got.Kind, got.Score, got.Why, columns[i].want)
			}
		}
		s := tab.Summary()
		if s.Rows != int64(rows) || s.Persons < int64(rows*9/10) || s.Persons > int64(rows*11/10) || s.Under14 < s.Persons*9/10 {
			t.Errorf("%d rows: %+v", rows, s)
		}
		if rows > 3 && !s.Sensitive {
			t.Error("names beside illnesses of children are not called sensitive")
		}
	}
}

func TestValuesAloneNameAColumn(t *testing.T) {
	g := invented{rand.New(rand.NewPCG(3, 4))}
	tab := everything.Table(nil)
	for range 200 {
		tab.Row(g.name(), g.id(2010), g.mobile(), fmt.Sprintf("%016d", g.Uint64N(1e16)), "今天来电说13912345678是孩子母亲的号码，明天再打")
	}
	var got []string
	for _, c := range tab.Columns() {
		got = append(got, c.Kind.String())
	}
	if s := strings.Join(got, ","); s != "person_name,resident_id,mobile,," && s != ",resident_id,mobile,," {
		t.Errorf("got %s", s)
	}
	if c := tab.Columns()[4]; c.Inside[detect.Mobile] != 200 {
		t.Errorf("in the remarks: %v", c.Inside)
	}
}

func TestTheFirstRowMayBeAHeader(t *testing.T) {
	tab := everything.Table(nil)
	tab.Row("姓名", "证件号码", "备注")
	tab.Row("李雷", "110101201503078036", "")
	c := tab.Columns()
	if c[0].Header != "姓名" || c[0].Kind != detect.PersonName || c[1].Kind != detect.ResidentID || c[1].Under14 != 1 || c[1].First != 1 {
		t.Errorf("got %+v", c)
	}
	tab = everything.Table(nil)
	tab.Row("李雷", "110101201503078036", "")
	if c := tab.Columns(); c[1].Kind != detect.ResidentID || c[0].Header != "" {
		t.Errorf("got %+v", c)
	}
}

func TestMaskedColumnsAreCountedAsMasked(t *testing.T) {
	tab := everything.Table([]string{"姓名", "电话", "身份证"})
	for i := range 50 {
		tab.Row("王*明", fmt.Sprintf("139****%04d", i), fmt.Sprintf("110101********%04d", i))
	}
	for _, c := range tab.Columns() {
		if c.Kind == detect.None || c.Masked != 50 {
			t.Errorf("got %+v", c)
		}
	}
	if s := tab.Summary(); s.Persons != 0 || s.Sensitive {
		t.Errorf("got %+v", s)
	}
}

// TestASettledColumnCountsAsBefore feeds the same rows to one table, whose columns
// settle, and to short ones, whose columns do not.
func TestASettledColumnCountsAsBefore(t *testing.T) {
	header := []string{"姓名", "班级", "住址", "监护人关系", "年龄"}
	r := rand.New(rand.NewPCG(21, 22))
	pick := func(words string) string { w := strings.Split(words, "|"); return w[r.IntN(len(w))] }
	row := func() []string {
		return []string{pick("王小明|欧阳明月|买买提·吐尔逊|张三丰|李*|无|待定123"), pick("三年级2班|一（3）班|高二5班|三年级|二班|无|周一上课"),
			pick("浙江省杭州市西湖区文三路478号|朝阳路12号|朝阳区|幸福小区3栋2单元501室|不详|在家"), pick("父亲|母亲|爷爷|监护人|同学|无"), pick("11岁|9岁|十岁|16周岁|成年|30岁")}
	}
	long := everything.Table(header)
	var valid, young [5]int64
	for range 8 {
		short := everything.Table(header)
		for range 500 {
			cells := row()
			long.Row(cells...)
			short.Row(cells...)
		}
		for i, c := range short.Columns() {
			valid[i], young[i] = valid[i]+c.Valid, young[i]+c.Under14
		}
	}
	for i, c := range long.Columns() {
		if c.Kind == detect.None || c.Valid != valid[i] || c.Under14 != young[i] {
			t.Errorf("%s: %s, %d valid, %d under 14; want %d and %d", c.Header, c.Kind, c.Valid, c.Under14, valid[i], young[i])
		}
	}
}
