// Package matrix_test walks the whole matrix of authorisation: every operation of
// the interface and every page × every role × every relation to what is asked
// about. The tables in testdata are what people have agreed to.
package matrix_test

import (
	"encoding/json"
	"testing"
)

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
