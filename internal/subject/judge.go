package subject

import (
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/secret"
)

// checks says how a value of each field is judged.
var checks = map[string]roster.Check{
	LearnerName: roster.CheckName, LearnerBirth: roster.CheckMonth, LearnerPhone: roster.CheckPhone,
	GuardianName: roster.CheckName, GuardianPhone: roster.CheckPhone,
}

// Judge brings a value as typed to its one form. Invalid: form.wrong for a field
// that nobody can type, without what was typed, which might be a name; otherwise
// what is wrong with the value, at the field.
func Judge(field string, typed secret.Text, now time.Time) (secret.Text, error) {
	check, known := checks[field]
	if !known {
		return secret.Text{}, fault.At("field", "form.wrong")
	}
	v, bad := roster.Judge(check, typed, now.In(civil.Zone))
	if bad.Code != "" && !bad.Notice {
		return secret.Text{}, fault.At(field, bad.Code, bad.Args...)
	}
	return v, nil
}
