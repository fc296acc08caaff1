package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNobodyOutlivesABench that was killed.
func TestNobodyOutlivesABench(t *testing.T) {
	if os.Getenv("WARDFOLD_BENCH_DIES") != "" {
		c := exec.Command("sleep", "300")
		c.SysProcAttr = tied()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		fmt.Println("pid", c.Process.Pid)
		time.Sleep(time.Minute)
	}
	bench := exec.Command(os.Args[0], "-test.run", t.Name())
	bench.Env = append(os.Environ(), "WARDFOLD_BENCH_DIES=1")
	out, err := bench.StdoutPipe()
	if err == nil {
		err = bench.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	_ = bench.Process.Kill() // what it started must notice by itself
	_ = bench.Wait()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(said), "pid "))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if syscall.Kill(pid, 0) != nil || zombie(pid) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	t.Error("a process that it started goes on")
}

// zombie reports whether a process has ended and nobody has asked how.
func zombie(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	return err != nil || strings.HasPrefix(rest, "Z")
}
