package catalogue

import (
	"crypto/sha256"
	"maps"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/id"
)

// Topic is what one block of a notice is about.
type Topic string

// The seven blocks, whose order is fixed. Source: Children's Provisions (2019)
// art. 10, items 1 to 7; the first also carries PIPL art. 17(1)(2) and the last
// PIPL art. 30.
const (
	WhatFor    Topic = "purpose"    // purpose, method, kinds of information
	Storage    Topic = "storage"    // where, how long, what happens afterwards
	Safety     Topic = "safety"     // protective measures
	Refusal    Topic = "refusal"    // what refusing means
	Complaints Topic = "complaint"  // channels
	Correction Topic = "correction" // how to correct and delete
	Necessity  Topic = "necessity"  // why sensitive information is needed and how it affects rights
)

// Topics lists the blocks in their order.
var Topics = []Topic{WhatFor, Storage, Safety, Refusal, Complaints, Correction, Necessity}

// Block is one topic twice: in plain words and as law text. Both are shown; the
// law text decides.
type Block struct {
	Topic Topic  `json:"topic"`
	Plain string `json:"plain"`
	Law   string `json:"law"`
}

// Ask is one decision that the notice asks for: one tick, two equal answers.
type Ask struct {
	Purposes  []string `json:"purposes"` // more than one only if none is sensitive
	Fields    []string `json:"fields"`
	DefaultOn bool     `json:"default_on"` // the linter refuses it
	Mandatory []string `json:"mandatory"`  // fields that the form marks as mandatory
}

// Words is the text of a notice in one language.
type Words struct {
	Title   string  `json:"title"`
	Summary string  `json:"summary"` // at most 150 characters, the first screen
	Blocks  []Block `json:"blocks"`  // all seven, in the order of Topics
}

// Notice is what a person reads before deciding. A published notice never
// changes; a new text is a new version with a new identifier.
type Notice struct {
	ID          id.Notice
	Code        string // which notice, such as "enrolment"
	Version     int    // from 1, counted by the database
	Controller  string // full name of who processes (PIPL art. 17(1)(1))
	Contact     string // how to reach them
	Officer     string // who is in charge of children's information and how to reach them
	Asks        []Ask
	Words       map[string]Words // by language tag; zh-CN is required
	PublishedBy id.Staff
	PublishedAt time.Time

	hashes map[string][32]byte // by language, of a published notice
}

// text is the canonical form of what a reader of one language sees.
type text struct {
	Code       string `json:"code"`
	Language   string `json:"language"`
	Controller string `json:"controller"`
	Contact    string `json:"contact"`
	Officer    string `json:"officer"`
	Asks       []Ask  `json:"asks"`
	Words
}

// Canonical returns everything a reader of one language sees, as canonical JSON
// (RFC 8785): the bytes under Hash. It is nil if there is no such language.
func (n Notice) Canonical(language string) []byte {
	w, ok := n.Words[language]
	if !ok {
		return nil
	}
	return canonical(text{n.Code, language, n.Controller, n.Contact, n.Officer, n.Asks, w})
}

// Hash returns SHA-256 of Canonical: what a consent proves was shown. It is zero
// if there is no such language.
func (n Notice) Hash(language string) [32]byte {
	if h, ok := n.hashes[language]; ok {
		return h
	}
	b := n.Canonical(language)
	if b == nil {
		return [32]byte{}
	}
	return sha256.Sum256(b)
}

// fixed returns n with its hashes computed once and for all; it must not be
// changed afterwards.
func (n Notice) fixed() Notice {
	hashes := make(map[string][32]byte, len(n.Words))
	for language := range n.Words {
		hashes[language] = n.Hash(language)
	}
	n.hashes = hashes
	return n
}

// Languages returns the languages of the notice in order.
func (n Notice) Languages() []string { return slices.Sorted(maps.Keys(n.Words)) }

// Purposes returns every purpose asked for, in order, each once.
func (n Notice) Purposes() []string {
	var out []string
	for _, a := range n.Asks {
		for _, p := range a.Purposes {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}
