package ui_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestColoursContrastEnough computes WCAG 2.2 contrast from the stylesheet:
// 4.5 for text, 3 for the edges of what can be pressed, in light and in dark.
func TestColoursContrastEnough(t *testing.T) {
	light, dark, chosen := themes(t)
	if !maps.Equal(dark, chosen) {
		t.Error("dark by system and dark by choice differ")
	}
	for name, theme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"text", "bg", 7}, {"text", "surface", 7}, {"muted", "bg", 4.5}, {"muted", "surface", 4.5},
			{"primary", "bg", 4.5}, {"primary", "surface", 4.5}, {"primary", "primary-soft", 4.5}, {"on-primary", "primary", 4.5},
			{"text", "primary-soft", 7}, {"muted", "primary-soft", 4.5},
			{"success", "bg", 4.5}, {"success", "success-soft", 4.5}, {"text", "success-soft", 7},
			{"warning", "bg", 4.5}, {"warning", "warning-soft", 4.5}, {"text", "warning-soft", 7}, {"muted", "warning-soft", 4.5},
			{"danger", "bg", 4.5}, {"danger", "danger-soft", 4.5}, {"text", "danger-soft", 7}, {"bg", "danger", 4.5},
			{"border", "bg", 3}, {"border", "surface", 3}, {"seal", "bg", 3}, {"seal", "surface", 3}, {"focus", "ring", 4.5},
		} {
			got := contrast(t, theme[pair.front], theme[pair.back])
			if got < pair.least {
				t.Errorf("%s: %s on %s has %.2f, at least %.1f", name, pair.front, pair.back, got, pair.least)
			}
		}
	}
}

// themes reads the three blocks of colours.
func themes(t *testing.T) (light, dark, chosen map[string]string) {
	t.Helper()
	css, err := os.ReadFile("assets/app.css")
	if err != nil {
		t.Fatal(err)
	}
	block := func(selector string) map[string]string {
		_, rest, ok := strings.Cut(string(css), selector+" {")
		if !ok {
			t.Fatalf("no block %s", selector)
		}
		body, _, _ := strings.Cut(rest, "}")
		tokens := map[string]string{}
		for _, m := range regexp.MustCompile(`--([\w-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(body, -1) {
			tokens[m[1]] = m[2]
		}
		if len(tokens) < 16 {
			t.Fatalf("block %s has %d colours", selector, len(tokens))
		}
		return tokens
	}
	return block("\n:root"), block(`:root:not([data-theme="light"])`), block("\n  " + `:root[data-theme="dark"]`)
}

// contrast is the ratio of relative luminances. Source: WCAG 2.2, definitions.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var r, g, b int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &r, &g, &b); err != nil {
		t.Fatalf("colour %q: %v", hex, err)
	}
	line := func(c int) float64 {
		v := float64(c) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*line(r) + 0.7152*line(g) + 0.0722*line(b)
}
