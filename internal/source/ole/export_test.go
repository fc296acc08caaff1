package ole

import "github.com/wardfold/wardfold/internal/source/flow"

// Workbook reads the stream of a workbook without its container.
func Workbook(stream []byte, w *flow.Writer) error { return newWorkbook(stream, "a", w).read() }

// Words reads the streams of a text document without their container.
func Words(doc, clx []byte, w *flow.Writer) error {
	if err := w.Part(flow.Part{Name: "a"}); err != nil {
		return err
	}
	return (&document{w: w}).pieces(doc, clx)
}
