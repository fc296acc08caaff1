package phone_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/secret"
)

// All numbers here are made up; 1380000… was never assigned.
func TestEveryWayOfWritingANumberIsOneNumber(t *testing.T) {
	const want = "+8613800001234"
	for _, in := range []string{
		"13800001234", " 138 0000 1234 ", "138-0000-1234", "１３８００００１２３４",
		"+8613800001234", "+86 138 0000 1234", "＋８６　138　0000　1234", "0086 13800001234",
		"8613800001234", "(+86)138.0000.1234", "（＋86）138–0000–1234", "\u202d138 0000 1234\u202c",
		"138\u200b0000\u00a01234", "\ufeff13800001234", "138·0000·1234", "+86\t13800001234",
	} {
		got, err := phone.Normalise(secret.NewText(in))
		if err != nil || got.Expose() != want {
			t.Errorf("%q: got %q, %v", in, got.Expose(), err)
		}
	}
}

func TestForeignNumbersNeedTheirCountryCode(t *testing.T) {
	for in, want := range map[string]string{
		"+852 5123 4567":   "+85251234567",
		"00853 6612 3456":  "+85366123456",
		"+1 (202) 5550123": "+12025550123",
		"+358 40 1234567":  "+358401234567",
	} {
		got, err := phone.Normalise(secret.NewText(in))
		if err != nil || got.Expose() != want {
			t.Errorf("%q: got %q, %v", in, got.Expose(), err)
		}
	}
}

func TestAWrongNumberIsRefusedWithItsReason(t *testing.T) {
	for in, code := range map[string]string{
		"":                      "phone.empty",
		" - ":                   "phone.empty",
		"+":                     "phone.empty",
		"1380000123O":           "phone.letters",
		"138 0000 1234 妈妈":      "phone.letters",
		"138+00001234":          "phone.letters",
		"++8613800001234":       "phone.letters",
		"٠١٢٣٤٥٦٧٨٩٠":           "phone.letters",
		"①③⑧00001234":           "phone.letters",
		"138\x000001234":        "phone.letters",
		"\xff13800001234":       "phone.letters",
		"1380000123":            "phone.length",
		"138000012345":          "phone.length",
		"+86 1380000123":        "phone.length",
		"+1234567":              "phone.length",
		"+1234567890123456":     "phone.length",
		strings.Repeat("1", 65): "phone.length",
		"00":                    "phone.length",
		"12800001234":           "phone.prefix",
		"23800001234":           "phone.prefix",
		"+86 23800001234":       "phone.prefix",
		"+0123456789":           "phone.prefix",
		"02100001234":           "phone.prefix",
	} {
		got, err := phone.Normalise(secret.NewText(in))
		if fault.CodeOf(err) != code || !errors.Is(err, fault.Invalid) || !got.Empty() {
			t.Errorf("%q: got %v, want %s", in, err, code)
		}
		var f *fault.Error
		if errors.As(err, &f) && (len(f.Fields) != 1 || f.Fields[0].Path != "phone") {
			t.Errorf("%q: the fault does not name its field", in)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"13800001234", "+8613800001234", "０086-138", "+", "\u202d1\u202c", "+852 51234567"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := phone.Normalise(secret.NewText(in))
		if err != nil {
			if !errors.Is(err, fault.Invalid) || !strings.HasPrefix(fault.CodeOf(err), "phone.") {
				t.Fatalf("a refusal without its reason: %v", err)
			}
			return
		}
		e := got.Expose()
		if len(e) < 9 || len(e) > 16 || e[0] != '+' || strings.Trim(e[1:], "0123456789") != "" {
			t.Fatalf("not E.164: %d bytes", len(e))
		}
		again, err := phone.Normalise(got)
		if err != nil || again.Expose() != e {
			t.Fatal("normalising twice gives another number")
		}
	})
}
