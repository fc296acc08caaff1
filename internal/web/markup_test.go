package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestPagesKeepTheMarkupRules reads every page as a strict browser would:
// nothing inline that the policy forbids, nothing from elsewhere, and the
// structure that a screen reader needs.
func TestPagesKeepTheMarkupRules(t *testing.T) {
	s := serve(t)
	titles := map[string]string{}
	for _, page := range pages {
		for _, tongue := range []string{"zh-CN", "en"} {
			_, body := ask(t, "GET", s.URL+page, "", "Accept-Language", tongue)
			root, err := html.Parse(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range markup(root) {
				t.Errorf("%s in %s: %s", page, tongue, f)
			}
			title := tongue + text(first(root, "title"))
			if other, taken := titles[title]; taken {
				t.Errorf("%s and %s have one title", page, other)
			}
			titles[title] = page
		}
	}
}

// markup lists what breaks the rules in a document.
func markup(root *html.Node) []string {
	var found []string
	ids, labelled, h1 := map[string]bool{}, map[string]bool{}, 0
	bad := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	each(root, func(n *html.Node) {
		if n.Data == "h1" {
			h1++
		}
		if n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
		if n.Data == "style" || n.Data == "script" && n.FirstChild != nil || n.Data == "meta" && attr(n, "http-equiv") != "" {
			bad("<%s> inline", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "id" && ids[a.Val]:
				bad("id %s twice", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "style" || strings.HasPrefix(a.Key, "on") || a.Key == "srcdoc":
				bad("<%s %s>", n.Data, a.Key)
			case (a.Key == "src" || a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#"):
				bad("<%s> leads to %s", n.Data, a.Val)
			}
		}
		if n.Data == "form" && attr(n, "method") == "" {
			bad("a form without method")
		}
		if n.Data == "img" && attr(n, "alt") == "" {
			bad("an image without words")
		}
	})
	each(root, func(n *html.Node) {
		if (n.Data == "input" && attr(n, "type") != "hidden" || n.Data == "select" || n.Data == "textarea") && !labelled[attr(n, "id")] {
			bad("field %s without a label", attr(n, "name"))
		}
		for _, ref := range strings.Fields(attr(n, "aria-describedby") + " " + attr(n, "aria-labelledby")) {
			if !ids[ref] {
				bad("description %s is missing", ref)
			}
		}
	})
	if h1 != 1 {
		bad("%d h1", h1)
	}
	if attr(first(root, "html"), "lang") == "" {
		bad("no language")
	}
	return found
}

func each(n *html.Node, do func(*html.Node)) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			do(d)
		}
	}
}

func first(root *html.Node, name string) *html.Node {
	for d := range root.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			return d
		}
	}
	return &html.Node{}
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestAssetsAreHashedCompressedAndSmall keeps a guardian's page within 40 KB
// and 4 requests: page, stylesheet, script, icon.
func TestAssetsAreHashedCompressedAndSmall(t *testing.T) {
	s := serve(t)
	_, body := ask(t, "GET", s.URL+"/", "", "Accept-Language", "zh-CN")
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	total, files := len(body), 0
	each(root, func(n *html.Node) {
		path := attr(n, "src")
		if n.Data == "link" {
			path = attr(n, "href")
		}
		if path == "" {
			return
		}
		files++
		resp, sent := ask(t, "GET", s.URL+path, "", "Accept-Encoding", "gzip")
		total += len(sent)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
		if strings.HasSuffix(path, ".js") {
			_, plain := ask(t, "GET", s.URL+path, "", "Accept-Encoding", "identity")
			if len(plain) > 12<<10 {
				t.Errorf("the script has %d bytes", len(plain))
			}
		}
	})
	if total > 40<<10 || files > 3 {
		t.Errorf("%d bytes in %d files beside the page", total, files)
	}
	if resp, _ := ask(t, "GET", s.URL+"/assets/app-0000000000.css", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown asset answers %d", resp.StatusCode)
	}
}
