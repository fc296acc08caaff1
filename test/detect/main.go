// Command detect measures package detect and makes its tables.
//
//	detect tables -data dir    derive the embedded tables
//	detect cases -data dir     generate values in all written forms and judge what is found
//	detect eval file…          names and addresses on labelled text, false alarms on *.csv
//	detect bench -data dir     every bar beside what is measured
//
// The data is not part of the project; the commands take its directory.
package main

import (
	"flag"
	"fmt"
	"os"
)

var commands = map[string]func([]string) error{
	"tables": tables,
	"cases":  casesCommand,
	"eval":   evalCommand,
	"bench":  benchCommand,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: detect tables|cases|eval|bench [flags]")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "detect:", err)
		os.Exit(1)
	}
}

func flags(name string) *flag.FlagSet { return flag.NewFlagSet("detect "+name, flag.ContinueOnError) }
