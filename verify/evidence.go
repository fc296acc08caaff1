package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// EvidenceFormat names version 1 of the evidence pack, which is frozen: what
// verifies today verifies for ever.
const EvidenceFormat = "wardfold-evidence/1"

// EvidenceType is the type of the entry that seals a pack.
const EvidenceType = "evidence.exported"

// maxEvidence is the longest pack that ParseEvidence reads, in bytes.
const maxEvidence = 64 << 20

// Evidence is a pack that carries its own proof: entries of one log, the heads
// that show since when the log said so, and the papers that entries are about.
// Making a pack is an entry too. That entry holds the SHA-256 of the manifest,
// so the log's own signature, and the witnesses', seal the pack as a whole:
// nothing can be taken out, put in or exchanged afterwards.
//
// It is a JSON object with these members, all but about required:
//
//	format      "wardfold-evidence/1"
//	log         the log's verifier key; a checker compares it with one it knows
//	checkpoint  the signed checkpoint under which everything holds
//	from, to    the period that was asked for
//	about       the subject that was asked about, "sub_…"
//	manifest    the list of what is in the pack: see Manifest
//	seal        the entry with the manifest's hash, and its inclusion proof
//	heads       checkpoints signed earlier, each with a consistency proof
//	exhibits    entries, each with its inclusion proof
//	papers      texts, each with its name
//
// A pack shows what is in it. It does not show that nothing else happened: for
// that the whole log is verified.
type Evidence struct {
	Format     string        `json:"format"`
	Log        string        `json:"log"`
	Checkpoint string        `json:"checkpoint"`
	From       time.Time     `json:"from"`
	To         time.Time     `json:"to"`
	About      string        `json:"about,omitempty"`
	Manifest   string        `json:"manifest"`
	Seal       Exhibit       `json:"seal"`
	Heads      []EarlierHead `json:"heads"`
	Exhibits   []Exhibit     `json:"exhibits"`
	Papers     []Paper       `json:"papers"`
}

// Exhibit is one entry with its inclusion proof under the pack's checkpoint. An
// opening is there only when the pack is about one person.
type Exhibit struct {
	Index   int64    `json:"index"`
	Leaf    string   `json:"leaf"`
	Opening *Opening `json:"opening,omitempty"`
	Proof   []Hash   `json:"proof"`
}

// EarlierHead is a checkpoint that was signed before, and the proof that the
// pack's checkpoint only added to it. Cosignatures in it carry their times.
type EarlierHead struct {
	Checkpoint string `json:"checkpoint"`
	Proof      []Hash `json:"proof"`
}

// Exhibit returns the receipt without what a pack says once for all.
func (r Receipt) Exhibit() Exhibit { return Exhibit{r.Index, r.Leaf, r.Opening, r.Proof} }

// Paper is a text that belongs to the evidence, such as a notice exactly as it
// was shown. If an exhibit holds its SHA-256, the log had it by then; if none
// does, it is the institution's statement at the time of the pack.
type Paper struct {
	Name string `json:"name"` // of a file: letters, digits, dot, dash, underscore
	Text string `json:"text"`
}

// Hash is SHA-256 of the text.
func (p Paper) Hash() Hash { return sha256.Sum256([]byte(p.Text)) }

// ManifestOf returns the list of what is in the pack, one line each:
//
//	wardfold-evidence/1
//	log example.cn/ins_01j…+1b2c3d4e+AZ…
//	period 2026-01-01T00:00:00Z 2026-12-31T16:00:00Z
//	about sub_01j…
//	head 4096 kGq…=
//	exhibit 17 b5X…=
//	paper 9f86d0… notice-enrolment-1.zh-CN.json
//
// A head has its size and root, an exhibit its index and leaf hash (base64), a
// paper its SHA-256 (hex). Each line, the last too, ends with a newline; a pack
// about nobody in particular has no line about.
func (e Evidence) ManifestOf() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nlog %s\nperiod %s %s\n", EvidenceFormat, e.Log, stamp(e.From), stamp(e.To))
	if e.About != "" {
		fmt.Fprintf(&b, "about %s\n", e.About)
	}
	for _, h := range e.Heads {
		text, _, _ := strings.Cut(h.Checkpoint, "\n\n")
		c, err := ParseCheckpoint(text + "\n")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "head %d %s\n", c.Size, c.Root)
	}
	for _, x := range e.Exhibits {
		fmt.Fprintf(&b, "exhibit %d %s\n", x.Index, LeafHash([]byte(x.Leaf)))
	}
	for _, p := range e.Papers {
		h := p.Hash()
		fmt.Fprintf(&b, "paper %s %s\n", hex.EncodeToString(h[:]), p.Name)
	}
	return b.String(), nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ProvedEvidence is what a valid pack establishes.
