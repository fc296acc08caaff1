// Package api is the face for programs: REST under /v1, described by OpenAPI 3.1
// at /v1/openapi.json, with problems as RFC 9457 tells them. It calls the same
// use cases as the pages do and decides nothing: who may do what is the gate's
// affair, and every operation is one use case.
//
// A program proves itself with an API key ("Authorization: Bearer wf_…"), which
// is bound to purposes, fields, a store and a daily quota; a person with the
// session cookie of the pages, and then only from our own origin. Every POST
// carries an Idempotency-Key. No answer holds a value in clear but that of a
// reveal and of a family's own copy, and nothing that was sent is ever repeated
// in a problem (invariant I3).
package api
