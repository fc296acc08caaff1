package source

import (
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// guarded turns a panic of a reader into an error: a file must not end the scan.
func guarded(fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reader failed: %T", r) // the value may quote the file
		}
	}()
	return fn()
}

// problem names what went wrong with an input.
func problem(name string, err error) error {
	var corrupt flate.CorruptInputError
	var bad bzip2.StructuralError
	switch {
	case err == nil || err == flow.ErrStop:
		return err
	case errors.Is(err, fs.ErrPermission):
		return &flow.Problem{Name: name, Code: "source.denied", Err: err}
	case errors.Is(err, fs.ErrNotExist):
		return &flow.Problem{Name: name, Code: "source.gone", Err: err}
	case errors.As(err, &corrupt), errors.As(err, &bad), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		return &flow.Problem{Name: name, Code: "source.broken", Err: err}
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return &flow.Problem{Name: name, Code: "source.unreadable", Err: err}
	}
	return flow.Broken(name, err)
}

// skip is the problem of what is left out on purpose.
func skip(name, code string, args ...any) *flow.Problem {
	return &flow.Problem{Name: name, Code: code, Skipped: true, Args: args}
}