type ProvedEvidence struct {
	Head      Head   // under which everything holds
	SealIndex int64  // of the entry that seals the pack
	Seal      Leaf   // who made it, and when
	Heads     []Head // signed earlier, all continued by Head; shortest first
	Exhibits  []ProvedExhibit
	Papers    []ProvedPaper
}

// ProvedExhibit is one entry of a valid pack.
type ProvedExhibit struct {
	Index   int64
	Leaf    Leaf
	Subject string // whom it is about, if the pack opens it
}

// ProvedPaper is one paper of a valid pack.
type ProvedPaper struct {
	Paper
	Index int64     // of the first exhibit with the paper's hash, or -1
	Since time.Time // when that was, or when the pack was sealed
}

// ParseEvidence reads a pack. White space between JSON tokens does not matter;
// anything else must be as String prints it. Errors: Malformed.
func ParseEvidence(data []byte) (Evidence, error) {
	var e Evidence
	if len(data) > maxEvidence {
		return Evidence{}, fail(Malformed, "the pack has more than %d bytes", maxEvidence)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return Evidence{}, fail(Malformed, "not JSON")
	}
	if err := json.Unmarshal(data, &e); err != nil || e.Format != EvidenceFormat {
		return Evidence{}, fail(Malformed, "not an evidence pack of version 1")
	}
	if !bytes.Equal(e.compact(), compact.Bytes()) {
		return Evidence{}, fail(Malformed, "the pack has members that it should not have")
	}
	return e, nil
}

