package ui

import (
	"strconv"
	"strings"
)

// Button is a submit button. Text is a verb.
type Button struct {
	Text  string
	Kind  Kind // Primary, Plain or Danger; zero is Primary
	Name  string
	Value string
	Icon  string
	Wide  bool // full width, for phones
}

func (b Button) kind() string {
	if b.Kind == "" {
		return string(Primary)
	}
	return string(b.Kind)
}

// Type says which keyboard and which filling-in help a field gets.
type Type string

// The types of a text field.
const (
	Text     Type = "text"
	Tel      Type = "tel"      // phone number
	Digits   Type = "digits"   // any digits
	Code     Type = "code"     // six digits from a message, one field, paste allowed
	Month    Type = "month"    // year and month as six digits, echoed in words
	Date     Type = "date"     // day as eight digits, echoed in words
	Password Type = "password" // current password
	NewPass  Type = "newpass"  // new password
	Search   Type = "search"
)

// Input is a text field, a text area or a file field.
type Input struct {
	Name     string // form key and the field of a FieldError
	Label    string
	Hint     string
	Value    string // what was typed before; never a stored value in clear
	Error    string
	Type     Type
	Auto     string // autocomplete token when Type does not imply one
	Optional bool   // marked as such; all other fields are required
	Max      int    // longest text in characters; 0 is 200
	Accept   string // for files: ".xlsx,.csv"
}

func (in Input) id() string { return fieldID(in.Name) }

func (in Input) html() string {
	switch in.Type {
	case Tel:
		return "tel"
	case Password, NewPass:
		return "password"
	case Search:
		return "search"
	}
	return "text"
}

func (in Input) keyboard() string {
	switch in.Type {
	case Tel:
		return "tel"
	case Digits, Code, Month, Date:
		return "numeric"
	}
	return "text"
}

func (in Input) auto() string {
	switch {
	case in.Auto != "":
		return in.Auto
	case in.Type == Tel:
		return "tel"
	case in.Type == Code:
		return "one-time-code"
	case in.Type == Password:
		return "current-password"
	case in.Type == NewPass:
		return "new-password"
	}
	return "off"
}

func (in Input) max() int {
	switch {
	case in.Max > 0:
		return in.Max
	case in.Type == Code || in.Type == Month || in.Type == Date:
		return 16 // room for a paste with spaces; the server strips them
	}
	return 200
}

// width is the class that makes a field as wide as what belongs in it.
func (in Input) width() string {
	switch in.Type {
	case Code, Month, Date, Digits:
		return "input input-short"
	case Tel:
		return "input input-medium"
	}
	return "input"
}

// described lists the ids of the hint and the error.
func described(id, hint, err string) string {
	var ids []string
	if hint != "" {
		ids = append(ids, id+"-hint")
	}
	if err != "" {
		ids = append(ids, id+"-error")
	}
	return strings.Join(ids, " ")
}

// Option is one of several answers.
type Option struct{ Value, Text, Hint string }

// Choice asks for one answer: as a list (Select) or as buttons (Radios).
// Value is the chosen one; "" chooses none, and nothing is chosen in advance.
type Choice struct {
	Name, Label, Hint, Error string
	Value                    string
	Options                  []Option
	Optional                 bool
}

// Check is one box to tick (Checkbox) or one switch (Switch). It is off unless
// the person has turned it on.
type Check struct {
	Name, Value, Label, Hint, Error string
	On                              bool
}

func (c Check) id() string { return fieldID(c.Name + "-" + c.Value) }

func (c Check) value() string {
	if c.Value == "" {
		return "on"
	}
	return c.Value
}

// Hidden is a value a form carries without showing it: ids and codes, and on the
// pages of an enrolment what the same person typed a page before, so that it
// need be kept nowhere else.
type Hidden struct{ Name, Value string }

// radioID gives the first answer the field's own id, so that the error summary
// can lead there.
func radioID(name string, i int) string {
	if i == 0 {
		return fieldID(name)
	}
	return fieldID(name) + "-" + strconv.Itoa(i)
}
