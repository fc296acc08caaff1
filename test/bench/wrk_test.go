package main

import "testing"

func TestWhatWrkSaysIsRead(t *testing.T) {
	const good = "Running 1s test\n  64 connections\n  31400 requests in 1.00s\nRequests/sec:  31400.25\nTransfer/sec:  3.5MB\n"
	if rate, err := wrkSaid(good); err != nil || rate != 31400.25 {
		t.Errorf("%v, %v", rate, err)
	}
	for _, bad := range []string{"", "  Non-2xx or 3xx responses: 7\n" + good, "  Socket errors: connect 0, read 3, write 0, timeout 0\n" + good} {
		if rate, err := wrkSaid(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, rate)
		}
	}
}
