package sandbox

import (
	"net/http"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// changeable are the properties of a user that can be set here.
func changeable() []string {
	return []string{"accountEnabled", "department", "displayName", "employeeId", "givenName", "mailNickname", "otherMails", "passwordProfile",
		"surname", "usageLocation", "userPrincipalName", "userType"}
}

// createUser makes a member account. The password is checked and forgotten.
func (k *call) createUser() (*reply, error) {
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.userProperties(in); err != nil {
		return nil, err
	}
	for _, need := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"} {
		if v, set := in[need]; !set || v == nil || v == "" {
			return nil, k.deny("graph.user.required", need)
		}
	}
	if err := k.newLogin(in); err != nil {
		return nil, err
	}
	if k.faults.On("microsoft.directory-quota") {
		return nil, k.deny("graph.directory.quota")
	}
	login, _ := in["userPrincipalName"].(string)
	a := world.Account{ID: randomGUID(), Address: strings.ToLower(login)}
	applyUser(&a, in)
	k.mu.Lock()
	k.others[a.ID] = false // a new account has no licence at all
	k.mu.Unlock()
	if err := k.tenant.PutAccount(a); err != nil {
		return nil, err
	}
	a, _ = k.tenant.Account(a.ID)
	body := pick(k.userObject(a), nil, userDefaults())
	body["@odata.context"] = k.context("users") + "/$entity"
	return created(body)
}

// newLogin checks what only a new account must have: a name on a verified domain
// that nobody else has, and a password.
func (k *call) newLogin(in map[string]any) error {
	login, _ := in["userPrincipalName"].(string)
	local, domain, _ := strings.Cut(login, "@")
	password, _ := in["passwordProfile"].(map[string]any)
	text, _ := password["password"].(string)
	switch {
	case local == "" || strings.ContainsAny(local, " @\"\\/[]:;|=,+*?<>()"):
		return k.deny("graph.user.login")
	case !slices.Contains(k.domains(), strings.ToLower(domain)):
		return k.deny("graph.user.domain")
	case !strong(text):
		return k.deny("graph.user.password")
	}
	for _, a := range k.tenant.Accounts() {
		if !a.Deleted.IsZero() {
			continue
		}
		if strings.EqualFold(k.upn(a), login) {
			return k.deny("graph.user.exists", "userPrincipalName")
		}
		if strings.EqualFold(a.Address, login) || slices.ContainsFunc(a.Aliases, func(s string) bool { return strings.EqualFold(s, login) }) {
			return k.deny("graph.user.exists", "proxyAddresses")
		}
	}
	return nil
}

// strong is the vendor's rule: 8 to 256 characters of three kinds.
func strong(password string) bool {
	kinds := 0
	for _, set := range []string{"abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"} {
		if strings.ContainsAny(password, set) {
			kinds++
		}
	}
	if strings.ContainsFunc(password, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') }) {
		kinds++
	}
	return kinds >= 3 && len(password) >= 8 && len(password) <= 256
}

// userProperties refuses what the type does not have, what cannot be set, and
// values of the wrong kind.
func (k *call) userProperties(in map[string]any) error {
	if err := k.knownProperties(in, "user"); err != nil {
		return err
	}
	for p, v := range in {
		if strings.Contains(p, "@") {
			continue
		}
		if !slices.Contains(changeable(), p) {
			return k.deny("graph.user.read-only", p)
		}
		_, isText := v.(string)
		_, isBool := v.(bool)
		_, isObject := v.(map[string]any)
		_, isList := v.([]any)
		good := isText || v == nil
		switch p {
		case "accountEnabled":
			good = isBool
		case "passwordProfile":
			good = isObject
		case "otherMails":
			good = isList
		}
		if !good {
			return k.deny("graph.user.value", p)
		}
	}
	if place, set := in["usageLocation"].(string); set && (len(place) != 2 || strings.ToUpper(place) != place) {
		return k.deny("graph.user.value", "usageLocation")
	}
	return nil
}

func applyUser(a *world.Account, in map[string]any) {
	for p, to := range map[string]*string{
		"displayName": &a.Name, "givenName": &a.Given, "surname": &a.Family, "department": &a.Department, "employeeId": &a.EmployeeID,
		"usageLocation": &a.Country,
	} {
		if v, set := in[p]; set {
			*to, _ = v.(string)
		}
	}
	if on, set := in["accountEnabled"].(bool); set {
		a.Suspended = !on
	}
	if kind, set := in["userType"].(string); set {
		a.Guest = kind == "Guest"
	}
}

