package main

import (
	"context"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/publish"
)

// awards is a list as an officer brings it, invented.
const awards = "姓名,学号,年级,班级,家长电话,奖项\n" +
	"陈示例,20260101,四年级,二班,15400000001,一等奖\n" +
	"林示例,20260102,四年级,二班,15400000002,二等奖\n" +
	"赵示例,20260103,五年级,一班,15400000003,二等奖\n" +
	"周示例,20260104,五年级,一班,15400000004,三等奖\n" +
	"吴示例,20260105,六年级,三班,15400000005,三等奖\n"

// notices leaves a list that is public, and one that waits for a second person.
func (b *builder) notices(ctx context.Context) error {
	h := b.homes[0]
	officer, manager := b.desk(h, "officer.chain1", actor.Officer), b.desk(h, "manager.chain1.001", actor.Manager)
	bring := func(title string) (publish.Publication, error) {
		return b.Notices.Prepare(ctx, officer, publish.Notice{Title: title, Occasion: publish.Honour, Article: "示例市青少年竞赛办法第八条", Days: 7,
			Ages: publish.Young}, publish.Upload{Name: "获奖名单.csv", File: strings.NewReader(awards), Size: int64(len(awards))})
	}
	p, err := bring("秋季书画赛获奖名单公示")
	if err != nil {
		return err
	}
	v, err := b.Notices.Look(ctx, manager, p.ID)
	if err != nil {
		return err
	}
	if _, err := b.Notices.Approve(ctx, manager, p.ID, v.Seen); err != nil {
		return err
	}
	_, err = bring("冬季舞蹈展演获奖名单公示")
	return err
}
