package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// ReleaseFormat names version 1 of the certificate of a data set that was made
// anonymous. It is frozen.
const ReleaseFormat = "wardfold-release/1"

// maxRelease is the longest certificate that ParseRelease reads, in bytes.
const maxRelease = 256 << 10

// Release is the certificate that travels with a data set that was made anonymous.
// It is a JSON object with these members, all required:
//
//	format     "wardfold-release/1"
//	key        the verifier key of whoever made the data set
//	statement  what is stated (see Statement): JSON, as a string
//	signature  the key's signature, base64, of the format, a newline, the statement
//	           and a newline
type Release struct {
	Format    string `json:"format"`
	Key       string `json:"key"`
	Statement string `json:"statement"`
	Signature string `json:"signature"`
}

// Roles of the columns of a data set.
const (
	Identifying = "identifying" // helps to recognise a person, so it is told less exactly
	Sensitive   = "sensitive"   // what nobody should learn about a person
	Kept        = "kept"        // neither
)

// ReleaseColumn is one column of the data set, in the order of the file.
type ReleaseColumn struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// Statement is what a certificate states. Shares and risks are from 0 to 1.
type Statement struct {
	Made     time.Time       `json:"made"`
	Method   string          `json:"method"`   // "local": each class as exactly as it can; "uniform": each column at one level
	Models   []string        `json:"models"`   // conditions on every class: "k=5", "distinct l=3 (diagnosis)"
	Attacker string          `json:"attacker"` // against whom: "prosecutor" knows that a person is in it, "journalist" knows the population
	Columns  []ReleaseColumn `json:"columns"`
	Read     int             `json:"read"` // records of the source
	Left     int             `json:"left"` // records left out
	Counted  Counted         `json:"counted"`
	Risk     ReleaseRisk     `json:"risk"`
	Utility  ReleaseUtility  `json:"utility"`
	Trial    *ReleaseTrial   `json:"trial,omitempty"`
}

// ReleaseRisk is how likely it is to find out whose record is whose.
type ReleaseRisk struct {
	Prosecutor float64 `json:"prosecutor"`
	Journalist float64 `json:"journalist"`
	Marketer   float64 `json:"marketer"`
	Threshold  float64 `json:"threshold"` // the risk that was taken for acceptable
	AtRisk     float64 `json:"at_risk"`   // share of records above it
}

// ReleaseUtility is what the data set is still good for.
type ReleaseUtility struct {
	Granularity float64 `json:"granularity"`
	Loss        float64 `json:"loss"`
	Average     float64 `json:"average_class"`
	Entropy     float64 `json:"non_uniform_entropy"`
	QueryError  float64 `json:"query_error"`
}

// ReleaseTrial is how an attempt to find people again went.
type ReleaseTrial struct {
	Targets int     `json:"targets"`
	Wrong   float64 `json:"wrong"`  // share of the attacker's knowledge that was wrong
	Linked  float64 `json:"linked"` // share of targets found
	Most    float64 `json:"most"`   // what it may be
	Passed  bool    `json:"passed"`

	// Of people who were held back from the data set, and so are not in it.
	Held    int     `json:"held,omitempty"`    // how many were tried
	Guessed float64 `json:"guessed,omitempty"` // share of sensitive values guessed right of people in the data set
	Learned float64 `json:"learned,omitempty"` // the same of people held back: what the data set tells about anybody
}

// Counted is what anybody can count in the file of a data set.
type Counted struct {
	SHA256   Hash  `json:"sha256"` // of the file's bytes
	Bytes    int64 `json:"bytes"`
	Records  int   `json:"records"`
	Classes  int   `json:"classes"`  // groups of records that look alike in the identifying columns
	Smallest int   `json:"smallest"` // records in the smallest class: k
	Distinct []int `json:"distinct"` // for each sensitive column: the fewest different values in a class: l
}

// NewRelease signs a statement. The signer makes Ed25519 signatures (see
// golang.org/x/mod/sumdb/note). Errors: Malformed if key does not belong to it.
func NewRelease(s Statement, signer note.Signer, key Key) (Release, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return Release{}, fail(Malformed, "a figure is not a number")
	}
	r := Release{Format: ReleaseFormat, Key: key.String(), Statement: strings.TrimSuffix(b.String(), "\n")}
	sig, err := signer.Sign(r.signed())
	if err != nil {
		return Release{}, err
	}
	r.Signature = base64.StdEncoding.EncodeToString(sig)
	_, err = r.Verify(key)
	return r, err
}

func (r Release) signed() []byte { return []byte(r.Format + "\n" + r.Statement + "\n") }

// ParseRelease reads a certificate. Errors: Malformed.
func ParseRelease(data []byte) (Release, error) {
	var r Release
	if len(data) > maxRelease {
		return Release{}, fail(Malformed, "the certificate has more than %d bytes", maxRelease)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, data) != nil || json.Unmarshal(data, &r) != nil || r.Format != ReleaseFormat {
		return Release{}, fail(Malformed, "not a certificate of version 1")
	}
	if !bytes.Equal(r.compact(), compact.Bytes()) {
		return Release{}, fail(Malformed, "the certificate has members that it should not have")
	}
	return r, nil
}

func (r Release) compact() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(r) // strings always encode
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// String prints the certificate as indented JSON with a final newline.
func (r Release) String() string {
	var b bytes.Buffer
	_ = json.Indent(&b, r.compact(), "", "  ") // what compact returns is JSON
	return b.String() + "\n"
}

