package verify_test

import (
	"context"
	"testing"

	"github.com/wardfold/wardfold/verify"
	"github.com/wardfold/wardfold/verify/logtest"
)

// The bar is whole-log verification of at least 500,000 leaves a second per core.
func BenchmarkLog(b *testing.B) {
	const leaves = 1 << 17
	log := logtest.New("example.org/log").Fill(leaves)
	files, o := log.Files(), verify.Options{Key: log.VerifierKey()}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verify.Log(context.Background(), files, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(leaves)*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
}

func BenchmarkTreeAddEntry(b *testing.B) {
	var t verify.Tree
	e := logtest.Entry(1)
	b.ReportAllocs()
	for b.Loop() {
		t.AddEntry(e)
	}
}

func BenchmarkParseLeaf(b *testing.B) {
	e := logtest.Entry(1)
	b.SetBytes(int64(len(e)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verify.ParseLeaf(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReceiptVerify(b *testing.B) {
	log := logtest.New("example.org/log").Fill(100_000)
	text, key := []byte(log.Receipt(4711).String()), log.VerifierKey()
	b.ReportAllocs()
	for b.Loop() {
		r, err := verify.ParseReceipt(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Verify(key); err != nil {
			b.Fatal(err)
		}
	}
}
