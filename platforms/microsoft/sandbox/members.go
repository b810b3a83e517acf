package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// memberID is the id of a seat: Teams encodes tenant, team and account in it.
func (c *cloud) memberID(place, account string) string {
	return base64.StdEncoding.EncodeToString([]byte("1##" + c.tenant.ID + "##" + place + "##" + account))
}

// seatOf reads a seat's id back.
func seatOf(id, place string) (account string, good bool) {
	raw, err := base64.StdEncoding.DecodeString(id)
	parts := strings.Split(string(raw), "##")
	if err != nil || len(parts) != 4 || parts[2] != place {
		return "", false
	}
	return parts[3], true
}

func (c *cloud) memberObject(place string, a world.Account, m world.Membership) map[string]any {
	roles := []string{}
	switch {
	case m.Owner:
		roles = append(roles, "owner")
	case a.Guest:
		roles = append(roles, "guest")
	}
	return map[string]any{
		"@odata.type": "#microsoft.graph.aadUserConversationMember", "id": c.memberID(place, a.ID), "roles": roles, "displayName": a.Name,
		"visibleHistoryStartDateTime": "0001-01-01T00:00:00Z", "userId": a.ID, "email": orNull(a.Address), "tenantId": c.tenant.ID,
	}
}

func (k *call) listTeamMembers() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	return k.memberPage(t.id, fmt.Sprintf("teams('%s')/members", t.id), k.teamMembers(t))
}

func (k *call) listChannelMembers() (*reply, error) {
	t, r, err := k.channelInPath()
	if err != nil {
		return nil, err
	}
	seats := k.teamMembers(t)
	if r.Kind != standardRoom {
		full, _ := k.tenant.Room(r.ID)
		seats = full.Members
	}
	return k.memberPage(r.ID, fmt.Sprintf("teams('%s')/channels('%s')/members", t.id, r.ID), seats)
}

// memberPage lists seats of people; applications are no conversation members.
func (k *call) memberPage(place, set string, seats map[string]world.Membership) (*reply, error) {
	size, err := k.pageSize(100, 999)
	if err != nil {
		return nil, err
	}
	keep, err := k.memberFilter()
	if err != nil {
		return nil, err
	}
	var list []map[string]any
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(seats)) {
		a, found := k.tenant.Account(id)
		if !found || seats[id].App || !a.Deleted.IsZero() {
			continue
		}
		if o := k.memberObject(place, a, seats[id]); keep == nil || keep(o) {
			list, ids = append(list, pick(o, k.query.sel, nil)), append(ids, id)
		}
	}
	r, err := k.pageOf("members "+place, set, ids, list, size)
	if err != nil {
		return nil, err
	}
	r.body.(map[string]any)["@odata.count"] = len(r.body.(map[string]any)["value"].([]map[string]any))
	return r, nil
}

// memberFilter knows roles and, with the type's name before it, user id and address.
func (k *call) memberFilter() (func(map[string]any) bool, error) {
	if text := k.query.get("$filter"); text != "" {
		k.query.values.Set("$filter", strings.ReplaceAll(text, "microsoft.graph.aadUserConversationMember/", ""))
	}
	return k.filter("aadUserConversationMember", nil)
}

func (k *call) getTeamMember() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	account, good := seatOf(k.ids["member"], t.id)
	m, in := k.teamMembers(t)[account]
	a, found := k.tenant.Account(account)
	if !good || !in || !found {
		return nil, k.deny("graph.member.unknown")
	}
	body := k.memberObject(t.id, a, m)
	body["@odata.context"] = k.context(fmt.Sprintf("teams('%s')/members", t.id)) + "/$entity"
	return ok(body)
}

// mayChangeMembers: owners, administrators and the application.
func (k *call) mayChangeMembers(t team) error {
	if !k.who.delegated() || k.isAdmin() || k.teamMembers(t)[k.who.account].Owner {
		return nil
	}
	return k.deny("graph.member.not-owner")
}

// newMember reads an aadUserConversationMember.
func (k *call) newMember() (world.Account, bool, error) {
	in, err := k.readBody()
	if err != nil {
		return world.Account{}, false, err
	}
	return k.readMember(in)
}

// readMember checks one aadUserConversationMember.
func (k *call) readMember(in map[string]any) (world.Account, bool, error) {
	var none world.Account
	if err := k.knownProperties(in, "aadUserConversationMember", "user"); err != nil {
		return none, false, err
	}
	if kind, _ := in["@odata.type"].(string); strings.TrimPrefix(kind, "#") != "microsoft.graph.aadUserConversationMember" {
		return none, false, k.deny("graph.member.type")
	}
	bind, _ := in["user@odata.bind"].(string)
	key := boundUser(bind)
	if key == "" {
		return none, false, k.deny("graph.member.bind")
	}
	a, found := k.user(key)
	if !found {
		return none, false, k.deny("graph.member.no-user", key)
	}
	roles, listed := in["roles"].([]any)
	if !listed && in["roles"] != nil {
		return none, false, k.deny("graph.body.malformed")
	}
	owner := false
	for _, r := range roles {
		switch r {
		case "owner":
			owner = true
		case "guest":
		default:
			return none, false, k.deny("graph.member.role")
		}
	}
	return a, owner, nil
}

