package browser

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed measure.js
var measure string

// SmallTargets lists what can be pressed but is smaller than min CSS pixels in
// width or height. Links inside a sentence do not count. Source: WCAG 2.2
// SC 2.5.5 for 44, and MIIT's guide for elders for 60.
func (b *Tab) SmallTargets(min int) []string {
	b.t.Helper()
	return Eval[[]string](b, fmt.Sprintf("(%s).targets(%d)", measure, min))
}

// Overflow lists what sticks out of the page sideways, which would make a
// reader scroll in two directions. Source: WCAG 2.2 SC 1.4.10.
func (b *Tab) Overflow() []string {
	b.t.Helper()
	return Eval[[]string](b, fmt.Sprintf("(%s).overflow()", measure))
}

// Tofu lists the characters on the page that no font here can draw.
func (b *Tab) Tofu() []string {
	b.t.Helper()
	return Eval[[]string](b, fmt.Sprintf("(%s).tofu()", measure))
}

// axeVersion is the checker's version; test/browser/axe.sh fetches it.
const axeVersion = "4.14.1"

// Axe lists the page's violations of WCAG 2.2 A and AA and of good practice
// that axe-core finds. WARDFOLD_AXE names another copy of its script. Without
// one the test is skipped, except in CI.
func (b *Tab) Axe() []string {
	b.t.Helper()
	path := os.Getenv("WARDFOLD_AXE")
	if path == "" {
		cache, err := os.UserCacheDir()
		b.must("find cache", err)
		path = filepath.Join(cache, "wardfold", "axe-core-"+axeVersion, "axe.min.js")
	}
	script, err := os.ReadFile(path)
	if err != nil {
		if os.Getenv("CI") == "true" {
			b.t.Fatal("run test/browser/axe.sh first: ", err)
		}
		b.t.Skip("NO ACCESSIBILITY TEST RAN; run test/browser/axe.sh first: ", err)
	}
	if !Eval[bool](b, `typeof axe === "object"`) {
		Eval[bool](b, string(script)+"\n;true")
	}
	return Eval[[]string](b, `axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
	}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160) + " — " + (n.failureSummary ?? "").replace(/\s+/g, " "))))`)
}
