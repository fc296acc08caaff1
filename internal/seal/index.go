package seal

import (
	"crypto/hkdf"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// IndexSize is the length of a blind index in bytes. At 16 no two of 10^9
// values meet by chance, so an index is as exact as the value.
const IndexSize = 16

// tooFew are fields of so few values that equal indexes tell which is which.
var tooFew = map[string]bool{
	"learner.birth_month": true, "learner.birth_date": true,
	"learner.sex": true, "learner.grade": true, "learner.surname": true,
}

// Index returns the blind index of a value that the caller has normalised
// (phones in E.164, names in NFC): equal values of one field and institution
// have equal indexes, and nothing else about them shows without the key.
//
// Invalid: seal.index_refused for a field of few values, such as a birth month
// (index it only together with a name, as a field of its own), and
// seal.index_empty for an empty value.
func (v *Vault) Index(tx *db.Tx, inst id.Institution, field string, normalised secret.Text) ([]byte, error) {
	r, err := v.ring(tx, inst)
	if err != nil {
		return nil, err
	}
	return r.blind(inst, field, normalised)
}

func (r *ring) blind(inst id.Institution, field string, normalised secret.Text) ([]byte, error) {
	switch {
	case r.indexed != nil:
		return nil, r.indexed
	case !validField(field) || tooFew[field]:
		return nil, fault.New(fault.Invalid, "seal.index_refused", field)
	case normalised.Empty():
		return nil, fault.New(fault.Invalid, "seal.index_empty", field)
	}
	info := appendPart(make([]byte, 0, 128), labelIndex)
	info = appendPart(info, []byte{byte(r.suite)})
	info = appendPart(info, inst.Bytes())
	info = appendPart(info, field)
	// The index key is uniformly random, so RFC 5869's extract step is skipped
	// (its §3.3).
	key, err := hkdf.Expand(suites[r.suite].hash, r.index.Expose(), string(info), 32)
	if err != nil {
		return nil, err
	}
	return r.suite.mac(key, []byte(normalised.Expose()))[:IndexSize], nil
}
