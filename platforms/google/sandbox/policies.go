package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// policy is one setting's value for an org unit.
type policy struct {
	id, unit, setting string
	value             map[string]any
	order             int
}

// policies lists what the tenant's Chat settings are, those of org units that
// differ after those of the whole organisation. Settings that nobody touched
// (who finds a space, archiving) are absent, as their defaults are.
func (g *google) policies() []policy {
	list := []policy{
		g.policy("/", "chat.service_status", "serviceState", "ENABLED"),
		g.policy("/", "chat.chat_apps_access", "enableApps", true, "enableWebhooks", true),
		g.policy("/", "chat.external_chat_restriction", "allowExternalChat", true, "externalChatRestriction", "NO_RESTRICTION"),
		g.policy("/", "chat.external_spaces", "enabled", true, "domainAllowlistMode", "ALL_DOMAINS"),
		g.policy("/", "chat.chat_file_sharing", "externalFileSharing", "ALL_FILES", "internalFileSharing", "ALL_FILES"),
		g.policy("/", "chat.chat_history", "historyOnByDefault", true, "allowUserModification", true),
		g.policy("/", "chat.space_history", "historyState", "DEFAULT_HISTORY_ON"),
	}
	unit := orgUnit(g.person)
	for fault, weak := range map[string][]policy{
		faultChatOff:          {g.policy(unit, "chat.service_status", "serviceState", "DISABLED")},
		faultSettingsApps:     {g.policy(unit, "chat.chat_apps_access", "enableApps", false, "enableWebhooks", false)},
		faultSettingsExternal: {g.policy(unit, "chat.external_chat_restriction", "allowExternalChat", false), g.policy(unit, "chat.external_spaces", "enabled", false)},
		faultSettingsHistory: {
			g.policy(unit, "chat.chat_history", "historyOnByDefault", false, "allowUserModification", true),
			g.policy(unit, "chat.space_history", "historyState", "DEFAULT_HISTORY_OFF"),
		},
		faultSettingsFiles: {g.policy(unit, "chat.chat_file_sharing", "externalFileSharing", "NO_FILES", "internalFileSharing", "NO_FILES")},
	} {
		if g.wrong(fault) {
			list = append(list, weak...)
		}
	}
	slices.SortStableFunc(list, func(a, b policy) int { return strings.Compare(a.setting+a.unit, b.setting+b.unit) })
	for i := range list {
		list[i].order = i + 1
	}
	return list
}

func (g *google) policy(unit, setting string, pairs ...any) policy {
	value := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		value[pairs[i].(string)] = pairs[i+1]
	}
	return policy{id: "ak" + digits(20, "policy "+unit+setting), unit: unit, setting: "settings/" + setting, value: value}
}

// showPolicy is a policy as Cloud Identity shows it.
func (g *google) showPolicy(p policy) map[string]any {
	id := strings.TrimPrefix(g.orgUnit(p.unit)["orgUnitId"].(string), "id:")
	return map[string]any{
		"name": "policies/" + p.id, "customer": "customers/" + g.tenant.ID, "type": "ADMIN",
		"setting": map[string]any{"type": p.setting, "value": maps.Clone(p.value)},
		"policyQuery": map[string]any{
			"orgUnit": "orgUnits/" + id, "sortOrder": p.order,
			"query": "entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('" + id + "'))",
		},
	}
}

// listPolicies answers policies.list.
func (g *google) listPolicies(c *call) (map[string]any, *apiError) {
	keep, ok := policyFilter(c.params["filter"], g.ours)
	if !ok {
		return nil, invalid("Invalid filter.")
	}
	list := slices.DeleteFunc(g.policies(), func(p policy) bool { return !keep(p.setting) })
	page, next, bad := pageOf(c, list, func(p policy) string { return p.id }, 50, 100)
	if bad != nil {
		return nil, bad
	}
	return listing("policies", page, g.showPolicy, next), nil
}

// getPolicy answers policies.get.
func (g *google) getPolicy(c *call) (map[string]any, *apiError) {
	for _, p := range g.policies() {
		if "policies/"+p.id == c.path["name"] {
			return g.showPolicy(p), nil
		}
	}
	return nil, missing()
}
