package list

import (
	"regexp"
	"slices"
)

// written is a relay number with its extension, as it is printed and typed.
var written = regexp.MustCompile(`^(?:\+?86[ -]?)?(1[3-9]\d{9}) *(?:[-−–—~,;#*pPxX转轉]|ext\.?|分机号?|分機)+ *(\d{4})$`)

// follows is an extension in a cell of its own, or after a blank.
var follows = regexp.MustCompile(`^(?:[-−–—~,;#*pPxX转轉]|ext\.?|分机号?|分機)*(\d{4})$`)

// Dialled writes a relay number of 11 digits with its extension as the key
// ByAlias has it.
func Dialled(number, extension string) string { return number + "," + extension }

// alias takes a relay number with an extension, or an extension that follows a
// number. The number counts as one until it is known to be a relay's: only its
// holder can tell.
func (f *Facts) alias(s string) bool {
	if m := written.FindStringSubmatch(s); m != nil {
		f.Phones, f.last = append(f.Phones, m[1]), ""
		f.Aliases = append(f.Aliases, Dialled(m[1], m[2]))
		return true
	}
	before := f.last
	if m := follows.FindStringSubmatch(s); m != nil && before != "" {
		f.last = ""
		f.Aliases = append(f.Aliases, Dialled(before, m[1]))
		return true
	}
	return false
}

// ours keeps of a row's aliases those on relay numbers of ours, and of its numbers
// those that are nobody's alias: behind the number of a relay stands no family, and
// behind the alias one that the number does not tell.
func (m *matching) ours(f Facts) Facts {
	var aliases []string
	relay := make(map[string]bool)
	for _, a := range f.Aliases {
		if number := a[:11]; m.Relay != nil && m.Relay(number) {
			aliases, relay[number] = append(aliases, a), true
		}
	}
	f.Aliases = aliases
	f.Phones = slices.DeleteFunc(slices.Clone(f.Phones), func(p string) bool { return relay[p] })
	return f
}

// own keeps of a row's numbers those that are not a relay's of ours.
func (m *matching) own(phones []string) []string {
	if m.Relay == nil {
		return phones
	}
	return slices.DeleteFunc(slices.Clone(phones), m.Relay)
}

// aliases returns the marks of a row's aliases, each only the first time that it
// is met: brothers and sisters have one.
func (m *matching) aliases(f Facts) (found []Marked) {
	for _, a := range f.Aliases {
		if m.dialled[a] {
			continue
		}
		m.dialled[a] = true
		found = append(found, m.Marks(ByAlias, a)...)
	}
	return found
}
