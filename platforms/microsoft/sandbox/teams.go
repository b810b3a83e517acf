package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

// The World's room kinds and Graph's membership types.
const (
	standardRoom = "channel"
	privateRoom  = "private"
	sharedRoom   = "shared"
)

func membershipType(kind string) string {
	switch kind {
	case privateRoom, sharedRoom:
		return kind
	}
	return "standard"
}

// standard lists a team's standard channels, which all its members share.
func (c *cloud) standard(t team) []string {
	return slices.DeleteFunc(slices.Clone(t.rooms), func(id string) bool {
		r, _ := c.feed.room(id)
		return r.Kind != standardRoom
	})
}

// general is the channel that every team is born with.
func (c *cloud) general(t team) string {
	list := c.standard(t)
	for _, id := range list {
		if r, _ := c.feed.room(id); r.Name == "General" {
			return id
		}
	}
	if len(list) > 0 {
		return list[0]
	}
	return ""
}

// inTeam reports membership of a team: a seat in one of its standard channels.
func (c *cloud) inTeam(t team, account string) bool {
	return account != "" && slices.ContainsFunc(c.standard(t), func(room string) bool { return c.tenant.InRoom(room, account) })
}

// teamMembers are the seats of a team by account id.
func (c *cloud) teamMembers(t team) map[string]world.Membership {
	out := map[string]world.Membership{}
	for _, id := range c.standard(t) {
		if r, found := c.tenant.Room(id); found {
			for account, m := range r.Members {
				m.Owner = m.Owner || out[account].Owner
				out[account] = m
			}
		}
	}
	return out
}

// admitted reports whether the account may read and write in the channel.
func (c *cloud) admitted(t team, r world.Room, account string) bool {
	if r.Kind == standardRoom {
		return c.inTeam(t, account)
	}
	return c.tenant.InRoom(r.ID, account)
}

func (k *call) isAdmin() bool {
	a, found := k.tenant.Account(k.who.account)
	return found && a.Admin
}

// groupObject is the group behind a team.
func (c *cloud) groupObject(t team) map[string]any {
	nick := strings.ReplaceAll(t.name, " ", "")
	return map[string]any{
		"id": t.id, "displayName": t.name, "description": orNull(t.name), "mail": nick + "@" + c.domains()[0], "mailEnabled": true,
		"mailNickname": nick, "securityEnabled": false, "groupTypes": []string{"Unified"}, "visibility": "Private",
		"resourceProvisioningOptions": []string{"Team"}, "resourceBehaviorOptions": []string{}, "createdDateTime": seconds(t.created),
		"renewedDateTime": seconds(t.created), "proxyAddresses": []string{"SMTP:" + nick + "@" + c.domains()[0]}, "deletedDateTime": nil,
		"onPremisesProvisioningErrors": []any{}, "serviceProvisioningErrors": []any{},
	}
}

func (c *cloud) teamObject(t team) map[string]any {
	return map[string]any{
		"id": t.id, "displayName": t.name, "description": t.name, "internalId": "19:" + strings.ReplaceAll(t.id, "-", "") + "@thread.tacv2",
		"isArchived": false, "visibility": "private", "tenantId": c.tenant.ID, "createdDateTime": timestamp(t.created),
		"webUrl":         "https://teams.microsoft.com/l/team/" + url.PathEscape(c.general(t)) + "/conversations?groupId=" + t.id + "&tenantId=" + c.tenant.ID,
		"specialization": "none", "classification": nil,
		"memberSettings": map[string]any{"allowCreateUpdateChannels": true, "allowCreatePrivateChannels": true, "allowDeleteChannels": true,
			"allowAddRemoveApps": true, "allowCreateUpdateRemoveTabs": true, "allowCreateUpdateRemoveConnectors": true},
		"guestSettings": map[string]any{"allowCreateUpdateChannels": false, "allowDeleteChannels": false},
		"messagingSettings": map[string]any{"allowUserEditMessages": true, "allowUserDeleteMessages": true, "allowOwnerDeleteMessages": true,
			"allowTeamMentions": true, "allowChannelMentions": true},
		"funSettings": map[string]any{"allowGiphy": true, "giphyContentRating": "moderate", "allowStickersAndMemes": true, "allowCustomMemes": true},
	}
}