func (e Evidence) compact() []byte {
	e.Seal = e.Seal.filled()
	e.Heads, e.Exhibits, e.Papers = slices.Clone(e.Heads), slices.Clone(e.Exhibits), slices.Clone(e.Papers)
	for i := range e.Heads {
		if e.Heads[i].Proof == nil {
			e.Heads[i].Proof = []Hash{}
		}
	}
	for i := range e.Exhibits {
		e.Exhibits[i] = e.Exhibits[i].filled()
	}
	if e.Heads == nil {
		e.Heads = []EarlierHead{}
	}
	if e.Exhibits == nil {
		e.Exhibits = []Exhibit{}
	}
	if e.Papers == nil {
		e.Papers = []Paper{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(e) // strings, numbers and times of this century always encode
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (x Exhibit) filled() Exhibit {
	if x.Proof == nil {
		x.Proof = []Hash{}
	}
	return x
}

// String prints the pack as indented JSON with a final newline.
func (e Evidence) String() string {
	e.Format = EvidenceFormat
	var b bytes.Buffer
	_ = json.Indent(&b, e.compact(), "", " ") // what compact returns is JSON
	return b.String() + "\n"
}

// Verify checks the whole pack under a log key that the caller trusts. A zero
// key means: take the one in the pack. Then a valid pack shows only that its
// parts fit together.
//
// Errors: Malformed, WrongOrigin when the pack is of another log than the key,
// BadSignature, BadManifest when what is in the pack is not what was sealed,
// BadEntry, NotIncluded, NotOpened, and those of Consistency.
func (e Evidence) Verify(log Key, witnesses ...Key) (ProvedEvidence, error) {
	own, err := ParseKey(e.Log)
	if err != nil {
		return ProvedEvidence{}, err
	}
	if log.IsZero() {
		log = own
	}
	if log.String() != own.String() {
		return ProvedEvidence{}, fail(WrongOrigin, "the pack is of the log %s", own.Name())
	}
	var p ProvedEvidence
	if p.Head, err = OpenHead([]byte(e.Checkpoint), log, witnesses...); err != nil {
		return ProvedEvidence{}, err
	}
	if err := e.sealed(&p); err != nil {
		return ProvedEvidence{}, err
	}
	if err := e.earlier(&p, log, witnesses); err != nil {
		return ProvedEvidence{}, err
	}
	if err := e.exhibits(&p); err != nil {
		return ProvedEvidence{}, err
	}
	return p, e.papers(&p)
}

// sealed checks the entry that holds the manifest's hash.
func (e Evidence) sealed(p *ProvedEvidence) error {
	own, err := e.ManifestOf()
	if err != nil {
		return err
	}
	if own != e.Manifest {
		return fail(BadManifest, "the manifest lists other things than the pack holds")
	}
	x, err := e.Seal.verify(p.Head.Checkpoint)
	if err != nil {
		return err
	}
	if x.Leaf.Type != EvidenceType || x.Leaf.Hash != sha256.Sum256([]byte(e.Manifest)) {
		return failAt(BadManifest, x.Index, "the entry does not seal this manifest")
	}
	p.Seal, p.SealIndex = x.Leaf, x.Index
	return nil
}

// earlier checks the heads signed before the pack's.
func (e Evidence) earlier(p *ProvedEvidence, log Key, witnesses []Key) error {
	for i, h := range e.Heads {
		head, err := OpenHead([]byte(h.Checkpoint), log, witnesses...)
		if err != nil {
			return err
		}
		if i > 0 && head.Size <= p.Heads[i-1].Size {
			return fail(Malformed, "the heads are not in order")
		}
		if err := Consistency(h.Proof, head.Checkpoint, p.Head.Checkpoint); err != nil {
			return err
		}
		p.Heads = append(p.Heads, head)
	}
	return nil
}

func (e Evidence) exhibits(p *ProvedEvidence) error {
	last := int64(-1)
	for _, x := range e.Exhibits {
		if x.Index <= last {
			return failAt(Malformed, x.Index, "the exhibits are not in order")
		}
		last = x.Index
		proved, err := x.verify(p.Head.Checkpoint)
		if err != nil {
			return err
		}
		if proved.Subject != "" && proved.Subject != e.About {
			return failAt(NotOpened, x.Index, "an exhibit is about somebody else than the pack")
		}
		p.Exhibits = append(p.Exhibits, proved)
	}
	return nil
}

func (x Exhibit) verify(head Checkpoint) (ProvedExhibit, error) {
	leaf, err := ParseLeaf([]byte(x.Leaf))
	if err != nil {
		return ProvedExhibit{}, err
	}
	if err := Inclusion(x.Proof, head, x.Index, LeafHash([]byte(x.Leaf))); err != nil {
		return ProvedExhibit{}, err
	}
	out := ProvedExhibit{Index: x.Index, Leaf: leaf}
	if x.Opening != nil {
		if err := x.Opening.check(leaf.Commitment); err != nil {
			return ProvedExhibit{}, err
		}
		out.Subject = x.Opening.Subject
	}
	return out, nil
}

// papers finds since when the log has had each paper's hash.
func (e Evidence) papers(p *ProvedEvidence) error {
	names := map[string]bool{}
	for _, x := range e.Papers {
		if !validPaper(x.Name) || names[x.Name] {
			return fail(Malformed, "a paper has no name of its own")
		}
		names[x.Name] = true
		out := ProvedPaper{Paper: x, Index: -1, Since: p.Seal.Time}
		h := x.Hash()
		for _, y := range p.Exhibits {
			if y.Leaf.Hash == h {
				out.Index, out.Since = y.Index, y.Leaf.Time
				break
			}
		}
		p.Papers = append(p.Papers, out)
	}
	return nil
}

// validPaper reports whether a name is that of a file in any folder.
func validPaper(s string) bool {
	if s == "" || len(s) > 100 || s[0] == '.' {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
	}) < 0
}