// boundUser reads ".../users('key')" or ".../users/key".
func boundUser(bind string) string {
	i := strings.LastIndex(bind, "/users")
	if i < 0 {
		return ""
	}
	rest := bind[i+len("/users"):]
	if inner, found := strings.CutPrefix(rest, "('"); found {
		return strings.TrimSuffix(inner, "')")
	}
	return strings.TrimPrefix(rest, "/")
}

// addTeamMember seats an account in every standard channel of the team, and
// leaves the event in the General channel that Teams leaves there.
func (k *call) addTeamMember() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	if err := k.mayChangeMembers(t); err != nil {
		return nil, err
	}
	a, owner, err := k.newMember()
	if err != nil {
		return nil, err
	}
	if owner && !k.holds("TeamMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All") {
		return nil, k.deny("graph.member.owner-role")
	}
	if a.Guest && k.faults.On("microsoft.guests-in-groups-off") {
		return nil, k.deny("graph.member.guests-off")
	}
	known := k.inTeam(t, a.ID)
	for _, room := range k.standard(t) {
		if err := k.tenant.Join(room, a.ID, world.Membership{Owner: owner}); err != nil {
			return nil, err
		}
	}
	if !known {
		if err := k.announce(t, a); err != nil {
			return nil, err
		}
	}
	body := k.memberObject(t.id, a, k.teamMembers(t)[a.ID])
	body["@odata.context"] = k.context(fmt.Sprintf("teams('%s')/members", t.id)) + "/$entity"
	return created(body)
}

// announce posts the system message about somebody who joined.
func (k *call) announce(t team, a world.Account) error {
	room := k.general(t)
	if room == "" {
		return nil
	}
	initiator := map[string]any{"application": nil, "device": nil, "user": nil}
	if k.who.delegated() {
		initiator["user"] = map[string]any{"@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": k.who.account, "displayName": nil, "userIdentityType": "aadUser"}
	} else {
		initiator["application"] = map[string]any{"@odata.type": "#microsoft.graph.teamworkApplicationIdentity", "id": k.who.app.id, "displayName": k.who.app.name, "applicationIdentityType": "aadApplication"}
	}
	detail, err := json.Marshal(map[string]any{
		"@odata.type": "#microsoft.graph.membersAddedEventMessageDetail", "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
		"members":   []any{map[string]any{"@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": a.ID, "displayName": nil, "userIdentityType": "aadUser"}},
		"initiator": initiator,
	})
	if err != nil {
		return err
	}
	_, err = k.tenant.Post(world.Message{
		ID: k.newMessageID(), Room: room, Body: world.Text(a.Name + " was added to the team."), Extra: map[string]string{"event": string(detail)},
	})
	return err
}

func (k *call) removeTeamMember() (*reply, error) {
	t, err := k.teamInPath()
	if err != nil {
		return nil, err
	}
	if err := k.mayChangeMembers(t); err != nil {
		return nil, err
	}
	account, good := seatOf(k.ids["member"], t.id)
	if !good || !k.inTeam(t, account) {
		return nil, k.deny("graph.member.unknown")
	}
	for _, room := range t.rooms { // leaving the team leaves its private channels too
		if err := k.tenant.Leave(room, account); err != nil {
			return nil, err
		}
	}
	return noContent()
}

// addChannelMember works on private and shared channels only: a standard
// channel has its team's members.
func (k *call) addChannelMember() (*reply, error) {
	t, r, err := k.channelInPath()
	if err != nil {
		return nil, err
	}
	if r.Kind == standardRoom {
		return nil, k.deny("graph.member.standard-channel")
	}
	full, _ := k.tenant.Room(r.ID)
	if k.who.delegated() && !k.isAdmin() && !full.Members[k.who.account].Owner {
		return nil, k.deny("graph.member.not-owner")
	}
	a, owner, err := k.newMember()
	if err != nil {
		return nil, err
	}
	if r.Kind == privateRoom && !k.inTeam(t, a.ID) {
		return nil, k.deny("graph.member.not-in-team")
	}
	if err := k.tenant.Join(r.ID, a.ID, world.Membership{Owner: owner}); err != nil {
		return nil, err
	}
	full, _ = k.tenant.Room(r.ID)
	body := k.memberObject(r.ID, a, full.Members[a.ID])
	body["@odata.context"] = k.context(fmt.Sprintf("teams('%s')/channels('%s')/members", t.id, r.ID)) + "/$entity"
	return created(body)
}

func (k *call) removeChannelMember() (*reply, error) {
	_, r, err := k.channelInPath()
	if err != nil {
		return nil, err
	}
	if r.Kind == standardRoom {
		return nil, k.deny("graph.member.standard-channel")
	}
	full, _ := k.tenant.Room(r.ID)
	account, good := seatOf(k.ids["member"], r.ID)
	_, seated := full.Members[account]
	switch {
	case k.who.delegated() && !k.isAdmin() && !full.Members[k.who.account].Owner:
		return nil, k.deny("graph.member.not-owner")
	case !good || !seated:
		return nil, k.deny("graph.member.unknown")
	}
	if err := k.tenant.Leave(r.ID, account); err != nil {
		return nil, err
	}
	return noContent()
}