// brief is what lists of teams show.
func (k *call) brief(t team) map[string]any {
	full := k.teamObject(t)
	out := map[string]any{}
	for p := range full {
		if slices.Contains([]string{"id", "displayName", "description", "tenantId", "isArchived", "visibility"}, p) {
			out[p] = full[p]
		}
	}
	return pick(out, k.query.sel, nil)
}

func (k *call) listTeams() (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	keep, err := k.filter("team", nil)
	if err != nil {
		return nil, err
	}
	return k.teamPage("teams", size, func(t team) bool { return keep == nil || keep(k.teamObject(t)) })
}

func (k *call) joinedTeams() (*reply, error) {
	a, err := k.whose()
	if err != nil {
		return nil, err
	}
	return k.teamPage("teams", 999, func(t team) bool { return k.inTeam(t, a.ID) })
}

func (k *call) teamPage(set string, size int, keep func(team) bool) (*reply, error) {
	var list []map[string]any
	var ids []string
	for _, t := range k.feed.allTeams() {
		if keep(t) {
			list, ids = append(list, k.brief(t)), append(ids, t.id)
		}
	}
	return k.pageOf(set, set, ids, list, size)
}

// team finds the path's team and checks that the caller may see it.
func (k *call) teamInPath() (team, error) {
	if !isGUID(k.ids["team"]) {
		return team{}, k.deny("graph.team.malformed")
	}
	t, found := k.feed.team(strings.ToLower(k.ids["team"]))
	if !found {
		return t, k.deny("graph.team.unknown", k.ids["team"])
	}
	if k.who.delegated() && !k.isAdmin() && !k.inTeam(t, k.who.account) && !k.inOneOf(t) {
		return t, k.deny("graph.team.not-member")
	}
	return t, nil
}

func isGUID(s string) bool {
	return len(s) == 36 && strings.Count(s, "-") == 4 && strings.Trim(strings.ToLower(s), "0123456789abcdef-") == ""
}

// inOneOf reports a seat in one of the team's shared or private channels.
func (k *call) inOneOf(t team) bool {
	return slices.ContainsFunc(t.rooms, func(id string) bool { return k.tenant.InRoom(id, k.who.account) })
}

func (k *call) getTeam() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	body := pick(k.teamObject(t), k.query.sel, nil)
	body["@odata.context"] = k.context("teams") + "/$entity"
	return ok(body)
}

func (c *cloud) channelObject(r world.Room) map[string]any {
	return map[string]any{
		"id": r.ID, "displayName": r.Name, "description": orNull(r.Description), "createdDateTime": timestamp(r.Created), "email": "",
		"tenantId": c.tenant.ID, "isArchived": false, "isFavoriteByDefault": nil, "membershipType": membershipType(r.Kind), "layoutType": "post",
		"webUrl": "https://teams.microsoft.com/l/channel/" + url.PathEscape(r.ID) + "/" + url.PathEscape(r.Name) + "?groupId=" + r.Group + "&tenantId=" + c.tenant.ID,
	}
}

// listChannels shows standard channels to all who see the team, private ones to
// their members and to administrators.
func (k *call) listChannels() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	keep, err := k.filter("channel", nil)
	if err != nil {
		return nil, err
	}
	value := []any{}
	for _, id := range t.rooms {
		r, _ := k.feed.room(id)
		if k.who.delegated() && r.Kind != standardRoom && !k.isAdmin() && !k.tenant.InRoom(id, k.who.account) {
			continue
		}
		if o := k.channelObject(r); keep == nil || keep(o) {
			value = append(value, pick(o, k.query.sel, nil))
		}
	}
	return ok(map[string]any{
		"@odata.context": k.context(fmt.Sprintf("teams('%s')/channels", t.id)), "@odata.count": len(value), "value": value,
	})
}

// channelInPath finds the path's channel; those who may not see it are told
// that it is not there.
func (k *call) channelInPath() (team, world.Room, error) {
	t, err := k.teamInPath()
	if err != nil {
		return t, world.Room{}, err
	}
	id := k.ids["channel"]
	if !strings.HasPrefix(id, "19:") {
		return t, world.Room{}, k.deny("graph.channel.malformed", id)
	}
	r, found := k.feed.room(id)
	if !found || r.Group != t.id {
		return t, r, k.deny("graph.channel.unknown")
	}
	if k.who.delegated() && r.Kind != standardRoom && !k.isAdmin() && !k.tenant.InRoom(id, k.who.account) {
		return t, r, k.deny("graph.channel.not-member")
	}
	return t, r, nil
}

