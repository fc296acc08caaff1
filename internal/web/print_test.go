package web_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/wardfold/wardfold/test/browser"
)

// S3-46: a print-out, and its preview, shows the mask, also in the minute in
// which the screen shows the value in clear.
func TestAPrintOutShowsTheMask(t *testing.T) {
	tab, _ := open(t, browser.Desktop)
	paper := emulation.SetEmulatedMediaParams{Media: "print"}
	if _, err := chromedp.Call(tab.Context(), emulation.SetEmulatedMedia, paper); err != nil {
		t.Fatal(err)
	}
	const shown = `(() => { const v = document.querySelector(".allowed .value");
		return getComputedStyle(v).fontSize + " " + getComputedStyle(v, "::after").content })()`
	browser.Eval[bool](tab, `(document.querySelector(".allowed form").requestSubmit(), true)`)
	until(t, tab, textIs(".allowed .value", "13800005678"))
	if got := browser.Eval[string](tab, shown); got != `0px "138****5678"` {
		t.Errorf("paper shows %s", got)
	}
}
