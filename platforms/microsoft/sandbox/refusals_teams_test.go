package sandbox

import (
	"strings"

	"time"
)

func bind(key string) map[string]any {
	return map[string]any{
		"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": []string{},
		"user@odata.bind": "https://graph.microsoft.com/v1.0/users('" + key + "')",
	}
}

func with(body map[string]any, more ...any) map[string]any {
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

func teamsCases() provoke {
	const all = "Team.ReadBasic.All Channel.ReadBasic.All Channel.Create ChannelSettings.ReadWrite.All TeamMember.Read.All TeamMember.ReadWriteNonOwnerRole.All ChannelMember.ReadWrite.All"
	as := func(who, method, path string, body any) func(*rig) answer {
		return func(r *rig) answer { return r.graph(method, path, r.as(who, all), body) }
	}
	members := "/teams/" + sales + "/members"
	add := func(who string, body map[string]any) func(*rig) answer {
		return func(r *rig) answer {
			r.pass(15 * time.Second)
			return r.graph("POST", members, r.as(who, all), body)
		}
	}
	rename := func(name string) func(*rig) answer {
		return as(annID, "PATCH", channelPath(deals), map[string]any{"displayName": name})
	}
	return provoke{
		"graph.teams.scope.missing": func(r *rig) answer { return r.graph("GET", "/teams/"+sales, r.as(annID, "User.Read"), nil) },
		"graph.teams.role.missing":  func(r *rig) answer { return r.graph("POST", "/teams/"+sales+"/channels", r.app(), map[string]any{}) },
		"graph.teams.app-only.unsupported": func(r *rig) answer {
			return r.graph("POST", messagesPath(deals)+"/1/setReaction", r.app(), map[string]any{})
		},
		"graph.teams.licence": func(r *rig) answer { return r.graph("GET", messagesPath(deals), r.as(benID, bridgeScopes), nil) },
		"graph.throttled.teams": func(r *rig) answer {
			token := r.as(annID, bridgeScopes)
			r.pass(10 * time.Second)
			for range 5 { // one a second for each channel
				if a := r.do("GET", r.urls["graph_url"]+"v1.0"+messagesPath(deals), token, nil); a.status == 429 {
					if wait := a.header.Get("Retry-After"); !strings.HasPrefix(wait, "0.") && wait != "1" {
						r.t.Errorf("Retry-After is %q", wait)
					}
					return a
				}
			}
			return answer{}
		},
		"graph.team.malformed":     as(annID, "GET", "/teams/Sales", nil),
		"graph.team.unknown":       as(annID, "GET", "/teams/22222222-0000-4000-8000-000000000002", nil),
		"graph.team.not-member":    as(evaID, "GET", "/teams/"+sales, nil),
		"graph.channel.malformed":  as(annID, "GET", "/teams/"+sales+"/channels/Deals", nil),
		"graph.channel.unknown":    as(annID, "GET", channelPath("19:none@thread.tacv2"), nil),
		"graph.channel.not-member": as(annID, "GET", channelPath(board), nil),
		"graph.channel.name":       rename("No: colon"),
		"graph.channel.name-taken": rename("general"),
		"graph.channel.general":    as(annID, "PATCH", channelPath(general), map[string]any{"displayName": "Corporal"}),
		"graph.channel.kind": as(annID, "POST", "/teams/"+sales+"/channels",
			map[string]any{"displayName": "Secret", "membershipType": "secret"}),
		"graph.channel.owner": func(r *rig) answer {
			addTo(r.c.grants.roles, r.c.hub.id, []string{"Channel.Create"})
			defer r.c.grants.withdrawRole(r.c.hub, "Channel.Create")
			token := r.want(r.token(r.appForm()), 200).text("access_token")
			return r.graph("POST", "/teams/"+sales+"/channels", token, map[string]any{"displayName": "Secret", "membershipType": "private"})
		},
		"graph.member.unknown":          as(annID, "GET", members+"/abc", nil),
		"graph.member.not-owner":        add(annID, bind(evaID)),
		"graph.member.type":             add(adminID, with(bind(evaID), "@odata.type", "#microsoft.graph.user")),
		"graph.member.bind":             add(adminID, with(bind(evaID), "user@odata.bind", "")),
		"graph.member.no-user":          add(adminID, bind("nobody@contoso.example")),
		"graph.member.role":             add(adminID, with(bind(evaID), "roles", []string{"king"})),
		"graph.member.owner-role":       add(adminID, with(bind(evaID), "roles", []string{"owner"})),
		"graph.member.standard-channel": as(adminID, "POST", channelPath(deals)+"/members", bind(evaID)),
		"graph.member.not-in-team":      as(adminID, "POST", channelPath(board)+"/members", bind(evaID)),
	}
}

// said posts as Ann and returns the message's path.
func (r *rig) said(text string) string {
	a := r.want(r.graph("POST", messagesPath(deals), r.as(annID, bridgeScopes), say(text)), 201)
	return messagesPath(deals) + "/" + a.text("id")
}

func messageCases() provoke {
	post := func(body any) func(*rig) answer {
		return func(r *rig) answer { return r.graph("POST", messagesPath(deals), r.as(annID, bridgeScopes), body) }
	}
	mention := func(text, account string) []any {
		return []any{map[string]any{"id": 0, "mentionText": text, "mentioned": map[string]any{"user": map[string]any{"id": account}}}}
	}
	at := `<at id="0">Mio Bridge</at>`
	return provoke{
		"graph.messages.protected": func(r *rig) answer {
			r.c.grants.mu.Lock()
			addTo(r.c.grants.roles, r.c.hub.id, []string{"ChannelMessage.Read.All"})
			r.c.grants.mu.Unlock()
			token := r.want(r.token(r.appForm()), 200).text("access_token")
			return r.graph("GET", messagesPath(deals), token, nil)
		},
		"graph.messages.not-member":    func(r *rig) answer { return r.graph("GET", messagesPath(deals), r.as(evaID, bridgeScopes), nil) },
		"graph.message.unknown":        func(r *rig) answer { return r.graph("GET", messagesPath(deals)+"/1", r.as(annID, bridgeScopes), nil) },
		"graph.post.app-only":          func(r *rig) answer { return r.graph("POST", messagesPath(deals), r.app(), say("x")) },
		"graph.post.empty":             post(say("")),
		"graph.post.read-only":         post(with(say("x"), "createdDateTime", "2020-01-01T00:00:00Z")),
		"graph.post.content-type":      post(map[string]any{"body": map[string]any{"contentType": "markdown", "content": "x"}}),
		"graph.post.importance":        post(with(say("x"), "importance", "immense")),
		"graph.post.too-large":         post(say(strings.Repeat("é", 15000))),
		"graph.post.mention.no-marker": post(with(say("hello"), "mentions", mention("Mio Bridge", bridgeID))),
		"graph.post.mention.no-entry":  post(say(at)),
		"graph.post.mention.unknown":   post(with(say(at), "mentions", mention("Mio Bridge", "12345678-0000-4000-8000-000000000000"))),
		"graph.post.attachment.no-marker": post(with(say("x"), "attachments", []any{
			map[string]any{"id": "a", "contentType": "reference", "contentUrl": "https://contoso.example/a"},
		})),
		"graph.message.not-own": func(r *rig) answer {
			path := r.said("mine")
			return r.graph("PATCH", path, r.as(bridgeID, bridgeScopes), say("yours"))
		},
		"graph.message.policy-violation": func(r *rig) answer {
			return r.graph("PATCH", r.said("x"), r.as(annID, bridgeScopes), map[string]any{"policyViolation": map[string]any{}})
		},
		"graph.message.not-deleted": func(r *rig) answer {
			return r.graph("POST", r.said("x")+"/undoSoftDelete", r.as(annID, bridgeScopes), nil)
		},
		"graph.reaction.type": func(r *rig) answer {
			return r.graph("POST", r.said("x")+"/setReaction", r.as(annID, bridgeScopes), map[string]any{"reactionType": "hooray"})
		},
	}
}