func (k *call) getChannel() (*reply, error) {
	t, r, err := k.channelInPath()
	if err != nil {
		return nil, err
	}
	body := pick(k.channelObject(r), k.query.sel, nil)
	body["@odata.context"] = k.context(fmt.Sprintf("teams('%s')/channels", t.id)) + "/$entity"
	return ok(body)
}

// channelName checks a display name: the vendor's forbidden characters, its
// length, and that no other channel of the team has it.
func (k *call) channelName(t team, self, name string) error {
	bad := strings.ContainsAny(name, "~#%&*{}+/\\:<>?|'\",\r\n\t") || strings.Contains(name, "..")
	if bad || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.TrimSpace(name) == "" || len([]rune(name)) > 50 {
		return k.deny("graph.channel.name")
	}
	for _, id := range t.rooms {
		if r, _ := k.feed.room(id); id != self && strings.EqualFold(r.Name, name) {
			return k.deny("graph.channel.name-taken")
		}
	}
	return nil
}

// mayEdit refuses those who are neither members nor the application.
func (k *call) mayEdit(t team) error {
	if k.who.delegated() && !k.inTeam(t, k.who.account) && !k.isAdmin() {
		return k.deny("graph.team.not-member")
	}
	return nil
}

func (k *call) createChannel() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	if err := k.mayEdit(t); err != nil {
		return nil, err
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.knownProperties(in, "channel", "members"); err != nil {
		return nil, err
	}
	name, _ := in["displayName"].(string)
	if err := k.channelName(t, "", name); err != nil {
		return nil, err
	}
	kind, seats, err := k.newSeats(t, in)
	if err != nil {
		return nil, err
	}
	about, _ := in["description"].(string)
	r := world.Room{
		ID: "19:" + strings.ReplaceAll(randomGUID(), "-", "") + "@thread.tacv2", Name: name, Description: about, Group: t.id, GroupName: t.name,
		Kind: kind, Threaded: true, Members: seats,
	}
	if err := k.tenant.PutRoom(r); err != nil {
		return nil, err
	}
	r.Created = time.Now()
	if made, found := k.tenant.Room(r.ID); found {
		r = made
	}
	body := k.channelObject(r)
	body["@odata.context"] = k.context(fmt.Sprintf("teams('%s')/channels", t.id)) + "/$entity"
	return created(body)
}

// newSeats reads a new channel's kind and who sits in it: everybody of the team
// in a standard one; in a private one the caller and those named, with an owner.
func (k *call) newSeats(t team, in map[string]any) (string, map[string]world.Membership, error) {
	switch kind, _ := in["membershipType"].(string); kind {
	case "", "standard":
		return standardRoom, k.teamMembers(t), nil
	case "private":
	case "shared":
		return "", nil, notEmulated("the making of shared channels")
	default:
		return "", nil, k.deny("graph.channel.kind", kind)
	}
	seats := map[string]world.Membership{}
	list, _ := in["members"].([]any)
	for _, item := range list {
		m, _ := item.(map[string]any)
		a, owner, err := k.readMember(m)
		if err != nil {
			return "", nil, err
		}
		seats[a.ID] = world.Membership{Owner: owner}
	}
	if k.who.delegated() {
		seats[k.who.account] = world.Membership{Owner: true}
	}
	owned := false
	for _, m := range seats {
		owned = owned || m.Owner
	}
	if !owned {
		return "", nil, k.deny("graph.channel.owner")
	}
	return privateRoom, seats, nil
}

func (k *call) updateChannel() (*reply, error) {
	t, r, err := k.channelInPath()
	if err != nil {
		return nil, err
	}
	if err := k.mayEdit(t); err != nil {
		return nil, err
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.knownProperties(in, "channel"); err != nil {
		return nil, err
	}
	name, renamed := in["displayName"].(string)
	if renamed {
		if err := k.channelName(t, r.ID, name); err != nil {
			return nil, err
		}
		if r.ID == k.general(t) && r.Name == "General" {
			return nil, k.deny("graph.channel.general")
		}
	}
	about, described := in["description"].(string)
	err = k.tenant.ChangeRoom(r.ID, func(r *world.Room) {
		if renamed {
			r.Name = name
		}
		if described {
			r.Description = about
		}
	})
	if err != nil {
		return nil, err
	}
	return noContent()
}
