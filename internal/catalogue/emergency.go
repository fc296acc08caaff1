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

// ChildProtection is the purpose for which two officers open a record of the sealed
// compartment: what is owed to the police, the procuratorate, the court and the
// child in a case of violence. Like LifeHealth it is there in every institution, and
// nobody defines, widens or ends it. Source: UMPL art. 11 (the duty to report, and
// to help those who investigate); PIPL art. 13(3).
const ChildProtection = "child.protection"

// childProtection is that purpose.
func childProtection() Purpose {
	return Purpose{Code: ChildProtection, Basis: Statutory, Reference: "UMPL art. 11", Retention: civil.Period{N: 1, Unit: civil.Months},
		AfterExpiry: Delete, Schema: Minimal, Fields: minimalFields}
}

// lifeHealth is that purpose at a moment.
func lifeHealth(at time.Time) Purpose {
	return Purpose{Code: LifeHealth, Basis: Emergency, Reference: "PIPL art. 13(4)", Until: at.Add(emergencyLife),
		Retention: civil.Period{N: 1, Unit: civil.Months}, AfterExpiry: Delete, Schema: Minimal, Fields: minimalFields}
}
