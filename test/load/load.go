// Package load drives an HTTP server on loopback and counts what comes back.
// Its client writes prepared request bytes over kept-alive connections and reads
// answers without building header maps, so that on a machine where client and
// server share the cores the client takes little of what is measured.
//
// A run is bounded in time and in requests and ends by itself. Only loopback
// addresses are accepted.
package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Run says what to do.
type Run struct {
	Addr    string                          // host:port on loopback
	Clients int                             // connections, each with one request under way
	For     time.Duration                   // how long to go on
	Most    int                             // at most so many requests; 0 means no other bound than For
	Request func(client, n int) []byte      // whole request, with headers; may return the same bytes
	Answer  func(client int, r Reply) error // checks an answer; nil accepts status 200 to 299
}

// Reply is one answer. Body is valid during the call only.
type Reply struct {
	Status int
	Body   []byte
}

// Result is what a run came to.
type Result struct {
	Answered int
	Failed   int
	First    error // the first failure, if any
	Elapsed  time.Duration
	Times    []time.Duration // of each answered request, sorted
}

// PerSecond is the rate of good answers.
func (r Result) PerSecond() float64 { return float64(r.Answered) / r.Elapsed.Seconds() }

// Quantile returns the time below which a share q of the answers came.
func (r Result) Quantile(q float64) time.Duration {
	if len(r.Times) == 0 {
		return 0
	}
	return r.Times[min(int(q*float64(len(r.Times))), len(r.Times)-1)]
}

func (r Result) String() string {
	return fmt.Sprintf("%8.0f/s  p50 %6.2f ms  p99 %6.2f ms  %d answered, %d failed", r.PerSecond(),
		float64(r.Quantile(.5).Microseconds())/1000, float64(r.Quantile(.99).Microseconds())/1000, r.Answered, r.Failed)
}

// Do carries out a run.
func Do(run Run) (Result, error) {
	host, _, err := net.SplitHostPort(run.Addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return Result{}, errors.New("load: only loopback addresses are driven")
	}
	if run.Answer == nil {
		run.Answer = ok
	}
	results := make([]Result, run.Clients)
	start := time.Now()
	end := start.Add(run.For)
	var wg sync.WaitGroup
	for i := range run.Clients {
		wg.Go(func() { results[i] = client(run, i, end) })
	}
	wg.Wait()
	total := Result{Elapsed: time.Since(start)}
	for _, r := range results {
		total.Answered += r.Answered
		total.Failed += r.Failed
		total.Times = append(total.Times, r.Times...)
		if total.First == nil {
			total.First = r.First
		}
	}
	slices.Sort(total.Times)
	return total, nil
}

func ok(_ int, r Reply) error {
	if r.Status < 200 || r.Status > 299 {
		return fmt.Errorf("load: status %d", r.Status)
	}
	return nil
}

// client runs one connection until the end or until it breaks.
func client(run Run, i int, end time.Time) (res Result) {
	fail := func(err error) Result {
		res.Failed++
		if res.First == nil {
			res.First = err
		}
		return res
	}
	conn, err := net.DialTimeout("tcp", run.Addr, 5*time.Second)
	if err != nil {
		return fail(err)
	}
	defer conn.Close()
	most := run.Most / max(run.Clients, 1)
	r := bufio.NewReaderSize(conn, 16<<10)
	var body []byte
	for n := 0; (run.Most == 0 || n < most) && time.Now().Before(end); n++ {
		sent := time.Now()
		_ = conn.SetDeadline(sent.Add(30 * time.Second))
		if _, err := conn.Write(run.Request(i, n)); err != nil {
			return fail(err)
		}
		var rep Reply
		if rep, body, err = read(r, body); err != nil {
			return fail(err)
		}
		took := time.Since(sent)
		if err := run.Answer(i, rep); err != nil {
			fail(err)
			continue
		}
		res.Answered++
		res.Times = append(res.Times, took)
	}
	return res
}

// read reads one answer into body, which it may grow.
func read(r *bufio.Reader, body []byte) (Reply, []byte, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return Reply{}, body, err
	}
	if len(line) < 12 {
		return Reply{}, body, errors.New("load: short status line")
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return Reply{}, body, errors.New("load: bad status line")
	}
	length, chunked := 0, false
	for {
		line, err = r.ReadSlice('\n')
		if err != nil {
			return Reply{}, body, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return Reply{}, body, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	body = body[:0]
	if chunked {
		body, err = readChunks(r, body)
		return Reply{status, body}, body, err
	}
	body = slices.Grow(body, length)[:length]
	_, err = io.ReadFull(r, body)
	return Reply{status, body}, body, err
}

func readChunks(r *bufio.Reader, body []byte) ([]byte, error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return body, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return body, err
		}
		at := len(body)
		body = slices.Grow(body, int(n)+2)[:at+int(n)+2]
		if _, err := io.ReadFull(r, body[at:]); err != nil {
			return body, err
		}
		body = body[:at+int(n)]
		if n == 0 {
			return body, nil
		}
	}
}
