package site

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tagMax bounds one tag or one run of text, in bytes.
const tagMax = 4 << 20

// read finds where a page leads, and whom it involves.
func read(base *url.URL, body []byte) (links []*url.URL, parties []Party) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(tagMax)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return links, parties
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		tag := atom.Lookup(name)
		attr := make(map[string]string)
		for more {
			var k, v []byte
			k, v, more = z.TagAttr()
			attr[string(k)] = string(v)
		}
		if tag == atom.Base {
			if u, err := base.Parse(attr["href"]); err == nil {
				base = u
			}
		}
		link, party := meaning(base, tag, attr)
		if link != nil {
			links = append(links, link)
		}
		if party.Host != "" {
			parties = append(parties, party)
		}
	}
}

// meaning tells what a tag leads to or involves.
func meaning(base *url.URL, tag atom.Atom, attr map[string]string) (*url.URL, Party) {
	at := func(key string) *url.URL {
		v := strings.TrimSpace(attr[key])
		if v == "" {
			return nil
		}
		u, err := base.Parse(v)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil
		}
		return u
	}
	party := func(u *url.URL, how string) Party {
		if u == nil {
			return Party{}
		}
		return Party{u.Host, how}
	}
	switch tag {
	case atom.A, atom.Area:
		return at("href"), Party{}
	case atom.Link:
		if rel := strings.ToLower(attr["rel"]); rel == "next" || rel == "prev" || rel == "alternate" {
			return at("href"), Party{}
		}
	case atom.Iframe, atom.Frame:
		return at("src"), party(at("src"), "frame")
	case atom.Meta:
		if strings.EqualFold(attr["http-equiv"], "refresh") {
			if _, to, ok := strings.Cut(attr["content"], "url="); ok {
				attr["content"] = strings.Trim(to, `'" `)
				return at("content"), Party{}
			}
		}
	case atom.Form:
		return nil, party(at("action"), "form")
	case atom.Button, atom.Input:
		return nil, party(at("formaction"), "form")
	case atom.Script:
		return nil, party(at("src"), "script")
	}
	return nil, Party{}
}
