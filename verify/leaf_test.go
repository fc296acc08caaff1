package verify_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

func drawLeaf(t *rapid.T) verify.Leaf {
	word := rapid.StringMatching(`[A-Za-z0-9._@-]{1,20}`)
	maybe := rapid.OneOf(rapid.Just(""), word)
	hash := rapid.Custom(func(t *rapid.T) (h verify.Hash) {
		copy(h[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		return h
	})
	list := rapid.Custom(func(t *rapid.T) []string {
		if l := rapid.SliceOfN(word, 0, 4).Draw(t, "list"); len(l) > 0 {
			return l
		}
		return nil
	})
	l := verify.Leaf{
		Time: time.UnixMilli(rapid.Int64Range(-1e12, 1e14).Draw(t, "t")).UTC(),
		Type: word.Draw(t, "y"), Event: word.Draw(t, "e"), Actor: maybe.Draw(t, "a"), Role: maybe.Draw(t, "r"),
		Store: maybe.Draw(t, "s"), Operation: maybe.Draw(t, "o"), InCharge: maybe.Draw(t, "c"),
		HandledBy: maybe.Draw(t, "h"), Purpose: maybe.Draw(t, "p"), Fields: list.Draw(t, "f"),
		Grant: maybe.Draw(t, "g"), Denied: maybe.Draw(t, "d"), Rules: list.Draw(t, "k"),
		Count: rapid.Int64().Draw(t, "n"), Ref: maybe.Draw(t, "z"),
		Commitment: hash.Draw(t, "u"), Hash: hash.Draw(t, "b"),
	}
	if l.HandledBy == "" {
		l.HandledBy = l.Actor
	}
	if l.InCharge == "" {
		l.InCharge = l.Store
	}
	return l
}

func TestLeavesPrintAndParseToThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLeaf(t)
		got, err := verify.ParseLeaf(l.AppendTo(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestLeavesHaveOneEncodingOnly(t *testing.T) {
	good := string(logtest.Entry(7))
	for name, bad := range map[string]string{
		"empty":            "",
		"a space":          strings.Replace(good, ",", ", ", 1),
		"another order":    `{"t":1,"e":"evt_1","y":"reveal"}`,
		"an escape":        strings.Replace(good, "reveal", `re\u0076eal`, 1),
		"free text":        strings.Replace(good, "contact.class", "张三 13800138000", 1),
		"an unknown key":   strings.Replace(good, `,"k":`, `,"j":"x","k":`, 1),
		"an empty string":  strings.Replace(good, `"clerk"`, `""`, 1),
		"an empty list":    strings.Replace(good, `["grant.standing"]`, `[]`, 1),
		"handler = actor":  strings.Replace(good, `,"p":`, `,"h":"stf_0000000000000000000000000a","p":`, 1),
		"a zero count":     strings.Replace(good, `,"k":["grant.standing"]`, `,"k":["grant.standing"],"n":0`, 1),
		"a leading zero":   strings.Replace(good, `"t":1`, `"t":01`, 1),
		"something behind": good + "\n",
		"no event":         `{"t":1,"y":"reveal"}`,
		"too long":         strings.Replace(good, "reveal", strings.Repeat("a", 5000), 1),
	} {
		if _, err := verify.ParseLeaf([]byte(bad)); !errors.Is(err, verify.BadEntry) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
