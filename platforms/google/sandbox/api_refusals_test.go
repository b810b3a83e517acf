package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	world "miohub/platforms/sandbox"
)

const (
	sales = "v1/spaces/" + salesRoom
	ops   = "v1/spaces/" + opsRoom
	dana  = "dana@acme.example"
	ann   = "ann@acme.example"
	bob   = "bob@acme.example"
)

// asks makes a case's request: who, with which scopes, asks which API for what.
func asks(who, scope, api, method, path, body string) func(*lab) answer {
	return func(l *lab) answer { return l.call(l.as(who, strings.Fields(scope)...), api, method, path, body) }
}

// query escapes a filter for a URL.
func query(s string) string { return url.QueryEscape(s) }

func requestRefusals() map[string]refused {
	users := "admin/directory/v1/users?customer=my_customer"
	post := func(path, body string) func(*lab) answer {
		return asks(ann, "chat.messages", "chat", "POST", sales+"/messages"+path, body)
	}
	return map[string]refused{
		"api.no-token":  no(401, "UNAUTHENTICATED|CREDENTIALS_MISSING|Login Required.", func(l *lab) answer { return l.call("", "chat", "GET", "v1/spaces", "") }),
		"api.bad-token": no(401, "UNAUTHENTICATED|Invalid Credentials|authError", func(l *lab) answer { return l.call("ya29.x", "directory", "GET", users, "") }),
		"api.expired-token": no(401, "UNAUTHENTICATED|ACCESS_TOKEN_EXPIRED", func(l *lab) answer {
			token := l.as(ann, "chat.spaces")
			l.w.Clock.Advance(time.Hour)
			return l.call(token, "chat", "GET", "v1/spaces", "")
		}),
		"api.suspended-account": no(401, "UNAUTHENTICATED", func(l *lab) answer {
			token := l.as("cam@acme-labs.example", "chat.spaces")
			set := func(on bool) {
				if err := l.ten.ChangeAccount(camID, func(a *world.Account) { a.Suspended = on }); err != nil {
					l.t.Fatal(err)
				}
			}
			set(true)
			defer set(false)
			return l.call(token, "chat", "GET", "v1/spaces", "")
		}),
		"api.unknown-path":      no(404, "<!DOCTYPE html>|v1/rooms", asks(ann, "chat.spaces", "chat", "GET", "v1/rooms", "")),
		"api.wrong-verb":        no(404, "<!DOCTYPE html>", asks(ann, "chat.spaces", "chat", "DELETE", "v1/spaces", "")),
		"api.unknown-parameter": no(400, `INVALID_ARGUMENT|Invalid JSON payload received. Unknown name \"foo\": Cannot bind query parameter. Field 'foo' could not be found in request message.|type.googleapis.com/google.rpc.BadRequest`, asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?foo=1", "")),
		"api.malformed-json":    no(400, "INVALID_ARGUMENT|Invalid JSON payload received. Unexpected", post("", `{"text": "a",}`)),
		"api.form-body": no(400, `Cannot bind query parameter`, func(l *lab) answer {
			return l.send(l.as(ann, "chat.messages"), "chat", "POST", sales+"/messages", "application/x-www-form-urlencoded", `{"text":"a"}`)
		}),
		"api.unknown-field":        no(400, `Invalid JSON payload received. Unknown name \"txt\" at 'message': Cannot find field.`, post("", `{"txt":"a"}`)),
		"api.unknown-nested-field": no(400, `Unknown name \"nam\" at 'message.thread': Cannot find field.`, post("", `{"text":"a","thread":{"nam":"x"}}`)),
		"api.wrong-type":           no(400, `Invalid value at 'message.text' (TYPE_STRING), 5`, post("", `{"text":5}`)),
		"api.not-an-object":        no(400, `Invalid JSON payload received.`, post("", `[1]`)),
		"api.enum-parameter":       no(400, `Invalid value at 'message_reply_option'`, post("?messageReplyOption=MAYBE", `{"text":"a"}`)),
		"api.enum-field":           no(400, `Invalid value at 'message.markup_syntax' (TYPE_ENUM), \"HTML\"`, post("", `{"text":"a","markupSyntax":"HTML"}`)),
		"api.integer-parameter":    no(400, `Invalid value at 'page_size' (TYPE_INT32), \"many\"`, asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?pageSize=many", "")),
		"api.boolean-parameter":    no(400, `Invalid value at 'use_admin_access' (TYPE_BOOL), \"yes\"`, asks(dana, "chat.admin.spaces", "chat", "GET", sales+"?useAdminAccess=yes", "")),
		"api.alt":                  no(400, "INVALID_ARGUMENT", asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?alt=xml", "")),
		"api.fields":               no(400, `Request contains an invalid argument.|Error expanding 'fields' parameter. Cannot find matching fields for path 'spaces.nam'.`, asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?fields=spaces(nam)", "")),
		"api.timestamp":            no(400, "Illegal timestamp format", post("", `{"text":"a","createTime":"yesterday"}`)),
		"api.scope":                no(403, "Request had insufficient authentication scopes.|ACCESS_TOKEN_SCOPE_INSUFFICIENT|PERMISSION_DENIED", asks(ann, "chat.messages.readonly", "chat", "POST", sales+"/messages", `{"text":"a"}`)),
	}
}

func directoryRefusals() map[string]refused {
	const scope = "admin.directory.user.readonly admin.directory.customer.readonly admin.directory.orgunit.readonly"
	get := func(path string) func(*lab) answer {
		return asks(dana, scope, "directory", "GET", "admin/directory/v1/"+path, "")
	}
	const users = "users?customer=my_customer"
	token := func(l *lab) (string, string) {
		t := l.as(dana, strings.Fields(scope)...)
		a := l.want(l.call(t, "directory", "GET", "admin/directory/v1/"+users+"&maxResults=2", ""), 200)
		return t, url.QueryEscape(a.str("nextPageToken"))
	}
	return map[string]refused{
		"directory.not-admin":        no(403, `Not Authorized to access this resource/api|"forbidden"`, asks(ann, scope, "directory", "GET", "admin/directory/v1/"+users, "")),
		"directory.as-app":           no(403, "Not Authorized to access this resource/api", asks("", scope, "directory", "GET", "admin/directory/v1/"+users, "")),
		"directory.public-as-app":    no(403, "Not Authorized to access this resource/api", asks("", scope, "directory", "GET", "admin/directory/v1/"+users+"&viewType=domain_public", "")),
		"directory.scope":            no(403, "insufficientPermissions", asks(dana, "admin.directory.orgunit", "directory", "GET", "admin/directory/v1/"+users, "")),
		"directory.fields":           no(400, "Invalid field selection users.nam", get(users+"&fields=users(nam)")),
		"directory.order-by":         no(400, "Invalid string value: 'age'. Allowed values: [email, familyName, givenName]", get(users+"&orderBy=age")),
		"directory.max-results":      no(400, "Invalid value '501'. Values must be within the range: [1, 500]|invalidParameter|maxResults", get(users+"&maxResults=501")),
		"directory.max-results-zero": no(400, "Invalid value '0'. Values must be within the range: [1, 500]", get(users+"&maxResults=0")),
		"directory.no-customer":      no(400, "Bad Request|badRequest", get("users")),
		"directory.other-customer":   no(400, "Bad Request", get("users?customer=C0other")),
		"directory.other-domain":     no(404, "Domain not found.|notFound", get("users?domain=other.example")),
		"directory.query":            no(400, "Invalid Input: query", get(users+"&query="+query("shoeSize=9"))),
		"directory.page-token":       no(400, "Invalid Input: pageToken", get(users+"&pageToken=abc")),
		"directory.page-token-other-call": no(400, "Invalid Input: pageToken", func(l *lab) answer {
			t, next := token(l)
			l.want(l.call(t, "directory", "GET", "admin/directory/v1/"+users+"&pageToken="+next, ""), 200)
			return l.call(t, "directory", "GET", "admin/directory/v1/"+users+"&orderBy=email&pageToken="+next, "")
		}),
		"directory.page-token-old": no(400, "Invalid Input: pageToken", func(l *lab) answer {
			_, next := token(l)
			l.w.Clock.Advance(73 * time.Hour)
			return l.call(l.as(dana, strings.Fields(scope)...), "directory", "GET", "admin/directory/v1/"+users+"&pageToken="+next, "")
		}),
		"directory.unknown-user":     no(404, "Resource Not Found: userKey|notFound", get("users/nobody@acme.example")),
		"directory.deleted-user":     no(404, "Resource Not Found: userKey", get("users/"+goneID)),
		"directory.unknown-customer": no(404, "Resource Not Found: customerKey", get("customers/C0other")),
		"directory.unknown-org-unit": no(404, "Org unit not found", get("customer/my_customer/orgunits?orgUnitPath=/Nowhere")),
	}
}

func chatRefusals() map[string]refused {
	search := "v1/spaces:search?useAdminAccess=true&query=" + query(`customer = "customers/my_customer" AND space_type = "SPACE"`)
	return map[string]refused{
		"chat.as-app":              no(403, "This method doesn't support app authentication with a service account. Authenticate with a user account.", asks("", "chat.bot", "chat", "POST", "v1/spaces:setup", `{}`)),
		"chat.app-not-approved":    no(403, "The administrator must grant the app the required OAuth authorization scope for this action.", asks("", "chat.app.spaces", "chat", "POST", "v1/spaces", `{}`)),
		"chat.admin-access-as-app": no(403, "This method doesn't support app authentication", asks("", "chat.admin.spaces", "chat", "GET", search, "")),
		"chat.unlicensed":          no(403, "The caller does not have permission", asks("plain@acme.example", "chat.spaces", "chat", "GET", "v1/spaces", "")),
		"chat.admin-not-admin":     no(403, "The caller does not have permission", asks(ann, "chat.admin.spaces.readonly", "chat", "GET", search, "")),
		"chat.admin-scope":         no(403, "insufficient authentication scopes", asks(dana, "chat.spaces", "chat", "GET", search, "")),
	}
}

func spaceRefusals() map[string]refused {
	search := func(q, more string) func(*lab) answer {
		return asks(dana, "chat.admin.spaces.readonly", "chat", "GET", "v1/spaces:search?useAdminAccess=true&query="+query(q)+more, "")
	}
	const good = `customer = "customers/my_customer" AND space_type = "SPACE"`
	create := func(body string) func(*lab) answer {
		return asks(ann, "chat.spaces", "chat", "POST", "v1/spaces", body)
	}
	patch := func(more, body string) func(*lab) answer {
		return asks(ann, "chat.spaces", "chat", "PATCH", sales+more, body)
	}
	many := strings.Repeat(`{"member":{"name":"users/`+bobID+`"}},`, 50)
	return map[string]refused{
		"spaces.not-a-member":         no(403, "The caller does not have permission", asks(ann, "chat.spaces", "chat", "GET", ops, "")),
		"spaces.app-not-a-member":     no(403, "This Chat app is not a member of this space.", asks("", "chat.bot", "chat", "GET", ops, "")),
		"spaces.unknown":              no(404, "NOT_FOUND", asks(ann, "chat.spaces", "chat", "GET", "v1/spaces/AAQAnowhere0", "")),
		"spaces.list-filter":          no(400, "INVALID_ARGUMENT", asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?filter="+query(`space_type = "ROOM"`), "")),
		"spaces.negative-page":        no(400, "INVALID_ARGUMENT", asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?pageSize=-1", "")),
		"spaces.page-token":           no(400, "INVALID_ARGUMENT", asks(ann, "chat.spaces", "chat", "GET", "v1/spaces?pageToken=zzz", "")),
		"spaces.search-no-customer":   no(400, "INVALID_ARGUMENT", search(`space_type = "SPACE"`, "")),
		"spaces.search-no-type":       no(400, "INVALID_ARGUMENT", search(`customer = "customers/my_customer"`, "")),
		"spaces.search-or":            no(400, "INVALID_ARGUMENT", search(good+` OR display_name:"x"`, "")),
		"spaces.search-garbage":       no(400, "INVALID_ARGUMENT", search(good+` AND`, "")),
		"spaces.search-other-type":    no(400, "INVALID_ARGUMENT", search(`customer = "customers/my_customer" AND space_type = "GROUP_CHAT"`, "")),
		"spaces.search-long":          no(400, "INVALID_ARGUMENT", search(good+` AND display_name:"`+strings.Repeat("x", 1000)+`"`, "")),
		"spaces.search-order":         no(400, "INVALID_ARGUMENT", search(good, "&orderBy="+query("display_name ASC"))),
		"spaces.search-user-customer": no(400, "INVALID_ARGUMENT", asks(ann, "chat.spaces", "chat", "GET", "v1/spaces:search?query="+query(good), "")),
		"spaces.create-no-name":       no(400, "display_name", create(`{"spaceType":"SPACE"}`)),
		"spaces.create-group-chat":    no(400, "space_type", create(`{"spaceType":"GROUP_CHAT"}`)),
		"spaces.create-long-name":     no(400, "128", create(`{"spaceType":"SPACE","displayName":"`+strings.Repeat("é", 129)+`"}`)),
		"spaces.create-taken":         no(409, "ALREADY_EXISTS", create(`{"spaceType":"SPACE","displayName":"sales"}`)),
		"spaces.create-import":        no(400, "INVALID_ARGUMENT", create(`{"spaceType":"SPACE","displayName":"Old","importMode":true}`)),
		"spaces.create-other-user": no(409, "ALREADY_EXISTS", func(l *lab) answer {
			l.want(l.call(l.as(ann, "chat.spaces"), "chat", "POST", "v1/spaces?requestId=once", `{"spaceType":"SPACE","displayName":"Once"}`), 200)
			return l.call(l.as(bob, "chat.spaces"), "chat", "POST", "v1/spaces?requestId=once", `{"spaceType":"SPACE","displayName":"Once more"}`)
		}),
		"spaces.setup-too-many":      no(400, "49", asks(ann, "chat.spaces", "chat", "POST", "v1/spaces:setup", `{"space":{"spaceType":"SPACE","displayName":"x"},"memberships":[`+strings.TrimSuffix(many, ",")+`]}`)),
		"spaces.setup-no-type":       no(400, "space_type", asks(ann, "chat.spaces", "chat", "POST", "v1/spaces:setup", `{"space":{"displayName":"x"}}`)),
		"spaces.setup-unknown-user":  no(404, "NOT_FOUND", asks(ann, "chat.spaces", "chat", "POST", "v1/spaces:setup", `{"space":{"spaceType":"SPACE","displayName":"x"},"memberships":[{"member":{"name":"users/nobody@acme.example","type":"HUMAN"}}]}`)),
		"spaces.patch-no-mask":       no(400, "update_mask", patch("", `{"displayName":"New"}`)),
		"spaces.patch-mask":          no(400, "update_mask", patch("?updateMask=name", `{"displayName":"New"}`)),
		"spaces.patch-taken":         no(409, "ALREADY_EXISTS", patch("?updateMask=displayName", `{"displayName":"Ops café"}`)),
		"spaces.patch-history-admin": no(400, "space_history_state", asks(dana, "chat.admin.spaces", "chat", "PATCH", sales+"?useAdminAccess=true&updateMask=spaceHistoryState", `{"spaceHistoryState":"HISTORY_OFF"}`)),
	}
}

func memberRefusals() map[string]refused {
	admin := func(method, path, body string) func(*lab) answer {
		return asks(dana, "chat.admin.memberships", "chat", method, sales+"/members"+path, body)
	}
	list := func(filter string) func(*lab) answer {
		return asks(ann, "chat.memberships", "chat", "GET", sales+"/members?filter="+query(filter), "")
	}
	add := func(scope, member string) func(*lab) answer {
		return asks(ann, scope, "chat", "POST", sales+"/members", member)
	}
	const app = `{"member":{"name":"users/app","type":"BOT"}}`
	return map[string]refused{
		"members.admin-no-filter":      no(400, "member.type", admin("GET", "?useAdminAccess=true", "")),
		"members.admin-bot-filter":     no(400, "INVALID_ARGUMENT", admin("GET", "?useAdminAccess=true&filter="+query(`member.type = "BOT"`), "")),
		"members.filter":               no(400, "INVALID_ARGUMENT", list(`role = "OWNER"`)),
		"members.filter-contradiction": no(400, "INVALID_ARGUMENT", list(`member.type = "HUMAN" AND member.type = "BOT"`)),
		"members.admin-adds-app":       no(400, "admin access", admin("POST", "?useAdminAccess=true", app)),
		"members.other-app":            no(400, "other Chat apps", add("chat.memberships", `{"member":{"name":"users/123","type":"BOT"}}`)),
		"members.app-scope":            no(403, "insufficient authentication scopes", add("chat.memberships", app)),
		"members.people-scope":         no(403, "insufficient authentication scopes", add("chat.memberships.app", `{"member":{"name":"users/`+camID+`","type":"HUMAN"}}`)),
		"members.twice":                no(409, "ALREADY_EXISTS", add("chat.memberships", `{"member":{"name":"users/bob@acme.example","type":"HUMAN"}}`)),
		"members.unknown-user":         no(404, "NOT_FOUND", add("chat.memberships", `{"member":{"name":"users/nobody@acme.example","type":"HUMAN"}}`)),
		"members.group":                no(404, "NOT_FOUND", add("chat.memberships", `{"groupMember":{"name":"groups/1"}}`)),
		"members.outsider":             no(400, "INVALID_ARGUMENT", add("chat.memberships", `{"member":{"name":"users/`+guestID+`","type":"HUMAN"}}`)),
		"members.not-seated":           no(404, "NOT_FOUND", asks(ann, "chat.memberships", "chat", "GET", sales+"/members/"+camID, "")),
		"members.remove-owner":         no(403, "The caller does not have permission", asks(bob, "chat.memberships", "chat", "DELETE", sales+"/members/"+annID, "")),
		"members.admin-removes-app": no(400, "admin access", func(l *lab) answer {
			l.seatApp()
			return l.call(l.as(dana, "chat.admin.memberships"), "chat", "DELETE", sales+"/members/app?useAdminAccess=true", "")
		}),
	}
}

// seatApp makes the Chat app a member of the sales room.
func (l *lab) seatApp() {
	l.t.Helper()
	a := l.call(l.as(ann, "chat.memberships.app"), "chat", "POST", sales+"/members", `{"member":{"name":"users/app","type":"BOT"}}`)
	if a.code != 200 && a.code != 409 {
		l.t.Fatalf("seat the app: %s", a.raw)
	}
}

// post sends a message to the sales room and returns the answer.
func (l *lab) post(token, more, body string) answer {
	l.t.Helper()
	l.calm()
	return l.want(l.call(token, "chat", "POST", sales+"/messages"+more, body), 200)
}

func messageRefusals() map[string]refused {
	post := func(more, body string) func(*lab) answer {
		return asks(ann, "chat.messages.create", "chat", "POST", sales+"/messages"+more, body)
	}
	list := func(more string) func(*lab) answer {
		return asks(ann, "chat.messages.readonly", "chat", "GET", sales+"/messages?"+more, "")
	}
	// onAnns makes a message of Ann's and lets who do something to it.
	onAnns := func(who, scope, method, more, body string) func(*lab) answer {
		return func(l *lab) answer {
			l.seatApp()
			m := l.post(l.as(ann, "chat.messages"), "", `{"text":"mine"}`)
			l.calm()
			return l.call(l.as(who, scope), "chat", method, "v1/"+m.str("name")+more, body)
		}
	}
	const orFail = "?messageReplyOption=REPLY_MESSAGE_OR_FAIL"
	return map[string]refused{
		"messages.not-a-member": no(403, "The caller does not have permission", asks(ann, "chat.messages", "chat", "POST", ops+"/messages", `{"text":"a"}`)),
		"messages.empty":        no(400, "Message cannot be empty.", post("", `{"text":"  "}`)),
		"messages.too-long":     no(400, "INVALID_ARGUMENT", post("", `{"text":"`+strings.Repeat("é", 16001)+`"}`)),
		"messages.client-id":    no(400, "INVALID_ARGUMENT", post("?messageId=custom", `{"text":"a"}`)),
		"messages.client-id-taken": no(409, "ALREADY_EXISTS", func(l *lab) answer {
			l.post(l.as(ann, "chat.messages"), "?messageId=client-taken", `{"text":"a"}`)
			return l.call(l.as(bob, "chat.messages"), "chat", "POST", sales+"/messages?messageId=client-taken", `{"text":"b"}`)
		}),
		"messages.request-other-user": no(409, "ALREADY_EXISTS", func(l *lab) answer {
			l.post(l.as(ann, "chat.messages"), "?requestId=mine", `{"text":"a"}`)
			return l.call(l.as(bob, "chat.messages"), "chat", "POST", sales+"/messages?requestId=mine", `{"text":"a"}`)
		}),
		"messages.thread-name":       no(400, "The request contains an invalid thread resource name.", post(orFail, `{"text":"a","thread":{"name":"spaces/`+opsRoom+`/threads/x"}}`)),
		"messages.reply-or-fail":     no(404, "NOT_FOUND", post(orFail, `{"text":"a","thread":{"name":"spaces/`+salesRoom+`/threads/nothere"}}`)),
		"messages.cards-as-user":     no(400, "app authentication", post("", `{"text":"a","cardsV2":[{"cardId":"x"}]}`)),
		"messages.silent-as-user":    no(400, "app authentication", post("?createMessageNotificationOptions.notificationType=NOTIFICATION_TYPE_SILENT", `{"text":"a"}`)),
		"messages.thread-key":        no(400, "4000", post(orFail, `{"text":"a","thread":{"threadKey":"`+strings.Repeat("k", 4001)+`"}}`)),
		"messages.filter":            no(400, "INVALID_ARGUMENT", list("filter="+query(`sender.name = "users/1"`))),
		"messages.filter-or":         no(400, "INVALID_ARGUMENT", list("filter="+query(`create_time > "2026-01-01T00:00:00Z" OR create_time < "2026-01-01T00:00:00Z"`))),
		"messages.filter-threads":    no(400, "INVALID_ARGUMENT", list("filter="+query(`thread.name = spaces/`+salesRoom+`/threads/a AND thread.name = spaces/`+salesRoom+`/threads/b`))),
		"messages.order":             no(400, "INVALID_ARGUMENT", list("orderBy=sender")),
		"messages.negative-page":     no(400, "INVALID_ARGUMENT", list("pageSize=-5")),
		"messages.page-token":        no(400, "INVALID_ARGUMENT", list("pageToken=abcd")),
		"messages.unknown":           no(404, "NOT_FOUND", asks(ann, "chat.messages", "chat", "GET", sales+"/messages/x.y", "")),
		"messages.patch-no-mask":     no(400, "update_mask", onAnns(ann, "chat.messages", "PATCH", "", `{"text":"b"}`)),
		"messages.patch-mask":        no(400, "update_mask", onAnns(ann, "chat.messages", "PATCH", "?updateMask=text,markupSyntax", `{"text":"b","markupSyntax":"MARKUP_SYNTAX_CHAT"}`)),
		"messages.patch-other":       no(403, "The caller does not have permission", onAnns(bob, "chat.messages", "PATCH", "?updateMask=text", `{"text":"b"}`)),
		"messages.app-patches-other": no(403, "The caller does not have permission", onAnns("", "chat.bot", "PATCH", "?updateMask=text", `{"text":"b"}`)),
		"messages.allow-missing":     no(400, "client-assigned", asks(ann, "chat.messages", "chat", "PATCH", sales+"/messages/x.y?updateMask=text&allowMissing=true", `{"text":"b"}`)),
		"messages.delete-other":      no(403, "The caller does not have permission", onAnns(bob, "chat.messages", "DELETE", "", "")),
		"messages.deleted": no(404, "NOT_FOUND", func(l *lab) answer {
			token := l.as(ann, "chat.messages")
			m := l.post(token, "", `{"text":"soon gone"}`)
			l.want(l.call(token, "chat", "DELETE", "v1/"+m.str("name"), ""), 200)
			return l.call(token, "chat", "GET", "v1/"+m.str("name"), "")
		}),
		"messages.delete-replies": no(400, "FAILED_PRECONDITION", func(l *lab) answer {
			token := l.as(ann, "chat.messages")
			m := l.post(token, "", `{"text":"root"}`)
			l.post(l.as(bob, "chat.messages"), orFail, `{"text":"reply","thread":{"name":"`+m.str("thread.name")+`"}}`)
			return l.call(token, "chat", "DELETE", "v1/"+m.str("name"), "")
		}),
	}
}

func reactionRefusals() map[string]refused {
	react := func(who, scope, body string, before ...string) func(*lab) answer {
		return func(l *lab) answer {
			m := l.post(l.as(ann, "chat.messages"), "", `{"text":"react"}`)
			for _, b := range before {
				l.want(l.call(l.as(ann, "chat.messages.reactions"), "chat", "POST", "v1/"+m.str("name")+"/reactions", b), 200)
			}
			return l.call(l.as(who, scope), "chat", "POST", "v1/"+m.str("name")+"/reactions", body)
		}
	}
	const thumb = `{"emoji":{"unicode":"👍"}}`
	return map[string]refused{
		"reactions.no-emoji": no(400, "emoji", react(ann, "chat.messages.reactions", `{"emoji":{"unicode":"ok"}}`)),
		"reactions.twice":    no(409, "ALREADY_EXISTS", react(ann, "chat.messages.reactions", thumb, thumb)),
		"reactions.as-app":   no(403, "doesn't support app authentication", react("", "chat.bot", thumb)),
		"reactions.of-another": no(403, "The caller does not have permission", func(l *lab) answer {
			m := l.post(l.as(ann, "chat.messages"), "", `{"text":"react"}`)
			r := l.want(l.call(l.as(ann, "chat.messages.reactions"), "chat", "POST", "v1/"+m.str("name")+"/reactions", thumb), 200)
			return l.call(l.as(bob, "chat.messages.reactions"), "chat", "DELETE", "v1/"+r.str("name"), "")
		}),
		"reactions.filter": no(400, "INVALID_ARGUMENT", func(l *lab) answer {
			m := l.post(l.as(ann, "chat.messages"), "", `{"text":"react"}`)
			return l.call(l.as(ann, "chat.messages.reactions"), "chat", "GET", "v1/"+m.str("name")+"/reactions?filter="+query(`emoji.unicode = "🙂" OR user.name = "users/1"`), "")
		}),
	}
}

func eventRefusals() map[string]refused {
	list := func(filter string) func(*lab) answer {
		return asks(ann, "chat.messages.readonly", "chat", "GET", sales+"/spaceEvents?filter="+query(filter), "")
	}
	const created, updated = `event_types:"google.workspace.chat.message.v1.created"`, `event_types:"google.workspace.chat.message.v1.updated"`
	start := fmt.Sprintf("start_time=%q", time.Now().Add(-time.Hour).Format(time.RFC3339))
	return map[string]refused{
		"events.no-filter":      no(400, "INVALID_ARGUMENT", asks(ann, "chat.messages", "chat", "GET", sales+"/spaceEvents", "")),
		"events.no-types":       no(400, "INVALID_ARGUMENT", list(start)),
		"events.and-types":      no(400, "INVALID_ARGUMENT", list(created+" AND "+updated)),
		"events.no-parentheses": no(400, "INVALID_ARGUMENT", list(start+" AND "+created+" OR "+updated)),
		"events.batch-type":     no(400, "INVALID_ARGUMENT", list(`event_types:"google.workspace.chat.message.v1.batchCreated"`)),
		"events.unknown-type":   no(400, "INVALID_ARGUMENT", list(`event_types:"google.workspace.chat.message.v1.read"`)),
		"events.too-old":        no(400, "28 days", list(fmt.Sprintf("start_time=%q AND %s", time.Now().Add(-29*24*time.Hour).Format(time.RFC3339), created))),
		"events.times-or":       no(400, "INVALID_ARGUMENT", list(start+" OR "+start)),
		"events.scope":          no(403, "insufficient authentication scopes", list(`event_types:"google.workspace.chat.membership.v1.created"`)),
		"events.unknown":        no(404, "NOT_FOUND", asks(ann, "chat.messages", "chat", "GET", sales+"/spaceEvents/zzz", "")),
		"events.page-token":     no(400, "INVALID_ARGUMENT", asks(ann, "chat.messages", "chat", "GET", sales+"/spaceEvents?pageToken=x&filter="+query(created), "")),
	}
}

func quotaRefusals() map[string]refused {
	// until repeats a request until it is refused with code.
	until := func(most, code int, who, scope, api, method, path, body string) func(*lab) answer {
		return func(l *lab) answer {
			token := l.as(who, scope)
			for range most {
				if a := l.call(token, api, method, path, body); a.code == code {
					return a
				}
			}
			return l.call(token, api, method, path, body)
		}
	}
	return map[string]refused{
		"quota.space-writes":   no(429, "RESOURCE_EXHAUSTED|RATE_LIMIT_EXCEEDED", until(8, 429, ann, "chat.messages", "chat", "POST", sales+"/messages", `{"text":"x"}`)),
		"quota.space-reads":    no(429, "RESOURCE_EXHAUSTED|RATE_LIMIT_EXCEEDED", until(200, 429, ann, "chat.messages", "chat", "GET", sales+"/messages?pageSize=1", "")),
		"quota.project":        no(429, "RESOURCE_EXHAUSTED|RATE_LIMIT_EXCEEDED|Space reads", until(5000, 429, ann, "chat.spaces", "chat", "GET", "v1/spaces?fields=nextPageToken", "")),
		"quota.space-creation": no(429, "RESOURCE_EXHAUSTED|RATE_LIMIT_EXCEEDED|Space creation", until(60, 429, ann, "chat.spaces", "chat", "POST", "v1/spaces:setup", `{}`)),
		"quota.subscriptions":  no(429, "RESOURCE_EXHAUSTED|workspaceevents.googleapis.com", until(300, 429, bob, "chat.messages.readonly", "workspaceevents", "GET", "v1/subscriptions/none", "")),
		"quota.directory":      no(403, "userRateLimitExceeded|usageLimits", until(4000, 403, dana, "admin.directory.user", "directory", "GET", "admin/directory/v1/users/x?fields=id", "")),
	}
}
