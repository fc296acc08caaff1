package web

import (
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
)

// Paths of those who answer for an institution.
const (
	PathNotices  = "/staff/notices"
	PathPurposes = "/staff/purposes"
	PathSchemas  = "/staff/schemas"
	PathAudit    = "/staff/audit"
	PathMasks    = "/staff/masks"
	PathKeys     = "/staff/keys"
)

func (p *staffPages) officerRoutes() []Route {
	write := Only(Institution, officers...)
	read := Only(OwnStore, reviewers...)
	keys := Only(Institution, keyKeepers...)
	list := []Route{
		{Pattern: "GET " + PathNotices, Handler: p.notices, Access: write, Menu: "notices.title"},
		{Pattern: "GET " + PathNotices + "/new", Handler: p.editNotice, Access: write},
		{Pattern: "POST " + PathNotices, Handler: p.publishNotice, Access: write, MaxBody: 256 << 10},
		{Pattern: "GET " + PathNotices + "/{id}", Handler: p.showNotice, Access: write},
		{Pattern: "GET " + PathPurposes, Handler: p.purposes, Access: write, Menu: "purposes.title"},
		{Pattern: "POST " + PathPurposes, Handler: p.definePurpose, Access: write},
		{Pattern: "POST " + PathPurposes + "/{code}/end", Handler: p.endPurpose, Access: write},
		{Pattern: "GET " + PathSchemas, Handler: p.schemas, Access: write, Menu: "schemas.title"},
		{Pattern: "POST " + PathSchemas, Handler: p.proposeSchema, Access: write},
		{Pattern: "POST " + PathSchemas + "/{code}/{version}/approve", Handler: p.approveSchema, Access: write},
	}
	list = slices.Concat(list, p.importRoutes(), p.promiseRoutes(), p.dutyRoutes(), p.reviewRoutes())
	list = append(list, p.compartmentRoutes()...)
	list = append(list, p.evidenceRoutes()...)
	list = append(list, p.leakRoutes()...)
	list = append(list, p.inventoryRoutes()...)
	list = append(list, p.scanRoutes()...)
	list = append(list, p.publicationRoutes()...)
	list = append(list, p.researchRoutes()...)
	return append(list,
		Route{Pattern: "GET " + PathAudit, Handler: p.audit, Access: read, Menu: "audit.title"},
		Route{Pattern: "POST " + PathAudit + "/verify", Handler: p.verifyAudit, Access: read, Timeout: longTask},
		Route{Pattern: "GET " + PathMasks, Handler: p.masks, Access: Only(Institution, actor.Officer, actor.Auditor), Menu: "mask.title"},
		Route{Pattern: "GET " + PathKeys, Handler: p.keys, Access: keys, Menu: "apikeys.title"},
		Route{Pattern: "POST " + PathKeys, Handler: p.askKey, Access: keys},
		Route{Pattern: "POST " + PathKeys + "/{id}/{what}", Handler: p.changeKey, Access: keys},
	)
}
