// Command wardcheck verifies a Wardfold log from outside: a receipt, a whole
// log, two heads of one log, a pack of evidence, the pack of a leaked list, or a
// data set that was made anonymous. It needs no account and no network except for
// a log that is named by URL, and it is built from the standard library and
// package verify alone, so that a stranger can read all of it.
//
// Exit status: 0 verified, 1 checked and found false, 2 could not be checked
// (wrong arguments, unreadable file, no connection).
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
)

const (
	exitTrue  = 0
	exitFalse = 1
	exitUsage = 2
)

// terminal is what a verb may touch of the outside world.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	words    words
	progress bool // err is a screen
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	t := terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, words: wordsFor(os.Getenv)}
	if s, err := os.Stderr.Stat(); err == nil {
		t.progress = s.Mode()&os.ModeCharDevice != 0
	}
	os.Exit(run(ctx, t, os.Args[1:]))
}

// verbs maps each verb to its check and how many operands it takes.
var verbs = map[string]struct {
	operands int
	check    func(context.Context, terminal, options) (result, error)
}{
	"receipt":     {1, checkReceipt},
	"log":         {1, checkLog},
	"consistency": {2, checkConsistency},
	"evidence":    {1, checkEvidence},
	"release":     {2, checkRelease},
	"leak":        {1, checkLeak},
}

func run(ctx context.Context, t terminal, args []string) int {
	o, err := parse(args)
	if errors.Is(err, errHelp) {
		t.say(t.out, "help")
		return exitTrue
	}
	v, known := verbs[o.verb]
	switch {
	case err != nil:
		return t.usage(err)
	case o.verb == "":
		return t.usage(usageError{"no-verb", ""})
	case !known:
		return t.usage(usageError{"unknown-verb", o.verb})
	case len(o.operands) != v.operands:
		return t.usage(usageError{"operands-" + o.verb, ""})
	}
	r, err := v.check(ctx, t, o)
	r.Verb = o.verb
	return t.report(o, r, err)
}

func (t terminal) usage(err error) int {
	u, _ := errors.AsType[usageError](err)
	t.say(t.err, u.key, u.arg)
	t.say(t.err, "see-help")
	return exitUsage
}
