//go:build !linux

package main

import (
	"errors"
	"os"
)

// hasTerminal is false where this program cannot hide what is typed: secrets
// then come from files.
func hasTerminal(*os.File) bool { return false }

func hidden(*os.File, func() error) error { return errors.ErrUnsupported }
