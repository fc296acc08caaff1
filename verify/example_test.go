package verify_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// A parent hands in a receipt; the key was printed on the notice at the school.
func ExampleReceipt_Verify() {
	log := logtest.New("wardfold.example/ins").Fill(40)
	file, printedKey := log.Receipt(7).String(), log.VerifierKey().String()

	key, err := verify.ParseKey(printedKey)
	if err != nil {
		panic(err)
	}
	r, err := verify.ParseReceipt([]byte(file))
	if err != nil {
		panic(err)
	}
	p, err := r.Verify(key)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Index, "of", p.Head.Size, p.Leaf.Type, p.Leaf.Purpose)
	// Output: 7 of 40 reveal contact.class
}

// An association keeps last month's head and checks that nothing before it has
// changed.
func ExampleLog() {
	log := logtest.New("wardfold.example/ins").Fill(300)
	kept := log.Head(300)
	log.Fill(300)

	head, err := verify.Log(context.Background(), log.Files(), verify.Options{
		Key: log.VerifierKey(), From: []verify.Checkpoint{kept},
	})
	fmt.Println(head.Size, err)

	forged := logtest.New("wardfold.example/ins").Fill(100) // restored from an old backup
	_, err = verify.Log(context.Background(), forged.Files(), verify.Options{
		Key: log.VerifierKey(), From: []verify.Checkpoint{kept},
	})
	fmt.Println(errors.Is(err, verify.RolledBack))
	// Output:
	// 600 <nil>
	// true
}

// Leaves may come from anywhere, one by one.
func ExampleTree() {
	var t verify.Tree
	for _, entry := range []string{"a", "b", "c"} {
		t.AddEntry([]byte(entry))
	}
	fmt.Println(t.Size(), t.Root())
	// Output: 3 NmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=
}
