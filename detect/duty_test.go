package detect_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/detect"
)

// TestMarksAreActivityAndNumbersIdentity is S3-04 and S3-05: a table of marks is
// activity data, whose export follows another rule than identity data.
func TestMarksAreActivityAndNumbersIdentity(t *testing.T) {
	tab := everything.Table([]string{"姓名", "身份证号", "语文", "班级排名", "既往病史"})
	tab.Row("王小明", "110101201503078036", "95", "3", "哮喘")
	tab.Row("李雷", "11010519491231002X", "88", "12", "花生过敏")
	want := []string{"identity person_name", "identity resident_id", "activity marks", "activity rank", "activity health"}
	for i, c := range tab.Columns() {
		if got := c.Kind.Category().String() + " " + c.Kind.String(); got != want[i] {
			t.Errorf("%s: got %s, want %s", c.Header, got, want[i])
		}
	}
	for header, want := range map[string]detect.Kind{
		"通话记录": detect.Messages, "登录密码": detect.Password, "家庭年收入": detect.Property, "助学贷款": detect.Credit, "行踪轨迹": detect.Location,
		"宿舍号": detect.Lodging, "健康状况": detect.Health, "消费记录": detect.Transaction, "期末成绩": detect.Marks,
	} {
		tab := everything.Table([]string{"姓名", header})
		tab.Row("王小明", "39.9087243")
		tab.Row("李雷", "39.9087243")
		if header == "期末成绩" || header == "健康状况" {
			tab = everything.Table([]string{"姓名", header})
			tab.Row("王小明", "95")
			tab.Row("李雷", "哮喘")
			tab.Row("李雷", "88")
		}
		if c := tab.Columns()[1]; c.Kind != want || c.Kind.Category() != detect.Activity {
			t.Errorf("%s is %v of %v, want %v", header, c.Kind, c.Kind.Category(), want)
		}
	}
	if got := found(everything, "账号li2015 密码：Ab12345!，"); got != "password:Ab12345!" {
		t.Errorf("got %s", got)
	}
	if detect.None.Category().String() != "" {
		t.Error("nothing has a category")
	}
}

// TestARosterInAFileIsFoundByWhoeverExaminesIt is S0-17 and S1-06: an institution
// that examines its own files and pages sees what of it is personal, and how many
// are children.
func TestARosterInAFileIsFoundByWhoeverExaminesIt(t *testing.T) {
	g := invented{rand.New(rand.NewPCG(31, 32))}
	var b strings.Builder
	b.WriteString("姓名,身份证号,家长电话,备注\n")
	for range 100 {
		fmt.Fprintf(&b, "%s,%s,%s,\n", g.name(), g.id(2015), g.mobile())
	}
	count := map[detect.Kind]int{}
	for f := range everything.Text([]byte(b.String())) {
		if f.Level >= detect.Likely && f.Minor == detect.Under14 {
			count[f.Kind]++
		}
	}
	if count[detect.ResidentID] != 100 || count[detect.Mobile] != 100 || count[detect.PersonName] < 97 {
		t.Errorf("got %v", count)
	}
}

// TestAPlantedRecordIsFoundWhereItStands is S2-10: a record that was planted in a
// large text is found at its place.
func TestAPlantedRecordIsFoundWhereItStands(t *testing.T) {
	text := news(3 << 20)
	at := bytes.IndexByte(text[1<<20:], '\n') + 1<<20 + 1
	planted := "监护人电话：+86 139-0000-1234\n"
	text = append(text[:at:at], append([]byte(planted), text[at:]...)...)
	n := 0
	for f := range everything.Text(text) {
		if f.Kind == detect.Mobile {
			n++
			if got := string(text[f.Start:f.End]); got != "+86 139-0000-1234" || int(f.Start) != at+len("监护人电话：") {
				t.Errorf("got %q at %d", got, f.Start)
			}
		}
	}
	if n != 1 {
		t.Errorf("found %d times", n)
	}
}

// TestAMachineReadableZoneIsOneFinding reads the specimen of ICAO Doc 9303.
func TestAMachineReadableZoneIsOneFinding(t *testing.T) {
	zone := "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
	if got := found(everything, "护照：\n"+zone+"\n完"); got != "machine_zone:"+zone {
		t.Errorf("got %s", got)
	}
	card := "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
	if got := found(everything, card); got != "machine_zone:"+card {
		t.Errorf("got %s", got)
	}
}
