package sandbox

import (
	"slices"
	"strconv"
	"strings"

	world "miohub/platforms/sandbox"
)

// teamsPlan is the service plan TEAMS1, whose presence is the licence to use Teams.
const teamsPlan = "57ff2da0-773e-42df-b2af-ffb7a2317929"

// otherPlan is a plan (AAD_PREMIUM) that people without Teams may still hold.
const otherPlan = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"

const (
	teamsSKU = "05e9a617-0261-4cee-bb44-138d3ef5d965" // SPE_E3
	otherSKU = "078d2b04-f1bd-4111-bbd4-b4b1b354cef4" // AAD_PREMIUM
)

// userDefaults are the properties of a user that come without $select.
func userDefaults() []string {
	return []string{"businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
		"preferredLanguage", "surname", "userPrincipalName"}
}

// basicProfile is what User.ReadBasic.All shows of other people.
func basicProfile() []string {
	return []string{"displayName", "givenName", "id", "mail", "surname", "userPrincipalName"}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// userObject is an account with every property that the tenant fills.
func (c *cloud) userObject(a world.Account) map[string]any {
	u := map[string]any{
		"id": a.ID, "userPrincipalName": c.upn(a), "displayName": a.Name, "givenName": orNull(a.Given), "surname": orNull(a.Family),
		"mail": orNull(a.Address), "accountEnabled": !a.Suspended, "userType": "Member", "department": orNull(a.Department),
		"employeeId": orNull(a.EmployeeID), "usageLocation": orNull(a.Country), "createdDateTime": seconds(a.Created),
		"businessPhones": []string{}, "imAddresses": []string{}, "otherMails": []string{}, "companyName": c.tenant.Org,
		"country": orNull(a.Country),
	}
	local, _, _ := strings.Cut(c.upn(a), "@")
	u["mailNickname"] = local
	proxies := []string{}
	if a.Address != "" {
		proxies = append(proxies, "SMTP:"+a.Address)
	}
	for _, alias := range a.Aliases {
		proxies = append(proxies, "smtp:"+alias)
	}
	u["proxyAddresses"] = proxies
	u["identities"] = []any{map[string]any{"signInType": "userPrincipalName", "issuer": c.initialDomain(), "issuerAssignedId": c.upn(a)}}
	if a.Guest {
		u["userType"], u["creationType"], u["externalUserState"] = "Guest", "Invitation", c.redeemed(a.ID)
		u["externalUserStateChangeDateTime"] = seconds(a.Created)
		u["otherMails"], u["companyName"] = []string{a.Address}, nil
	} else {
		u["imAddresses"] = []string{a.Address}
	}
	u["assignedPlans"], u["assignedLicenses"] = c.plans(a)
	if !a.Deleted.IsZero() {
		u["deletedDateTime"] = seconds(a.Deleted)
	}
	return u
}

// redeemed is a guest's externalUserState: those invited here wait for the
// person, those of the World came long ago.
func (c *cloud) redeemed(account string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.invited[account] {
		return "PendingAcceptance"
	}
	return "Accepted"
}

// plans are an account's service plans and licences. Some people without Teams
// hold another plan, as in real directories.
func (c *cloud) plans(a world.Account) (plans, licences []any) {
	plans, licences = []any{}, []any{}
	add := func(plan, service, sku string) {
		plans = append(plans, map[string]any{
			"assignedDateTime": seconds(a.Created), "capabilityStatus": "Enabled", "service": service, "servicePlanId": plan,
		})
		licences = append(licences, map[string]any{"disabledPlans": []string{}, "skuId": sku})
	}
	if a.Licensed {
		add(teamsPlan, "TeamspaceAPI", teamsSKU)
	}
	if c.holdsOther(a) {
		add(otherPlan, "AADPremiumService", otherSKU)
	}
	return plans, licences
}

// mayRead refuses properties that the token's permissions do not show.
func (k *call) mayRead(self bool) error {
	if k.holds("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All") {
		return nil
	}
	if self && k.holds("User.Read", "User.ReadWrite") {
		return nil
	}
	if !k.holds("User.ReadBasic.All") {
		return k.deny("graph.users.self-only")
	}
	for _, p := range k.query.sel {
		if !slices.Contains(basicProfile(), p) {
			return k.deny("graph.users.basic-only")
		}
	}
	return nil
}

// shown is a user as the token may see it.
func (k *call) shown(a world.Account) map[string]any {
	full := k.userObject(a)
	if !k.holds("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All") && a.ID != k.who.account {
		for p := range full {
			if !slices.Contains(basicProfile(), p) {
				full[p] = nil
			}
		}
		full["businessPhones"] = []string{}
	}
	return pick(full, k.query.sel, userDefaults())
}

func (k *call) me() (*reply, error) {
	if !k.who.delegated() {
		return nil, k.deny("graph.me.app-only")
	}
	a, found := k.tenant.Account(k.who.account)
	if !found {
		return nil, k.deny("graph.resource.not-found", k.who.account)
	}
	return k.oneUser(a)
}

func (k *call) getUser() (*reply, error) {
	a, found := k.user(k.ids["user"])
	if !found {
		return nil, k.deny("graph.resource.not-found", k.ids["user"])
	}
	return k.oneUser(a)
}

func (k *call) oneUser(a world.Account) (*reply, error) {
	if err := k.mayRead(a.ID == k.who.account); err != nil {
		return nil, err
	}
	body := k.shown(a)
	body["@odata.context"] = k.context("users") + "/$entity"
	return ok(body)
}

// listUsers lists the directory: filtered, in order, in pages of at most 999.
func (k *call) listUsers() (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	if err := k.mayRead(false); err != nil {
		return nil, err
	}
	list, err := k.filteredUsers()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	from, to, next, err := k.page("users", ids, size)
	if err != nil {
		return nil, err
	}
	body := map[string]any{"@odata.context": k.context("users")}
	if k.query.get("$count") == "true" && k.eventual() {
		body["@odata.count"] = len(list)
	}
	if next != "" {
		body["@odata.nextLink"] = next
	}
	value := make([]any, 0, to-from)
	for _, a := range list[from:to] {
		value = append(value, k.shown(a))
	}
	body["value"] = value
	return ok(body)
}

// filteredUsers applies $filter and $orderby.
func (k *call) filteredUsers() ([]world.Account, error) {
	keep, err := k.filter("user", k.advancedFilter)
	if err != nil {
		return nil, err
	}
	var list []world.Account
	for _, a := range k.tenant.Accounts() {
		if a.Deleted.IsZero() && (keep == nil || keep(k.userObject(a))) {
			list = append(list, a)
		}
	}
	property, descending, _ := strings.Cut(k.query.get("$orderby"), " ")
	switch property {
	case "":
		return list, nil
	case "displayName", "userPrincipalName":
	default:
		return nil, k.deny("graph.orderby.unsupported")
	}
	slices.SortStableFunc(list, func(a, b world.Account) int {
		x, y := a.Name, b.Name
		if property == "userPrincipalName" {
			x, y = k.upn(a), k.upn(b)
		}
		n := strings.Compare(strings.ToLower(x), strings.ToLower(y))
		if strings.TrimSpace(descending) == "desc" {
			return -n
		}
		return n
	})
	return list, nil
}

// advancedFilter refuses operators that the directory only knows as advanced
// queries, which need the ConsistencyLevel header and $count=true.
func (k *call) advancedFilter(f *filterNode) error {
	if f.uses("ne", "not", "endswith") && !(k.eventual() && k.query.get("$count") == "true") {
		return k.deny("graph.filter.advanced")
	}
	return nil
}

func (k *call) countUsers() (*reply, error) {
	if !k.eventual() {
		return nil, k.deny("graph.count.consistency")
	}
	list, err := k.filteredUsers()
	if err != nil {
		return nil, err
	}
	r := &reply{status: 200, text: strconv.Itoa(len(list))}
	return r, nil
}

// pageSize reads $top for a collection whose pages have a limit.
func (k *call) pageSize(standard, limit int) (int, error) {
	if k.query.top > limit {
		return 0, k.deny("graph.query.top.limit", k.query.top, limit)
	}
	if k.query.top > 0 {
		return k.query.top, nil
	}
	return standard, nil
}

func (k *call) licenceDetails(a world.Account) []any {
	out := []any{}
	add := func(sku, part, plan, name string) {
		out = append(out, map[string]any{
			"id": k.guid("licence", a.ID, sku), "skuId": sku, "skuPartNumber": part,
			"servicePlans": []any{map[string]any{
				"servicePlanId": plan, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User",
			}},
		})
	}
	if a.Licensed {
		add(teamsSKU, "SPE_E3", teamsPlan, "TEAMS1")
	}
	if k.holdsOther(a) {
		add(otherSKU, "AAD_PREMIUM", otherPlan, "AAD_PREMIUM")
	}
	return out
}

// whose is the account of a path that starts with /me or /users/{user}.
func (k *call) whose() (world.Account, error) {
	key := k.ids["user"]
	if key == "" {
		if !k.who.delegated() {
			return world.Account{}, k.deny("graph.me.app-only")
		}
		key = k.who.account
	}
	a, found := k.user(key)
	if !found {
		return a, k.deny("graph.resource.not-found", key)
	}
	return a, nil
}

func (k *call) listLicences() (*reply, error) {
	a, err := k.whose()
	if err != nil {
		return nil, err
	}
	if a.ID != k.who.account && !k.holds("LicenseAssignment.Read.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All") {
		return nil, k.deny("graph.users.self-only")
	}
	return ok(map[string]any{"@odata.context": k.context("users('" + a.ID + "')/licenseDetails"), "value": k.licenceDetails(a)})
}

func (k *call) teamsLicence() (*reply, error) {
	a, err := k.whose()
	if err != nil {
		return nil, err
	}
	if a.ID != k.who.account && !k.holds("Directory.Read.All", "Directory.ReadWrite.All") {
		return nil, k.deny("graph.users.self-only")
	}
	return ok(map[string]any{"@odata.context": k.root + "$metadata#microsoft.graph.teamsLicensingDetails", "hasTeamsLicense": a.Licensed})
}
