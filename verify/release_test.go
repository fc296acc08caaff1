package verify_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/verify"
)

const dataset = "age,school,result\r\n" +
	"10-12,\"North, old\",good\r\n10-12,\"North, old\",poor\r\n10-12,\"North, old\",good\r\n" +
	"13-15,*,poor\r\n13-15,*,good\r\n"

var datasetColumns = []verify.ReleaseColumn{{Name: "age", Role: verify.Identifying}, {Name: "school", Role: verify.Identifying}, {Name: "result", Role: verify.Sensitive}}

func certified(t testing.TB) (verify.Release, verify.Key) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	key, err := verify.NewLogKey("school.example/release", public)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := verify.CountRelease(strings.NewReader(dataset), datasetColumns)
	if err != nil {
		t.Fatal(err)
	}
	s := verify.Statement{Made: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Method: "local", Models: []string{"k=2"},
		Attacker: "prosecutor", Columns: datasetColumns, Read: 5, Counted: counted, Risk: verify.ReleaseRisk{Prosecutor: 0.5}}
	r, err := verify.NewRelease(s, signer{key, private}, key)
	if err != nil {
		t.Fatal(err)
	}
	return r, key
}

type signer struct {
	verify.Key
	private ed25519.PrivateKey
}

func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.private, msg), nil }

var _ note.Signer = signer{}

// S2-06, S3-47: the certificate of a data set holds for that data set and for no
// other, and what it states is counted again.
func TestACertificateHoldsForItsDataSetOnly(t *testing.T) { // S2-06, S3-47
	r, key := certified(t)
	parsed, err := verify.ParseRelease([]byte(r.String()))
	if err != nil {
		t.Fatal(err)
	}
	s, err := parsed.Verify(key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Check(strings.NewReader(dataset))
	if err != nil || c.Records != 5 || c.Classes != 2 || c.Smallest != 2 || len(c.Distinct) != 1 || c.Distinct[0] != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	for name, file := range map[string]string{
		"a value changed":   strings.Replace(dataset, "poor", "good", 1),
		"a record gone":     strings.TrimSuffix(dataset, "13-15,*,good\r\n"),
		"other line breaks": strings.ReplaceAll(dataset, "\r\n", "\n"),
		"empty":             "",
		"ragged":            dataset + "1,2\r\n",
		"unclosed":          dataset + "\"1,2,3\r\n",
	} {
		if _, err := s.Check(strings.NewReader(file)); !errors.Is(err, verify.WrongData) && !errors.Is(err, verify.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Who signs a lie is found out too.
	s.Models = []string{"k=3"}
	if _, err := s.Check(strings.NewReader(dataset)); !errors.Is(err, verify.WrongData) {
		t.Errorf("k=3 is stated of classes of 2: %v", err)
	}
}

func TestAChangedCertificateIsRefused(t *testing.T) {
	r, key := certified(t)
	for name, change := range map[string]func(*verify.Release){
		"statement": func(r *verify.Release) {
			r.Statement = strings.Replace(r.Statement, `"prosecutor":0.5`, `"prosecutor":0.1`, 1)
		},
		"signature": func(r *verify.Release) { r.Signature = "AAAA" + r.Signature[4:] },
		"key":       func(r *verify.Release) { r.Key = "x" },
	} {
		x := r
		change(&x)
		if _, err := x.Verify(verify.Key{}); err == nil {
			t.Errorf("a changed %s passes", name)
		}
	}
	other, err := verify.NewLogKey("other.example/x", ed25519.PublicKey(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Verify(other); !errors.Is(err, verify.WrongOrigin) {
		t.Errorf("another key: %v", err)
	}
	if _, err := r.Verify(key); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "{}", "[]", r.String()[:40], strings.Replace(r.String(), `"key"`, `"also": 1, "key"`, 1), strings.Replace(r.String(), "release/1", "release/2", 1)} {
		if _, err := verify.ParseRelease([]byte(text)); !errors.Is(err, verify.Malformed) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// The counting knows CSV as the standard library does.
func FuzzCountRelease(f *testing.F) {
	f.Add(dataset)
	f.Add("a,b,c\n\"x\"\"y\",\"1\n2\",\n")
	f.Add("a,b,c\n1,2\n")
	f.Fuzz(func(t *testing.T, file string) {
		c, err := verify.CountRelease(strings.NewReader(file), datasetColumns)
		if err != nil {
			return
		}
		r := csv.NewReader(strings.NewReader(file))
		r.FieldsPerRecord = 3
		rows, err := r.ReadAll()
		if err != nil || strings.Contains(file, "\r") || strings.Contains(file, "\n\n") || strings.HasPrefix(file, "\n") {
			return // encoding/csv is stricter, and leaves out empty lines and lone carriage returns
		}
		seen := map[[2]string]int{}
		for _, row := range rows[1:] {
			seen[[2]string(row[:2])]++
		}
		least := 0
		for _, n := range seen {
			if least == 0 || n < least {
				least = n
			}
		}
		if c.Records != len(rows)-1 || c.Classes != len(seen) || c.Smallest != least {
			t.Errorf("counted %+v; there are %d records in %d classes, the smallest of %d", c, len(rows)-1, len(seen), least)
		}
	})
}
