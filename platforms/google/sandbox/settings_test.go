package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	world "miohub/platforms/sandbox"
)

// claims are a good assertion's claims for signJwt.
func (l *lab) claims(sub, scope string) string {
	now := time.Now()
	b, _ := json.Marshal(map[string]any{
		"iss": l.sa["client_email"], "sub": sub, "scope": scope, "aud": l.sa["token_uri"], "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	})
	return string(b)
}

// sign asks Google to sign claims for the service account.
func (l *lab) sign(token, payload string) answer {
	l.t.Helper()
	body, _ := json.Marshal(map[string]any{"payload": payload})
	return l.call(token, "iamcredentials", "POST", "v1/projects/-/serviceAccounts/"+l.sa["client_email"]+":signJwt", string(body))
}

func settingRefusals() map[string]refused {
	policies := func(filter string) func(*lab) answer {
		return asks(dana, "cloud-identity.policies.readonly", "cloudidentity", "GET", "v1/policies?filter="+query(filter), "")
	}
	sign := func(who, payload string) func(*lab) answer {
		return func(l *lab) answer {
			if payload == "" {
				payload = l.claims(ann, scopePrefix+"chat.messages")
			}
			return l.sign(l.as(who, "cloud-platform"), payload)
		}
	}
	key := func(who, path string) func(*lab) answer {
		return func(l *lab) answer {
			return l.call(l.as(who, "cloud-platform"), "iam", "GET", "v1/projects/-/serviceAccounts/"+l.sa["client_email"]+path, "")
		}
	}
	return map[string]refused{
		"policies.not-admin":  no(403, "The caller does not have permission", asks(ann, "cloud-identity.policies.readonly", "cloudidentity", "GET", "v1/policies", "")),
		"policies.as-app":     no(403, "The caller does not have permission", asks("", "cloud-identity.policies.readonly", "cloudidentity", "GET", "v1/policies", "")),
		"policies.scope":      no(403, "insufficient authentication scopes", asks(dana, "admin.directory.user", "cloudidentity", "GET", "v1/policies", "")),
		"policies.filter":     no(400, "Invalid filter", policies("setting.type = 'x'")),
		"policies.escape":     no(400, "Invalid filter", policies(`setting.type.matches('^settings/chat\..*$')`)),
		"policies.customer":   no(400, "Invalid filter", policies(`customer == "customers/C0other"`)),
		"policies.page-token": no(400, "Invalid page token", asks(dana, "cloud-identity.policies.readonly", "cloudidentity", "GET", "v1/policies?pageToken=x", "")),
		"policies.unknown":    no(404, "NOT_FOUND", asks(dana, "cloud-identity.policies.readonly", "cloudidentity", "GET", "v1/policies/none", "")),
		"sign.no-role":        no(403, "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).|IAM_PERMISSION_DENIED", sign(ann, "")),
		"sign.scope": no(403, "insufficient authentication scopes", func(l *lab) answer {
			return l.sign(l.as(dana, "admin.directory.user"), l.claims(ann, scopePrefix+"chat.messages"))
		}),
		"sign.not-json": no(400, "JSON object", sign(dana, "claims")),
		"sign.too-long": no(400, "12 hours", sign(dana, fmt.Sprintf(`{"exp":%d}`, time.Now().Add(13*time.Hour).Unix()))),
		"sign.other-account": no(404, "Unknown service account", func(l *lab) answer {
			return l.call(l.as(dana, "cloud-platform"), "iamcredentials", "POST", "v1/projects/-/serviceAccounts/x@y.iam.gserviceaccount.com:signJwt", `{"payload":"{}"}`)
		}),
		"sign.project": no(400, "wildcard", func(l *lab) answer {
			return l.call(l.as(dana, "cloud-platform"), "iamcredentials", "POST", "v1/projects/"+l.sa["project_id"]+"/serviceAccounts/"+l.sa["client_email"]+":signJwt", `{"payload":"{}"}`)
		}),
		"keys.no-role": no(403, "iam.serviceAccountKeys.get", key(ann, "/keys/x")),
		"keys.unknown": no(404, "does not exist", key(dana, "/keys/x")),
		"keys.create-no-role": no(403, "iam.serviceAccountKeys.create", func(l *lab) answer {
			return l.call(l.as("", "cloud-platform"), "iam", "POST", "v1/projects/-/serviceAccounts/"+l.sa["client_email"]+"/keys", `{}`)
		}),
	}
}

func TestPolicies(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "cloud-identity.policies.readonly")
	read := func(filter string) map[string][]answer {
		t.Helper()
		found := map[string][]answer{}
		for next := ""; ; {
			a := l.want(l.call(token, "cloudidentity", "GET", "v1/policies?pageSize=2&filter="+query(filter)+next, ""), 200)
			for _, p := range a.list("policies") {
				one := view(p)
				found[one.str("setting.type")] = append(found[one.str("setting.type")], one)
			}
			if a.str("nextPageToken") == "" {
				return found
			}
			next = "&pageToken=" + url.QueryEscape(a.str("nextPageToken"))
		}
	}
	const chat = `customer == "customers/my_customer" && (setting.type.matches('^settings/chat\\..*$') || setting.type.matches('nothing'))`
	before := read(chat)
	apps := before["settings/chat.chat_apps_access"]
	if len(before) < 7 || len(apps) != 1 || apps[0].at("setting.value.enableApps") != true || !strings.HasPrefix(apps[0].str("policyQuery.orgUnit"), "orgUnits/") {
		t.Fatalf("settings: %v", before)
	}
	if len(read(`setting.type.matches('^settings/gmail\\..*$')`)) != 0 {
		t.Error("a filter for another application found something")
	}
	l.turn(faultSettingsApps, true)
	apps = read(chat)["settings/chat.chat_apps_access"]
	if len(apps) != 2 || apps[1].at("setting.value.enableApps") != false || apps[1].str("policyQuery.orgUnit") == apps[0].str("policyQuery.orgUnit") {
		t.Errorf("with an org unit that differs: %v", apps)
	}
	one := l.want(l.call(token, "cloudidentity", "GET", "v1/"+apps[1].str("name"), ""), 200)
	if one.at("setting.value.enableApps") != false {
		t.Errorf("the policy by its name: %s", one.raw)
	}
}

func TestKeylessDelegation(t *testing.T) {
	l := newLab(t, 1)
	l.em.Delegate(scopes("chat.messages"))
	signed := l.want(l.sign(l.as(dana, "cloud-platform"), l.claims(ann, scopePrefix+"chat.messages")), 200)
	token := l.want(l.assertion(signed.str("signedJwt")), 200).str("access_token")
	l.want(l.call(token, "chat", "GET", sales+"/messages", ""), 200)
	// No key file goes with it where keys are forbidden.
	l.turn(faultNoKeys, true)
	if d := l.em.Deployment(); d["service_account"] != "" || d["service_account.email"] != l.sa["client_email"] || d["service_account.client_id"] != l.sa["client_id"] || d["project"] != l.sa["project_id"] {
		t.Errorf("deployment %v", d)
	}
	// Google's own key outlives those of the account.
	l.turn(faultKeyDeleted, true)
	l.want(l.assertion(signed.str("signedJwt")), 200)
}

func TestKeysAreMadeAndLookedUp(t *testing.T) {
	l := newLab(t, 1)
	account := "v1/projects/-/serviceAccounts/" + l.sa["client_email"] + "/keys"
	first := l.want(l.call(l.as("", "cloud-platform"), "iam", "GET", account+"/"+l.sa["private_key_id"], ""), 200)
	if at, err := time.Parse(time.RFC3339, first.str("validAfterTime")); err != nil || time.Since(at) > time.Minute {
		t.Errorf("key valid since %q", first.str("validAfterTime"))
	}
	made := l.want(l.call(l.as(dana, "cloud-platform"), "iam", "POST", account, `{}`), 200)
	data, err := base64.StdEncoding.DecodeString(made.str("privateKeyData"))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]string
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	key, err := parseKey([]byte(file["private_key"]))
	if err != nil {
		t.Fatal(err)
	}
	l.want(l.assert(func(s *signer) { s.key, s.header["kid"] = key, file["private_key_id"] }), 200)
}

