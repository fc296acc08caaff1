package verify

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// maxLeakPack is the longest pack that ParseLeak reads, in bytes.
const maxLeakPack = 128 << 20

// leakReadme is what a person reads who opens the archive without a checker.
//
//go:embed leak.txt
var leakReadme []byte

// Leak is the pack of one leaked list: an Evidence about that case alone, in a
// zip archive that any program opens. It holds
//
//	README.txt       what this is, and how to check it
//	evidence.json    the Evidence: entries with their proofs, heads, papers
//	…                every paper of the evidence, as a file of its own
//	SHA256SUMS       SHA-256 of each of these files
//
// Everything but evidence.json follows from it, and the archive has one
// encoding, so a single changed byte anywhere is found. Of the papers,
// leak-CASE.json is the result of the trace, whose SHA-256 is in the entry
// leak.traced; custody-CASE.json is the custody record of the exhibit.
type Leak struct {
	Evidence Evidence
}

// ParseLeak reads a pack. Errors: Malformed for everything that Archive does not
// print.
func ParseLeak(data []byte) (Leak, error) {
	if len(data) > maxLeakPack {
		return Leak{}, fail(Malformed, "the pack has more than %d bytes", maxLeakPack)
	}
	text, err := unpacked(data, "evidence.json")
	if err != nil {
		return Leak{}, err
	}
	e, err := ParseEvidence(text)
	if err != nil {
		return Leak{}, err
	}
	for _, p := range e.Papers {
		if !validPaper(p.Name) {
			return Leak{}, fail(Malformed, "a paper has no name of its own")
		}
	}
	l := Leak{e}
	if !bytes.Equal(l.Archive(), data) {
		return Leak{}, fail(Malformed, "the files of the archive are not those that its evidence makes")
	}
	return l, nil
}

// Archive prints the pack.
func (l Leak) Archive() []byte {
	files := []member{{"README.txt", leakReadme}, {"evidence.json", []byte(l.Evidence.String())}}
	for _, p := range l.Evidence.Papers {
		files = append(files, member{p.Name, []byte(p.Text)})
	}
	var sums strings.Builder
	for _, f := range files {
		sum := sha256.Sum256(f.text)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), f.name)
	}
	return archive(append(files, member{"SHA256SUMS", []byte(sums.String())}))
}

// ProvedLeak is what a valid pack establishes.
type ProvedLeak struct {
	ProvedEvidence
	Case    string
	Exhibit Hash // SHA-256 of the list as it was found
	Result  LeakResult
	Custody []Touch
	Basis   map[string][]int64 // entries on which each name stands, by their indexes
}

// Verify checks the whole pack under a log key that the caller trusts, as
// Evidence.Verify does, and then that it is about one leaked list: the log has
// the SHA-256 of the list and of the result, every line of the custody record is
// tied to the one before and stands in the log, and for every account and export
// that the result names there are entries that say what left.
//
// Errors: those of Evidence.Verify; Unfounded.
func (l Leak) Verify(log Key, witnesses ...Key) (p ProvedLeak, err error) {
	if p.ProvedEvidence, err = l.Evidence.Verify(log, witnesses...); err != nil {
		return ProvedLeak{}, err
	}
	for _, step := range []func() error{p.result, p.exhibit, p.custody, p.basis} {
		if err := step(); err != nil {
			return ProvedLeak{}, err
		}
	}
	return p, nil
}

// result finds the result and the entry that has its hash.
func (p *ProvedLeak) result() error {
	for _, x := range p.Papers {
		name, ok := strings.CutPrefix(x.Name, "leak-")
		if !ok {
			continue
		}
		if p.Case != "" {
			return fail(Malformed, "the pack has more than one result")
		}
		p.Case = strings.TrimSuffix(name, ".json")
		r, err := parseLeakResult([]byte(x.Text))
		if err != nil || r.Case != p.Case {
			return fail(Malformed, "the result is not one of this case")
		}
		p.Result = r
		traced := func(y ProvedExhibit) bool {
			return y.Leaf.Type == "leak.traced" && y.Leaf.Ref == p.Case && y.Leaf.Hash == x.Hash()
		}
		if !slices.ContainsFunc(p.Exhibits, traced) {
			return fail(Unfounded, "no entry has the hash of the result")
		}
	}
	if p.Case == "" {
		return fail(Unfounded, "the pack has no result")
	}
	return nil
}

// exhibit finds the entry that has the hash of the list.
func (p *ProvedLeak) exhibit() error {
	raw, err := hex.DecodeString(p.Result.File)
	if err != nil || len(raw) != len(p.Exhibit) {
		return fail(Malformed, "the result does not say which file it is about")
	}
	p.Exhibit = Hash(raw)
	for _, y := range p.Exhibits {
		if y.Leaf.Type == "leak.received" && y.Leaf.Ref == p.Case && y.Leaf.Hash == p.Exhibit {
			return nil
		}
	}
	return fail(Unfounded, "no entry has the hash of the list")
}

// basis finds what each name stands on: of an export, the entry that it was
// collected; of an account, that it collected or looked.
func (p *ProvedLeak) basis() error {
	p.Basis = make(map[string][]int64)
	for _, f := range p.Result.Exports {
		p.stand(f, func(l Leaf) bool { return l.Type == "exported" && l.Ref == f.ID })
	}
	for _, f := range p.Result.Accounts {
		p.stand(f, func(l Leaf) bool { return (l.Type == "exported" || l.Type == "reveal") && l.Actor == f.ID })
	}
	for _, f := range slices.Concat(p.Result.Exports, p.Result.Accounts) {
		if f.Named && len(p.Basis[f.ID]) == 0 {
			return fail(Unfounded, "the result names %s, and no entry says what it got", f.ID)
		}
	}
	return nil
}

func (p *ProvedLeak) stand(f LeakFinding, is func(Leaf) bool) {
	for _, x := range p.Exhibits {
		if x.Leaf.Denied == "" && is(x.Leaf) {
			p.Basis[f.ID] = append(p.Basis[f.ID], x.Index)
		}
	}
}
