package note_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/note"
)

func TestANumberOfSomebodyInANoteIsRefused(t *testing.T) { // S3-04
	for _, text := range []string{
		"家长要求退费，身份证号110101201603150015",
		"请打这个电话 138 0000 5678 联系她妈妈",
		"电话：１３８００００５６７８",
		"转到卡号6222021234567890128",
		"发到 parent@example.cn 就行",
		"微信号：wxid_abc12345",
		"身份证 11010120160315001X 不对，应为110101201603150015",
	} {
		err := note.Check("why", text)
		f, ok := err.(*fault.Error)
		if !ok || fault.CodeOf(err) != "note.personal" {
			t.Errorf("%q passed: %v", text[:12], err)
			continue
		}
		if s := fmt.Sprint(err, f.Args, f.Fields); strings.Contains(s, "5678") || strings.Contains(s, "0015") {
			t.Errorf("the refusal repeats the value: %s", s)
		}
	}
}

func TestPlainWordsPass(t *testing.T) { // S3-04
	for _, text := range []string{
		"", "开学前联系三年级二班的家长，共35人，截至2026年12月31日。", "张老师9月1日起接手3班，门牌改为2号楼。",
		"订单20261122001234已退款388.00元，流水号见附件。", "电话138****5678已打三次，无人接听。", "依据PIPL第29条和办法第12条。",
		"For the class of 2026; see ISO 27001 and RFC 9457.",
	} {
		if err := note.Check("why", text); err != nil {
			t.Errorf("%q was refused: %v", text, err)
		}
	}
	if err := note.Checks("title", "春季研学", "why", "电话13800005678"); fault.CodeOf(err) != "note.personal" {
		t.Errorf("the second field was not examined: %v", err)
	}
}

func BenchmarkCheck(b *testing.B) {
	text := strings.Repeat("开学前联系三年级二班的家长，说明研学活动的安排。", 10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if err := note.Check("why", text); err != nil {
			b.Fatal(err)
		}
	}
}