func TestInvitations(t *testing.T) {
	l := newLab(t, 1)
	token := l.as(dana, "chat.spaces.create", "chat.memberships", "chat.delete")
	space := l.want(l.call(token, "chat", "POST", "v1/spaces", `{"spaceType":"SPACE","displayName":"Probe"}`), 200).str("name")
	add := func(id string) answer {
		t.Helper()
		l.calm()
		return l.call(token, "chat", "POST", "v1/"+space+"/members", `{"member":{"name":"users/`+id+`","type":"HUMAN"}}`)
	}
	l.turn(faultAutoAcceptUnit, true)
	if state := l.want(add(bobID), 200).str("state"); state != "JOINED" {
		t.Errorf("outside the org unit: %s", state)
	}
	invited := l.want(add(annID), 200)
	if invited.str("state") != "INVITED" || l.ten.InRoom(strings.TrimPrefix(space, "spaces/"), annID) {
		t.Errorf("in the org unit: %s", invited.raw)
	}
	l.want(add(annID), 409)
	l.want(l.call(l.as(ann, "chat.spaces"), "chat", "GET", "v1/"+space, ""), 403)
	members := func(more string) int {
		t.Helper()
		return len(l.get(token, "v1/"+space+"/members"+more).list("memberships"))
	}
	if a, b := members(""), members("?showInvited=true"); a != 2 || b != 3 {
		t.Errorf("%d members, %d with the invited", a, b)
	}
	l.want(l.call(token, "chat", "DELETE", "v1/"+invited.str("name"), ""), 200)
	if members("?showInvited=true") != 2 {
		t.Error("the invitation stands")
	}
	l.want(add(annID), 200)
	// Accepting is the person's own.
	if err := l.ten.Join(strings.TrimPrefix(space, "spaces/"), annID, world.Membership{}); err != nil {
		t.Fatal(err)
	}
	if a := l.get(token, "v1/"+space+"/members/"+annID); a.str("state") != "JOINED" {
		t.Errorf("after accepting: %s", a.raw)
	}
	l.want(l.call(token, "chat", "PATCH", "v1/"+space+"/members/"+annID+"?updateMask=role", `{"role":"ROLE_MANAGER"}`), 200)
	l.calm()
	l.want(l.call(token, "chat", "DELETE", "v1/"+space, ""), 200)
	if _, there := l.ten.Room(strings.TrimPrefix(space, "spaces/")); there {
		t.Error("the space is still there")
	}
	l.want(l.call(token, "chat", "GET", "v1/"+space+"/members", ""), 404)
}

