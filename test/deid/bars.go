package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// proofs are the bars that a test proves: what it is called, and where it is.
var proofs = []struct{ bar, room, tests string }{
	{"each model: 0 violations in 10,000 random tables by a naive checker, which finds planted ones", "./deid/anon", "NoReleaseBreaksItsModel|CheckerFindsWhatIsPlanted"},
	{"each model: counted again from what is written", "./deid/check", "."},
	{"noise: chi-square on 10,000,000 draws, loss of privacy, no floating point", "./deid/noise", "TenMillion|Epsilon|FloatingPoint"},
	{"noise: totals of a hierarchy agree, none below zero", "./deid/noise", "Totals"},
	{"masks: 0 invalid UTF-8, 0 length leaks over 1,000,000 names", "./deid", "AMillionNames|LengthOfWhatIsHidden"},
	{adults + ": the optimum of exact full-domain recoding is the published one", "./deid/anon", "AdultsOptimum"},
	{adults + ": told more exactly than published", "./deid/anon", "MoreExactlyThanPublished"},
	{"bad input: every defect named by row and column, nothing half-written", "./cmd/wardfold", "WhatCannotBeMadeAnonymous"},
}

// adults begin the bars that need the set itself.
const adults = "Adult"

// prove runs the tests behind the other bars. dir is where sets lie.
func prove(dir string) {
	at := ""
	for _, d := range []string{dir, filepath.Join(dir, "adult")} {
		if _, err := os.Stat(filepath.Join(d, "adult.csv")); dir != "" && err == nil {
			at = d
		}
	}

	fmt.Println("\nproved by tests")
	for _, p := range proofs {
		began := time.Now()
		if at == "" && strings.HasPrefix(p.bar, adults) {
			fmt.Printf("  %-100s not compared: the set is not there\n", p.bar)
			continue
		}
		c := exec.Command("go", "test", "-count=1", "-run", p.tests, p.room)
		c.Env = append(os.Environ(), "WARDFOLD_ANON_DATA="+at)
		err := c.Run()
		fmt.Printf("  %-100s %s (%.0f s)\n", p.bar, verdict(err == nil), time.Since(began).Seconds())
	}
}
