package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	world "miohub/platforms/sandbox"
)

// The products and SKUs that the tenant has ("Google product and SKU IDs").
const (
	workspaceProduct = "Google-Apps"
	workspaceSKU     = "1010020020"
	identityProduct  = "101001"
	identitySKU      = "1010010001"
)

// sku is a kind of licence; free ones never run out.
type sku struct{ product, id, productName, name string }

func skus() []sku {
	return []sku{
		{workspaceProduct, workspaceSKU, "Google Workspace", "Google Workspace Enterprise Plus"},
		{identityProduct, identitySKU, "Cloud Identity Free", "Cloud Identity"},
	}
}

// licensedByItself reports whether a new account is given a licence: licensing
// is automatic, and one is left.
func (g *google) licensedByItself() bool {
	return !g.wrong(faultManualLicensing) && !g.wrong(faultNoLicence)
}

// licensed reports whether an account has a licence. Guests take none.
func (g *google) licensed(a world.Account, s sku) bool {
	if s.product == workspaceProduct {
		return a.Licensed && !a.Guest
	}
	return g.free[a.ID]
}

func (g *google) licence(a world.Account, s sku) map[string]any {
	out := map[string]any{
		"kind": "licensing#licenseAssignment", "productId": s.product, "productName": s.productName, "skuId": s.id, "skuName": s.name,
		"userId":   a.Address,
		"selfLink": "https://licensing.googleapis.com/apps/licensing/v1/product/" + s.product + "/sku/" + s.id + "/user/" + a.Address,
	}
	out["etags"] = etag(out)
	return out
}

// skuOf finds the product and SKU that a call is about; sku "" takes the first
// of the product.
func (c *call) skuOf() (sku, *apiError) {
	for _, s := range skus() {
		if s.product == c.path["productId"] && (s.id == c.path["skuId"] || c.path["skuId"] == "") {
			return s, nil
		}
	}
	return sku{}, legacy(http.StatusNotFound, "notFound", "Product or SKU not found.")
}

// licensee finds the account that is licensed, by its primary address.
func (g *google) licensee(address string) (world.Account, *apiError) {
	a, ok := g.tenant.Account(address)
	if !ok || !a.Deleted.IsZero() || !strings.EqualFold(a.Address, address) {
		return a, legacy(http.StatusBadRequest, "invalid", "Invalid user")
	}
	return a, nil
}

// getLicence answers licenseAssignments.get.
func (g *google) getLicence(c *call) (map[string]any, *apiError) {
	s, bad := c.skuOf()
	if bad != nil {
		return nil, bad
	}
	a, bad := g.licensee(c.path["userId"])
	if bad != nil {
		return nil, bad
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	if !g.licensed(a, s) {
		return nil, legacy(http.StatusNotFound, "notFound", "User does not have a license for specified sku and product")
	}
	return g.licence(a, s), nil
}

// insertLicence answers licenseAssignments.insert.
func (g *google) insertLicence(c *call) (map[string]any, *apiError) {
	s, bad := c.skuOf()
	if bad != nil {
		return nil, bad
	}
	a, bad := g.licensee(text(c.body, "userId"))
	if bad != nil {
		return nil, bad
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	switch {
	case g.licensed(a, s):
		return nil, legacy(http.StatusPreconditionFailed, "conditionNotMet", "User already has a license for the specified product and SKU")
	case s.product == workspaceProduct && g.wrong(faultNoLicence):
		return nil, legacy(http.StatusPreconditionFailed, "conditionNotMet", "There aren't enough available licenses for the specified product-SKU pair")
	}
	if bad := g.setLicence(a, s, true); bad != nil {
		return nil, bad
	}
	return g.licence(a, s), nil
}

// deleteLicence answers licenseAssignments.delete.
func (g *google) deleteLicence(c *call) (map[string]any, *apiError) {
	if _, bad := g.getLicence(c); bad != nil {
		return nil, bad
	}
	s, _ := c.skuOf()
	a, _ := g.licensee(c.path["userId"])
	g.writing.Lock()
	defer g.writing.Unlock()
	return map[string]any{}, g.setLicence(a, s, false)
}

// setLicence gives or takes a licence. Callers hold g.writing.
func (g *google) setLicence(a world.Account, s sku, on bool) *apiError {
	if s.product == identityProduct {
		g.free[a.ID] = on
		return nil
	}
	if err := g.tenant.ChangeAccount(a.ID, func(a *world.Account) { a.Licensed = on }); err != nil {
		return legacy(http.StatusBadRequest, "invalid", "Invalid user")
	}
	return nil
}

// listLicences answers licenseAssignments.listForProduct and listForProductAndSku.
func (g *google) listLicences(c *call) (map[string]any, *apiError) {
	s, bad := c.skuOf()
	if bad != nil {
		return nil, bad
	}
	if !g.ours(c.params["customerId"]) && !strings.EqualFold(c.params["customerId"], g.domain()) {
		return nil, legacy(http.StatusBadRequest, "invalid", "Invalid customerId")
	}
	size := 100
	if n, err := strconv.Atoi(c.params["maxResults"]); err == nil {
		size = n
	}
	after, bad := c.after()
	if bad != nil {
		return nil, bad
	}
	g.writing.Lock()
	defer g.writing.Unlock()
	list := slices.DeleteFunc(accountsOf(g.tenant), func(a world.Account) bool { return !g.licensed(a, s) || a.Address <= after && after != "" })
	slices.SortFunc(list, func(a, b world.Account) int { return cmp.Compare(a.Address, b.Address) })
	next := ""
	if len(list) > size {
		list = list[:size]
		next = c.nextPage(list[size-1].Address)
	}
	out := listing("items", list, func(a world.Account) map[string]any { return g.licence(a, s) }, next)
	out["kind"], out["etag"] = "licensing#licenseAssignmentList", etag(out["items"])
	return out, nil
}
