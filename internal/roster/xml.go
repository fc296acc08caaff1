package roster

import (
	"errors"
	"io"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/markup"
)

// window is how much of a file is read at a time.
const window = 64 << 10

// tokenizer reads the markup of a workbook part, and puts what is wrong with it
// into the words of rosters.
type tokenizer struct{ *markup.Tokenizer }

func newTokenizer(r io.Reader, tags int) tokenizer { return tokenizer{markup.New(r, tags)} }

var errMarkup = fault.New(fault.Invalid, "roster.damaged").Because(markup.ErrMalformed)

func (t tokenizer) next() (markup.Token, error) {
	kind, err := t.Next()
	return kind, inWords(err)
}

func unescape(dst, text []byte) ([]byte, error) {
	out, err := markup.Unescape(dst, text)
	return out, inWords(err)
}

func inWords(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.Is(err, markup.ErrMalformed):
		return errMarkup
	case errors.Is(err, markup.ErrDoctype) || errors.Is(err, markup.ErrTags):
		return fault.New(fault.Invalid, "roster.bomb").Because(err)
	}
	return err
}
