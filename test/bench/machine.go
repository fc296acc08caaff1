package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/wardfold/wardfold/test/load"
)

// greeter serves a few bytes with net/http until stop.
func greeter() (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "hello\n")
		}),
	}
	go func() { _ = srv.Serve(l) }() // ends with Close
	return l.Addr().String(), func() { _ = srv.Close() }, nil
}

// hello measures this machine's ceiling: net/http answering a few bytes.
func hello(clients int, d time.Duration) (load.Result, error) {
	addr, stop, err := greeter()
	if err != nil {
		return load.Result{}, err
	}
	defer stop()
	req := []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	return load.Do(load.Run{Addr: addr, Clients: clients, For: d, Request: func(int, int) []byte { return req }})
}

// fsyncs measures durable 4 KiB writes per second on the disk of dir.
func fsyncs(dir string, d time.Duration) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "fsync.probe"))
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	start, n := time.Now(), 0
	for time.Since(start) < d {
		if _, err := f.WriteAt(page, int64(n%256)*4096); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, fmt.Errorf("fsync: %w", err)
		}
		n++
	}
	return float64(n) / time.Since(start).Seconds(), nil
}
