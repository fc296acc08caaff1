// Package deid makes personal information less telling, by display masks, and
// tests whether a table may be called anonymous (Anonymise).
//
// # What a mask is
//
// A mask replaces part of a value by a star, so that somebody who works with a
// list does not read more than the task needs, and a glance at a screen or a
// sheet of paper gives little away. It is not anonymisation: whoever has a second
// list can often tell who is meant. In a class of thirty a surname and a star
// point to one child in 59 cases of 100; a mainland mobile number with four
// digits hidden leaves 10,000 candidates to dial. Nothing masked may be published
// as if it were anonymous: only Anonymise says that, after a test.
//
// # The rules
//
// Rules is the whole table: for each kind of value and each audience one form. A
// page can show it to the officer as it is. What the table does not list is
// hidden. Four properties hold, and are tested:
//
//   - A value is cut between graphemes (what a reader calls a character), never
//     inside: rare ideographs beyond the Basic Multilingual Plane, ideographs
//     with a variation selector, letters with combining marks, flags and joined
//     emoji stay whole or vanish whole. The result is valid UTF-8 even if the
//     value was not.
//   - The forms of one kind are nested: two audiences who put their views side by
//     side learn no more than the one who sees more.
//   - A family's names are masked alike. A child shown without surname beside a
//     parent shown with it would be shown in full.
//   - Where a rule hides the length, two values that differ only in the hidden
//     part have the same mask.
//
// One table serves a whole institution. Changing it is an event: old print-outs
// with the other name form, put beside new ones, show the full name.
//
// # How much a mask hides
//
// Look counts, over a population that is at hand, how many people fit what is
// shown of each, all columns together; Crowd.Expect estimates it where none is.
// Below Floor candidates, or with more than MostAlone of the people alone, nothing
// is shown.
//
// # Whole tables
//
// Package anon recodes tables until everybody looks like others, package noise
// makes counts safe, packages table and hierarchy are what both stand on.
//
// The package is pure, and safe for concurrent use.
package deid

// Kind is what a value is.
type Kind string

// The kinds that have rules.
const (
	ChildName    Kind = "child_name"
	GuardianName Kind = "guardian_name"
	StaffName    Kind = "staff_name" // as families see who looked
	Phone        Kind = "phone"      // E.164, or a bare mainland mobile number
	BirthMonth   Kind = "birth_month"
	NationalID   Kind = "national_id" // resident identity card
	Address      Kind = "address"
)

// Audience is who looks.
type Audience string

// The audiences.
const (
	Staff  Audience = "staff"  // lists, screens and print-outs of staff, by default
	Family Audience = "family" // the guardian or the child, about themselves, signed in
	Public Audience = "public" // notices, boards, anything outside
	Log    Audience = "log"    // logs, tickets, errors
)

// Form is a way of masking.
type Form string

// The forms. What each shows:
const (
	Whole    Form = "whole"    // everything
	Given    Form = "given"    // 张小明 → *小明: the last two characters at most, one star for the rest
	Surname  Form = "surname"  // 张小明 → 张*: one star whatever the length
	Mobile   Form = "mobile"   // 13800005678 → 138****5678; other numbers: ****78
	Year     Form = "year"     // 2016-03 → 2016-**
	Edges    Form = "edges"    // 11010…1234 → 1****4: no district, birth date or sequence
	District Form = "district" // 上海市徐汇区漕溪北路1号 → 上海市徐汇区*
	Nothing  Form = "nothing"  // *
)

// HidesLength reports whether the mask is the same for values that differ only
// in what is hidden, however long that is.
func (f Form) HidesLength() bool { return f != Whole }

// Star stands for everything hidden. It is ASCII, so it sorts and copies well.
const Star = "*"

// Rule is one line of the table.
type Rule struct {
	Kind     Kind
	Audience Audience
	Form     Form
}

// Table is a set of rules; what it does not list is hidden.
type Table []Rule

// Rules is the default table: names show the given name only.
//
// Sources: PIPL art. 51(3) (de-identification as a safeguard); GB/T 35273-2020
// 7.2 (on display); a university's rules art. 11(4) (screens and paper) and 12
// (publication). No national standard fixes the forms themselves.
var Rules = Table{
	{ChildName, Staff, Given},
	{ChildName, Family, Whole},
	{ChildName, Public, Nothing},
	{ChildName, Log, Nothing},
	{GuardianName, Staff, Given},
	{GuardianName, Family, Whole},
	{GuardianName, Public, Nothing},
	{GuardianName, Log, Nothing},
	{StaffName, Staff, Whole},
	{StaffName, Family, Surname},
	{StaffName, Public, Nothing},
	{StaffName, Log, Nothing},
	{Phone, Staff, Mobile},
	{Phone, Family, Mobile},
	{Phone, Public, Nothing},
	{Phone, Log, Nothing},
	{BirthMonth, Staff, Year},
	{BirthMonth, Family, Whole},
	{BirthMonth, Public, Nothing},
	{BirthMonth, Log, Nothing},
	{NationalID, Staff, Nothing},
	{NationalID, Family, Edges},
	{NationalID, Public, Nothing},
	{NationalID, Log, Nothing},
	{Address, Staff, District},
	{Address, Family, Whole},
	{Address, Public, Nothing},
	{Address, Log, Nothing},
}

// WithSurnames returns a copy of t in which the names of families show the
// surname instead of the given name (张*), for institutions whose policy says so.
func (t Table) WithSurnames() Table {
	out := append(Table(nil), t...)
	for i, r := range out {
		if r.Form == Given {
			out[i].Form = Surname
		}
	}
	return out
}

// Form returns the form for a kind and an audience, Nothing if there is no rule.
func (t Table) Form(k Kind, a Audience) Form {
	for _, r := range t {
		if r.Kind == k && r.Audience == a {
			return r.Form
		}
	}
	return Nothing
}

// Mask returns value as the audience may see it. An empty value stays empty.
func (t Table) Mask(k Kind, a Audience, value string) string {
	return t.Form(k, a).Apply(value)
}
