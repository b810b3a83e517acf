package sandbox

import (
	"maps"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// group is a group of the directory: the one behind a team, or one of those made
// from the people's departments.
type group struct {
	object  map[string]any
	members func() []string // account ids, ascending
	groups  []string        // ids of the groups within it
}

// directoryGroups lists every group: teams, a security group for each
// department, one that holds those groups, and a dynamic one with all members.
func (c *cloud) directoryGroups() []group {
	var out []group
	for _, t := range c.feed.allTeams() {
		out = append(out, group{object: c.groupObject(t), members: func() []string { return slices.Sorted(maps.Keys(c.teamMembers(t))) }})
	}
	var within []string
	for _, name := range c.departments() {
		g := group{object: c.securityGroup(name, name+" department", ""), members: func() []string {
			return c.accountsWhere(func(a world.Account) bool { return a.Department == name })
		}}
		within = append(within, g.object["id"].(string))
		out = append(out, g)
	}
	if len(within) > 0 {
		none := func() []string { return nil }
		out = append(out, group{object: c.securityGroup("departments", "All departments", ""), members: none, groups: within})
	}
	return append(out, group{
		object:  c.securityGroup("members", "All members", `user.userType -eq "Member"`),
		members: func() []string { return c.accountsWhere(func(a world.Account) bool { return !a.Guest }) },
	})
}

func (c *cloud) departments() []string {
	names := map[string]bool{}
	for _, a := range c.tenant.Accounts() {
		if a.Deleted.IsZero() && a.Department != "" {
			names[a.Department] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (c *cloud) accountsWhere(keep func(world.Account) bool) []string {
	var ids []string
	for _, a := range c.tenant.Accounts() {
		if a.Deleted.IsZero() && keep(a) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// securityGroup is a group without mail; rule makes it a dynamic one.
func (c *cloud) securityGroup(key, name, rule string) map[string]any {
	kinds, state := []string{}, any(nil)
	if rule != "" {
		kinds, state = []string{"DynamicMembership"}, "On"
	}
	return map[string]any{
		"id": c.guid("group", key), "displayName": name, "description": orNull(name), "mail": nil, "mailEnabled": false,
		"mailNickname": strings.ReplaceAll(name, " ", ""), "securityEnabled": true, "groupTypes": kinds, "visibility": nil,
		"membershipRule": orNull(rule), "membershipRuleProcessingState": state, "resourceProvisioningOptions": []string{},
		"resourceBehaviorOptions": []string{}, "createdDateTime": "2024-01-15T08:00:00Z", "renewedDateTime": "2024-01-15T08:00:00Z",
		"proxyAddresses": []string{}, "deletedDateTime": nil, "onPremisesProvisioningErrors": []any{}, "serviceProvisioningErrors": []any{},
	}
}

func (k *call) findGroup(id string) (group, bool) {
	list := k.directoryGroups()
	i := slices.IndexFunc(list, func(g group) bool { return strings.EqualFold(g.object["id"].(string), id) })
	if i < 0 {
		return group{}, false
	}
	return list[i], true
}

func (k *call) listGroups() (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	keep, err := k.filter("group", k.advancedFilter)
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	var ids []string
	for _, g := range k.directoryGroups() {
		if keep == nil || keep(g.object) {
			list, ids = append(list, pick(g.object, k.query.sel, nil)), append(ids, g.object["id"].(string))
		}
	}
	return k.pageOf("groups", "groups", ids, list, size)
}

func (k *call) getGroup() (*reply, error) {
	g, found := k.findGroup(k.ids["group"])
	if !found {
		return nil, k.deny("graph.resource.not-found", k.ids["group"])
	}
	body := pick(g.object, k.query.sel, nil)
	body["@odata.context"] = k.context("groups") + "/$entity"
	return ok(body)
}

// listGroupMembers are the direct ones: accounts, and groups within the group.
func (k *call) listGroupMembers() (*reply, error) {
	g, found := k.findGroup(k.ids["group"])
	if !found {
		return nil, k.deny("graph.resource.not-found", k.ids["group"])
	}
	return k.memberObjects("groupMembers", g.members(), g.groups)
}

// listTransitiveMembers are those through groups within it too, each once.
func (k *call) listTransitiveMembers() (*reply, error) {
	accounts, groups, err := k.transitive(k.ids["group"])
	if err != nil {
		return nil, err
	}
	return k.memberObjects("transitiveMembers", accounts, groups)
}

// listTransitiveUsers leaves the groups out.
func (k *call) listTransitiveUsers() (*reply, error) {
	accounts, _, err := k.transitive(k.ids["group"])
	if err != nil {
		return nil, err
	}
	r, err := k.memberObjects("transitiveUsers", accounts, nil)
	if err != nil {
		return nil, err
	}
	for _, u := range r.body.(map[string]any)["value"].([]map[string]any) {
		delete(u, "@odata.type") // the cast in the path says it
	}
	return r, nil
}

func (k *call) transitive(id string) (accounts, groups []string, err error) {
	seen, people := map[string]bool{}, map[string]bool{}
	open := []string{id}
	for len(open) > 0 {
		at := open[0]
		open = open[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		g, found := k.findGroup(at)
		if !found {
			return nil, nil, k.deny("graph.resource.not-found", at)
		}
		if at != id {
			groups = append(groups, at)
		}
		for _, m := range g.members() {
			people[m] = true
		}
		open = append(open, g.groups...)
	}
	return slices.Sorted(maps.Keys(people)), groups, nil
}

// memberObjects writes a page of accounts and groups.
func (k *call) memberObjects(kind string, accounts, groups []string) (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	var ids []string
	for _, id := range accounts {
		if a, found := k.tenant.Account(id); found && a.Deleted.IsZero() {
			u := pick(k.userObject(a), k.query.sel, userDefaults())
			u["@odata.type"] = "#microsoft.graph.user"
			list, ids = append(list, u), append(ids, id)
		}
	}
	for _, id := range groups {
		if g, found := k.findGroup(id); found {
			// A property that only users have is left out of a group.
			o := pick(g.object, slices.DeleteFunc(slices.Clone(k.query.sel), func(p string) bool { return !k.data.has("group", p) }), nil)
			o["@odata.type"] = "#microsoft.graph.group"
			list, ids = append(list, o), append(ids, id)
		}
	}
	return k.pageOf(kind+" "+k.ids["group"], "directoryObjects", ids, list, size)
}
