package house

import (
	"context"
	"time"
)

// clear sees to it that what was erased is nowhere in the files of the database
// (I10). The erasure is durable before: what the pages still hold is a wrapped
// key in the log of changes, and a long reader, such as a backup, may keep the
// log from being emptied for a while. That is no reason to tell the family that
// nothing happened, so clear goes on trying in the background, more and more
// slowly, and Sweep tries too.
func (h *House) clear(ctx context.Context) {
	if h.DB.Checkpoint(ctx) == nil {
		return
	}
	h.uncleared.Store(true)
	if h.clearing.Swap(true) {
		return // somebody tries already
	}
	go func() {
		defer h.clearing.Store(false)
		for pause := time.Second; ; pause = min(2*pause, time.Minute) {
			select {
			case <-h.closed:
				return
			case <-time.After(pause):
			}
			if h.clearNow(context.Background()) == nil {
				return
			}
		}
	}()
}

// clearNow empties the log if an erasure asked for it and could not: also once
// after a start, for whatever stood there before.
func (h *House) clearNow(ctx context.Context) error {
	if !h.uncleared.Swap(false) {
		return nil
	}
	err := h.DB.Checkpoint(ctx)
	if err != nil {
		h.uncleared.Store(true)
	}
	return err
}
