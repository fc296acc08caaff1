package evidence

import (
	"crypto/sha256"
	"fmt"

	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify"
)

// hashes are those that a pack's entries hold.
func hashes(exhibits []ledger.Entry) map[[32]byte]bool {
	set := make(map[[32]byte]bool, len(exhibits))
	for _, e := range exhibits {
		if e.Hash != ([32]byte{}) {
			set[e.Hash] = true
		}
	}
	return set
}

// notices are all versions of all notices, in every language, as they were
// shown, if an entry holds the hash of any language of that version.
func (s *Service) notices(tx *db.Tx, inst id.Institution, exhibits []ledger.Entry) (list []verify.Paper, err error) {
	logged := hashes(exhibits)
	all, err := s.Catalogue.Versions(tx, inst)
	for _, n := range all {
		known := false
		for _, language := range n.Languages() {
			known = known || logged[n.Hash(language)]
		}
		for _, language := range n.Languages() {
			if known {
				name := fmt.Sprintf("notice-%s-%d.%s.json", n.Code, n.Version, language)
				list = append(list, verify.Paper{Name: name, Text: string(n.Canonical(language))})
			}
		}
	}
	return list, err
}

// schemas are the budgets of fields that entries say were approved.
func (s *Service) schemas(tx *db.Tx, inst id.Institution, exhibits []ledger.Entry) (list []verify.Paper, err error) {
	logged := hashes(exhibits)
	all, err := s.Catalogue.Schemas(tx, inst)
	for _, sc := range all {
		if logged[sc.Fingerprint()] {
			name := fmt.Sprintf("schema-%s-%d.json", sc.Code, sc.Version)
			list = append(list, verify.Paper{Name: name, Text: string(sc.Canonical())})
		}
	}
	return list, err
}

// statements are the daily statements on technical means. The newest of a pack
// with many says what the others do, so no more than one a day is there anyway.
func statements(tx *db.Tx, inst id.Institution, exhibits []ledger.Entry) (list []verify.Paper, err error) {
	for _, e := range exhibits {
		if e.Type != ledger.Attested {
			continue
		}
		body, err := attest.On(tx, inst, e.At)
		if err != nil {
			return nil, err
		}
		if sha256.Sum256(body) == e.Hash {
			name := fmt.Sprintf("statement-%s-%d.json", e.At.UTC().Format("2006-01-02"), e.Index)
			list = append(list, verify.Paper{Name: name, Text: string(body)})
		}
	}
	return list, nil
}
