package office

import (
	"context"
	"crypto/sha256"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/policy"
)

// maxReason bounds the reason of a review, in bytes.
const maxReason = 400

// Reviews lists the fields that nobody uses and what became of them (S3-09).
func (s *Service) Reviews(ctx context.Context, a actor.Actor) (list []inventory.Review, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = inventory.Reviews(tx, a.Institution)
		return err
	})
	return list, err
}

// Review decides about a field that nobody uses. The entry has the hash of the
// reason. Errors: those of inventory.DecideReview; what the gate refuses.
func (s *Service) Review(ctx context.Context, a actor.Actor, field string, keep bool, reason string) error {
	reason = strings.Join(strings.Fields(reason), " ")
	if len(reason) > maxReason {
		return fault.At("reason", "inventory.reason")
	}
	return s.do(ctx, gate.Request{Actor: a, Act: policy.PurposeDefine, Fields: []string{field}}, s.who, func(tx *db.Tx, c *gate.Case) error {
		c.Hash = sha256.Sum256([]byte(reason))
		return inventory.DecideReview(tx, a.Institution, a.Staff, field, keep, reason)
	})
}
