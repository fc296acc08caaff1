package seal

import (
	"encoding/binary"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Place is where a value lives. Sealed for one place, it opens in no other
// (invariant I5).
type Place struct {
	Institution id.Institution
	Subject     id.Subject
	Field       string // code of the field, such as "learner.name"; 1 to 64 of a-z 0-9 . _
	Version     uint32 // version of the value, counted up by the owner of the row
}

// Labels keep the additional data of different uses apart.
const (
	labelField       = "wardfold/field/1"
	labelSubject     = "wardfold/subject-key/1"
	labelInstitution = "wardfold/institution-key/1"
	labelIndexKey    = "wardfold/index-key/1"
	labelIndex       = "wardfold/index/1"
)

// check reports Invalid, seal.place for a place that cannot be one.
func (p Place) check() error {
	if p.Institution.IsZero() || p.Subject.IsZero() || !validField(p.Field) {
		return fault.New(fault.Invalid, "seal.place")
	}
	return nil
}

func validField(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 64
}

// AppendAAD appends the canonical encoding of the place, of the suite and of
// the version of the key that seals it. The package manual gives the format;
// two different places never have the same encoding.
func (p Place) AppendAAD(dst []byte, s Suite, keyVersion uint32) []byte {
	dst = appendPart(dst, labelField)
	dst = appendPart(dst, []byte{byte(s)})
	dst = appendPart(dst, p.Institution.Bytes())
	dst = appendPart(dst, p.Subject.Bytes())
	dst = appendPart(dst, p.Field)
	dst = appendNumber(dst, p.Version)
	return appendNumber(dst, keyVersion)
}

func subjectAAD(s Suite, inst id.Institution, subject id.Subject, version uint32) []byte {
	dst := make([]byte, 0, 80)
	dst = appendPart(dst, labelSubject)
	dst = appendPart(dst, []byte{byte(s)})
	dst = appendPart(dst, inst.Bytes())
	dst = appendPart(dst, subject.Bytes())
	return appendNumber(dst, version)
}

func institutionAAD(s Suite, inst id.Institution, version uint32) []byte {
	dst := appendPart(nil, labelInstitution)
	dst = appendPart(dst, []byte{byte(s)})
	dst = appendPart(dst, inst.Bytes())
	return appendNumber(dst, version)
}

func indexKeyAAD(s Suite, inst id.Institution) []byte {
	dst := appendPart(nil, labelIndexKey)
	dst = appendPart(dst, []byte{byte(s)})
	return appendPart(dst, inst.Bytes())
}

func appendPart[T ~string | ~[]byte](dst []byte, part T) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(part)))
	return append(dst, part...)
}

func appendNumber(dst []byte, n uint32) []byte {
	dst = binary.BigEndian.AppendUint16(dst, 4)
	return binary.BigEndian.AppendUint32(dst, n)
}