// Verify checks the signature under a key that the caller trusts, and returns what
// is stated. A zero key means: take the one in the certificate. Then a valid
// certificate shows only that its parts fit together.
//
// It does not look at the data set: Statement.Check does. Errors: Malformed,
// WrongOrigin, BadSignature.
func (r Release) Verify(key Key) (Statement, error) {
	own, err := ParseKey(r.Key)
	if err != nil {
		return Statement{}, err
	}
	if key.IsZero() {
		key = own
	}
	if key.String() != own.String() || key.Witness() {
		return Statement{}, fail(WrongOrigin, "the certificate is of %s", own.Name())
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(r.Signature)
	if err != nil || !key.Verify(r.signed(), sig) {
		return Statement{}, fail(BadSignature, "the statement is not signed by %s", own.Name())
	}
	var s Statement
	d := json.NewDecoder(strings.NewReader(r.Statement))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || len(s.Columns) == 0 {
		return Statement{}, fail(Malformed, "the statement is not one of version 1")
	}
	return s, nil
}

// Check counts the file of the data set and compares it with what is stated: its
// hash, its records, its classes and the smallest of them, and the fewest values
// of each sensitive column in a class. Errors: WrongData, Malformed for what is
// not such a file, and the reader's.
func (s Statement) Check(file io.Reader) (Counted, error) {
	c, err := CountRelease(file, s.Columns)
	if err != nil {
		return c, err
	}
	switch {
	case c.SHA256 != s.Counted.SHA256 || c.Bytes != s.Counted.Bytes:
		return c, fail(WrongData, "it is another file")
	case c.Records != s.Counted.Records || c.Classes != s.Counted.Classes || c.Smallest != s.Counted.Smallest:
		return c, fail(WrongData, "%d records in %d classes, the smallest of %d", c.Records, c.Classes, c.Smallest)
	case len(c.Distinct) != len(s.Counted.Distinct):
		return c, fail(WrongData, "%d sensitive columns", len(c.Distinct))
	case s.Read != c.Records+s.Left:
		return c, fail(WrongData, "%d records were read", s.Read)
	}
	for i, n := range c.Distinct {
		if n != s.Counted.Distinct[i] {
			return c, fail(WrongData, "%d different values in a class", n)
		}
	}
	for _, m := range s.Models {
		if k, ok := strings.CutPrefix(m, "k="); ok {
			if n, err := strconv.Atoi(k); err != nil || c.Smallest < n {
				return c, fail(WrongData, "a class of %d, where the model asks for %s", c.Smallest, k)
			}
		}
	}
	return c, nil
}

// CountRelease counts a data set: a CSV file with a header and these columns, in
// UTF-8 or GB 18030. It keeps one number for each class, and one for each class and
// value if there are sensitive columns, and nothing of the text.
func CountRelease(file io.Reader, columns []ReleaseColumn) (Counted, error) {
	sum := sha256.New()
	in := &counting{r: io.TeeReader(file, sum)}
	c := Counted{}
	cells := newCells(in)
	row, err := cells.next()
	if err != nil || len(row) != len(columns) {
		return c, fail(Malformed, "the header has not %d columns", len(columns))
	}
	t := newTally(columns)
	for {
		row, err = cells.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return c, err
		}
		if len(row) != len(columns) {
			return c, fail(Malformed, "record %d has %d cells", c.Records+1, len(row))
		}
		c.Records++
		t.add(row)
	}
	c.Bytes = in.n
	sum.Sum(c.SHA256[:0])
	t.sum(&c)
	return c, nil
}

// counting counts the bytes that are read.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// tally counts classes under a hash of what they show.
type tally struct {
	columns []ReleaseColumn
	class   map[[16]byte]int32
	sizes   []int32
	seen    map[[16]byte]struct{} // class, column and value
	values  [][]int32             // per sensitive column and class: different values
	last    []byte
	at      int32
	key     []byte
}

func newTally(columns []ReleaseColumn) *tally {
	t := &tally{columns: columns, class: map[[16]byte]int32{}, seen: map[[16]byte]struct{}{}, at: -1}
	for _, c := range columns {
		if c.Role == Sensitive {
			t.values = append(t.values, nil)
		}
	}
	return t
}

func (t *tally) add(row [][]byte) {
	t.key = t.key[:0]
	for i, c := range t.columns {
		if c.Role == Identifying {
			t.key = binary.AppendUvarint(t.key, uint64(len(row[i])))
			t.key = append(t.key, row[i]...)
		}
	}
	if t.at < 0 || !bytes.Equal(t.key, t.last) { // records of a class mostly stand together
		name := short(t.key)
		at, known := t.class[name]
		if !known {
			at = int32(len(t.sizes))
			t.class[name] = at
			t.sizes = append(t.sizes, 0)
			for i := range t.values {
				t.values[i] = append(t.values[i], 0)
			}
		}
		t.at, t.last = at, append(t.last[:0], t.key...)
	}
	t.sizes[t.at]++
	n := 0
	for i, c := range t.columns {
		if c.Role != Sensitive {
			continue
		}
		t.key = binary.AppendUvarint(binary.AppendUvarint(t.key[:0], uint64(t.at)), uint64(n))
		name := short(append(t.key, row[i]...))
		if _, known := t.seen[name]; !known {
			t.seen[name] = struct{}{}
			t.values[n][t.at]++
		}
		n++
	}
}

func short(key []byte) [16]byte {
	sum := sha256.Sum256(key)
	return [16]byte(sum[:16])
}

func (t *tally) sum(c *Counted) {
	c.Classes = len(t.sizes)
	c.Distinct = make([]int, len(t.values))
	for i, n := range t.sizes {
		if c.Smallest == 0 || int(n) < c.Smallest {
			c.Smallest = int(n)
		}
		for s, v := range t.values {
			if c.Distinct[s] == 0 || int(v[i]) < c.Distinct[s] {
				c.Distinct[s] = int(v[i])
			}
		}
	}
}
