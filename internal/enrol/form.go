package enrol

import (
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Form is what a family typed and chose: the four promised items, and for each
// purpose that is not needed for the service, whether they want it.
type Form struct {
	LearnerName  secret.Text
	Birth        secret.Text // year and month, in any common way of writing
	GuardianName secret.Text
	Phone        secret.Text
	Course       string   // of a whole enrolment; otherwise the clerk's link names it
	Agree        bool     // to what the service cannot be given without
	Optional     []string // codes of the optional purposes they want; none is ticked beforehand
	Language     string   // in which the notice was shown
	Screen       [32]byte // of the page with both answers, as rendered
}

// Clean is a form whose values were checked and brought to their one form.
type Clean struct {
	Child, Guardian subject.Values
	Birth           civil.Birth
	Phone           secret.Text // E.164
}

// Clean checks a form as of now. A fault of kind Invalid lists every wrong
// field, with the code of what is wrong.
func (f Form) Clean(now time.Time) (Clean, error) {
	today := now.In(civil.Zone)
	var wrong []fault.Field
	judge := func(field string, check roster.Check, typed secret.Text) secret.Text {
		v, p := roster.Judge(check, typed, today)
		if p.Code != "" && !p.Notice {
			wrong = append(wrong, fault.Field{Path: field, Code: p.Code, Args: p.Args})
		}
		return v
	}
	c := Clean{
		Child: subject.Values{
			subject.LearnerName:  judge(subject.LearnerName, roster.CheckName, f.LearnerName),
			subject.LearnerBirth: judge(subject.LearnerBirth, roster.CheckMonth, f.Birth),
		},
		Guardian: subject.Values{
			subject.GuardianName:  judge(subject.GuardianName, roster.CheckName, f.GuardianName),
			subject.GuardianPhone: judge(subject.GuardianPhone, roster.CheckPhone, f.Phone),
		},
	}
	if len(wrong) > 0 {
		err := fault.New(fault.Invalid, "form.wrong")
		err.Fields = wrong
		return Clean{}, err
	}
	c.Phone = c.Guardian[subject.GuardianPhone]
	var err error
	c.Birth, err = subject.Birth(c.Child[subject.LearnerBirth], civil.DateOf(now))
	return c, err
}