func roomRefusals() map[string]refused {
	return map[string]refused{
		"spaces.guest-creates":      no(403, "The caller does not have permission", asks("guest@other.example", "chat.spaces", "chat", "POST", "v1/spaces", `{"spaceType":"SPACE","displayName":"G"}`)),
		"spaces.delete-not-manager": no(403, "The caller does not have permission", asks(bob, "chat.delete", "chat", "DELETE", sales, "")),
		"spaces.delete-scope":       no(403, "insufficient authentication scopes", asks(ann, "chat.spaces", "chat", "DELETE", sales, "")),
		"spaces.delete-group-chat": no(400, "SPACE", func(l *lab) answer {
			g := l.want(l.call(l.as(ann, "chat.spaces"), "chat", "POST", "v1/spaces:setup", `{"space":{"spaceType":"GROUP_CHAT"},"memberships":[{"member":{"name":"users/`+bobID+`"}},{"member":{"name":"users/`+camID+`"}}]}`), 200)
			return l.call(l.as(ann, "chat.delete"), "chat", "DELETE", "v1/"+g.str("name"), "")
		}),
		"members.patch-mask":        no(400, "update_mask", asks(ann, "chat.memberships", "chat", "PATCH", sales+"/members/"+bobID, `{"role":"ROLE_MANAGER"}`)),
		"members.patch-role":        no(400, "role must be", asks(ann, "chat.memberships", "chat", "PATCH", sales+"/members/"+bobID+"?updateMask=role", `{"role":"ROLE_ASSISTANT_MANAGER"}`)),
		"members.patch-not-manager": no(403, "The caller does not have permission", asks(bob, "chat.memberships", "chat", "PATCH", sales+"/members/"+bobID+"?updateMask=role", `{"role":"ROLE_MANAGER"}`)),
		"members.invited-twice": no(409, "already a member", func(l *lab) answer {
			l.turn(faultAutoAccept, true)
			defer l.turn(faultAutoAccept, false)
			add := asks(ann, "chat.memberships", "chat", "POST", sales+"/members", `{"member":{"name":"users/`+camID+`","type":"HUMAN"}}`)
			if a := add(l); a.code != 200 && a.code != 409 {
				return a
			}
			return add(l)
		}),
	}
}
