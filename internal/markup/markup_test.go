package markup_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wardfold/wardfold/internal/markup"
)

// TestTheLastTagMayBeShort: a stream may end with a tag that is shorter than the
// opening of a CDATA section, however the reader cuts it.
func TestTheLastTagMayBeShort(t *testing.T) {
	const text = `<r><a b="1"/>x<![CDATA[y]]></r>`
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
		"with its end": iotest.DataErrReader(strings.NewReader(text)),
	} {
		m, got := markup.New(r, 100), ""
		for {
			kind, err := m.Next()
			if err != nil {
				if err != io.EOF {
					t.Errorf("%s: %v", name, err)
				}
				break
			}
			switch kind {
			case markup.Start:
				got += "<" + string(m.Name)
			case markup.End:
				got += ">"
			case markup.Text:
				got += string(m.Text)
			}
		}
		if got != "<r<a>xy>" {
			t.Errorf("%s: read %s", name, got)
		}
	}
}

// TestWhatIsCutOffIsMalformed and does not pass for a whole.
func TestWhatIsCutOffIsMalformed(t *testing.T) {
	for _, text := range []string{"<r", "<r><a b='", "<r><!-- x", "<![CDATA[y"} {
		m := markup.New(strings.NewReader(text), 100)
		var err error
		for err == nil {
			_, err = m.Next()
		}
		if err != markup.ErrMalformed {
			t.Errorf("%s: %v", text, err)
		}
	}
}
