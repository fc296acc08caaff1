// Command wardfold keeps the personal information of minors on behalf of the
// institutions that hold it. "wardfold init && wardfold serve" starts an empty
// one, "wardfold demo" a fictional city to try it in.
//
// Everything it keeps lies in one folder. Secrets come in by file, standard
// input or a screen, never as an argument, which every user of a machine can
// read. What it says to people is Chinese or English by the locale.
//
// Exit status:
//
//	0  done; what was asked about is in order
//	1  checked and found wrong: the log does not verify, a check of doctor failed
//	2  wrong arguments, wrong answer or wrong configuration
//	3  the keys stay closed: wrong or absent passphrase, unknown key
//	4  the data are damaged, or older than what was signed
//	5  something outside is in the way: port taken, disk full, no permission
//	6  the program failed in a way that it does not know
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit statuses; the manual above is their contract.
const (
	exitDone = iota
	exitWrong
	exitUsage
	exitKeys
	exitData
	exitOutside
	exitUnknown
)

// command is the command line. Help for each part is the message
// "cli.help."+name, because kong's own tags know one language.
type command struct {
	Data string `env:"WARDFOLD_DATA" placeholder:"DIR"`
	Lang string `env:"WARDFOLD_LANG" placeholder:"zh-CN|en"`
	JSON bool   `name:"json"`

	PassphraseFile string `env:"WARDFOLD_PASSPHRASE_FILE" placeholder:"FILE|-"`

	Init           initVerb      `cmd:""`
	Serve          serveVerb     `cmd:""`
	Demo           demoVerb      `cmd:""`
	Backup         backupVerb    `cmd:""`
	Restore        restoreVerb   `cmd:""`
	Doctor         doctorVerb    `cmd:""`
	Keys           keysVerbs     `cmd:""`
	Audit          auditVerbs    `cmd:""`
	Import         importVerb    `cmd:""`
	ExportReceipt  receiptVerb   `cmd:""`
	ExportEvidence evidenceVerb  `cmd:""`
	Scan           scanVerb      `cmd:""`
	User           userVerbs     `cmd:""`
	Anonymise      anonymiseVerb `cmd:""`
	Publish        publishVerbs  `cmd:""`
	Trace          traceVerb     `cmd:""`
	Version        versionVerb   `cmd:""`
}

func main() {
	syscall.Umask(0o077)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, system(), os.Args[1:]))
}

// run carries out one command line and returns the exit status.
func run(ctx context.Context, t *console, args []string) int {
	var c command
	t.speak(chosenLanguage(args))
	t.verb = "wardfold"
	asked := false
	k, err := kong.New(&c, kong.Name("wardfold"), kong.Writers(io.Discard, io.Discard),
		kong.NoDefaultHelp(), kong.Exit(func(int) {}))
	if err != nil {
		return t.fail(err)
	}
	if asked, args = wantsHelp(args); asked || len(args) == 0 {
		if err := t.help(k.Model, args); err != nil {
			return t.fail(err)
		}
		return exitDone
	}
	parsed, err := k.Parse(args)
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
		parsed = wrong.Context
	}
	n := understood(parsed)
	t.verb = verbOf(n)
	if err != nil {
		return t.fail(usage(err, n))
	}
	if c.Data == "" {
		c.Data = defaultFolder(parsed.Command())
	}
	t.json = c.JSON
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(&c, t); err != nil {
		return t.fail(err)
	}
	return exitDone
}

// defaultFolder keeps invented people out of the folder of real ones.
func defaultFolder(verb string) string {
	if verb == "demo" {
		return "./demo-data"
	}
	return "./wardfold-data"
}

func wantsHelp(args []string) (asked bool, rest []string) {
	for i, a := range args {
		switch {
		case a == "--":
			return asked, append(rest, args[i:]...)
		case a == "-h" || a == "--help" || a == "help" && i == 0:
			asked = true
		default:
			rest = append(rest, a)
		}
	}
	return asked, rest
}
