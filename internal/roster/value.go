package roster

import (
	"time"

	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/secret"
)

// Judge checks and normalises one value typed into a form by the same rules as
// a cell of a roster. The zero Problem means that it is good; a Notice is too.
func Judge(want Check, typed secret.Text, today time.Time) (secret.Text, Problem) {
	if len(typed.Expose()) > 4096 {
		return secret.Text{}, Problem{Code: "roster.long"}
	}
	k := checker{opt: Options{Today: today, Phone: func(n string) (secret.Text, error) {
		return phone.Normalise(secret.NewText(n))
	}}}
	v, p := k.cell(Column{Check: want}, cell{text: typed.Expose()}, 0)
	if p.Code == "roster.missing" {
		p.Code = "form.required" // a form has no merged cells
	}
	return v, p
}
