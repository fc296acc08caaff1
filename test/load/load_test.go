package load_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/test/load"
)

func TestRunCountsGoodAndBadAnswersAndStopsByItself(t *testing.T) {
	var n atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%10 == 0 {
			http.Error(w, "no", http.StatusTeapot)
			return
		}
		if r.URL.Path == "/long" {
			w.(http.Flusher).Flush()
		}
		fmt.Fprint(w, strings.Repeat("x", 300))
	}))
	defer srv.Close()
	res, err := load.Do(load.Run{
		Addr: srv.Listener.Addr().String(), Clients: 4, For: 10 * time.Second, Most: 400,
		Request: func(c, i int) []byte {
			return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", []string{"/", "/long"}[i%2])
		},
	})
	if err != nil || res.Answered != 360 || res.Failed != 40 || len(res.Times) != 360 {
		t.Fatalf("answered %d, failed %d (%v), err %v", res.Answered, res.Failed, res.First, err)
	}
	if res.Quantile(.5) > res.Quantile(.99) || res.PerSecond() <= 0 {
		t.Error("the quantiles are out of order")
	}
}

func TestOnlyLoopbackIsDriven(t *testing.T) {
	for _, addr := range []string{"192.0.2.1:80", "example.org:80", "nonsense"} {
		if _, err := load.Do(load.Run{Addr: addr, Clients: 1}); err == nil {
			t.Errorf("%s was accepted", addr)
		}
	}
}
