package release

import (
	"time"

	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/subject"
)

// WordsIn are the words of a file in a language, collected by somebody at a
// moment. name is the collector's, of staff; it may be empty.
func WordsIn(p lang.Printer, name string, at time.Time) Words {
	now := p.Time(at)
	w := Words{Sheet: p.T("exports.sheet"), Cover: p.T("exports.cover"), Serial: p.T("exports.serial"), Dial: p.T("exports.cover.dial"),
		Printed: p.T("exports.printed", name, now), Fields: map[string]string{},
		Notice: []string{p.T("exports.cover.what"), p.T("exports.cover.who", name, now), p.T("exports.cover.rule"), p.T("exports.cover.marked")}}
	for _, code := range []string{subject.LearnerName, subject.LearnerBirth, subject.LearnerPhone, subject.GuardianName, subject.GuardianPhone} {
		w.Fields[code] = p.T("field." + code)
	}
	return w
}
