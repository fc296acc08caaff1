package detect_test

import "testing"

// TestEveryKindIsFoundAsPeopleWriteIt holds the written forms that the numbers of
// kinds_test and the terms of full_test leave out.
func TestEveryKindIsFoundAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"身份证号：11010519491231 002X", "resident_id:11010519491231 002X"},
		{"身份证号：110105.19491231.002X", "resident_id:110105.19491231.002X"},
		{"身份证号：110105－19491231－002ｘ", "resident_id:110105－19491231－002ｘ"},
		{"身份证号 110101-491231-002", "resident_id:110101-491231-002"},
		{"身份证号：１１０１０１４９１２３１００２", "resident_id:１１０１０１４９１２３１００２"},
		{"残疾证号：11010519491231002X43", "resident_id:11010519491231002X43"},
		{"学籍号：g110101201503078036", "student_number:g110101201503078036"},
		{"学籍号：G 110101 20150307 8036", "student_number:G 110101 20150307 8036"},
		{"出生证：X 320101001", "birth_certificate:X 320101001"},
		{"港澳居住证：810000199408230021", "residence_permit:810000199408230021"},
		{"港澳居民来往内地通行证：H1234567890", "home_permit:H1234567890"},
		{"外国人永久居留身份证 911124198108030024", "foreigner_permit:911124198108030024"},
		{"外国人永久居留证：USA110081080310", "foreigner_permit:USA110081080310"},
		{"因公护照 SE1234567", "passport:SE1234567"},
		{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
			"machine_zone:P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"},
		{"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<",
			"machine_zone:I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
		{"电话：+86-571-87654321", "landline:+86-571-87654321"},
		{"电话：+86 10 8765 4321", "landline:+86 10 8765 4321"},
		{"电话：8765-4321转3", "landline:8765-4321"},
		{"卡号 ６２２２０２１２３４５６７８９０１２８", "bank_card:６２２２０２１２３４５６７８９０１２８"},
		{"京Ａ１２３４５", "plate:京Ａ１２３４５"},
		{"粤Z1234港", "plate:粤Z1234港"},
		{"京A12345D", "plate:京A12345D"},
		{"VIN码：LSVAA49J132047371", "vin:LSVAA49J132047371"},
		{"加V：zhangsan2012", "wechat:zhangsan2012"},
		{"1985年出生", "birth_date:1985年"},
		{"1985年生产", ""},
		{"姓名：李雷 成绩A+", "person_name:李雷 | marks:成绩A+"},
		{"姓名：李雷 语文：优秀", "person_name:李雷 | marks:语文：优秀"},
		{"姓名：李雷 血型A型，身高142cm", "person_name:李雷 | health:血型A型 | health:身高142cm"},
		{"姓名：李雷 人脸照片已录入", "person_name:李雷 | biometric:人脸照片"},
		{"定位39.904211,116.407395", "location:39.904211,116.407395"},
		{"经度116.407395，纬度39.904211", "location:116.407395 | location:39.904211"},
		{`{"lat":39.904211,"lng":116.407395}`, "location:39.904211 | location:116.407395"},
		{"北纬39°54′15″，东经116°24′26″", "location:北纬39°54′15″ | location:东经116°24′26″"},
		{"系数 0.123456, 0.654321", ""},
		{"价格 12345.678901", ""},
		// Masked where it stands.
		{"姓名：王*明", "~person_name:王*明"},
		{"姓名：李**，男", "~person_name:李**"},
		{"姓名：王某某", "~person_name:王某某"},
		{"身份证1101***********X", "~resident_id:1101***********X"},
		{"护照E*******8", "~passport:E*******8"},
		{"地址：北京市朝阳区****", "~address:北京市朝阳区"},
		{"学籍号G1101**********8036", "~student_number:G1101**********8036"},
		{"京A***45", "~plate:京A***45"},
		// Not personal.
		{"组织机构代码12345678-9", ""},
		{"ISBN 978-7-111-12345-6", ""},
		{"快递单号SF1234567890123", ""},
		{"2026-09-01 8:00-12:00", ""},
		{"发票代码 011001900211 号码 12345678", ""},
		{"MD5: d41d8cd98f00b204e9800998ecf8427e", ""},
		{"会议号：123 456 789", ""},
		{"13812345678901", ""},
	} {
		if got := found(everything, c.text); got != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.text, got, c.want)
		}
	}
}
