package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/verify"
)

// releaseKey is the key that signs certificates. Its file has the secret key on the
// first line and the public one, for those who verify, on the second.
type releaseKey struct {
	signer     note.Signer
	key        verify.Key
	path, made string // what is to be written, if the file is not there yet
}

// signer reads the key that is named, or makes one; the zero key if none is.
func (v anonymiseVerb) signer() (releaseKey, error) {
	if v.Sign == "" {
		return releaseKey{}, nil
	}
	data, err := os.ReadFile(v.Sign)
	if err == nil {
		secret, public, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
		k, err := parseReleaseKey(secret, public)
		if err != nil {
			return k, refuse(exitKeys, "anonymise.bad_key", v.Sign) // the cause would show the key
		}
		return k, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return releaseKey{}, err
	}
	secret, public, err := note.GenerateKey(rand.Reader, v.SignAs)
	if err != nil {
		return releaseKey{}, refuse(exitUsage, "anonymise.sign_as", v.SignAs).because(err)
	}
	k, err := parseReleaseKey(secret, public)
	if err != nil {
		return k, refuse(exitUsage, "anonymise.sign_as", v.SignAs)
	}
	k.path, k.made = v.Sign, secret+"\n"+public+"\n"
	return k, nil
}

// save writes a key that was made, before anything is signed with it.
func (k releaseKey) save() error {
	if k.made == "" {
		return nil
	}
	return durable.Write(k.path, []byte(k.made))
}

func parseReleaseKey(secret, public string) (k releaseKey, err error) {
	if k.signer, err = note.NewSigner(strings.TrimSpace(secret)); err != nil {
		return k, err
	}
	if k.key, err = verify.ParseKey(strings.TrimSpace(public)); err == nil && k.key.Name() != k.signer.Name() {
		err = errors.New("the two keys are not of one name")
	}
	return k, err
}

// statement is what the certificate states.
func (v anonymiseVerb) statement(p plan, m anon.Report, c verify.Counted, now time.Time) verify.Statement {
	s := verify.Statement{
		Made: now.UTC().Truncate(time.Second), Method: "local", Models: modelNames(p.job.Models), Attacker: "prosecutor",
		Columns: p.columns(), Read: m.Records, Left: m.Suppressed, Counted: c,
		Risk: verify.ReleaseRisk{Prosecutor: short(m.Risk.Prosecutor), Journalist: short(m.Risk.Journalist), Marketer: short(m.Risk.Marketer),
			Threshold: short(m.Threshold), AtRisk: short(m.AtRisk)},
		Utility: verify.ReleaseUtility{Granularity: short(m.Granularity), Loss: short(m.Loss), Average: short(m.Average),
			Entropy: short(m.Entropy), QueryError: short(m.QueryError)},
		Trial: &verify.ReleaseTrial{Targets: m.Trial.Targets, Wrong: short(m.Wrong), Linked: short(m.Trial.Linked), Most: short(m.Trial.Most), Passed: m.Trial.Passed()},
	}
	if p.held != nil {
		s.Trial.Held, s.Trial.Guessed, s.Trial.Learned = m.Trial.Held, short(m.Trial.Guessed), short(m.Trial.Learned)
	}
	if v.Uniform {
		s.Method = "uniform"
	}
	if p.job.Population != nil {
		s.Attacker = "journalist"
	}
	return s
}

// short rounds a figure to six places.
func short(x float64) float64 { return math.Round(x*1e6) / 1e6 }
