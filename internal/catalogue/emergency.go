package catalogue

import (
	"time"

	"github.com/wardfold/wardfold/internal/civil"
)

// LifeHealth is the purpose under which information is opened when a child's
// life or health cannot wait. Every institution has it; nobody defines, widens
// or ends it, no notice asks for it, and without a grant of an emergency it opens
// nothing (rule R-107). Source: PIPL art. 13(4); University PI Measures art. 5(3).
const LifeHealth = "life.health"

// lifeHealth is that purpose at a moment.
func lifeHealth(at time.Time) Purpose {
	return Purpose{Code: LifeHealth, Basis: Emergency, Reference: "PIPL art. 13(4)", Until: at.Add(emergencyLife),
		Retention: civil.Period{N: 1, Unit: civil.Months}, AfterExpiry: Delete, Schema: Minimal, Fields: minimalFields}
}
