package verify

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// ReceiptFormat names version 1 of the receipt, which is frozen: what verifies
// today verifies for ever.
const ReceiptFormat = "wardfold-receipt/1"

// maxReceipt is the longest receipt that ParseReceipt reads, in bytes.
const maxReceipt = 128 << 10

// Receipt shows that one entry is in a log, and to its holder whom the entry is
// about. It is a JSON object with these members, all but opening required:
//
//	format      "wardfold-receipt/1"
//	log         the log's verifier key; a checker compares it with one it knows
//	index       the leaf's number, from 0
//	leaf        the entry (see Leaf), as a string
//	opening     subject ("sub_…") and salt (base64 of 32 bytes): see Opening
//	proof       the inclusion proof, base64, from the leaf upwards
//	checkpoint  the signed checkpoint under which the proof holds
type Receipt struct {
	Format     string   `json:"format"`
	Log        string   `json:"log"`
	Index      int64    `json:"index"`
	Leaf       string   `json:"leaf"`
	Opening    *Opening `json:"opening,omitempty"`
	Proof      []Hash   `json:"proof"`
	Checkpoint string   `json:"checkpoint"`
}

// Opening connects an entry to the person it is about. The entry's commitment
// is HMAC-SHA-256 with the salt as key over the 16 bytes of the subject's
// identifier. The salt belongs to this one entry: showing it reveals nothing
// about any other.
type Opening struct {
	Subject string `json:"subject"`
	Salt    Hash   `json:"salt"`
}

// Proved is what a valid receipt establishes.
type Proved struct {
	Head    Head
	Index   int64
	Leaf    Leaf
	Subject string // whom the entry is about, if the receipt opens it
}

// ParseReceipt reads a receipt. White space between JSON tokens does not
// matter; anything else must be as String prints it. Errors: Malformed.
func ParseReceipt(data []byte) (Receipt, error) {
	var r Receipt
	if len(data) > maxReceipt {
		return Receipt{}, fail(Malformed, "the receipt has more than %d bytes", maxReceipt)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return Receipt{}, fail(Malformed, "not JSON")
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return Receipt{}, fail(Malformed, "not a receipt")
	}
	if r.Format != ReceiptFormat || r.Index < 0 || len(r.Proof) > maxProof {
		return Receipt{}, fail(Malformed, "not a receipt of version 1")
	}
	// Writing it again catches unknown, doubled and misspelt members.
	if !bytes.Equal(r.compact(), compact.Bytes()) {
		return Receipt{}, fail(Malformed, "the receipt has members that it should not have")
	}
	return r, nil
}

func (r Receipt) compact() []byte {
	if r.Proof == nil {
		r.Proof = []Hash{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(r) // strings and numbers always encode
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// String prints the receipt as indented JSON with a final newline.
func (r Receipt) String() string {
	r.Format = ReceiptFormat
	var b bytes.Buffer
	_ = json.Indent(&b, r.compact(), "", "  ") // what compact returns is JSON
	return b.String() + "\n"
}

// Verify checks the whole receipt under a log key that the caller trusts. A
// zero key means: take the one in the receipt. Then a valid receipt shows only
// that its parts fit together.
//
// Errors: Malformed, WrongOrigin when the receipt is of another log than the
// key, BadSignature, BadEntry, NotIncluded, NotOpened.
func (r Receipt) Verify(log Key, witnesses ...Key) (Proved, error) {
	own, err := ParseKey(r.Log)
	if err != nil {
		return Proved{}, err
	}
	if log.IsZero() {
		log = own
	}
	if log.String() != own.String() {
		return Proved{}, fail(WrongOrigin, "the receipt is of the log %s", own.Name())
	}
	head, err := OpenHead([]byte(r.Checkpoint), log, witnesses...)
	if err != nil {
		return Proved{}, err
	}
	leaf, err := ParseLeaf([]byte(r.Leaf))
	if err != nil {
		return Proved{}, err
	}
	if err := Inclusion(r.Proof, head.Checkpoint, r.Index, LeafHash([]byte(r.Leaf))); err != nil {
		return Proved{}, err
	}
	p := Proved{Head: head, Index: r.Index, Leaf: leaf}
	if r.Opening != nil {
		if err := r.Opening.check(leaf.Commitment); err != nil {
			return Proved{}, err
		}
		p.Subject = r.Opening.Subject
	}
	return p, nil
}

// check reports whether the opening fits a commitment.
func (o Opening) check(commitment Hash) error {
	raw, err := subjectBytes(o.Subject)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, o.Salt[:])
	mac.Write(raw)
	if commitment == (Hash{}) || !hmac.Equal(mac.Sum(nil), commitment[:]) {
		return fail(NotOpened, "the entry is not about this person")
	}
	return nil
}

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// subjectBytes reads "sub_" and 26 characters of Crockford's base 32.
func subjectBytes(s string) ([]byte, error) {
	raw, err := crockford.DecodeString(strings.TrimPrefix(s, "sub_"))
	if err != nil || len(raw) != 16 || "sub_"+crockford.EncodeToString(raw) != s {
		return nil, fail(Malformed, "not the identifier of a subject")
	}
	return raw, nil
}

// TLogProof exports the receipt as c2sp.org/tlog-proof@v1, with the entry as extra
// data, for checkers that know transparency logs but not Wardfold.
func (r Receipt) TLogProof() []byte {
	var b bytes.Buffer
	b.WriteString("c2sp.org/tlog-proof@v1\n")
	fmt.Fprintf(&b, "extra %s\n", base64.StdEncoding.EncodeToString([]byte(r.Leaf)))
	fmt.Fprintf(&b, "index %d\n", r.Index)
	for _, h := range r.Proof {
		fmt.Fprintf(&b, "%s\n", h)
	}
	b.WriteString("\n")
	b.WriteString(r.Checkpoint)
	return b.Bytes()
}
