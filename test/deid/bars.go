package main

import (
	"fmt"
	"os/exec"
	"time"
)

// proofs are the bars that a test proves: what it is called, and where it is.
var proofs = []struct{ bar, room, tests string }{
	{"each model: 0 violations in 10,000 random tables by a naive checker, which finds planted ones", "./deid/anon", "NoReleaseBreaksItsModel|CheckerFindsWhatIsPlanted"},
	{"each model: counted again from what is written", "./deid/check", "."},
	{"noise: chi-square on 10,000,000 draws, loss of privacy, no floating point", "./deid/noise", "TenMillion|Epsilon|FloatingPoint"},
	{"noise: totals of a hierarchy agree, none below zero", "./deid/noise", "Totals"},
	{"masks: 0 invalid UTF-8, 0 length leaks over 1,000,000 names", "./deid", "AMillionNames|LengthOfWhatIsHidden"},
	{"Adult: the optimum of exact full-domain recoding is the published one", "./deid/anon", "AdultsOptimum"},
	{"bad input: every defect named by row and column, nothing half-written", "./cmd/wardfold", "WhatCannotBeMadeAnonymous"},
}

// prove runs the tests behind the other bars.
func prove() {
	fmt.Println("\nproved by tests")
	for _, p := range proofs {
		began := time.Now()
		err := exec.Command("go", "test", "-count=1", "-run", p.tests, p.room).Run()
		fmt.Printf("  %-100s %s (%.0f s)\n", p.bar, verdict(err == nil), time.Since(began).Seconds())
	}
}
