package detect_test

import (
	"testing"

	"github.com/wardfold/wardfold/detect"
)

var everything = detect.New(detect.Options{On: on})

// TestWhatDescribesAPersonCountsBesideThem is S3-05 (marks, health) and the
// categories of S3-04: a word says something about somebody only beside a name
// or a number.
func TestWhatDescribesAPersonCountsBesideThem(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"出生日期：2012-05-06", "birth_date:2012-05-06"},
		{"出生日期：2012年5月6日", "birth_date:2012年5月6日"},
		{"生日 2012/5/6", "birth_date:2012/5/6"},
		{"出生年月：2012.05.06", "birth_date:2012.05.06"},
		{"出生日期20120506", "birth_date:20120506"},
		{"２０１２年５月６日出生", "birth_date:２０１２年５月６日"},
		{"出生于二〇一二年五月六日", "birth_date:二〇一二年五月六日"},
		{"农历二〇一二年四月初八生", "birth_date:农历二〇一二年四月初八"},
		{"生日：12年5月6日", "birth_date:12年5月6日"},
		{"2012年5月生", "birth_date:2012年5月"},
		{"DOB: 2012-05-06", "birth_date:2012-05-06"},
		{"发布日期：2012-05-06", ""},
		{"2012年5月6日，学校开会", ""},
		{"微信号：wx_abc123", "wechat:wx_abc123"},
		{"加我VX：abc12345", "wechat:abc12345"},
		{"v信zhang_2012", "wechat:zhang_2012"},
		{"哮喘是一种常见病", ""},
		{"关爱留守儿童", ""},
		{"姓名：王小明，哮喘", "person_name:王小明 | health:哮喘"},
		{"姓名：王小明，三年级2班，语文95分，班级排名：3", "person_name:王小明 | class:三年级2班 | marks:语文95分 | rank:班级排名：3"},
		{"姓名：王小明 就读于朝阳实验小学三年级", "person_name:王小明 | school:朝阳实验小学 | grade:三年级"},
		{"姓名：王小明 今年11岁，低保户，信仰佛教", "person_name:王小明 | age:11岁 | difficulty:低保户 | religion:佛教"},
		{"班级：三年级2班", "class:三年级2班"},
		{"班级：三（2）班", "class:三（2）班"},
		{"三年级2班的教室", ""},
		{"过敏史：青霉素", "health:青霉素"},
		{"既往病史：无", ""},
		{"过敏原检测：联系电话", ""},
		{"姓名：王小明 三（2）班 指纹已采集", "person_name:王小明 | class:三（2）班 | biometric:指纹"},
	} {
		if got := found(everything, c.text); got != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.text, got, c.want)
		}
	}
}

// TestMarksAndRanksOfARecordStandByThemselves is S3-05 for the lines of a record:
// a mark with its label needs no name beside it, what is told of films and matches
// in the same words is none.
func TestMarksAndRanksOfARecordStandByThemselves(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"语文成绩：95", "marks:语文成绩：95"},
		{"语文：95分", "marks:语文：95分"},
		{"语文: 95", "marks:语文: 95"},
		{"数学 成绩: 88", "marks:数学 成绩: 88"},
		{"数学成绩 88", "marks:数学成绩 88"},
		{"英语成绩=91.5", "marks:英语成绩=91.5"},
		{"语文：95 数学：88 英语：91", "marks:语文：95 | marks:数学：88 | marks:英语：91"},
		{"语文：９５分", "marks:语文：９５分"},
		{"期末成绩：88分", "marks:期末成绩：88分"},
		{"高考成绩 612分", "marks:高考成绩 612分"},
		{"物理考了95分", "marks:物理考了95分"},
		{"总分 612", "marks:总分 612"},
		{"总分：612分", "marks:总分：612分"},
		{"班级排名 第3名", "rank:班级排名 第3名"},
		{"班级排名：第三名", "rank:班级排名：第三名"},
		{"年级排名：12", "rank:年级排名：12"},
		{"全班排名 5", "rank:全班排名 5"},
		{"年级第12名", "rank:第12名"},
		{"全班第三名", "rank:第三名"},
		{"语文 95", ""},
		{"语文，95", ""},
		{"物理：20分钟", ""},
		{"化学：1949年", ""},
		{"体育：3", ""},
		{"历史：1949", ""},
		{"口味：5分", ""},
		{"总分：4分", ""},
		{"得分：25分", ""},
		{"平均分：8.5", ""},
		{"世界排名：3", ""},
		{"排名第3", ""},
		{"48公斤级第一名", ""},
		{"年级第一名的学生", ""},
		{"成绩：9秒58", ""},
	} {
		if got := found(everything, c.text); got != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.text, got, c.want)
		}
	}
}
