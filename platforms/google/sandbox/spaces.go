package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	world "miohub/platforms/sandbox"
)

// chatMethods serves the Chat API.
func (g *google) chatMethods() map[string]methodFunc {
	return map[string]methodFunc{
		"chat.spaces.list": g.listSpaces, "chat.spaces.search": g.searchSpaces, "chat.spaces.get": g.getSpace,
		"chat.spaces.create": g.createSpace, "chat.spaces.setup": g.setUpSpace, "chat.spaces.patch": g.patchSpace,
		"chat.spaces.delete":       g.deleteSpace,
		"chat.spaces.members.list": g.listMembers, "chat.spaces.members.get": g.getMember,
		"chat.spaces.members.create": g.createMember, "chat.spaces.members.delete": g.deleteMember,
		"chat.spaces.members.patch": g.patchMember,
		"chat.spaces.messages.list": g.listMessages, "chat.spaces.messages.get": g.getMessage,
		"chat.spaces.messages.create": g.createMessage, "chat.spaces.messages.patch": g.patchMessage,
		"chat.spaces.messages.update": g.patchMessage, "chat.spaces.messages.delete": g.deleteMessage,
		"chat.spaces.messages.reactions.create": g.createReaction, "chat.spaces.messages.reactions.list": g.listReactions,
		"chat.spaces.messages.reactions.delete": g.deleteReaction,
		"chat.spaces.spaceEvents.list":          g.listEvents, "chat.spaces.spaceEvents.get": g.getEvent,
		"chat.media.upload": g.uploadedOnly, "chat.media.download": g.download, "chat.spaces.messages.attachments.get": g.getAttachment,
	}
}

// Kinds of room, as the World names them.
const (
	kindSpace = "space"
	kindGroup = "group-chat"
	kindDM    = "dm"
)

func spaceType(r world.Room) string {
	switch r.Kind {
	case kindGroup:
		return "GROUP_CHAT"
	case kindDM:
		return "DIRECT_MESSAGE"
	default:
		return "SPACE"
	}
}

// space is a room as Chat shows it.
func (g *google) space(r world.Room) map[string]any {
	humans := 0
	for _, m := range r.Members {
		if !m.App {
			humans++
		}
	}
	out := map[string]any{
		"name": "spaces/" + r.ID, "type": "ROOM", "spaceType": spaceType(r),
		"spaceThreadingState": "UNTHREADED_MESSAGES", "spaceHistoryState": "HISTORY_ON",
		"membershipCount": map[string]any{"joinedDirectHumanUserCount": humans},
		"spaceUri":        "https://chat.google.com/room/" + r.ID + "?cls=11",
	}
	if r.Threaded {
		out["spaceThreadingState"] = "THREADED_MESSAGES"
	}
	if r.HistoryOff {
		out["spaceHistoryState"] = "HISTORY_OFF"
	}
	if r.Kind != kindDM {
		out["customer"] = "customers/" + g.tenant.ID
		out["createTime"] = timestamp(r.Created)
	}
	if !r.Active.IsZero() {
		out["lastActiveTime"] = timestamp(r.Active)
	}
	if r.External {
		out["externalUserAllowed"] = true
	}
	if spaceType(r) == "SPACE" {
		out["displayName"] = r.Name
		out["accessSettings"] = map[string]any{"accessState": "PRIVATE"}
		if r.Description != "" {
			out["spaceDetails"] = map[string]any{"description": r.Description}
		}
	}
	return out
}

// room returns the space that a call is about, provided the caller may see it:
// a member, or an administrator with admin access.
func (c *call) room() (world.Room, *apiError) {
	id, _, _ := cutSpace(c.path)
	r, ok := c.g.tenant.Room(id)
	if !ok {
		return r, missing()
	}
	if _, in := r.Members[c.tok.key(c.g)]; in || c.admin {
		return r, nil
	}
	if c.tok.app {
		return r, refuse(403, "This Chat app is not a member of this space.")
	}
	return r, denied()
}

// pageOf cuts the page after the token's key out of a sorted list.
func pageOf[T any](c *call, list []T, key func(T) string, normal, most int) (page []T, next string, bad *apiError) {
	size, bad := c.pageSize(normal, most)
	if bad != nil {
		return nil, "", bad
	}
	after, bad := c.after()
	if bad != nil {
		return nil, "", bad
	}
	if after != "" {
		i := slices.IndexFunc(list, func(item T) bool { return key(item) == after })
		list = list[i+1:]
	}
	if len(list) > size {
		list = list[:size]
		next = c.nextPage(key(list[size-1]))
	}
	return list, next, nil
}