// updateUser changes an account. A token that may only enable and disable must
// leave everything else alone; an application disables no administrator.
func (k *call) updateUser() (*reply, error) {
	a, found := k.user(k.ids["user"])
	if !found {
		return nil, k.deny("graph.resource.not-found", k.ids["user"])
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.userProperties(in); err != nil {
		return nil, err
	}
	_, switching := in["accountEnabled"]
	wide := k.holds("User.ReadWrite.All", "Directory.ReadWrite.All")
	narrow := k.holds("User.EnableDisableAccount.All") && k.holds("User.Read.All", "Directory.Read.All")
	self := a.ID == k.who.account && k.holds("User.ReadWrite")
	switch {
	case switching && len(in) == 1 && !wide && !narrow, !(switching && len(in) == 1) && !wide && !self:
		return nil, k.deny("graph.user.permission")
	case switching && a.Admin && (!k.who.delegated() || !k.isAdmin()):
		return nil, k.deny("graph.user.administrator")
	}
	if _, set := in["userPrincipalName"]; set {
		return nil, notEmulated("the renaming of accounts")
	}
	if err := k.tenant.ChangeAccount(a.ID, func(a *world.Account) { applyUser(a, in) }); err != nil {
		return nil, err
	}
	return noContent()
}

// assignLicence gives and takes licences, as many as there are.
func (k *call) assignLicence() (*reply, error) {
	a, found := k.user(k.ids["user"])
	if !found {
		return nil, k.deny("graph.resource.not-found", k.ids["user"])
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.onlyKeys(in, "assignLicense", "addLicenses", "removeLicenses"); err != nil {
		return nil, err
	}
	for _, need := range []string{"addLicenses", "removeLicenses"} {
		if _, isList := in[need].([]any); !isList {
			return nil, k.deny("graph.licence.missing", need)
		}
	}
	add, err := k.skusOf(in["addLicenses"].([]any))
	if err != nil {
		return nil, err
	}
	if err := k.mayLicense(a, add); err != nil {
		return nil, err
	}
	var remove []string
	for _, v := range in["removeLicenses"].([]any) {
		sku, _ := v.(string)
		if !k.hasLicence(a, sku) {
			return nil, k.deny("graph.licence.not-held", sku)
		}
		remove = append(remove, sku)
	}
	if err := k.setLicences(a, add, remove); err != nil {
		return nil, err
	}
	a, _ = k.tenant.Account(a.ID)
	body := pick(k.userObject(a), nil, userDefaults())
	body["@odata.context"] = k.context("users") + "/$entity"
	return &reply{status: http.StatusOK, body: body}, nil
}

// skusOf reads the SKUs of addLicenses, which must be the tenant's own.
func (k *call) skusOf(list []any) ([]string, error) {
	var out []string
	for _, v := range list {
		o, _ := v.(map[string]any)
		if err := k.onlyKeys(o, "assignedLicense", "skuId", "disabledPlans"); err != nil {
			return nil, err
		}
		sku, _ := o["skuId"].(string)
		if sku = strings.ToLower(sku); k.bought[sku] == 0 {
			return nil, k.deny("graph.licence.unknown", sku)
		}
		out = append(out, sku)
	}
	return out, nil
}

func (k *call) hasLicence(a world.Account, sku string) bool {
	_, held := k.plans(a)
	return slices.ContainsFunc(held, func(l any) bool { return l.(map[string]any)["skuId"] == sku })
}

// mayLicense wants a usage location and a free licence of each kind.
func (k *call) mayLicense(a world.Account, add []string) error {
	if len(add) > 0 && a.Country == "" {
		return k.deny("graph.licence.location")
	}
	used := k.licencesUsed()
	for _, sku := range add {
		if !k.hasLicence(a, sku) && used[sku] >= k.licencesBought(sku, used[sku]) {
			return k.deny("graph.licence.none-left", sku)
		}
	}
	return nil
}

func (k *call) setLicences(a world.Account, add, remove []string) error {
	k.mu.Lock()
	for _, sku := range add {
		if sku == otherSKU {
			k.others[a.ID] = true
		}
	}
	if slices.Contains(remove, otherSKU) {
		k.others[a.ID] = false
	}
	k.mu.Unlock()
	return k.tenant.ChangeAccount(a.ID, func(a *world.Account) {
		a.Licensed = (a.Licensed || slices.Contains(add, teamsSKU)) && !slices.Contains(remove, teamsSKU)
	})
}

// holdsOther reports a licence without Teams: as assigned here, or as some people
// of the World have one.
func (c *cloud) holdsOther(a world.Account) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if given, known := c.others[a.ID]; known {
		return given
	}
	return !a.Licensed && !a.Guest && a.ID[0]%2 == 0
}

// revokeSessions ends every sign-in of an account made so far. Access tokens live
// on until they expire.
func (k *call) revokeSessions() (*reply, error) {
	a, err := k.whose()
	if err != nil {
		return nil, err
	}
	k.tokens.mu.Lock()
	k.tokens.validFrom[a.ID] = k.world.Clock.Elapsed()
	k.tokens.mu.Unlock()
	return ok(map[string]any{"@odata.context": k.root + "$metadata#Edm.Boolean", "value": true})
}
