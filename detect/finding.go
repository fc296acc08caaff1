package detect

import "errors"

// Level is how sure a finding is. The levels are ordered.
type Level uint8

// The levels. A level is a band of the score.
const (
	Possible Level = 1 + iota // from even odds on: look at it
	Likely                    // from e (2.7) to one on
	Certain                   // from e³ (20) to one on; a number with check digit, region and date is far above
)

// Where the bands begin.
const (
	possibleFrom = 0
	likelyFrom   = 100
	certainFrom  = 300
)

func levelOf(score int16) Level {
	switch {
	case score >= certainFrom:
		return Certain
	case score >= likelyFrom:
		return Likely
	case score >= possibleFrom:
		return Possible
	}
	return 0
}

var levels = [...]string{"", "possible", "likely", "certain"}

// String is the stable name of the level; it is empty for what is none.
func (l Level) String() string {
	if int(l) >= len(levels) {
		return ""
	}
	return levels[l]
}

// MarshalText writes the stable name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText wrote; an unknown name is an error.
func (l *Level) UnmarshalText(text []byte) error {
	level, ok := ParseLevel(string(text))
	if !ok {
		return errLevel
	}
	*l = level
	return nil
}

// ParseLevel is the inverse of String.
func ParseLevel(name string) (Level, bool) {
	for l := Possible; l <= Certain; l++ {
		if levels[l] == name {
			return l, true
		}
	}
	return 0, false
}

// Minor says whether the person of a finding is a minor on the date of the scan.
type Minor uint8

// The classes. Under14 is 不满十四周岁, whose personal information is sensitive.
// Source: PIPL art. 28; Law on the Protection of Minors art. 2.
const (
	Unknown Minor = iota
	Under14
	From14To17
	Adult
)

var minors = [...]string{"unknown", "under_14", "from_14_to_17", "adult"}

// String is the stable name of the class.
func (m Minor) String() string {
	if int(m) >= len(minors) {
		return ""
	}
	return minors[m]
}

// MarshalText writes the stable name.
func (m Minor) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

var (
	errKind  = errors.New("detect: unknown kind")
	errLevel = errors.New("detect: unknown level")
)

// Finding is one place where personal information stands. It is a value without
// pointers, and holds no part of the text.
type Finding struct {
	// Start and End are byte offsets in the input as it was given, whatever its
	// encoding; End is exclusive.
	Start, End int64
	// Why is the set of reasons.
	Why Reasons
	// Born is the date of birth that the value carries, zero if none. Month and
	// Day are zero where only the year, or year and month, are known.
	Born Date
	// Score is the weight of the evidence: the natural logarithm of the odds that
	// this is what Kind says, in hundredths. 0 is even, 300 is twenty to one.
	Score int16
	Kind  Kind
	Level Level
	// Minor is computed from Born and the date of the scan.
	Minor Minor
	// Masked reports that the value is already masked, as 138****5678 is: it is
	// recognised, and is no leak.
	Masked bool
}

// Len is the length in bytes.
func (f Finding) Len() int64 { return f.End - f.Start }
