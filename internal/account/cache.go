package account

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
)

const (
	// trust is how long a session or key read from the base is believed without
	// looking again: what another node has ended lives no longer here.
	trust = time.Second
	// cacheSize bounds the memory: about 300 bytes an entry.
	cacheSize = 100_000
)

// entry is a session or an API key as last read from the base. Only seen and
// written change after it was put.
type entry struct {
	actor   actor.Actor
	expires int64 // ms, absolute
	idle    int64 // ms without use until it ends; 0 means never
	checked int64 // ms, when it was read
	seen    atomic.Int64
	written atomic.Int64 // ms, the last use that the base knows of
}

// live reports whether the entry has neither expired nor idled out at now.
func (e *entry) live(now int64) bool {
	return now < e.expires && (e.idle == 0 || now-e.seen.Load() <= e.idle)
}

// cache holds entries by token hash. Whoever fills it notes the epoch before
// reading the base; if anything was dropped in between, what was read may
// already be history, and is used once but not kept.
type cache struct {
	mu    sync.RWMutex
	m     map[[32]byte]*entry
	epoch uint64
}

func newCache() *cache { return &cache{m: make(map[[32]byte]*entry)} }

// get returns an entry that was read from the base within the last second.
func (c *cache) get(hash [32]byte, now int64) *entry {
	c.mu.RLock()
	e := c.m[hash]
	c.mu.RUnlock()
	if e == nil || now-e.checked >= trust.Milliseconds() || now < e.checked {
		return nil
	}
	return e
}

// find returns an entry, from memory or as read gives it.
func (c *cache) find(hash [32]byte, now int64, read func() (*entry, error)) (*entry, error) {
	if e := c.get(hash, now); e != nil {
		return e, nil
	}
	epoch := c.now()
	e, err := read()
	if err != nil {
		return nil, err
	}
	e.checked = now
	c.put(epoch, hash, e)
	return e, nil
}

func (c *cache) now() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.epoch
}

func (c *cache) put(epoch uint64, hash [32]byte, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return
	}
	if old := c.m[hash]; old != nil {
		// Uses that the base has not heard of yet must not be forgotten.
		e.seen.Store(max(e.seen.Load(), old.seen.Load()))
	}
	if len(c.m) >= cacheSize {
		clear(c.m) // rare, and costs each session one read
	}
	c.m[hash] = e
}

// drop forgets everything: removals are rare, and reading one row per session
// again is cheaper than being wrong about which sessions a removal concerns.
func (c *cache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	clear(c.m)
}

// dropOne forgets one token, as after signing out.
func (c *cache) dropOne(hash [32]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	delete(c.m, hash)
}
