package research

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/verify"
)

// Approve lets a result that passed go, as the second person. The list and the
// register are destroyed with it, so that the result cannot be undone. It is judged
// once more together with what was released since it was tried. Errors: Denied for
// one's own proposal (I8), Unauthenticated if the last proof of identity is too old,
// Conflict research.changed if hash is not that of the result which was decided on,
// research.overlap, research.state.….
func (s *Service) Approve(ctx context.Context, a actor.Actor, which id.Dataset, hash [32]byte) (Dataset, error) {
	var d Dataset
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchApprove}, s.know(which, &d), func(tx *db.Tx, permit seal.Permit, c *gate.Case) error {
		if err := d.require(Passed); err != nil {
			return err
		}
		if d.Hash != hash {
			return fault.New(fault.Conflict, "research.changed")
		}
		if err := still(tx, d); err != nil {
			return err
		}
		file, err := openParts(tx, s.Gate.Vault, permit, d, d.holder, resultField, d.result)
		if err != nil {
			return err
		}
		d.State, d.Approver, d.ApprovedAt, c.Hash = Approved, a.Staff, tx.Now(), d.Hash
		if d.Certificate, err = s.certify(d, file); err != nil {
			return err
		}
		if err := destroySource(tx, s.Gate.Vault, &d); err != nil {
			return err
		}
		return update(tx, d)
	})
	return d, err
}

// still judges a result together with all that is out by now.
func still(tx *db.Tx, d Dataset) error {
	now, err := loadRoll(tx, d)
	if err != nil {
		return err
	}
	rolls, err := released(tx, d.Institution, d.ID)
	if err != nil {
		return err
	}
	for _, e := range rolls {
		least, known := overlap(now, e)
		if !known && e.population == d.Population || least > 0 && least < min(now.k, e.k) {
			return fault.New(fault.Conflict, "research.overlap")
		}
	}
	return nil
}

// certify makes the certificate that goes with the file.
func (s *Service) certify(d Dataset, file []byte) (string, error) {
	signer, err := s.Signer(d.Institution)
	if err != nil {
		return "", err
	}
	st := d.statement()
	if st.Counted, err = verify.CountRelease(bytes.NewReader(file), st.Columns); err != nil {
		return "", err
	}
	cert, err := verify.NewRelease(st, signer, signer.Key())
	return cert.String(), err
}

// statement is what is certified.
func (d Dataset) statement() verify.Statement {
	m := d.Report.Figures
	s := verify.Statement{Made: d.ApprovedAt.UTC().Truncate(time.Second), Method: string(d.Settings.Method), Models: d.Report.Models,
		Attacker: string(d.Settings.Attacker), Read: m.Records, Left: m.Suppressed,
		Risk: verify.ReleaseRisk{Prosecutor: short(m.Risk.Prosecutor), Journalist: short(m.Risk.Journalist), Marketer: short(m.Risk.Marketer),
			Threshold: short(m.Threshold), AtRisk: short(m.AtRisk)},
		Utility: verify.ReleaseUtility{Granularity: short(m.Granularity), Loss: short(m.Loss), Average: short(m.Average),
			Entropy: short(m.Utility.Entropy), QueryError: short(m.QueryError)},
		Trial: &verify.ReleaseTrial{Targets: m.Trial.Targets, Wrong: short(m.Wrong), Linked: short(m.Trial.Linked), Most: short(m.Trial.Most),
			Passed: m.Trial.Passed(), Held: m.Trial.Held, Guessed: short(m.Trial.Guessed), Learned: short(m.Trial.Learned)}}
	for _, c := range d.Columns {
		switch c.Role {
		case Quasi:
			s.Columns = append(s.Columns, verify.ReleaseColumn{Name: c.Name, Role: verify.Identifying})
		case Sensitive:
			s.Columns = append(s.Columns, verify.ReleaseColumn{Name: c.Name, Role: verify.Sensitive})
		case Plain:
			s.Columns = append(s.Columns, verify.ReleaseColumn{Name: c.Name, Role: verify.Kept})
		}
	}
	return s
}

// short rounds a figure to six places.
func short(x float64) float64 { return math.Round(x*1e6) / 1e6 }

// File is what is handed over.
type File struct {
	Name        string
	Bytes       []byte
	Certificate string
}

// Collect hands the file over, once, and destroys what lay here. Errors:
// Unauthenticated if the last proof of identity is too old; Conflict
// research.state.….
func (s *Service) Collect(ctx context.Context, a actor.Actor, which id.Dataset) (File, error) {
	var d Dataset
	var f File
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchCollect}, s.know(which, &d), func(tx *db.Tx, permit seal.Permit, c *gate.Case) error {
		if err := d.require(Approved); err != nil {
			return err
		}
		file, err := openParts(tx, s.Gate.Vault, permit, d, d.holder, resultField, d.result)
		if err != nil {
			return err
		}
		if sha256.Sum256(file) != d.Hash {
			return fault.New(fault.Unavailable, "seal.damaged")
		}
		f = File{Name: d.ID.String() + ".csv", Bytes: file, Certificate: d.Certificate}
		d.State, d.CollectedBy, d.CollectedAt, d.EndedAt, c.Hash = Collected, a.Staff, tx.Now(), tx.Now(), d.Hash
		if err := destroyResult(tx, s.Gate.Vault, &d); err != nil {
			return err
		}
		return update(tx, d)
	})
	return f, err
}

// End gives a data set up, or refuses it, and destroys all that lies sealed. Who is
// in a release that is out stays committed to. Errors: Conflict research.state.….
func (s *Service) End(ctx context.Context, a actor.Actor, which id.Dataset) (Dataset, error) {
	return s.end(ctx, a, which, Refused, Draft, Failed, Passed)
}

func (s *Service) end(ctx context.Context, a actor.Actor, which id.Dataset, becomes State, from ...State) (Dataset, error) {
	var d Dataset
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchEnd}, s.know(which, &d), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if err := d.require(from...); err != nil {
			return err
		}
		d.State, d.EndedAt = becomes, tx.Now()
		if err := destroySource(tx, s.Gate.Vault, &d); err != nil {
			return err
		}
		if err := destroyResult(tx, s.Gate.Vault, &d); err != nil {
			return err
		}
		if err := dropRoll(tx, d); err != nil {
			return err
		}
		return update(tx, d)
	})
	return d, err
}

// Sweep destroys what nobody went on with in time. It returns how many.
func (s *Service) Sweep(ctx context.Context, inst id.Institution) (n int, err error) {
	waiting := []State{Draft, Failed, Passed, Approved}
	var list []Dataset
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		list = nil
		for _, state := range waiting {
			more, err := stale(tx, inst, state)
			if err != nil {
				return err
			}
			list = append(list, more...)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	system := actor.Actor{Institution: inst, Role: actor.System}
	for _, d := range list {
		_, err := s.end(ctx, system, d.ID, Lapsed, slices.Clone(waiting)...)
		if err != nil && fault.KindOf(err) != fault.Conflict { // somebody was quicker
			return n, err
		}
		n++
	}
	return n, nil
}
