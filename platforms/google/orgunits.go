package google

import (
	"cmp"
	"context"
	"slices"

	"miohub/platforms"
)

// orgUnits reads the organisational units.
type orgUnits struct{ w *workspace }

// List delivers all of them. Google need not list the one that holds them all.
func (o *orgUnits) List(ctx context.Context) ([]platforms.OrgUnit, error) {
	directory, err := o.w.directory(ctx, o.w.asAdmin(scopeOrgUnits))
	if err != nil {
		return nil, err
	}
	answer, err := directory.Orgunits.List("my_customer").Type("allIncludingParent").
		Fields("organizationUnits(orgUnitId,name,orgUnitPath)").Context(ctx).Do()
	if err != nil {
		return nil, failed("list organisational units", err)
	}
	var list []platforms.OrgUnit
	for _, u := range answer.OrganizationUnits {
		list = append(list, platforms.OrgUnit{Path: u.OrgUnitPath, Name: u.Name, ID: u.OrgUnitId})
	}
	if !slices.ContainsFunc(list, func(u platforms.OrgUnit) bool { return u.Path == "/" }) {
		list = append(list, platforms.OrgUnit{Path: "/", Name: o.w.tenant().Name})
	}
	slices.SortFunc(list, func(a, b platforms.OrgUnit) int { return cmp.Compare(a.Path, b.Path) })
	return list, nil
}
