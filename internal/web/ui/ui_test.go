package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

func TestTheQRPathDrawsEveryModuleOnce(t *testing.T) {
	const text = "https://wardfold.example/e/4f9d1c"
	q, err := ui.NewQR(text, "alt")
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	drawn := paint(t, q)
	for y := range q.Side {
		for x := range q.Side {
			if want := code.Black(x-4, y-4); drawn[[2]int{x, y}] != want {
				t.Fatalf("module %d,%d is %v, want %v", x, y, !want, want)
			}
		}
	}
	if _, err := ui.NewQR(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("5,000 bytes fit into a QR code")
	}
}

func TestUnknownIconsDrawNothing(t *testing.T) {
	var b strings.Builder
	if err := ui.Icon("no such").Render(t.Context(), &b); err != nil || b.Len() != 0 {
		t.Errorf("got %q, %v", b.String(), err)
	}
}

// TestTwoAnswersWeighTheSame holds the consent rule at its root: the two
// buttons differ in words and value only. S0-30, B6
func TestTwoAnswersWeighTheSame(t *testing.T) {
	var b strings.Builder
	yes := ui.Button{Text: "AAAA", Name: "answer", Value: "yes", Kind: ui.Primary, Icon: "check"}
	no := ui.Button{Text: "BBBB", Name: "answer", Value: "no", Kind: ui.Danger}
	if err := ui.Pair(yes, no).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	first, second, ok := strings.Cut(b.String(), "</button>")
	_, first, _ = strings.Cut(first, "<button")
	_, second, _ = strings.Cut(second, "<button")
	second, _, _ = strings.Cut(second, "</button>")
	same := strings.NewReplacer("AAAA", "BBBB", `value="yes"`, `value="no"`).Replace(first)
	if !ok || same != second {
		t.Errorf("the answers differ:\n%s\n%s", first, second)
	}
}

// Optional purposes start off; a person turns them on. S0-30
func TestNothingIsChosenInAdvance(t *testing.T) {
	var b strings.Builder
	p := lang.For("zh-CN")
	if err := ui.Switch(ui.Check{Name: "a", Label: "x"}).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if err := ui.Radios(p, ui.Choice{Name: "b", Label: "y", Options: []ui.Option{{Value: "1", Text: "1"}, {Value: "2", Text: "2"}}}).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "checked") {
		t.Errorf("something is chosen: %s", b.String())
	}
}

// paint draws the path of a QR code: runs "Mx yhWv1h-Wz".
func paint(t *testing.T, q ui.QR) map[[2]int]bool {
	t.Helper()
	drawn := map[[2]int]bool{}
	for run := range strings.SplitSeq(strings.TrimSuffix(q.Path, "z"), "z") {
		var x, y, w, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &w, &back); err != nil || w != back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range w {
			drawn[[2]int{x + i, y}] = true
		}
	}
	return drawn
}
