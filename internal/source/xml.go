package source

import (
	"bytes"
	"errors"
	"io"

	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// readXML writes each text as "name: text" after the element that holds it, and
// attributes likewise, so that the names are the context of the values. Places
// are offsets in the file.
func readXML(r io.Reader, name string, w *flow.Writer) error {
	if err := w.Part(flow.Part{Name: name}); err != nil {
		return err
	}
	t := markup.New(r, 1<<40)
	var element, text []byte
	begun := false
	for {
		kind, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch kind {
		case markup.Start:
			element, begun = append(element[:0], t.Name...), false
			err = xmlAttributes(t, w)
		case markup.End:
			if begun {
				err = w.Break("\n")
			}
			begun, element = false, element[:0]
		case markup.Text:
			if text = append(text[:0], t.Text...); !t.CDATA {
				if text, err = markup.Unescape(text[:0], t.Text); err != nil {
					text, err = append(text[:0], t.Text...), nil // an entity of its own: read as it stands
				}
			}
			if len(bytes.TrimSpace(text)) == 0 {
				continue
			}
			if !begun && len(element) > 0 {
				err = w.Break(string(element) + ": ")
			}
			begun = true
			w.At(t.Offset())
			err = errors.Join(err, w.Write(text))
		}
		if err != nil {
			return stopOr(err)
		}
	}
}

// stopOr keeps ErrStop recognisable among joined errors.
func stopOr(err error) error {
	if errors.Is(err, flow.ErrStop) {
		return flow.ErrStop
	}
	return err
}

func xmlAttributes(t *markup.Tokenizer, w *flow.Writer) error {
	if bytes.IndexByte(t.Raw, '=') < 0 {
		return nil
	}
	for key, value := range t.Attrs() {
		if string(key) == "xmlns" || len(value) < 2 {
			continue
		}
		if err := w.Break(string(key) + ": "); err != nil {
			return err
		}
		w.At(t.Offset())
		text, err := markup.Unescape(nil, value)
		if err != nil {
			text = value
		}
		if err := w.Write(text); err != nil {
			return err
		}
		if err := w.Break("\n"); err != nil {
			return err
		}
	}
	return nil
}
