package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The client of package load takes so little of the machine that a hello is three
// times what the same server answers to wrk, the generator of published figures.
// What is dear to serve gains less from a cheap client, so the share of hello
// depends on who asks. Where wrk is installed both are measured with it too.

var errNoWrk = errors.New("wrk is not installed")

// wrkRate asks an address as a script says, with 64 connections, and returns the
// good answers in a second. Any other answer is an error.
func wrkRate(addr, script string, d time.Duration) (float64, error) {
	name, err := exec.LookPath("wrk")
	if err != nil {
		return 0, errNoWrk
	}
	args := []string{"-t1", "-c64", "-d" + strconv.Itoa(max(1, int(d.Seconds()))) + "s"}
	if script != "" {
		args = append(args, "-s", script)
	}
	out, err := exec.Command(name, append(args, "http://"+addr+"/")...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	return wrkSaid(string(out))
}

var (
	wrkPerSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	wrkBad       = regexp.MustCompile(`(?m)^\s*(Non-2xx or 3xx responses: .*|Socket errors: .*)$`)
)

// wrkSaid reads what wrk prints.
func wrkSaid(out string) (float64, error) {
	if bad := wrkBad.FindString(out); bad != "" {
		return 0, errors.New("wrk: " + strings.TrimSpace(bad))
	}
	m := wrkPerSecond.FindStringSubmatch(out)
	if m == nil {
		return 0, errors.New("wrk says nothing of a rate")
	}
	return strconv.ParseFloat(m[1], 64)
}

// wrkReveals writes a script that reveals the phone of one guardian after
// another, and returns its name.
func (w *world) wrkReveals(dir string) (string, error) {
	ids := filepath.Join(dir, "wrk.ids")
	var list strings.Builder
	for _, g := range w.guardians {
		list.WriteString(g.String() + "\n")
	}
	script := fmt.Sprintf(`
local ids, n = {}, 0
for line in io.lines(%q) do ids[#ids + 1] = line end
wrk.method = "POST"
wrk.body = '{"field":"guardian.phone","purpose":"contact.class"}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
request = function()
  n = n + 1
  wrk.headers["Idempotency-Key"] = "w" .. n
  return wrk.format(nil, "/v1/subjects/" .. ids[math.random(#ids)] .. "/reveal")
end
`, ids, w.key)
	name := filepath.Join(dir, "wrk.lua")
	return name, errors.Join(os.WriteFile(ids, []byte(list.String()), 0o600), os.WriteFile(name, []byte(script), 0o600))
}

// byWrk measures hello and the reveal with wrk, if it is there.
func (p *process) byWrk(s settings, w *world) error {
	addr, stop, err := greeter()
	if err != nil {
		return err
	}
	hello, err := wrkRate(addr, "", s.run)
	stop()
	if errors.Is(err, errNoWrk) {
		line("the same by wrk", "not measured: "+err.Error(), "")
		return nil
	}
	if err != nil {
		return err
	}
	script, err := w.wrkReveals(s.dir)
	if err != nil {
		return err
	}
	rate, err := wrkRate(p.addr, script, s.run)
	if err != nil {
		return err
	}
	line("hello by wrk, c = 64", fmt.Sprintf("%8.0f/s", hello), "")
	line("reveal by wrk, c = 64", fmt.Sprintf("%8.0f/s", rate), fmt.Sprintf("%.2f of hello; ", rate/hello)+against(rate/hello, .35, ""))
	return nil
}