// listSpaces answers spaces.list: the spaces the caller is in.
func (g *google) listSpaces(c *call) (map[string]any, *apiError) {
	keep := func(world.Room) bool { return true }
	if f := c.params["filter"]; f != "" {
		e, ok := parseFilter(f)
		if !ok {
			return nil, invalid("Invalid filter.")
		}
		terms, ok := e.terms("OR")
		if !ok {
			return nil, invalid("Invalid filter.")
		}
		var kinds []string
		for _, t := range terms {
			if t.field != "space_type" || t.op != "=" || !slices.Contains([]string{"SPACE", "GROUP_CHAT", "DIRECT_MESSAGE"}, t.value) {
				return nil, invalid("Invalid filter.")
			}
			kinds = append(kinds, t.value)
		}
		keep = func(r world.Room) bool { return slices.Contains(kinds, spaceType(r)) }
	}
	var list []world.Room
	for _, r := range g.tenant.Rooms() {
		_, in := r.Members[c.tok.key(g)]
		quiet := spaceType(r) != "SPACE" && len(g.tenant.Messages(r.ID)) == 0
		if in && !quiet && keep(r) {
			list = append(list, r)
		}
	}
	page, next, bad := pageOf(c, list, func(r world.Room) string { return r.ID }, 100, 1000)
	if bad != nil {
		return nil, bad
	}
	return listing("spaces", page, g.space, next), nil
}

// listing makes a list response; empty lists are left out, as Google does.
func listing[T any](name string, items []T, show func(T) map[string]any, next string) map[string]any {
	out := map[string]any{}
	if len(items) > 0 {
		list := make([]map[string]any, 0, len(items))
		for _, item := range items {
			list = append(list, show(item))
		}
		out[name] = list
	}
	if next != "" {
		out["nextPageToken"] = next
	}
	return out
}

// getSpace answers spaces.get.
func (g *google) getSpace(c *call) (map[string]any, *apiError) {
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	return g.space(r), nil
}

// checkSpaceBody checks the fields of a space that is made or changed.
func checkSpaceBody(body map[string]any) *apiError {
	details := object(body, "spaceDetails")
	switch {
	case utf8.RuneCountInString(text(body, "displayName")) > 128:
		return invalid("Display name exceeds the maximum length of 128 characters.")
	case utf8.RuneCountInString(text(details, "description")) > 4096:
		return invalid("Space description exceeds the maximum length of 4096 characters.")
	case utf8.RuneCountInString(text(details, "guidelines")) > 5000:
		return invalid("Space guidelines exceed the maximum length of 5000 characters.")
	}
	return nil
}

// nameTaken refuses a display name that another space of the organisation has.
func (g *google) nameTaken(name, except string) *apiError {
	for _, r := range g.tenant.Rooms() {
		if r.ID != except && spaceType(r) == "SPACE" && strings.EqualFold(r.Name, name) {
			return refuse(409, "A space with this display name already exists.")
		}
	}
	return nil
}

// createSpace answers spaces.create.
func (g *google) createSpace(c *call) (map[string]any, *apiError) {
	g.writing.Lock()
	defer g.writing.Unlock()
	if m, bad := c.repeated(c.params["requestId"]); bad != nil || m.id != "" {
		return g.spaceMade(m, bad)
	}
	if bad := c.mayMakeSpaces(); bad != nil {
		return nil, bad
	}
	if text(c.body, "spaceType") != "SPACE" {
		return nil, invalid("space_type must be SPACE; group chats can be created in import mode only.")
	}
	if on, _ := c.body["importMode"].(bool); on {
		return nil, invalid("Import mode requires the chat.import scope.")
	}
	r, bad := g.newSpace(c.body)
	if bad != nil {
		return nil, bad
	}
	r.Members = map[string]world.Membership{c.tok.key(g): {Owner: true, Joined: g.world.Clock.Now()}}
	return g.putSpace(c, r, c.params["requestId"])
}

// newSpace makes a named space's room from a request.
func (g *google) newSpace(body map[string]any) (world.Room, *apiError) {
	name := strings.TrimSpace(text(body, "displayName"))
	if name == "" {
		return world.Room{}, invalid("display_name is required for spaces of type SPACE.")
	}
	if bad := checkSpaceBody(body); bad != nil {
		return world.Room{}, bad
	}
	if bad := g.nameTaken(name, ""); bad != nil {
		return world.Room{}, bad
	}
	external, _ := body["externalUserAllowed"].(bool)
	return world.Room{
		ID: "AAQA" + g.shortID(7), Name: name, Description: text(object(body, "spaceDetails"), "description"),
		Kind: kindSpace, Threaded: true, External: external,
		HistoryOff: text(body, "spaceHistoryState") == "HISTORY_OFF",
	}, nil
}

func (g *google) putSpace(c *call, r world.Room, requestID string) (map[string]any, *apiError) {
	if err := g.tenant.PutRoom(r); err != nil {
		return nil, refuse(500, "Internal error encountered.")
	}
	m := made{who: c.tok.key(g), id: r.ID}
	c.remember(requestID, m)
	return g.spaceMade(m, nil)
}

func (g *google) spaceMade(m made, bad *apiError) (map[string]any, *apiError) {
	if bad != nil {
		return nil, bad
	}
	r, ok := g.tenant.Room(m.id)
	if !ok {
		return nil, missing()
	}
	return g.space(r), nil
}

// made is what a request id has led to.
type made struct{ who, id string }

// repeated looks a request id up: the thing it made before, or a refusal when
// somebody else used it. Callers hold g.writing.
func (c *call) repeated(requestID string) (made, *apiError) {
	if requestID == "" {
		return made{}, nil
	}
	m, ok := c.g.requests[c.requestKey(requestID)]
	if ok && m.who != c.tok.key(c.g) {
		return made{}, refuse(409, "Request ID %s was already used by another user.", requestID)
	}
	return m, nil
}

