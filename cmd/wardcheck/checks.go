package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wardfold/wardfold/verify"
)

func checkReceipt(_ context.Context, t terminal, o options) (result, error) {
	data, err := t.read(o.operands[0])
	if err != nil {
		return result{}, err
	}
	r, err := verify.ParseReceipt(data)
	if err != nil {
		return result{}, err
	}
	p, err := r.Verify(o.key, o.witnesses...)
	if err != nil {
		return result{}, err
	}
	res := headResult(p.Head, o)
	res.Key = r.Log
	res.Index, res.Entry, res.Subject = &p.Index, entryOf(p.Leaf), p.Subject
	return res, p.Head.Quorum(o.quorum)
}

func checkLog(ctx context.Context, t terminal, o options) (result, error) {
	src, err := open(o.operands[0])
	if err != nil {
		return result{}, err
	}
	key, err := keyOf(ctx, src, o.key)
	if err != nil {
		return result{}, err
	}
	from, err := t.kept(o.from, key)
	if err != nil {
		return result{}, err
	}
	began := time.Now()
	head, err := verify.Log(ctx, src, verify.Options{
		Key: key, Witnesses: o.witnesses, Quorum: o.quorum, From: from, Progress: t.meter(began),
	})
	res := headResult(head, o)
	res.Key, res.Millis = key.String(), time.Since(began).Milliseconds()
	if err == nil && o.save != "" {
		err = keep(o.save, head.Signed)
	}
	return res, err
}

// keyOf is the key that was given or, failing that, the one the log names.
func keyOf(ctx context.Context, src verify.Source, given verify.Key) (verify.Key, error) {
	if !given.IsZero() {
		return given, nil
	}
	data, err := src.Read(ctx, "key")
	if err != nil {
		return verify.Key{}, usageError{"no-key", ""}
	}
	return verify.ParseKey(strings.TrimSuffix(string(data), "\n"))
}

// kept reads heads that were saved earlier: signed checkpoints, or receipts.
func (t terminal) kept(files []string, key verify.Key) ([]verify.Checkpoint, error) {
	var list []verify.Checkpoint
	for _, name := range files {
		h, err := t.head(name, key)
		if err != nil {
			return nil, err
		}
		list = append(list, h.Checkpoint)
	}
	return list, nil
}

func (t terminal) head(name string, key verify.Key) (verify.Head, error) {
	data, err := t.read(name)
	if err != nil {
		return verify.Head{}, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		r, err := verify.ParseReceipt(data)
		if err != nil {
			return verify.Head{}, err
		}
		p, err := r.Verify(key)
		return p.Head, err
	}
	if key.IsZero() {
		return verify.Head{}, usageError{"no-key", ""}
	}
	return verify.OpenHead(data, key)
}

func checkConsistency(ctx context.Context, t terminal, o options) (result, error) {
	key := o.key
	var src verify.Source
	var err error
	if o.log != "" {
		if src, err = open(o.log); err != nil {
			return result{}, err
		}
		if key, err = keyOf(ctx, src, o.key); err != nil {
			return result{}, err
		}
	}
	older, err := t.head(o.operands[0], key)
	if err != nil {
		return result{}, err
	}
	newer, err := t.head(o.operands[1], key)
	if err != nil {
		return result{}, err
	}
	res := headResult(newer, o)
	res.Key, res.Since = key.String(), &older.Size
	proof, err := t.proof(ctx, o, src, older.Checkpoint, newer.Checkpoint)
	if err != nil {
		return res, err
	}
	return res, verify.Consistency(proof, older.Checkpoint, newer.Checkpoint)
}

// proof finds the hashes that connect two heads: none are needed when one of
// them is trivial, otherwise they come from a file or from the log's tiles.
func (t terminal) proof(ctx context.Context, o options, src verify.Source, older, newer verify.Checkpoint) ([]verify.Hash, error) {
	switch {
	case older.Origin != newer.Origin || older.Size == 0 || older.Size >= newer.Size:
		return nil, nil
	case o.proof != "":
		return t.proofFile(o.proof)
	case src != nil:
		return verify.ProveConsistency(ctx, src, older, newer)
	}
	return nil, usageError{"no-proof", ""}
}

// proofFile reads one base64 hash a line.
func (t terminal) proofFile(name string) ([]verify.Hash, error) {
	data, err := t.read(name)
	if err != nil {
		return nil, err
	}
	var proof []verify.Hash
	for line := range strings.FieldsSeq(string(data)) {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != len(verify.Hash{}) {
			return nil, &verify.Error{Code: verify.Malformed, At: -1, Err: fmt.Errorf("%s has a line that is no hash", filepath.Base(name))}
		}
		proof = append(proof, verify.Hash(raw))
	}
	return proof, nil
}

// keep replaces a file by a verified head, whole or not at all.
func keep(name string, signed []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".wardcheck-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already if all went well
	if _, err := tmp.Write(signed); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// meter shows progress twice a second on a screen, and nothing elsewhere.
func (t terminal) meter(began time.Time) func(done, total int64) {
	if !t.progress {
		return nil
	}
	last := began
	return func(done, total int64) {
		if now := time.Now(); now.Sub(last) > 500*time.Millisecond || done == total {
			last = now
			t.say(t.err, "progress", done, total)
		}
	}
}
