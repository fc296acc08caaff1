package detect

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"io"
	"strings"
)

// healthData is the names of illnesses, made by "go run ./test/detect tables".
// Source: THUOCL, Tsinghua University (MIT).
//
//go:embed health.bin
var healthData []byte

// eachTerm calls fn with every illness.
func eachTerm(fn func(string)) {
	list, err := io.ReadAll(flate.NewReader(bytes.NewReader(healthData)))
	if err != nil {
		panic("detect: health.bin: " + err.Error()) // embedded, so never
	}
	for term := range strings.SplitSeq(string(list), "\n") {
		fn(term)
	}
}