func (c *call) remember(requestID string, m made) {
	if requestID != "" {
		c.g.requests[c.requestKey(requestID)] = m
	}
}

func (c *call) requestKey(requestID string) string {
	space, _, _ := cutSpace(c.path)
	return space + "\x00" + requestID
}

// setUpSpace answers spaces.setup: a space, group chat or direct message with
// its first members.
func (g *google) setUpSpace(c *call) (map[string]any, *apiError) {
	g.writing.Lock()
	defer g.writing.Unlock()
	requestID := text(c.body, "requestId")
	if m, bad := c.repeated(requestID); bad != nil || m.id != "" {
		return g.spaceMade(m, bad)
	}
	if bad := c.mayMakeSpaces(); bad != nil {
		return nil, bad
	}
	list, _ := c.body["memberships"].([]any)
	if len(list) > 49 {
		return nil, invalid("The number of memberships exceeds the maximum of 49.")
	}
	now := g.world.Clock.Now()
	members := map[string]world.Membership{c.tok.key(g): {Owner: true, Joined: now}}
	var invited []string
	for _, item := range list {
		m, _ := item.(map[string]any)
		account, bad := g.invited(object(m, "member"))
		if bad != nil {
			return nil, bad
		}
		switch {
		case account.ID == c.tok.key(g):
		case !g.acceptsBySetting(account):
			invited = append(invited, account.ID)
		default:
			members[account.ID] = world.Membership{Joined: now}
		}
	}
	body := object(c.body, "space")
	var r world.Room
	switch kind := text(body, "spaceType"); kind {
	case "SPACE":
		var bad *apiError
		if r, bad = g.newSpace(body); bad != nil {
			return nil, bad
		}
	case "GROUP_CHAT", "DIRECT_MESSAGE":
		if text(body, "displayName") != "" {
			return nil, invalid("display_name must not be set for %s.", kind)
		}
		if kind == "DIRECT_MESSAGE" && len(list) != 1 || kind == "GROUP_CHAT" && len(members)+len(invited) < 3 {
			return nil, invalid("Invalid number of memberships for %s.", kind)
		}
		r = world.Room{ID: "AAQA" + g.shortID(7), Kind: kindGroup}
		if kind == "DIRECT_MESSAGE" {
			r.Kind = kindDM
			if old, ok := g.directMessage(members); ok {
				return g.space(old), nil
			}
		}
	default:
		return nil, invalid("space.space_type is required.")
	}
	r.Members = members
	out, bad := g.putSpace(c, r, requestID)
	for _, id := range invited {
		g.invite(r.ID, id)
	}
	return out, bad
}

func (g *google) directMessage(members map[string]world.Membership) (world.Room, bool) {
	for _, r := range g.tenant.Rooms() {
		if r.Kind != kindDM || len(r.Members) != len(members) {
			continue
		}
		same := true
		for id := range members {
			_, in := r.Members[id]
			same = same && in
		}
		if same {
			return r, true
		}
	}
	return world.Room{}, false
}

// patchSpace answers spaces.patch.
func (g *google) patchSpace(c *call) (map[string]any, *apiError) {
	g.writing.Lock()
	defer g.writing.Unlock()
	r, bad := c.room()
	if bad != nil {
		return nil, bad
	}
	if bad := checkSpaceBody(c.body); bad != nil {
		return nil, bad
	}
	paths := maskPaths(c.params["updateMask"])
	if len(paths) == 0 {
		return nil, invalid("update_mask is required.")
	}
	var changes []func(*world.Room)
	for _, p := range paths {
		switch p {
		case "display_name":
			name := strings.TrimSpace(text(c.body, "displayName"))
			if name == "" || spaceType(r) != "SPACE" {
				return nil, invalid("display_name can only be set, and only for spaces of type SPACE.")
			}
			if bad := g.nameTaken(name, r.ID); bad != nil {
				return nil, bad
			}
			changes = append(changes, func(r *world.Room) { r.Name = name })
		case "space_details":
			changes = append(changes, func(r *world.Room) { r.Description = text(object(c.body, "spaceDetails"), "description") })
		case "space_history_state":
			if c.admin || len(paths) > 1 {
				return nil, invalid("space_history_state must be the only field and is not supported with admin access.")
			}
			changes = append(changes, func(r *world.Room) { r.HistoryOff = text(c.body, "spaceHistoryState") == "HISTORY_OFF" })
		default:
			return nil, invalid("Invalid or unsupported field path in update_mask: %s", p)
		}
	}
	if err := g.tenant.ChangeRoom(r.ID, func(r *world.Room) {
		for _, change := range changes {
			change(r)
		}
	}); err != nil {
		return nil, missing()
	}
	return g.getSpace(c)
}

// maskPaths splits an update mask; paths are spelt in snake case.
func maskPaths(s string) []string {
	var out []string
	for _, p := range strings.Split(s, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, snake(p))
		}
	}
	return out
}
