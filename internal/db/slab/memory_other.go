//go:build !linux

package slab

import "errors"

func reserve(uintptr) (uintptr, error) { return 0, errors.ErrUnsupported }

func equip(uintptr, uintptr) error { return errors.ErrUnsupported }
