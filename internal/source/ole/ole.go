// Package ole reads what office programs wrote before 2007, in OLE2 containers:
// workbooks (BIFF8, BIFF5) and text documents (Word 97 to 2003). Presentations
// are told as not readable. It also recognises today's documents under a
// password, which lie in the same container.
//
// Sources: [MS-CFB], [MS-XLS], [MS-DOC].
package ole

import (
	"io"
	"strings"

	"github.com/richardlehane/mscfb"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// streamMax bounds what is held of one stream, in bytes.
const streamMax = 256 << 20

// Read examines a container. Errors: Problems source.encrypted, source.closed,
// source.large; what the container itself is broken with.
func Read(at io.ReaderAt, size int64, name string, w *flow.Writer) error {
	c, err := mscfb.New(io.NewSectionReader(at, 0, size))
	if err != nil {
		return err
	}
	streams := make(map[string]*mscfb.File)
	for _, f := range c.File {
		key := strings.ToLower(f.Name)
		if len(f.Path) == 0 && streams[key] == nil {
			streams[key] = f
		}
	}
	switch {
	case streams["encryptedpackage"] != nil || streams["encryptioninfo"] != nil:
		return &flow.Problem{Name: name, Code: "source.encrypted"}
	case streams["workbook"] != nil:
		return readWorkbook(streams["workbook"], name, w)
	case streams["book"] != nil:
		return readWorkbook(streams["book"], name, w)
	case streams["worddocument"] != nil:
		return readWords(streams, name, w)
	}
	return &flow.Problem{Name: name, Code: "source.closed"}
}

// whole reads a stream into memory.
func whole(f *mscfb.File, name string) ([]byte, error) {
	if f == nil {
		return nil, io.ErrUnexpectedEOF
	}
	if f.Size > streamMax {
		return nil, &flow.Problem{Name: name, Code: "source.large", Args: []any{streamMax >> 20}}
	}
	b, err := io.ReadAll(io.LimitReader(f, streamMax))
	if err != nil && len(b) == 0 {
		return nil, err
	}
	return b, nil
}
