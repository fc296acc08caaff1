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

// releaseKey reads the key that signs certificates, and makes one if the file is
// not there yet. The file has the secret key on its first line and the public one,
// for those who verify, on its second.
func releaseKey(path, name string) (note.Signer, verify.Key, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret, public, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			return nil, verify.Key{}, refuse(exitUsage, "cli.usage.value", "--sign-as").because(err)
		}
		if err := durable.Write(path, []byte(secret+"\n"+public+"\n")); err != nil {
			return nil, verify.Key{}, err
		}
		return parseReleaseKey(path, secret, public)
	}
	if err != nil {
		return nil, verify.Key{}, err
	}
	secret, public, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	return parseReleaseKey(path, secret, public)
}

func parseReleaseKey(path, secret, public string) (note.Signer, verify.Key, error) {
	signer, err := note.NewSigner(strings.TrimSpace(secret))
	if err != nil {
		return nil, verify.Key{}, refuse(exitKeys, "anonymise.bad_key", path) // the cause would show the key
	}
	key, err := verify.ParseKey(strings.TrimSpace(public))
	if err != nil || key.Name() != signer.Name() {
		return nil, verify.Key{}, refuse(exitKeys, "anonymise.bad_key", path)
	}
	return signer, key, nil
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
