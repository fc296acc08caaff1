package seal

// Parts of the envelope, for the tests that look inside it.
func Parse(b []byte) (version uint32, s Suite, body []byte, err error) {
	e, err := parse(b)
	return e.version, e.suite, e.body, err
}

// Primitives of a suite, for the published vectors.
var (
	AEAD       = Suite.aead
	MAC        = Suite.mac
	SubjectAAD = subjectAAD
)

// Header is the beginning of sealed data.
func Header(version uint32, s Suite) []byte { return appendHeader(nil, version, s) }
