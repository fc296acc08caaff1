package roster_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const list = "学员姓名,出生年月,家长姓名,联系方式\r\n示例甲,2016-03,示例乙,15412345678\r\n,,,\r\n\"示例·丙\",2016年3月,㐀示例,+8615412345679\r\n"

var listRows = []string{"2: 示例甲|2016-03|示例乙|+8615412345678", "4: 示例·丙|2016-03|㐀示例|+8615412345679"}

func TestReadsCSVInEveryCharsetAndDelimiter(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(list)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(list, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"UTF-8":                list,
		"UTF-8 with mark":      "\uFEFF" + list,
		"GB18030":              gb,
		"UTF-16 with tabs":     wide,
		"semicolons":           strings.ReplaceAll(list, ",", ";"),
		"tabs":                 strings.ReplaceAll(list, ",", "\t"),
		"old Macintosh":        strings.ReplaceAll(list, "\r\n", "\r"),
		"Unix":                 strings.ReplaceAll(list, "\r\n", "\n"),
		"without a last break": strings.TrimSuffix(list, "\r\n"),
	} {
		t.Run(name, func(t *testing.T) { same(t, read(t, []byte(file)), listRows...) })
	}
}

func TestReadsTheGB18030Fixture(t *testing.T) {
	file, err := os.ReadFile("testdata/gb18030.csv")
	if err != nil {
		t.Fatal(err)
	}
	same(t, read(t, file),
		"2: 示例甲|2016-03|示例家长甲|+8615400000001",
		"3: 示例·乙|2015-11|示例家长乙|+8615400000002 出生年月!roster.day_dropped[]",
		"4: 㐀䶵示例|2014-07|示例家长丙|+8615400000003",
		"6: 示例丁||示例家长丁|+8615400000004 出生年月!roster.month_range[]")
}

// One lost quote costs one line, not the rest of the file.
func TestABrokenLineIsOneProblemAndTheRestGoesOn(t *testing.T) {
	h, good := "学员姓名,出生年月,家长姓名,联系方式\n", "示例丙,2016-03,示例乙,15412345678\n"
	for name, broken := range map[string]string{
		"never closed":            "示例甲,\"2016-03,示例乙,15412345678\n",
		"something after a quote": "\"示例甲\"x,2016-03,示例乙,15412345678\n",
		"closed by a later line":  "\"示例甲,2016-03,示例乙,15412345678\n",
	} {
		t.Run(name, func(t *testing.T) {
			rows := show(read(t, []byte(h+broken+good+"\"示例丁\",2016-03,示例乙,15412345678\n"+strings.Repeat("\n", 20)+"示例戊,2016-03,示例乙,15412345678\n")))
			want := []string{"2: ||| !roster.csv_quote[]", "3: 示例丙|2016-03|示例乙|+8615412345678", "4: 示例丁|2016-03|示例乙|+8615412345678", "25: 示例戊|2016-03|示例乙|+8615412345678"}
			if strings.Join(rows, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s", strings.Join(rows, "\n"))
			}
		})
	}
}

func TestAQuotedCellMayHoldALineBreak(t *testing.T) {
	file := "\"学员\n姓名\",出生年月,家长姓名,联系方式\n\"示例\n甲\",2016-03,示例乙,15412345678\n示例丙,2016-03,示例乙,15412345678\n"
	same(t, read(t, []byte(file)), "2: |2016-03|示例乙|+8615412345678 学员\n姓名!roster.name_control[]", "3: 示例丙|2016-03|示例乙|+8615412345678")
}

func TestACellOfTenMegabytesIsAProblemOfItsRow(t *testing.T) {
	file := "学员姓名,出生年月,家长姓名,联系方式\n示例丙,2016-03,示例乙,15412345678\n" + strings.Repeat("长", 10_000_000/3) + ",2016-03,示例乙,15412345678\n示例丁,2016-03,示例乙,15412345678\n"
	same(t, read(t, []byte(file)), "2: 示例丙|2016-03|示例乙|+8615412345678", "3: ||| !roster.long[]", "4: 示例丁|2016-03|示例乙|+8615412345678")
}

func TestGarbledTextIsAProblem(t *testing.T) {
	file := strings.Replace(list, "示例乙", "示例\xFF", 1)
	same(t, read(t, []byte(file)), "2: 示例甲|2016-03||+8615412345678 家长姓名!roster.garbled[]", listRows[1])
}

// The eight character components that GB 18030-2022 moved are not in the decoder's
// table: they are a problem of their row, never another character.
func TestComponentsMovedByGB18030_2022AreAProblem(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(list)
	file := strings.Replace(gb, "\xca\xbe\xc0\xfd\xd2\xd2", "\xca\xbe\xc0\xfd\xfe\x59", 1)
	same(t, read(t, []byte(file)), "2: 示例甲|2016-03||+8615412345678 家长姓名!roster.garbled[]", listRows[1])
}

// Power-of-ten numbers that lost digits are not guessed; a leading quote that
// keeps Excel from computing is taken away.
func TestNumbersThatASpreadsheetTouched(t *testing.T) {
	file := "学员姓名,出生年月,家长姓名,联系方式\n示例甲,2016-03,示例乙,1.54E+10\n示例丙,2016-03,示例乙,1.5412345678E+10\n示例丁,2016-03,示例乙,'+8615412345678\n示例戊,2016-03,示例乙,15412345678.0\n"
	same(t, read(t, []byte(file)), "2: 示例甲|2016-03|示例乙| 联系方式!roster.phone_rounded[]", "3: 示例丙|2016-03|示例乙|+8615412345678",
		"4: 示例丁|2016-03|示例乙|+8615412345678", "5: 示例戊|2016-03|示例乙|+8615412345678")
}
