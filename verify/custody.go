package verify

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The formats of the two papers of a leak.
const (
	LeakFormat    = "wardfold-leak/1"
	CustodyFormat = "wardfold-custody/1"
)

// LeakResult is the part of a result that a checker needs; the paper says more.
// Names are identifiers of accounts, stores and exports. Nobody whose record is
// held is in it.
type LeakResult struct {
	Format   string        `json:"format"`
	Case     string        `json:"case"`
	At       time.Time     `json:"at"`
	File     string        `json:"file_sha256"`
	Alpha    float64       `json:"alpha"` // the chance that any name is wrong, under Assumed
	Verdict  string        `json:"verdict"`
	Exports  []LeakFinding `json:"exports"`
	Stores   []LeakFinding `json:"stores"`
	Accounts []LeakFinding `json:"accounts"`
	Among    []LeakGroup   `json:"among"`
	Assumed  []string      `json:"assumed"`
	Compared int           `json:"children_compared"`
	Searched int           `json:"disclosures_searched"`
}

// LeakFinding is one name, and whether the evidence bears it.
type LeakFinding struct {
	ID     string  `json:"id"`
	Odds   float64 `json:"log10_e"` // of the e-value against it; at least
	Named  bool    `json:"named"`
	Even   bool    `json:"even_past_the_log"`
	Marks  int     `json:"marks"`
	Holder string  `json:"account"` // of an export
}

// Grade says how sure the name is: mark when marks bear it, even when it stands
// also if lists had been copied past the log, logged when it stands on what was
// logged, and lead when it is not named.
func (f LeakFinding) Grade() string {
	switch {
	case f.Named && f.Marks > 0:
		return "mark"
	case f.Named && f.Even:
		return "even"
	case f.Named:
		return "logged"
	}
	return "lead"
}

// LeakGroup is a set of which one or more gave rows.
type LeakGroup struct {
	IDs []string `json:"ids"`
}

func parseLeakResult(text []byte) (r LeakResult, err error) {
	if err := json.Unmarshal(text, &r); err != nil || r.Format != LeakFormat || r.Case == "" {
		return r, fail(Malformed, "not a result of version 1")
	}
	return r, nil
}

// Custody is the custody record of an exhibit: who had it when, and did what.
type Custody struct {
	Format string  `json:"format"`
	Case   string  `json:"case"`
	Lines  []Touch `json:"lines"`
}

// Touch is one line of a custody record.
type Touch struct {
	At    time.Time `json:"at"`     // to the millisecond
	Actor string    `json:"actor"`  // pseudonym, or role
	Act   string    `json:"act"`    // received, opened, traced, read, closed
	Hash  string    `json:"sha256"` // of the list, or of the result
	Chain string    `json:"chain"`  // what Link returns for this line
}

// Link is the hash that ties a line of a custody record to the one before; the
// first has zeros before it. It is SHA-256 over "wardfold custody 1\n", the hash
// before, the 16 bytes of the case's identifier, the line's number from 0 and its
// time in Unix milliseconds as 8 bytes each, the most significant first, the
// line's hash, the actor and "\n", the act and "\n".
func Link(before Hash, id []byte, n int, at time.Time, h Hash, actor, act string) Hash {
	b := append([]byte("wardfold custody 1\n"), before[:]...)
	b = append(b, id...)
	b = binary.BigEndian.AppendUint64(b, uint64(n))
	b = binary.BigEndian.AppendUint64(b, uint64(at.UnixMilli()))
	b = append(b, h[:]...)
	b = append(b, actor+"\n"+act+"\n"...)
	return sha256.Sum256(b)
}

// custody checks the record line by line: tied to the one before, and in the log.
func (p *ProvedLeak) custody() error {
	at := slices.IndexFunc(p.Papers, func(x ProvedPaper) bool { return x.Name == "custody-"+p.Case+".json" })
	if at < 0 {
		return fail(Unfounded, "the pack has no custody record")
	}
	var c Custody
	id, err := caseBytes(p.Case)
	if err != nil || json.Unmarshal([]byte(p.Papers[at].Text), &c) != nil || c.Format != CustodyFormat || c.Case != p.Case || len(c.Lines) == 0 {
		return fail(Malformed, "not a custody record of this case")
	}
	var before Hash
	for n, l := range c.Lines {
		h, chain, err := l.hashes()
		if err != nil {
			return err
		}
		if before = Link(before, id, n, l.At, h, l.Actor, l.Act); before != chain {
			return fail(Unfounded, "line %d of the custody record is not tied to the one before", n)
		}
		if !slices.ContainsFunc(p.Exhibits, func(x ProvedExhibit) bool { return l.entered(p.Case, h, x.Leaf) }) {
			return fail(Unfounded, "line %d of the custody record is not in the log", n)
		}
	}
	if c.Lines[0].Act != "received" || c.Lines[0].Hash != p.Result.File {
		return fail(Unfounded, "the custody record does not begin with this list")
	}
	p.Custody = c.Lines
	return nil
}

func (l Touch) hashes() (h, chain Hash, err error) {
	a, wrong := hex.DecodeString(l.Hash)
	b, also := hex.DecodeString(l.Chain)
	if wrong != nil || also != nil || len(a) != len(h) || len(b) != len(chain) {
		return h, chain, fail(Malformed, "a line of the custody record has no hash")
	}
	return Hash(a), Hash(b), nil
}

// entered reports whether an entry is that of the line.
func (l Touch) entered(id string, h Hash, e Leaf) bool {
	return e.Type == "leak."+l.Act && e.Ref == id && e.Denied == "" && e.Time.Equal(l.At) &&
		(e.Actor == l.Actor || e.HandledBy == l.Actor) && (e.Hash == h || e.Hash == Hash{})
}

const casePrefix = "lek_"

// caseBytes reads "lek_" and 26 characters of Crockford's base 32.
func caseBytes(s string) ([]byte, error) {
	raw, err := crockford.DecodeString(strings.TrimPrefix(s, casePrefix))
	if err != nil || len(raw) != 16 || casePrefix+crockford.EncodeToString(raw) != s {
		return nil, fail(Malformed, "not the identifier of a case")
	}
	return raw, nil
}
