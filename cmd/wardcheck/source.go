package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardfold/wardfold/verify"
)

// maxFile bounds what is read from a stranger: an entry bundle of 256 entries
// of 64 KiB. A file that the person at the keyboard names may be as long as an
// evidence pack.
const (
	maxFile  = 256 * (2 + 0xffff)
	maxNamed = 64<<20 + 1
)

// open returns the files of a log at a directory or URL.
func open(where string) (verify.Source, error) {
	if strings.HasPrefix(where, "http://") || strings.HasPrefix(where, "https://") {
		client := &http.Client{Timeout: time.Minute}
		return web{client, strings.TrimSuffix(where, "/") + "/"}, nil
	}
	if s, err := os.Stat(where); err != nil {
		return nil, err
	} else if !s.IsDir() {
		return nil, usageError{"not-a-directory", where}
	}
	return directory(where), nil
}

// directory is a log as files in a folder.
type directory string

func (d directory) Read(_ context.Context, path string) ([]byte, error) {
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return limited(f, maxFile)
}

// web is a log behind a URL that ends in a slash.
type web struct {
	client *http.Client
	base   string
}

func (s web) Read(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "wardcheck")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	switch resp.StatusCode {
	case http.StatusOK:
		return limited(resp.Body, maxFile)
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s: %s: %w", path, resp.Status, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("%s: %s", path, resp.Status)
}

func limited(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("the file has more than %d bytes", most)
	}
	return data, err
}

// read reads a file of the person at the keyboard; "-" is standard input.
func (t terminal) read(name string) ([]byte, error) {
	if name == "-" {
		return limited(t.in, maxNamed)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	return limited(f, maxNamed)
}
