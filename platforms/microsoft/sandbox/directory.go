package sandbox

import (
	"net/mail"
	"net/url"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

func (k *call) organizationObject() map[string]any {
	verified := []any{}
	for _, d := range k.domains() {
		verified = append(verified, map[string]any{
			"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": d == k.domains()[0], "isInitial": d == k.initialDomain(),
			"name": d, "type": "Managed",
		})
	}
	plan := map[string]any{"assignedDateTime": "2024-01-15T08:00:00Z", "capabilityStatus": "Enabled", "service": "TeamspaceAPI", "servicePlanId": teamsPlan}
	return map[string]any{
		"id": k.tenant.ID, "displayName": k.tenant.Org, "verifiedDomains": verified, "assignedPlans": []any{plan},
		"provisionedPlans": []any{}, "businessPhones": []string{}, "tenantType": "AAD", "countryLetterCode": "CH",
		"createdDateTime": "2024-01-15T08:00:00Z", "technicalNotificationMails": []string{}, "marketingNotificationEmails": []string{},
		"securityComplianceNotificationMails": []string{}, "securityComplianceNotificationPhones": []string{},
	}
}

func (k *call) listOrganizations() (*reply, error) {
	return ok(map[string]any{"@odata.context": k.context("organization"), "value": []any{pick(k.organizationObject(), k.query.sel, nil)}})
}

func (k *call) getOrganization() (*reply, error) {
	if !strings.EqualFold(k.ids["organization"], k.tenant.ID) {
		return nil, k.deny("graph.resource.not-found", k.ids["organization"])
	}
	body := pick(k.organizationObject(), k.query.sel, nil)
	body["@odata.context"] = k.context("organization") + "/$entity"
	return ok(body)
}

func (k *call) listDomains() (*reply, error) {
	value := []any{}
	for i, d := range k.domains() {
		value = append(value, map[string]any{
			"id": d, "authenticationType": "Managed", "isAdminManaged": true, "isDefault": i == 0, "isInitial": d == k.initialDomain(),
			"isRoot": true, "isVerified": true, "supportedServices": []string{"Email", "OfficeCommunicationsOnline"},
		})
	}
	return ok(map[string]any{"@odata.context": k.context("domains"), "value": value})
}

// licencesUsed counts the licences in use, by SKU.
func (c *cloud) licencesUsed() map[string]int {
	used := map[string]int{}
	for _, a := range c.tenant.Accounts() {
		if a.Deleted.IsZero() {
			_, licences := c.plans(a)
			for _, l := range licences {
				used[l.(map[string]any)["skuId"].(string)]++
			}
		}
	}
	return used
}

// licencesBought is how many licences of a SKU the tenant has: a tenth more than
// were in use when the World was made.
func (c *cloud) licencesBought(sku string, used int) int {
	if c.faults.On("microsoft.no-licences") {
		return used
	}
	return c.bought[sku]
}

// listSKUs tells how many licences there are and how many are in use.
func (k *call) listSKUs() (*reply, error) {
	used := k.licencesUsed()
	sku := func(id, part, plan, name string) map[string]any {
		return map[string]any{
			"id": k.tenant.ID + "_" + id, "accountId": k.tenant.ID, "accountName": k.tenant.Org, "appliesTo": "User",
			"capabilityStatus": "Enabled", "consumedUnits": used[id], "skuId": id, "skuPartNumber": part,
			"prepaidUnits":    map[string]any{"enabled": k.licencesBought(id, used[id]), "lockedOut": 0, "suspended": 0, "warning": 0},
			"subscriptionIds": []string{k.guid("subscription", id)},
			"servicePlans": []any{map[string]any{
				"servicePlanId": plan, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User",
			}},
		}
	}
	value := []any{
		pick(sku(teamsSKU, "SPE_E3", teamsPlan, "TEAMS1"), k.query.sel, nil),
		pick(sku(otherSKU, "AAD_PREMIUM", otherPlan, "AAD_PREMIUM"), k.query.sel, nil),
	}
	return ok(map[string]any{"@odata.context": k.context("subscribedSkus"), "value": value})
}

// mayGrant reports whether the account's role lets it consent for the organisation.
func (c *cloud) mayGrant(a world.Account) bool {
	return a.Admin && !c.faults.On("microsoft.not-administrator")
}

// roles are the directory roles an account holds.
func (k *call) roles(a world.Account) []any {
	id, name := globalAdministrator, "Global Administrator"
	about := "Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities."
	switch {
	case !a.Admin:
		return []any{}
	case !k.mayGrant(a):
		id, name, about = teamsAdministrator, "Teams Administrator", "Can manage the Microsoft Teams service."
	}
	return []any{map[string]any{
		"@odata.type": "#microsoft.graph.directoryRole", "id": k.guid("role", id), "deletedDateTime": nil,
		"displayName": name, "roleTemplateId": id, "description": about,
	}}
}

func (k *call) memberOfRoles() (*reply, error) {
	a, err := k.whose()
	if err != nil {
		return nil, err
	}
	value := k.roles(a)
	for _, v := range value {
		delete(v.(map[string]any), "@odata.type") // the cast in the path says it
	}
	return ok(map[string]any{"@odata.context": k.context("directoryRoles"), "value": value})
}

func (k *call) memberOf() (*reply, error) {
	a, err := k.whose()
	if err != nil {
		return nil, err
	}
	value := k.roles(a)
	for _, t := range k.feed.allTeams() {
		if k.inTeam(t, a.ID) {
			g := k.groupObject(t)
			g["@odata.type"] = "#microsoft.graph.group"
			value = append(value, g)
		}
	}
	return ok(map[string]any{"@odata.context": k.context("directoryObjects"), "value": value})
}

func (k *call) authorizationPolicy() (*reply, error) {
	invites := "everyone"
	if k.faults.On("microsoft.invitations-disabled") {
		invites = "none"
	}
	return ok(map[string]any{
		"@odata.context": k.context("policies/authorizationPolicy/$entity"), "id": "authorizationPolicy", "displayName": "Authorization Policy",
		"description": "Used to manage authorization related settings across the company.", "allowInvitesFrom": invites,
		"allowedToSignUpEmailBasedSubscriptions": true, "allowedToUseSSPR": true, "allowEmailVerifiedUsersToJoinOrganization": false,
		"blockMsolPowerShell": false, "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
		"defaultUserRolePermissions": map[string]any{
			"allowedToCreateApps": true, "allowedToCreateSecurityGroups": true, "allowedToReadOtherUsers": true,
			"permissionGrantPoliciesAssigned": []string{"ManagePermissionGrantsForSelf.microsoft-user-default-legacy"},
		},
	})
}

// invite makes a guest account, or returns the one that is there.
func (k *call) invite() (*reply, error) {
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.knownProperties(in, "invitation", "invitedUser", "invitedUserMessageInfo"); err != nil {
		return nil, err
	}
	address, _ := in["invitedUserEmailAddress"].(string)
	redirect, _ := in["inviteRedirectUrl"].(string)
	switch parsed, err := mail.ParseAddress(address); {
	case address == "":
		return nil, k.deny("graph.invitation.missing", "invitedUserEmailAddress")
	case redirect == "":
		return nil, k.deny("graph.invitation.missing", "inviteRedirectUrl")
	case err != nil || parsed.Address != address:
		return nil, k.deny("graph.invitation.address")
	}
	if u, err := url.Parse(redirect); err != nil || u.Host == "" {
		return nil, k.deny("graph.invitation.missing", "inviteRedirectUrl")
	}
	switch {
	case k.faults.On("microsoft.invitations-disabled"):
		return nil, k.deny("graph.invitation.disabled")
	case k.faults.On("microsoft.directory-quota"):
		return nil, k.deny("graph.directory.quota")
	}
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	if slices.Contains(k.domains(), domain) {
		return nil, k.deny("graph.invitation.own-domain")
	}
	if allowed, wait := k.world.Allow(k.tenant.Name+"|graph|invitations", 30, 150); !allowed {
		return nil, k.denyFor("graph.invitation.throttled", wait)
	}
	name, _ := in["invitedUserDisplayName"].(string)
	guest, err := k.guest(address, name)
	if err != nil {
		return nil, err
	}
	sendMail, _ := in["sendInvitationMessage"].(bool)
	body := map[string]any{
		"@odata.context": k.root + "$metadata#invitations/$entity", "id": k.guid("invitation", guest.ID),
		"inviteRedeemUrl":        "https://login.microsoftonline.com/redeem?rd=" + url.QueryEscape("https://invitations.microsoft.com/redeem/?tenant="+k.tenant.ID+"&user="+guest.ID),
		"invitedUserDisplayName": guest.Name, "invitedUserType": "Guest", "invitedUserEmailAddress": address,
		"sendInvitationMessage": sendMail, "resetRedemption": false, "inviteRedirectUrl": redirect, "status": k.redeemed(guest.ID),
		"invitedUserMessageInfo": map[string]any{"messageLanguage": nil, "customizedMessageBody": nil,
			"ccRecipients": []any{map[string]any{"emailAddress": map[string]any{"name": nil, "address": nil}}}},
		"invitedUser": map[string]any{"id": guest.ID},
	}
	return created(body)
}

// guest finds or makes the guest account of an outside address.
func (k *call) guest(address, name string) (world.Account, error) {
	if a, found := k.tenant.Account(address); found && a.Deleted.IsZero() {
		return a, nil
	}
	if name == "" {
		name, _, _ = strings.Cut(address, "@")
	}
	a := world.Account{
		ID: randomGUID(), Address: strings.ToLower(address), Login: guestName(address) + "@" + k.initialDomain(), Name: name, Guest: true,
	}
	if err := k.tenant.PutAccount(a); err != nil {
		return a, err
	}
	k.mu.Lock()
	k.invited[a.ID] = true
	k.mu.Unlock()
	a, _ = k.tenant.Account(a.ID)
	return a, nil
}

// knownProperties refuses properties that the type does not have.
func (k *call) knownProperties(in map[string]any, kind string, more ...string) error {
	for p := range in {
		if strings.Contains(p, "@") || k.data.has(kind, p) || slices.Contains(more, p) {
			continue
		}
		return k.deny("graph.body.property", p, kind)
	}
	return nil
}

// userInfo is the OpenID userinfo endpoint.
func (k *call) userInfo() (*reply, error) {
	a, found := k.tenant.Account(k.who.account)
	if !found {
		return nil, k.deny("graph.me.app-only")
	}
	return ok(map[string]any{
		"sub": k.subject(k.who.app, a.ID), "name": a.Name, "given_name": a.Given, "family_name": a.Family, "email": a.Address,
	})
}

// unifiedSettings is the template id of the settings of Microsoft 365 groups,
// the same in every tenant.
const unifiedSettings = "62375ab9-6b52-47ed-826b-58e47e0e304b"

// listGroupSettings shows what was set for all groups: nothing, until somebody
// changed what holds by default.
func (k *call) listGroupSettings() (*reply, error) {
	value := []any{}
	if k.faults.On("microsoft.guests-in-groups-off") {
		value = append(value, map[string]any{
			"id": k.guid("group settings"), "displayName": "Group.Unified", "templateId": unifiedSettings, "values": []any{
				map[string]any{"name": "EnableGroupCreation", "value": "true"},
				map[string]any{"name": "AllowGuestsToBeGroupOwner", "value": "false"},
				map[string]any{"name": "AllowGuestsToAccessGroups", "value": "true"},
				map[string]any{"name": "AllowToAddGuests", "value": "false"},
			},
		})
	}
	return ok(map[string]any{"@odata.context": k.context("settings"), "value": value})
}
