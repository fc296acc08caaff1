package logtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/verify"
)

// LeakCase is the case of the pack that Leak makes.
const LeakCase = "lek_00000000000000000000000000"

// LeakedList is the list of that case.
const LeakedList = "电话\n13800001234\n"

// Leak makes a log and the pack of a leaked list that was traced to one account
// by the looks in the log: change, which may be nil, sees the result and the
// custody record before they are sealed.
func Leak(change func(*verify.LeakResult, *verify.Custody)) (*Log, verify.Leak) {
	const officer, clerk = "stf_0000000000000000000000000b", "stf_0000000000000000000000000a"
	l := New("wardfold.example/ins").Fill(12)
	list := sha256.Sum256([]byte(LeakedList))
	began := time.UnixMilli(1_798_000_000_000).UTC()
	r := verify.LeakResult{Format: verify.LeakFormat, Case: LeakCase, At: began, File: hex.EncodeToString(list[:]), Alpha: 0.001, Verdict: "logged",
		Accounts: []verify.LeakFinding{{ID: clerk, Odds: 9, Named: true}}, Assumed: []string{"random", "logged"}, Compared: 30, Searched: 2}
	c := verify.Custody{Format: verify.CustodyFormat, Case: LeakCase}
	touch := func(act string, h [32]byte) {
		at := began.Add(time.Duration(len(c.Lines)) * time.Minute)
		var before verify.Hash
		if n := len(c.Lines); n > 0 {
			raw, _ := hex.DecodeString(c.Lines[n-1].Chain) // our own
			before = verify.Hash(raw)
		}
		chain := verify.Link(before, make([]byte, 16), len(c.Lines), at, h, officer, act)
		c.Lines = append(c.Lines, verify.Touch{At: at, Actor: officer, Act: act, Hash: hex.EncodeToString(h[:]), Chain: hex.EncodeToString(chain[:])})
		entry := verify.Leaf{Time: at, Type: "leak." + act, Event: fmt.Sprintf("evt_%026d", len(l.leaves)), Actor: officer, Role: "officer",
			HandledBy: officer, Operation: "process", Hash: h, Ref: LeakCase}
		l.Append(entry.AppendTo(nil))
	}
	touch("received", list)
	touch("opened", list)
	text := printed(r)
	touch("traced", sha256.Sum256([]byte(text)))
	if change != nil {
		change(&r, &c)
		text = printed(r)
	}
	return l, verify.Leak{Evidence: l.Evidence([]int64{12}, []int64{3, 7, 12, 13, 14},
		verify.Paper{Name: "leak-" + LeakCase + ".json", Text: text}, verify.Paper{Name: "custody-" + LeakCase + ".json", Text: printed(c)})}
}

func printed(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and times encode
	}
	return string(b)
}
