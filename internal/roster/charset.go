package roster

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/wardfold/wardfold/internal/fault"
)

// charset is how the characters of a CSV file are written.
type charset struct {
	name string
	mark []byte            // byte order mark at the start, may be empty
	enc  encoding.Encoding // nil for UTF-8
}

// charsets with a byte order mark. Excel writes "Unicode text" as UTF-16.
var marked = []charset{
	{"UTF-8", []byte("\xEF\xBB\xBF"), nil},
	{"UTF-16LE", []byte("\xFF\xFE"), unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"UTF-16BE", []byte("\xFE\xFF"), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
}

// detect tells the charset: by its mark, else UTF-8 if the file is valid as
// such, else GB18030, which a Chinese Excel writes. A few stray bytes in a file
// that is otherwise UTF-8 do not make it GB18030: Chinese text of the one is
// hardly ever valid in the other.
func detect(src io.ReaderAt, size int64) (charset, error) {
	head := make([]byte, min(size, 4))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return charset{}, err
	}
	for _, c := range marked {
		if bytes.HasPrefix(head, c.mark) {
			return c, nil
		}
	}
	good, bad, err := countUTF8(io.NewSectionReader(src, 0, size))
	if err != nil {
		return charset{}, err
	}
	if bad*20 <= good {
		return charset{"UTF-8", nil, nil}, nil
	}
	return charset{"GB18030", nil, simplifiedchinese.GB18030}, nil
}

// countUTF8 counts the well-formed characters beyond ASCII and the bytes that
// belong to none. A zero byte means that the file is no text at all.
func countUTF8(r io.Reader) (good, bad int, err error) {
	buf := make([]byte, window)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		b, last := buf[:kept+n], err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return 0, 0, err
		}
		if bytes.IndexByte(b, 0) >= 0 {
			return 0, 0, fault.New(fault.Invalid, "roster.format")
		}
		for len(b) > 0 && (last || utf8.FullRune(b)) {
			size := 1
			if b[0] >= utf8.RuneSelf {
				var c rune
				if c, size = utf8.DecodeRune(b); c == utf8.RuneError && size == 1 {
					bad++
				} else {
					good++
				}
			}
			b = b[size:]
		}
		if last {
			return good, bad, nil
		}
		kept = copy(buf, b)
	}
}

// decode gives the text after the mark as UTF-8; what is not in the charset
// becomes U+FFFD.
func (c charset) decode(r io.Reader) io.Reader {
	skip := make([]byte, len(c.mark))
	if _, err := io.ReadFull(r, skip); err != nil || c.enc == nil {
		return r
	}
	return c.enc.NewDecoder().Reader(r)
}

// encode gives a writer of UTF-8 text in the charset, the mark already written.
// Flush ends it.
func (c charset) encode(w io.Writer) (*bufio.Writer, error) {
	if _, err := w.Write(c.mark); err != nil {
		return nil, err
	}
	if c.enc != nil {
		w = encoding.ReplaceUnsupported(c.enc.NewEncoder()).Writer(w)
	}
	return bufio.NewWriter(w), nil
}
