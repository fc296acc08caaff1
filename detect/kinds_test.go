package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// found writes findings as kind:text, in order.
func found(s *detect.Scanner, text string) string {
	var out []string
	for f := range s.Text([]byte(text)) {
		mark := ""
		if f.Masked {
			mark = "~"
		}
		out = append(out, fmt.Sprintf("%s%s:%s", mark, f.Kind, text[f.Start:f.End]))
	}
	return strings.Join(out, " | ")
}

var numbers = detect.New(detect.Options{On: on, Kinds: detect.Numbers | detect.Of(detect.QQ), Least: detect.Likely})

// TestNumbersAreFoundInEveryWrittenForm is S3-04: a resident identity number with
// a valid check digit in a free text is found, and so are its kin. A want of one
// word is kind:value; nothing is wanted where it is empty.
func TestNumbersAreFoundInEveryWrittenForm(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Resident identity numbers.
		{"身份证110101201503078036", "resident_id:110101201503078036"},
		{"证件 11010519491231002x。", "resident_id:11010519491231002x"},
		{"110105 19491231 002X", "resident_id:110105 19491231 002X"},
		{"110105-19491231-002X", "resident_id:110105-19491231-002X"},
		{"1101 0519 4912 3100 2X", "resident_id:1101 0519 4912 3100 2X"},
		{"110105 1949 1231 002X", "resident_id:110105 1949 1231 002X"},
		{"１１０１０５１９４９１２３１００２Ｘ", "resident_id:１１０１０５１９４９１２３１００２Ｘ"},
		{"110105　19491231　002X", "resident_id:110105　19491231　002X"},
		{"11010519491231002×", "resident_id:11010519491231002×"},
		{"110105\u00a019491231\u00a0002X", "resident_id:110105\u00a019491231\u00a0002X"},
		{"号码ID11010519491231002X", "resident_id:11010519491231002X"},
		{"身份证号：110101491231002", "resident_id:110101491231002"},
		{"110101491231002", "resident_id:110101491231002"},
		{"110101490231002", ""},
		{"110105194912310021", ""},
		{"110101194902300025", ""},
		{"990101194912310024", ""},
		{"1234110105194912310021234", ""},
		// Mobile numbers.
		{"请打13812345678", "mobile:13812345678"},
		{"138-1234-5678", "mobile:138-1234-5678"},
		{"138 1234 5678", "mobile:138 1234 5678"},
		{"138 123 45678", "mobile:138 123 45678"},
		{"+86 138 1234 5678", "mobile:+86 138 1234 5678"},
		{"+8613812345678", "mobile:+8613812345678"},
		{"+86-13812345678", "mobile:+86-13812345678"},
		{"(+86)13812345678", "mobile:(+86)13812345678"},
		{"008613812345678", "mobile:008613812345678"},
		{"0086 138 1234 5678", "mobile:0086 138 1234 5678"},
		{"１３８１２３４５６７８", "mobile:１３８１２３４５６７８"},
		{"tel13812345678", "mobile:13812345678"},
		{`{"phone":"13812345678"}`, "mobile:13812345678"},
		{"订单号13812345678", ""},
		{"6200013812345678", ""},
		{"1700000000000", ""},
		{"0.13812345678", ""},
		{"12812345678", ""},
		// Landlines.
		{"010-87654321", "landline:010-87654321"},
		{"(0571)87654321", "landline:(0571)87654321"},
		{"（0571）8765 4321", "landline:（0571）8765 4321"},
		{"座机：057187654321", "landline:057187654321"},
		{"办公电话：87654321", "landline:87654321"},
		{"2010-87654321", ""},
		// Bank cards.
		{"卡号：6222021234567890128", "bank_card:6222021234567890128"},
		{"6225 8801 2345 6786", ""},
		// Student numbers and certificates.
		{"学籍号G110101201503078036", "student_number:G110101201503078036"},
		{"J11010120150307803", ""},
		{"L110101201503071234", "student_number:L110101201503071234"},
		{"学号：20230115", "student_number:20230115"},
		{"出生医学证明编号：X320101001", "birth_certificate:X320101001"},
		{"出生证号 M110123456", "birth_certificate:M110123456"},
		{"护照号：E12345678", "passport:E12345678"},
		{"护照 EA1234567", "passport:EA1234567"},
		{"回乡证：H12345678", "home_permit:H12345678"},
		{"往来港澳通行证 C12345678", "travel_permit:C12345678"},
		{"往来港澳通行证号码：CA1234567", "travel_permit:CA1234567"},
		{"台胞证：12345678", "taiwan_permit:12345678"},
		{"港澳台居民居住证810000199001010016", ""},
		{"永居证USA110090010112", "foreigner_permit:USA110090010112"},
		// Plates, VIN, e-mail, QQ.
		{"车牌京A12345", "plate:京A12345"},
		{"沪AD12345停在门口", "plate:沪AD12345"},
		{"粤B·F1234学", "plate:粤B·F1234"},
		{"车牌：苏E8B2C3。", "plate:苏E8B2C3"},
		{"京A1234警", "plate:京A1234警"},
		{"邮箱li.hua1@qq.com已录入", "email:li.hua1@qq.com"},
		{"13812345678@163.com", "email:13812345678@163.com"},
		{"logo@2x.png", ""},
		{"QQ：123456789", "qq:123456789"},
		{"扣扣 12345678", "qq:12345678"},
		// Masked.
		{"138****5678", "~mobile:138****5678"},
		{"110101********0021", "~resident_id:110101********0021"},
		{"1***************1X", "~resident_id:1***************1X"},
		{"6222 **** **** 1234", "~bank_card:6222 **** **** 1234"},
		{"z***g@qq.com", "~email:z***g@qq.com"},
		{"**13812345678**", "mobile:13812345678"},
		// Not personal.
		{"统一社会信用代码91110108MA01ABCD1X", ""},
		{"ISBN 9787111213826", ""},
		{"550e8400-e29b-41d4-a716-446655440000", ""},
		{"v1.20.3.20230115", ""},
		{"2026-11-22 10:20:30.123456", ""},
	} {
		if got := found(numbers, c.text); got != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.text, got, c.want)
		}
	}
	_ = slices.Collect[int]
}
